"""The data sets of the quality benchmark: of a folder laid out as NAME/NAME.npz or .parquet, bundled, and generated.

Every set is rows and classes; pictures keep their shape here and are flattened by :func:`load` unless asked for.
``ASIDE`` names the sets on which nothing was ever chosen: no parameter, no rule, no default.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["ASIDE", "IMAGES", "SETS", "load"]

Loaded = tuple[Any, np.ndarray]


def _npz(name: str) -> Callable[[Path], Loaded]:
    def read(data: Path) -> Loaded:
        with np.load(data / name / f"{name}.npz", allow_pickle=False) as file:
            return file["X"], file["y"]

    return read


def _coil(data: Path) -> Loaded:
    X, y = _npz("coil20")(data)
    return X.reshape(len(X), 32, 4, 32, 4).mean((2, 4)).astype(np.float32), y


def _optdigits(data: Path) -> Loaded:
    X, y = _npz("optdigits")(data)
    return X.reshape(-1, 8, 8), y


def _products(data: Path) -> Loaded:
    X, y = _npz("mm_fashion_products")(data)
    return X[:, ::2, ::2].astype(np.float32), y


def _views(data: Path) -> Loaded:
    with np.load(data / "mv_handwritten" / "mv_handwritten.npz", allow_pickle=False) as file:
        return np.hstack([file[f"view_{i}"].astype(np.float32) for i in range(1, 7)]), file["y"]


def _texts(name: str, column: str = "text") -> Callable[[Path], Loaded]:
    def read(data: Path) -> Loaded:
        import pandas as pd
        from sklearn.feature_extraction.text import TfidfVectorizer

        table = pd.read_parquet(data / name / f"{name}.parquet")
        table = table[table[column].str.strip().str.len() > 0]
        words = TfidfVectorizer(
            sublinear_tf=True, stop_words="english", min_df=3, max_df=0.5, max_features=20_000, dtype=np.float32
        )
        return words.fit_transform(table[column]), table["label"].to_numpy()

    return read


def _series(name: str) -> Callable[[Path], Loaded]:
    def read(data: Path) -> Loaded:
        with np.load(data / "ts_aeon" / f"{name}.npz", allow_pickle=False) as file:
            return np.nan_to_num(file["X"]).reshape(len(file["X"]), -1), file["y"]

    return read


def _bundled(name: str) -> Callable[[Path | None], Loaded]:
    def read(data: Path | None) -> Loaded:
        import sklearn.datasets

        bunch = getattr(sklearn.datasets, f"load_{name}")()
        return (bunch.images if name == "digits" else bunch.data).astype(np.float32), bunch.target

    return read


def _imbalanced(source: Callable[[Path], Loaded], last: float = 0.1) -> Callable[[Path], Loaded]:
    """Class sizes geometric from 1 to ``last`` of the smallest class."""

    def read(data: Path) -> Loaded:
        X, y = source(data)
        random, classes = np.random.RandomState(0), np.unique(y)
        most = np.bincount(y.astype(int))[classes.astype(int)].min()
        sizes = (most * last ** (np.arange(len(classes)) / (len(classes) - 1))).astype(int)
        own = [random.permutation(np.flatnonzero(y == c))[:size] for c, size in zip(classes, sizes, strict=True)]
        index = random.permutation(np.concatenate(own))
        return X[index], y[index]

    return read


def _generated(name: str) -> Callable[[Path | None], Loaded]:
    def read(data: Path | None) -> Loaded:
        from sklearn.datasets import make_blobs, make_circles, make_moons

        random = np.random.RandomState(0)
        if name == "moons":
            return make_moons(1500, noise=0.05, random_state=0)  # type: ignore[no-any-return]
        if name == "circles":
            return make_circles(1500, noise=0.05, factor=0.5, random_state=0)  # type: ignore[no-any-return]
        if name == "anisotropic":
            X, y = make_blobs(1500, random_state=170)
            return X @ np.array([[0.6, -0.6], [-0.4, 0.8]]), y
        if name == "unequal":
            return make_blobs([1000, 300, 100], centers=None, cluster_std=[1.0, 2.5, 0.5], random_state=170)  # type: ignore[no-any-return]
        if name == "spirals":
            t = 3 * np.sqrt(random.rand(2000)) + 0.5
            y = np.arange(2000) % 2
            X = np.c_[t * np.cos(2 * t + np.pi * y), t * np.sin(2 * t + np.pi * y)]
            return X + 0.05 * random.randn(2000, 2), y
        sizes = [800, 400, 400, 200, 200, 100, 100, 50]
        return make_blobs(sizes, n_features=20, centers=None, cluster_std=2.5, center_box=(-4, 4), random_state=1)  # type: ignore[no-any-return]

    return read


SETS: dict[str, Callable[[Any], Loaded]] = {
    "mnist": _npz("mnist"), "fashion_mnist": _npz("fashion_mnist"), "coil20": _coil, "optdigits": _optdigits,
    "mnist_imbalanced": _imbalanced(_npz("mnist")),
    "digits": _bundled("digits"),
    "pendigits": _npz("pendigits"), "dry_bean": _npz("dry_bean"), "sc_mouse_bladder2100": _npz("sc_mouse_bladder2100"),
    "mv_handwritten": _views, "newsgroups20": _texts("newsgroups20", "body"), "stackoverflow": _texts("stackoverflow"),
    "reuters21578_top10": _texts("reuters21578_top10"),
    "iris": _bundled("iris"), "wine": _bundled("wine"), "breast_cancer": _bundled("breast_cancer"),
    "ArrowHead": _series("ArrowHead"), "OSULeaf": _series("OSULeaf"), "ItalyPowerDemand": _series("ItalyPowerDemand"),
    "GunPoint": _series("GunPoint"),
    **{name: _generated(name) for name in ("moons", "circles", "anisotropic", "unequal")},
    # kept aside
    "products": _products, "fashion_imbalanced": _imbalanced(_npz("fashion_mnist")),
    "pendigits_imbalanced": _imbalanced(_npz("pendigits")), "optdigits_imbalanced": _imbalanced(_optdigits),
    "ACSF1": _series("ACSF1"), "JapaneseVowels": _series("JapaneseVowels"), "BasicMotions": _series("BasicMotions"),
    **{name: _generated(name) for name in ("spirals", "blobs20")},
}  # fmt: skip

ASIDE = (
    "products", "fashion_imbalanced", "pendigits_imbalanced", "optdigits_imbalanced", "ACSF1", "JapaneseVowels",
    "BasicMotions", "spirals", "blobs20",
)  # fmt: skip
IMAGES = (
    "mnist", "fashion_mnist", "coil20", "optdigits", "mnist_imbalanced", "digits", "products", "fashion_imbalanced",
    "optdigits_imbalanced",
)  # fmt: skip


def load(name: str, data: Path | None, *, rows: int | None = None, flat: bool = True) -> Loaded:
    """Rows and classes of one set; at most ``rows`` of them, drawn with seed 0."""
    X, y = SETS[name](data)
    if rows is not None and len(y) > rows:
        index = np.sort(np.random.RandomState(0).permutation(len(y))[:rows])
        X, y = X[index], y[index]
    if flat and X.ndim > 2:
        X = X.reshape(len(y), -1)
    return X, np.unique(y, return_inverse=True)[1]
