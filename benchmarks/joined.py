"""Several inputs of the same things together, with and without gaps and noise, beside each alone and side by side.

The alternatives have one array: of each input numbers a user would make of it (columns standardised, pixels as they
are, TF-IDF with latent semantic analysis, cepstral coefficients at 16 times), with the same variance in each, and the
mean where an input is missing. ``pip install umap-learn`` for one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from .modality import OURS, Method, Modality
from .recordings import coefficients, grid

__all__ = ["MODALITIES"]

Inputs = dict[str, Any]
Load = Callable[[Path | None, int | None], tuple[Any, np.ndarray]]

_SHARES = (0.3, 0.5, 0.7)
_TOPICS = 128


def _arrays(data: Path | None, name: str, limit: int | None) -> tuple[Any, np.ndarray]:
    """What a file holds, and which of its rows are taken."""
    if data is None:
        raise ValueError(f"{name!r} is read from a folder; name it with --data")
    held = np.load(data / name / f"{name}.npz", allow_pickle=False)
    n = len(held["y"])
    rows = np.arange(n) if limit is None or n <= limit else np.random.RandomState(0).permutation(n)[:limit]
    return held, np.sort(rows)


def _handwritten(data: Path | None, limit: int | None) -> tuple[Inputs, np.ndarray]:
    held, rows = _arrays(data, "mv_handwritten", limit)
    return {f"view {i}": held[f"view_{i}"][rows].astype(np.float32) for i in range(1, 7)}, held["y"][rows]


def _fashion(data: Path | None, limit: int | None) -> tuple[Inputs, np.ndarray]:
    held, rows = _arrays(data, "mm_fashion_products", limit)
    return {"image": held["X"][rows], "title": [str(title) for title in held["text"][rows]]}, held["y"][rows]


def _digits(data: Path | None, limit: int | None) -> tuple[Inputs, np.ndarray]:
    held, rows = _arrays(data, "mm_av_digits", limit)
    assert data is not None
    spoken = [data / "fsdd" / "wav" / str(name) for name in held["wav"][rows]]
    return {"image": held["image"][rows], "spoken": spoken}, held["y"][rows]


def _with_noise(load: Load) -> Load:
    def loaded(data: Path | None, limit: int | None) -> tuple[Inputs, np.ndarray]:
        X, y = load(data, limit)
        return {**X, "noise": np.random.RandomState(0).randn(len(y), 50).astype(np.float32)}, y

    return loaded


def _with_gaps(load: Load, share: float) -> Load:
    """Each input is missing with that chance; a row keeps one at least."""

    def loaded(data: Path | None, limit: int | None) -> tuple[Inputs, np.ndarray]:
        X, y = load(data, limit)
        random = np.random.RandomState(0)
        lacks = random.rand(len(y), len(X)) < share
        kept = random.randint(len(X), size=len(y))
        lacks[np.arange(len(y)), kept] &= ~lacks.all(axis=1)
        return {name: _lacking(value, lacks[:, number]) for number, (name, value) in enumerate(X.items())}, y

    return loaded


def _lacking(value: Any, lacks: np.ndarray) -> Any:
    if isinstance(value, list):
        return [None if missing else each for each, missing in zip(value, lacks, strict=True)]
    value = value.astype(np.float32)
    value[lacks] = np.nan
    return value


def _numbers(value: Any) -> np.ndarray:
    """Rows (n, p) of a total variance of 1, and of zeros where the input is missing."""
    from sklearn.preprocessing import StandardScaler

    n = len(value)
    if isinstance(value, list):
        present = np.array([each is not None for each in value])
        known = [each for each in value if each is not None]
        rows = _topics(known) if isinstance(known[0], str) else np.stack([grid(coefficients(path)) for path in known])
    else:
        flat = value.reshape(n, -1).astype(np.float32)
        present = ~np.isnan(flat).all(axis=1)
        rows = flat[present]
    scaled = rows if getattr(value, "ndim", 1) > 2 or isinstance(value, list) else StandardScaler().fit_transform(rows)
    scaled = scaled - scaled.mean(axis=0)
    every = np.zeros((n, scaled.shape[1]), dtype=np.float32)
    every[present] = scaled / max(float(np.sqrt(scaled.var(axis=0).sum())), 1e-12)
    return every


def _topics(texts: list[str]) -> np.ndarray:
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer

    terms = TfidfVectorizer(sublinear_tf=True).fit_transform(texts)
    count = min(_TOPICS, *(size - 1 for size in terms.shape))
    return np.asarray(TruncatedSVD(count, random_state=0).fit_transform(terms))


def _ours(X: Inputs, k: int, seed: int) -> np.ndarray:
    from deepkmeans import DeepKMeans

    return np.asarray(DeepKMeans(k, random_state=seed).fit_predict(X))


def _alone(name: str) -> Method:
    return lambda X, k, seed: _ours(X[name], k, seed)


def _kmeans(X: Inputs, k: int, seed: int) -> np.ndarray:
    from sklearn.cluster import KMeans

    return np.asarray(KMeans(k, n_init=10, random_state=seed).fit_predict(np.hstack([*map(_numbers, X.values())])))


def _umap_hdbscan(X: Inputs, k: int, seed: int) -> np.ndarray:
    import umap
    from sklearn.cluster import HDBSCAN

    rows = np.hstack([*map(_numbers, X.values())])
    placed = umap.UMAP(n_neighbors=15, min_dist=0.0, n_components=5, random_state=seed).fit_transform(rows)
    labels = HDBSCAN(min_cluster_size=max(5, len(rows) // (5 * k)), copy=True).fit_predict(placed)
    return np.unique(labels, return_inverse=True)[1].reshape(-1)


_METHODS: Mapping[str, Method] = {
    OURS: _ours, "side by side+kmeans": _kmeans, "side by side+umap+hdbscan": _umap_hdbscan
}  # fmt: skip


def _sets(name: str, load: Load, inputs: tuple[str, ...]) -> dict[str, Modality]:
    """The inputs as they are, with a modality of noise, and with gaps."""
    alone = {f"{each} alone": _alone(each) for each in inputs}
    return {
        name: Modality(load, {**_METHODS, **alone}),
        f"{name}-noise": Modality(_with_noise(load), _METHODS),
        **{f"{name}-gaps-{round(100 * share)}": Modality(_with_gaps(load, share), _METHODS) for share in _SHARES},
    }


MODALITIES = {
    **_sets("mv-handwritten", _handwritten, tuple(f"view {i}" for i in range(1, 7))),
    **_sets("fashion-products", _fashion, ("image", "title")),
    **_sets("av-digits", _digits, ("image", "spoken")),
}
