"""Maps of rows in two dimensions, and the position of a new row in a finished map.

``"pca"``
    The first two principal components. A new row is projected exactly.
``"umap"``
    McInnes, Healy, Melville 2018 (umap-learn). A new row is placed by ``UMAP.transform``, which optimises its
    position among the rows of the map; those stay where they are.
``"tsne"``
    van der Maaten & Hinton 2008, scikit-learn's Barnes-Hut version. The method has no transform. A new row is placed at
    the median position of its 10 nearest rows of the map, as Kobak & Berens (Nature Communications 2019) do. We
    differ in two points: medians are weighted by one over the squared distance, so that a row of the map lands on
    itself, and they are geometric, as medians of single coordinates draw crosses. This interpolates: a row far from
    all others is placed among its nearest, never apart.

t-SNE and UMAP start from the first two principal components: a random start loses how groups lie to one another
(Kobak & Linderman, Nature Biotechnology 2021).
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from sklearn.manifold import TSNE
from sklearn.neighbors import NearestNeighbors
from threadpoolctl import threadpool_limits

from .._optional import require
from ..exceptions import InvalidParameterError
from ..runtime import kept_threads

__all__ = ["METHODS", "Map", "fit_map"]

_NEIGHBORS, _STEPS = 10, 50


class Map(Protocol):
    """A finished map of n rows: ``coordinates`` (n, 2)."""

    coordinates: np.ndarray

    def place(self, rows: np.ndarray) -> np.ndarray:
        """Coordinates (m, 2) of new rows (m, p), given in the principal components that the map was made of."""


class _PrincipalPlane:
    """The first two principal components; also used for rows that are all equal."""

    def __init__(self, rows: np.ndarray, options: dict[str, Any], seed: int) -> None:
        if options:
            raise InvalidParameterError(
                f"The 'options' parameter of project(method='pca') must be empty. Got {options!r}."
            )
        self.coordinates = self.place(rows)

    def place(self, rows: np.ndarray) -> np.ndarray:
        return _two(rows)


class _Neighbours:
    """t-SNE; new rows by interpolation."""

    def __init__(self, rows: np.ndarray, options: dict[str, Any], seed: int) -> None:
        given = {"perplexity": min(30.0, (len(rows) - 1) / 3), "init": _start(rows, 1e-4, seed), "random_state": seed}
        # One thread: with several, sums round in the order in which the threads finish.
        with threadpool_limits(1, user_api="openmp"):
            embedded = _fitted(_made(TSNE, given | options, "tsne"), rows, options, "tsne")
            self.coordinates = embedded.astype(np.float64)
        self._index = NearestNeighbors(n_neighbors=min(_NEIGHBORS, len(rows))).fit(rows)

    def place(self, rows: np.ndarray) -> np.ndarray:
        distance, index = self._index.kneighbors(rows)  # (m, k)
        least = np.maximum(distance[:, :1], np.finfo(np.float64).tiny ** 0.5)
        weight = (least / np.maximum(distance, least)) ** 2  # 1 for the nearest; 0 beside a row at distance zero
        return _geometric_median(self.coordinates[index], weight)


class _Umap:
    """UMAP; new rows by its own transform."""

    @kept_threads()
    def __init__(self, rows: np.ndarray, options: dict[str, Any], seed: int) -> None:
        umap = require("umap", extra="map", purpose="project(method='umap')")
        given = {
            "n_neighbors": min(15, len(rows) - 1),
            "init": _start(rows, 10.0, seed),
            "random_state": seed,
            "n_jobs": 1,
        }
        self._umap = _made(umap.UMAP, given | options, "umap")
        self.coordinates = np.asarray(_fitted(self._umap, rows, options, "umap"), dtype=np.float64)

    @kept_threads()
    def place(self, rows: np.ndarray) -> np.ndarray:
        return np.asarray(self._umap.transform(rows), dtype=np.float64)


def _fitted(method: Any, rows: np.ndarray, options: dict[str, Any], name: str) -> Any:
    """Coordinates (n, 2) of rows (n, p); an error that the user's options cause names them."""
    try:
        return method.fit_transform(rows)
    except (ValueError, TypeError) as error:
        if not options:
            raise
        raise InvalidParameterError(
            f"The 'options' parameter of project(method={name!r}), {options!r:.80}, cannot be used for {len(rows)} "
            f"rows: {' '.join(str(error).split())}"
        ) from error


METHODS: dict[str, Any] = {"pca": _PrincipalPlane, "tsne": _Neighbours, "umap": _Umap}


def fit_map(method: str, rows: np.ndarray, options: dict[str, Any], seed: int) -> Map:
    """A map of rows (n, p), given in their principal components; rows that are all equal become one point."""
    if not np.ptp(rows, axis=0).any():
        method, options = "pca", {}
    fitted: Map = METHODS[method](rows, options, seed)
    return fitted


def _two(rows: np.ndarray) -> np.ndarray:
    two: np.ndarray = np.zeros((len(rows), 2))
    two[:, : min(2, rows.shape[1])] = rows[:, :2]
    return two


def _start(rows: np.ndarray, deviation: float, seed: int) -> np.ndarray:
    """The first two components, the first with standard deviation ``deviation``, plus a little noise, float32."""
    two = _two(rows)
    two = two * (deviation / two[:, 0].std())
    noise = np.random.RandomState(seed).normal(scale=1e-2 * deviation, size=two.shape)
    return (two + noise).astype(np.float32)


def _made(cls: Any, options: dict[str, Any], method: str) -> Any:
    allowed = set(cls().get_params())
    unknown = sorted(set(options) - allowed)
    if unknown or options.get("n_components", 2) != 2:
        named = unknown or ["n_components"]
        raise InvalidParameterError(
            f"The 'options' parameter of project(method={method!r}) holds {', '.join(map(repr, named))}, which "
            f"{cls.__name__} does not take here; it takes {', '.join(sorted(allowed - {'n_components'}))}."
        )
    return cls(**options)


def _geometric_median(values: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Weighted geometric medians (m, 2) of k points each, ``values`` (m, k, 2), by Weiszfeld's iterations."""
    least = 1e-9 * max(float(np.ptp(values)), np.finfo(np.float64).tiny ** 0.5)
    share = weight / weight.sum(axis=1, keepdims=True)
    for _ in range(_STEPS):
        middle = (share[:, :, None] * values).sum(axis=1)  # (m, 2)
        pull = weight / np.maximum(np.linalg.norm(values - middle[:, None, :], axis=2), least)
        share = pull / pull.sum(axis=1, keepdims=True)
    return np.asarray((share[:, :, None] * values).sum(axis=1))
