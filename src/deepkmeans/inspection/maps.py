"""Maps of rows in two dimensions, and the position of a new row in a finished map.

``"pca"``
    The first two principal components. A new row is projected exactly.
``"umap"``
    See :mod:`deepkmeans.manifold.methods`. A new row is placed by ``UMAP.transform``, which optimises its position
    among the rows of the map; those stay where they are.
``"tsne"``
    Likewise. The method has no transform: a new row is placed by :mod:`deepkmeans.manifold.interpolation`, among its
    nearest.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from sklearn.manifold import TSNE

from ..exceptions import InvalidParameterError
from ..manifold import NeighborInterpolation, fit_tsne, fit_umap, load_umap
from ..runtime import kept_threads

__all__ = ["METHODS", "Map", "fit_map"]

_FOR_UMAP = "project(method='umap')"


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
        two: np.ndarray = np.zeros((len(rows), 2))
        two[:, : min(2, rows.shape[1])] = rows[:, :2]
        return two


class _Neighbours:
    """t-SNE; new rows by interpolation."""

    def __init__(self, rows: np.ndarray, options: dict[str, Any], seed: int) -> None:
        _check_options(TSNE, options, "tsne")
        fitted = _fitted(lambda: fit_tsne(rows, seed, **options), rows, options, "tsne")
        self.coordinates = fitted.embedding_.astype(np.float64)
        self._interpolation = NeighborInterpolation(rows, self.coordinates)

    def place(self, rows: np.ndarray) -> np.ndarray:
        return self._interpolation.place(rows)


class _Umap:
    """UMAP; new rows by its own transform."""

    @kept_threads()
    def __init__(self, rows: np.ndarray, options: dict[str, Any], seed: int) -> None:
        _check_options(load_umap(_FOR_UMAP).UMAP, options, "umap")
        self._umap = _fitted(lambda: fit_umap(rows, seed, purpose=_FOR_UMAP, **options), rows, options, "umap")
        self.coordinates = np.asarray(self._umap.embedding_, dtype=np.float64)

    @kept_threads()
    def place(self, rows: np.ndarray) -> np.ndarray:
        return np.asarray(self._umap.transform(rows), dtype=np.float64)


def _fitted(fit: Callable[[], Any], rows: np.ndarray, options: dict[str, Any], name: str) -> Any:
    """The method, fitted to rows (n, p); an error that the user's options cause names them."""
    try:
        return fit()
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


def _check_options(cls: Any, options: dict[str, Any], method: str) -> None:
    allowed = set(cls().get_params())
    unknown = sorted(set(options) - allowed)
    if unknown or options.get("n_components", 2) != 2:
        named = unknown or ["n_components"]
        raise InvalidParameterError(
            f"The 'options' parameter of project(method={method!r}) holds {', '.join(map(repr, named))}, which "
            f"{cls.__name__} does not take here; it takes {', '.join(sorted(allowed - {'n_components'}))}."
        )
