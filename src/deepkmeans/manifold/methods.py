"""t-SNE and UMAP, from one start and on one thread: the same seed gives the same bits.

``tsne``
    van der Maaten & Hinton 2008, scikit-learn's Barnes-Hut version.
``umap``
    McInnes, Healy, Melville 2018 (umap-learn).

Both start from the first principal components: a random start loses how groups lie to one another (Kobak & Linderman,
Nature Biotechnology 2021).
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from sklearn.manifold import TSNE
from threadpoolctl import threadpool_limits

from .._optional import require
from ..runtime import kept_threads

__all__ = ["FEWEST_ROWS", "fit_tsne", "fit_umap", "load_umap"]

#: With fewer rows there are no neighbourhoods to keep.
FEWEST_ROWS = 5


def fit_tsne(rows: np.ndarray, seed: int, **options: Any) -> Any:
    """A fitted ``TSNE`` of rows (n, p), given in their principal components; ``options`` are its parameters."""
    width = options.get("n_components", 2)
    given = {
        "perplexity": min(30.0, (len(rows) - 1) / 3), "init": _start(rows, width, 1e-4, seed), "random_state": seed,
    }  # fmt: skip
    # One thread: with several, sums round in the order in which the threads finish.
    with threadpool_limits(1, user_api="openmp"):
        return TSNE(**given | options).fit(rows)


def load_umap(purpose: str) -> Any:
    """The package ``umap``, silently: it warns where TensorFlow is missing, which nothing here needs.

    Raises
    ------
    MissingDependencyError
        Without umap-learn.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ImportWarning)
        return require("umap", extra="map", purpose=purpose)


@kept_threads()
def fit_umap(rows: np.ndarray, seed: int, *, purpose: str, **options: Any) -> Any:
    """A fitted ``umap.UMAP``, likewise; ``purpose`` says in an error what needs the package.

    Raises
    ------
    MissingDependencyError
        Without umap-learn.
    """
    umap = load_umap(purpose)
    width = options.get("n_components", 2)
    given = {
        "n_neighbors": min(15, len(rows) - 1), "init": _start(rows, width, 10.0, seed), "random_state": seed,
        "n_jobs": 1,
    }  # fmt: skip
    return umap.UMAP(**given | options).fit(rows)


def _start(rows: np.ndarray, width: int, deviation: float, seed: int) -> np.ndarray:
    """The first ``width`` components, the first with standard deviation ``deviation``, plus a little noise, float32."""
    first: np.ndarray = np.zeros((len(rows), width))
    first[:, : min(width, rows.shape[1])] = rows[:, :width]
    first = first * (deviation / first[:, 0].std())
    noise = np.random.RandomState(seed).normal(scale=1e-2 * deviation, size=first.shape)
    return (first + noise).astype(np.float32)
