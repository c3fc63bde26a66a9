"""How many clusters: a choice from low-density gaps on the neighbour graph, beside every classical criterion over k."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from numbers import Integral
from typing import Any

import numpy as np
import scipy.sparse as sp
import torch
from sklearn.base import clone

from ..data import CheckedInput, find_image_shape, fit_scaling
from ..data.preprocessing.base import scaling_after
from ..data.preprocessing.given_fit import check_any_input
from ..decomposition import N_COMPONENTS, principal_components
from ..estimators import DeepKMeans, KMeans
from ..estimators.choosing import lighter_levels, statistics_before_a_fit, statistics_of_inputs
from ..exceptions import InvalidParameterError
from ..graph import (
    FewDistinct,
    Levels,
    default_k_range,
    merged_partitions,
    n_clusters_statistics,
    statistics_of_one_row,
    without_gaps_of_levels,
)
from ..runtime import Seeds, plain_torch
from .n_clusters_result import NClustersSelection, from_statistics
from .scaled_rows import fit_space, input_of, placed, several_inputs, without_name

__all__ = ["select_n_clusters"]

#: Rows of the graph, whose time grows with their square.
_GRAPH_ROWS = 12_000


@plain_torch()
def select_n_clusters(
    estimator: Any, X: Any, *, k_range: str | Iterable[int] = "auto", space: str = "auto", n_references: int = 5,
    n_resamples: int = 5, random_state: Any = None,
) -> NClustersSelection:  # fmt: skip
    """Choose the number of clusters of ``X``, with every criterion for every k.

    Parameters
    ----------
    estimator : scikit-learn clusterer with a parameter ``n_clusters``
        Cloned, never changed. Its partitions of at most 2,000 rows give the curves of inertia, silhouette,
        Calinski-Harabasz, Davies-Bouldin, gap and stability. A :class:`~deepkmeans.DeepKMeans` is not trained for every
        k: its partitions come from one hierarchical merging of the neighbour graph, and the answer is that of
        ``n_clusters="auto"``. Single pixels say little about what pictures show: for these, it first learns an
        embedding from an over-clustering and augmented views, once, in which the gaps are then looked for.
    X : array, data frame or sparse matrix of shape (n_samples, n_features), or pictures, or texts
        Of a DeepKMeans also several inputs, a mapping by name. NaN is filled with the column's mean and flagged in an
        extra column. Sparse rows of more than 256 columns stay sparse until they are reduced to principal components;
        others are made dense, as in ``DeepKMeans.fit``.
    k_range : "auto" or iterable of int, default="auto"
        The k to try; ``"auto"``: 1 to 40, at most twice the root of ``n_samples``. 1 ("no clear structure") is always a
        possible answer.
    space : {"auto", "raw"}, default="auto"
        The space of all computations, including the fits of ``estimator``: the rows, scaled as by ``DeepKMeans``, in at
        most 50 principal components, or the rows as they are. Figures of different spaces cannot be compared.
    n_references, n_resamples : int, default=5
        Number of structureless tables for the gap statistic, and of samples for the stability. Each of them costs a fit
        for every k (a table two).
    random_state : int, RandomState or None, default=None
        Draws rows and tables. For a :class:`~deepkmeans.DeepKMeans` the result does not depend on it.

    Returns
    -------
    NClustersSelection
        ``n_clusters``, ``second``, ``confidence``, ``confident``, ``reason``, ``table``, ``suggestions``,
        ``useful_division``, ``plot()``, ``to_dict()``.

    Raises
    ------
    InvalidParameterError : no ``n_clusters`` to set, a ``k_range`` that is empty, below 1 or above ``n_samples``.
    InvalidDataError : infinite values.
    ValueError : fewer than two rows, and what else scikit-learn refuses.

    Notes
    -----
    The choice comes from low-density gaps between groups of rows (:mod:`deepkmeans.graph.low_density`): the test
    statistic of every split must exceed what structureless rows of its dimension reach by chance. The classical curves
    are for comparison and decide nothing; ``suggestions`` has the k of each. O(n^2) in at most 12,000 rows drawn at
    random, and (1 + n_resamples + 2 n_references) fits on 2,000 rows for every k. A :class:`deepkmeans.KMeans` with its
    default settings runs from three plain starts each time: the last per mille of inertia does not change the curves.

    References
    ----------
    Tibshirani, Walther, Hastie: Estimating the number of clusters in a data set via the gap statistic, JRSS B 2001.
    Satopaa et al.: Finding a "kneedle" in a haystack, ICDCS Workshops 2011 (knee of the inertia, without smoothing).
    Shi, Malik: Normalized cuts and image segmentation, PAMI 2000 (sweep cuts).

    Examples
    --------
    >>> from sklearn.cluster import KMeans
    >>> from sklearn.datasets import make_blobs
    >>> from deepkmeans.model_selection import select_n_clusters
    >>> X, _ = make_blobs(600, centers=4, random_state=3)
    >>> select_n_clusters(KMeans(n_init=1), X, k_range=range(1, 8), random_state=0).n_clusters
    4
    """
    is_estimator = hasattr(estimator, "get_params") and not isinstance(estimator, type)
    if not is_estimator or "n_clusters" not in estimator.get_params(deep=False):
        raise InvalidParameterError(
            f"The 'estimator' of select_n_clusters must be a scikit-learn clusterer with a parameter 'n_clusters'. Got "
            f"{estimator!r:.80} instead; clusterers without one (DBSCAN, HDBSCAN) find their number themselves."
        )
    if space not in ("auto", "raw"):
        raise InvalidParameterError(f"The 'space' parameter must be 'auto' or 'raw'. Got {space!r} instead.")
    for name, count in (("n_references", n_references), ("n_resamples", n_resamples)):
        if isinstance(count, bool) or not isinstance(count, Integral) or count < 0:
            raise InvalidParameterError(f"The {name!r} parameter must be an integer >= 0. Got {count!r} instead.")
    counts: dict[str, Any] = {"n_references": int(n_references), "n_resamples": int(n_resamples)}
    estimator, X = without_name(estimator, X)
    if several_inputs(estimator, X, "select_n_clusters"):
        if space != "auto":
            raise InvalidParameterError("space='raw' is for one input, and X is several: leave 'space' at 'auto'.")
        return from_statistics(statistics_of_inputs(estimator, X, lambda n: _checked_range(k_range, n), **counts))
    as_in_a_fit = isinstance(estimator, DeepKMeans) and space == "auto"
    missing = "error" if space == "raw" else estimator.missing if as_in_a_fit else "impute"
    how, encoder = input_of(estimator)
    checked = check_any_input(X, "select_n_clusters", how, encoder=encoder, missing=missing, min_rows=2)
    X = checked.X
    ks = _checked_range(k_range, X.shape[0])
    if as_in_a_fit and _distinct(X) > 1:
        return from_statistics(statistics_before_a_fit(estimator, checked, ks, **counts))
    seeds = Seeds(random_state)
    if _distinct(X) < 2:
        return from_statistics(statistics_of_one_row(X.shape[0], ks))
    if X.shape[0] > _GRAPH_ROWS:
        X = X[np.sort(seeds.numpy("rows").permutation(X.shape[0])[:_GRAPH_ROWS])]
    rows = _in_space(X, checked, space)
    coded = getattr(checked.preprocessor, "views", None) is not None
    counts["distinct"] = FewDistinct.of(rows.numpy(), np.ones(len(rows)), coded=coded)
    partition = merged_partitions if isinstance(estimator, DeepKMeans) else _Partitions(estimator)
    levels, owner = _levels(X, checked), getattr(checked.preprocessor, "level_owners", None)
    counts |= {"partition": partition, "levels": levels if space == "auto" else None}
    if space == "auto" and levels is not None and owner is not None:
        rows = without_gaps_of_levels(rows, owner, levels, seeds.numpy("levels"))
    rows = rows if space == "raw" else _principal(rows)
    return from_statistics(n_clusters_statistics(rows, ks, seeds.numpy("evidence"), **counts))


class _Partitions:
    """Partitions of rows by clones of an estimator, one for every k."""

    def __init__(self, estimator: Any) -> None:
        self.estimator = estimator
        self.plain = isinstance(estimator, KMeans) and estimator.refine == estimator.n_init == "auto"
        self.seeded = "random_state" in estimator.get_params(deep=False)

    def __call__(self, X: np.ndarray, ks: Sequence[int], seed: int) -> dict[int, np.ndarray]:
        return {k: self._labels(X, k, seed) for k in ks if k <= len(X)}

    def _labels(self, X: np.ndarray, k: int, seed: int) -> np.ndarray:
        if k == 1:
            return np.zeros(len(X), dtype=np.int64)
        clusterer = clone(self.estimator).set_params(n_clusters=k)
        if self.seeded:
            clusterer.set_params(random_state=seed)
        if self.plain:
            clusterer = clusterer._with_plain_starts(3)
        labels = clusterer.fit_predict(X) if hasattr(clusterer, "fit_predict") else clusterer.fit(X).labels_
        return np.unique(np.asarray(labels), return_inverse=True)[1].reshape(-1)


def _checked_range(k_range: str | Iterable[int], n: int) -> list[int]:
    if isinstance(k_range, str):
        if k_range != "auto":
            raise InvalidParameterError(
                f"The 'k_range' parameter must be 'auto' or several numbers of clusters, such as range(1, 21). Got "
                f"{k_range!r} instead."
            )
        return default_k_range(n)
    given: list[Any] = [k_range] if isinstance(k_range, Integral) else list(k_range)
    if not given or not all(isinstance(k, Integral) and not isinstance(k, bool) and int(k) >= 1 for k in given):
        raise InvalidParameterError(
            f"The 'k_range' parameter must hold integers >= 1, such as range(1, 21). Got {k_range!r:.80} instead."
        )
    ks = sorted({int(k) for k in given})
    if max(ks) > n:
        raise InvalidParameterError(
            f"The 'k_range' parameter goes up to {ks[-1]} clusters, but X has {n} rows: end it at {n} or earlier."
        )
    return ks


def _distinct(X: Any) -> int:
    """1 if all rows are the same, else 2."""
    if sp.issparse(X):
        return 1 if (X != sp.csr_matrix(np.ones((X.shape[0], 1))) @ X[:1]).nnz == 0 else 2
    same = (X == X[:1]) | (np.isnan(X) & np.isnan(X[:1]))
    return 1 if bool(same.all()) else 2


def _levels(X: Any, checked: CheckedInput) -> Levels | None:
    """Rows (n, p), some of those ``checked``, as groups of like cells, where they are columns of several kinds."""
    mass = np.ones(X.shape[0])
    levels = getattr(checked.preprocessor, "levels", None)
    made = None if levels is None else levels(X, mass)
    return None if made is None else Levels(made[0], made[1], mass)


def _in_space(X: Any, checked: CheckedInput, space: str) -> torch.Tensor:
    """Rows (n, p), some of those ``checked``, as float32 in units of their columns, if not "raw"."""
    if space == "raw":
        if sp.issparse(X):
            raise InvalidParameterError("space='raw' would make sparse rows dense: leave 'space' at 'auto'.")
        scaling = fit_scaling(X, "none")
        return torch.from_numpy(placed(X, scaling))
    pixels = checked.image_shape is not None or find_image_shape(X) is not None
    kind = "pixels" if pixels else scaling_after(checked.preprocessor)
    scaling = fit_space(X, kind, Seeds(0).numpy("projection"), project=not pixels)
    rows = torch.from_numpy(placed(X, scaling))
    views = getattr(checked.preprocessor, "views", None)
    if views is not None:
        rows = lighter_levels(rows, views)
    return rows


def _principal(rows: torch.Tensor) -> torch.Tensor:
    mean, components = principal_components(rows, N_COMPONENTS, Seeds(0).numpy("axes"))
    return (rows - mean) @ components
