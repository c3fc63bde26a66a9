"""What K-Means is measured on: real tables, pictures, texts and codes, and generated rows at sizes that hurt."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from . import suite

__all__ = ["CASES", "Case", "rows_of"]


@dataclass(frozen=True)
class Case:
    """Rows, how many clusters, and how many restarts of scikit-learn stand for the best known."""

    read: Callable[[Path | None], Any]
    n_clusters: int
    restarts: int = 100


def _real(name: str) -> Callable[[Path | None], Any]:
    return lambda data: suite.load(name, data)[0]


def _letters(data: Path | None) -> np.ndarray:
    """20,000 rows of 16 whole numbers up to 15 in 26 uneven classes, two shapes each: a table like UCI's letters."""
    random = np.random.RandomState(0)
    shapes = 7.5 + 2.5 * random.randn(52, 16)
    spread = 0.6 + 1.6 * random.rand(52, 16)
    own = random.choice(52, 20_000, p=random.dirichlet(np.full(52, 5.0)))
    return np.clip(np.rint(shapes[own] + spread[own] * random.randn(20_000, 16)), 0, 15).astype(np.float32)


def _mixture(n: int, d: int, k: int, dim: int) -> Callable[[Path | None], np.ndarray]:
    """Overlapping clusters of uneven size and shape that lie near a subspace of ``dim`` dimensions."""

    def read(data: Path | None) -> np.ndarray:
        random = np.random.RandomState(1)
        frame = np.linalg.qr(random.randn(d, d))[0][:dim].astype(np.float32)
        centers = random.randn(k, dim).astype(np.float32)
        scale = np.exp(0.4 * random.randn(k, dim)).astype(np.float32)
        own = random.choice(k, n, p=random.dirichlet(np.full(k, 2.0)))
        X = np.empty((n, d), dtype=np.float32)
        for start in range(0, n, 65_536):
            at = own[start : start + 65_536]
            low = centers[at] + 0.5 * scale[at] * random.standard_normal((len(at), dim)).astype(np.float32)
            X[start : start + len(at)] = low @ frame + 0.1 * random.standard_normal((len(at), d)).astype(np.float32)
        return X

    return read


def _heavy_tails(data: Path | None) -> np.ndarray:
    """20,000 rows of log-normal columns: a twentieth of the rows holds half of the sum of squares."""
    return np.exp(1.2 * np.random.RandomState(2).randn(20_000, 8)).astype(np.float32)


def _raw_columns(data: Path | None) -> np.ndarray:
    """100,000 rows in 20 clusters, in skewed columns of which each is four times larger than the one before."""
    random = np.random.RandomState(3)
    Z = 1.5 * random.randn(20, 10)[random.randint(20, size=100_000)] + random.randn(100_000, 10)
    return (np.exp(0.5 * Z) * 4.0 ** np.arange(10)).astype(np.float32)


def _no_gaps(data: Path | None) -> np.ndarray:
    """1,000,000 rows of 100 clusters that overlap so much that there is no gap between them."""
    random = np.random.RandomState(4)
    centers = np.sqrt(9 / 32) * random.randn(100, 32)
    X = centers[random.randint(100, size=1_000_000)].astype(np.float32)
    for start in range(0, len(X), 65_536):
        X[start : start + 65_536] += random.standard_normal(X[start : start + 65_536].shape)
    return X


def _codes(data: Path | None) -> np.ndarray:
    """Codes of MNIST in 10 dimensions, of an autoencoder trained for five epochs."""
    from deepkmeans import Autoencoder

    X = suite.load("mnist", data)[0]
    return np.asarray(Autoencoder(10, max_epochs=5, random_state=0).fit_transform(X), dtype=np.float32)


CASES: dict[str, Case] = {
    "digits": Case(_real("digits"), 10),
    "optdigits": Case(_real("optdigits"), 10),
    "pendigits": Case(_real("pendigits"), 10),
    "pendigits-100": Case(_real("pendigits"), 100),
    "letters": Case(_letters, 26),
    "mnist": Case(_real("mnist"), 10),
    "fashion_mnist": Case(_real("fashion_mnist"), 10),
    "mnist_codes": Case(_codes, 10),
    "newsgroups20": Case(_real("newsgroups20"), 20),
    "200000x64": Case(_mixture(200_000, 64, 300, 20), 256, 20),
    "100000x128": Case(_mixture(100_000, 128, 1_000, 30), 1_000, 20),
    "1000000x32": Case(_mixture(1_000_000, 32, 120, 16), 100, 20),
    "dry_bean": Case(_real("dry_bean"), 12),
    "heavy_tails": Case(_heavy_tails, 15),
    "raw_columns": Case(_raw_columns, 20),
    "no_gaps": Case(_no_gaps, 100, 10),
}


def rows_of(name: str, data: Path | None) -> Any:
    """float32 rows of a case; read or made once, kept in the user's cache folder."""
    import scipy.sparse as sp

    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "deepkmeans-benchmarks"
    path = cache / f"{name}.npz"
    if not path.exists():
        X = CASES[name].read(data)
        cache.mkdir(parents=True, exist_ok=True)
        part = cache / f".{name}.npz"
        if sp.issparse(X):
            sp.save_npz(part, X.astype(np.float32).tocsr())
        else:
            with part.open("wb") as stream:
                np.savez(stream, X=np.ascontiguousarray(X, dtype=np.float32))
        part.rename(path)
    with np.load(path, allow_pickle=False) as file:
        return file["X"] if "X" in file else sp.load_npz(path)
