"""Rows and their embedding in two dimensions, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from sklearn.manifold import trustworthiness

from .._validation import Instance, Interval, OneOf, validate_parameters
from ..data.validation import refuse_constant
from ..decomposition import PrincipalComponents
from ..exceptions import InvalidDataError
from ..runtime import Seeds, plain_torch
from .maps import METHODS, Map, fit_map
from .spaces import Clusterer, ProjectedRows, fit_components

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Placement", "Projection", "map_trustworthiness", "project"]

_FEWEST = {"pca": 2, "tsne": 5, "umap": 5}
_TRUST_ROWS, _TRUST_NEIGHBORS = 1000, 10
_BLOCK = 8192

_CONSTRAINTS: dict[str, list[Any]] = {
    "method": [OneOf(*METHODS)],
    "embedding": [OneOf("auto"), None, Instance(callable, "a function from rows to their embedding")],
    "max_rows": [Interval(int, 5, None)],
    "options": [None, Instance(dict, "a dict of parameters of the method")],
}


@dataclass(frozen=True)
class Placement:
    """Where new rows lie in the maps of a :class:`Projection`.

    Attributes
    ----------
    raw : ndarray of shape (m, 2)
    embedding : ndarray of shape (m, 2), or None
    labels : ndarray of shape (m,), or None
        None for clusterers that cannot predict.
    """

    raw: np.ndarray
    embedding: np.ndarray | None
    labels: np.ndarray | None


@dataclass(frozen=True)
class _Space:
    """One space: its principal components, and the map made of them."""

    components: PrincipalComponents
    map: Map

    def place(self, rows: Any) -> np.ndarray:
        return self.map.place(self.components.transform(rows))


@dataclass(frozen=True)
class Projection:
    """What :func:`project` found; :meth:`plot` draws it, :meth:`place` adds new rows to it.

    Attributes
    ----------
    method : {"pca", "tsne", "umap"}
    raw : ndarray of shape (n, 2), float64
        The rows as they enter the clusterer.
    embedding : ndarray of shape (n, 2), float64, or None
        The same rows in the embedding; None for clusterers without one.
    labels : ndarray of shape (n,)
    mapped : ndarray of int
        Indices of the rows that the maps were fitted on; all others were placed in them.
    trustworthiness : dict
        For each space, how far neighbours in the map are neighbours in the space, from 0 to 1: how much of the picture
        to believe (Venna & Kaski 2001; 10 neighbours, at most 1,000 of the mapped rows).
    shares : dict
        For each space, the shares of the variance of its first two principal components.
    """

    #: The names of the two spaces, in the order in which they are drawn.
    SPACES: ClassVar[tuple[str, str]] = ("raw", "embedding")

    method: str
    raw: np.ndarray
    embedding: np.ndarray | None
    labels: np.ndarray
    mapped: np.ndarray
    trustworthiness: dict[str, float]
    shares: dict[str, tuple[float, float]]
    _clusterer: Clusterer
    _rows: ProjectedRows
    _embed: Any
    _spaces: dict[str, _Space]

    @plain_torch()
    def place(self, X: Any) -> Placement:
        """Put new rows into the same maps, whose rows stay where they are.

        Parameters
        ----------
        X : rows with the columns of those given to :func:`project`

        Returns
        -------
        Placement
            Exact for "pca"; by ``UMAP.transform`` for "umap"; for "tsne" among the nearest mapped rows, see
            :mod:`deepkmeans.inspection.maps`. A row of the map lands on itself with "pca" and "tsne", near itself with
            "umap".

        Raises
        ------
        ValueError
            For other columns, by scikit-learn.
        """
        X = self._clusterer.entering(X)
        checked = self._rows.check(X)
        raw = _placed(self._spaces["raw"], lambda part: self._rows.scaled(checked[part]), checked.shape[0])
        embedding = None
        if self._embed is not None:
            embedded = np.asarray(self._embed(X))
            embedding = _placed(self._spaces["embedding"], lambda part: embedded[part], len(embedded))
        return Placement(raw, embedding, self._clusterer.labels(X, checked.shape[0], training=False))

    def _repr_html_(self) -> str | None:
        from .projection_plot import inline_picture

        return inline_picture(self)

    def plot(self, X_new: Any = None, *, y: Any = None, size: float = 5.0, figure: Any = None) -> Figure:
        """Draw the maps side by side, coloured by cluster, with each cluster's number at its median.

        Parameters
        ----------
        X_new : rows or None
            New rows, drawn as outlined squares where :meth:`place` puts them.
        y : array of shape (n,) or None
            Classes to colour by instead of the clusters; the numbers in the map stay those of the clusters.
        size : float
            Height of a panel, in inches.
        figure : matplotlib Figure or SubFigure, or None
            Where to draw; a new one by default.

        Returns
        -------
        matplotlib.figure.Figure
            ``figure.savefig("map.png")`` writes it. pyplot is not touched.

        Raises
        ------
        MissingDependencyError
            Without matplotlib.
        """
        from .projection_plot import draw

        return draw(self, None if X_new is None else self.place(X_new), y=y, size=size, figure=figure)


@plain_torch()
def project(
    model: Any, X: Any, method: str = "pca", *, embedding: Any = "auto", max_rows: int = 3000,
    options: dict[str, Any] | None = None, random_state: Any = None,
) -> Projection:  # fmt: skip
    """Map rows, and what a fitted clusterer makes of them, to two dimensions.

    Parameters
    ----------
    model : fitted clusterer
        ``DeepKMeans``, any clusterer of scikit-learn, or a pipeline or search that ends in one. For a pipeline,
        the rows that reach its last step are drawn.
    X : array, data frame, tensor, sparse matrix, or pictures, of n rows
        Any rows with the model's columns; for clusterers that cannot predict, the rows of the fit. For the picture,
        missing cells are filled with their column's mean.
    method : {"pca", "tsne", "umap"}, default="pca"
        "umap" needs the extra ``map``.
    embedding : "auto", function or None, default="auto"
        The second space. ``"auto"`` takes ``model.embed`` if there is one. A function takes the rows as they enter the
        clusterer and returns an array (n, e), as ``kmeans.transform`` does. None draws raw rows alone.
    max_rows : int, default=3000
        The maps are fitted on at most this many rows, drawn at random; the others are placed like new rows.
    options : dict or None
        Parameters of ``sklearn.manifold.TSNE`` or ``umap.UMAP``, such as ``{"perplexity": 50}``.
    random_state : int, RandomState or None
        On one machine, the same value gives the same maps, bit for bit.

    Returns
    -------
    Projection

    Raises
    ------
    InvalidParameterError, InvalidDataError, MissingDependencyError
    sklearn.exceptions.NotFittedError

    Notes
    -----
    Rows of ``DeepKMeans`` are drawn in its scaling, others as they are given. Each space is first reduced to its 50
    principal components; sparse rows stay sparse on the way there (truncated SVD with implicit centring). Distances
    between far groups, and sizes of groups, mean nothing in "tsne" and "umap"; ``trustworthiness`` says how far
    neighbours can be trusted. O(n d) time for the components, O(max_rows log max_rows) for "tsne" and "umap".

    Examples
    --------
    >>> from sklearn.cluster import KMeans
    >>> from sklearn.datasets import load_iris
    >>> from deepkmeans.inspection import project
    >>> X = load_iris().data
    >>> projection = project(KMeans(3, random_state=0).fit(X), X)
    >>> projection.raw.shape
    (150, 2)
    >>> projection.place(X[:2]).raw.round(2).tolist() == projection.raw[:2].round(2).tolist()
    True
    """
    given = {"method": method, "embedding": embedding, "max_rows": max_rows, "options": options}
    validate_parameters("project", _CONSTRAINTS, given)
    clusterer, rows, seeds = Clusterer(model), ProjectedRows(), Seeds(random_state)
    X = clusterer.entering(X)
    checked = rows.fit(clusterer.model, X)
    n = checked.shape[0]
    if n < _FEWEST[method]:
        raise InvalidDataError(f"n_samples={n} should be >= {_FEWEST[method]} for method={method!r}: give more rows.")
    labels = clusterer.labels(X, n, training=True)
    assert labels is not None
    embed = clusterer.embedding() if isinstance(embedding, str) else embedding
    mapped = np.sort(seeds.numpy("rows").permutation(n)[:max_rows])
    taken: dict[str, Any] = {"raw": lambda part: rows.scaled(checked[part])}
    if embed is not None:
        embedded = _checked_embedding(embed(X), n)
        taken["embedding"] = lambda part: embedded[part]
    spaces, coordinates, trust, shares = {}, {}, {}, {}
    for name, take in taken.items():
        inner = take(mapped)
        if name == "raw":
            refuse_constant(inner, "project")
        seed = seeds.seed(name) % 2**32
        components = fit_components(inner, seed, name)
        inner = components.transform(inner)  # (m, p)
        spaces[name] = space = _Space(components, fit_map(method, inner, dict(options or {}), seed))
        coordinates[name] = _everywhere(space, take, mapped, n)
        trust[name] = map_trustworthiness(inner, space.map.coordinates, seeds)
        shares[name] = (float(components.shares[0]), float(components.shares[1]) if len(components.shares) > 1 else 0.0)
    return Projection(
        method, coordinates["raw"], coordinates.get("embedding"), labels, mapped, trust, shares, clusterer, rows, embed,
        spaces,
    )  # fmt: skip


def _everywhere(space: _Space, take: Any, mapped: np.ndarray, n: int) -> np.ndarray:
    """Coordinates (n, 2) of all rows: of mapped rows from the map, of the others by placing them in it."""
    where: np.ndarray = np.empty((n, 2))
    where[mapped] = space.map.coordinates
    others = np.setdiff1d(np.arange(n), mapped, assume_unique=True)
    if len(others):
        where[others] = _placed(space, lambda part: take(others[part]), len(others))
    return where


def _placed(space: _Space, take: Any, n: int) -> np.ndarray:
    """Coordinates (n, 2) of ``take(slice)``, in blocks, so that not all scaled dense rows are in memory at once."""
    parts = [space.place(take(slice(start, start + _BLOCK))) for start in range(0, n, _BLOCK)]
    return np.concatenate(parts) if parts else np.empty((0, 2))


def _checked_embedding(result: Any, n: int) -> np.ndarray:
    embedded = np.asarray(result)
    if embedded.ndim != 2 or len(embedded) != n or embedded.dtype.kind not in "fiub" or not np.isfinite(embedded).all():
        raise InvalidDataError(
            f"The 'embedding' of {n} rows must be an array of finite numbers of shape ({n}, e). "
            f"Got {embedded.dtype} of shape {embedded.shape} instead."
        )
    return embedded


def map_trustworthiness(rows: np.ndarray, coordinates: np.ndarray, seeds: Seeds) -> float:
    """How far neighbours in a map (n, 2) are neighbours among its rows (n, p); on at most 1,000 of them."""
    index = np.sort(seeds.numpy("trust").permutation(len(rows))[:_TRUST_ROWS])
    neighbors = min(_TRUST_NEIGHBORS, (len(index) - 1) // 2)
    if neighbors < 1:
        return 1.0
    return float(trustworthiness(rows[index], coordinates[index], n_neighbors=neighbors))
