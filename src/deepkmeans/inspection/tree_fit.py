"""Both trees of labelled rows: one leaf a cluster, and a series of ever larger ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .binned_rows import BinnedRows, bin_rows
from .bins import Bins, fit_bins
from .threshold_splits import CRITERIA, relative_mistakes
from .threshold_tree import ThresholdTree
from .tree_growth import grow_further, one_leaf_a_cluster
from .tree_refinement import refine
from .tree_simplification import simplified

__all__ = ["FittedTrees", "fit_trees"]

#: Numbers that are counted at a node: of many features and clusters there are fewer groups of bins.
_MOST_COUNTS, _LEAST_GROUPS, _MOST_GROUPS = 100_000, 16, 255
#: More features than these are not looked at; they are chosen on so many rows.
_MOST_FEATURES, _SCREENED_ROWS = 128, 2000


@dataclass(frozen=True, eq=False)
class FittedTrees:
    """Trees on ``features`` (q,), column numbers, cut into ``bins``; ``series`` begins with the smallest."""

    features: np.ndarray
    bins: Bins
    small: ThresholdTree
    series: tuple[ThresholdTree, ...]
    rows: BinnedRows
    labels: np.ndarray
    weight: np.ndarray

    def binned(self, values: np.ndarray) -> np.ndarray:
        """Bins (m, q) of rows (m, p)."""
        return self.bins.of(values[:, self.features])

    def with_leaves(self, n_leaves: int) -> ThresholdTree:
        """The tree of the series with so many leaves, or the next to it."""
        return self.series[min(max(n_leaves - self.series[0].n_leaves, 0), len(self.series) - 1)]

    def large(self, n_leaves: int) -> ThresholdTree:
        """The same, refined, without what the refinement made superfluous."""
        tree = self.with_leaves(n_leaves)
        return simplified(refine(tree, self.rows, self.labels, self.weight), self.rows.bins)


def fit_trees(values: np.ndarray, labels: np.ndarray, weight: np.ndarray, leaves_a_cluster: int) -> FittedTrees:
    """Trees for rows (n, p) with labels (n,) from 0 and weights (n,) above 0.

    The small one is the best of several: each criterion's tree is refined, and that with the most weight in the right
    leaves is kept. The series goes on from it.
    """
    n_clusters = int(labels.max()) + 1
    features = _telling_features(values, labels, weight)
    most_groups = int(np.clip(_MOST_COUNTS // max(1, len(features) * n_clusters), _LEAST_GROUPS, _MOST_GROUPS))
    bins = fit_bins(values[:, features])
    rows = bin_rows(bins.of(values[:, features]), weight, bins.missing, most_groups)
    grown = [one_leaf_a_cluster(rows, labels, weight, each) for each in CRITERIA]
    if max(tree.n_leaves for tree in grown) < n_clusters:
        grown.append(one_leaf_a_cluster(rows, labels, weight, relative_mistakes, relative=True))
    grown = [refine(tree, rows, labels, weight) for tree in grown]
    small = max(grown, key=lambda tree: (tree.n_leaves, weight[tree.predict(rows.bins) == labels].sum()))
    series = tuple(grow_further(small, rows, labels, weight, leaves_a_cluster * n_clusters))
    return FittedTrees(features, bins, small, series, rows, labels, weight)


def _telling_features(values: np.ndarray, labels: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Numbers (q,) of the features that tell any cluster best from the rest, at most 128, in their order."""
    n, p = values.shape
    if p <= _MOST_FEATURES:
        return np.arange(p)
    some = np.arange(0, n, -(-n // _SCREENED_ROWS))
    values, weight = values[some], weight[some]
    groups = np.unique(labels[some], return_inverse=True)[1]
    bins = fit_bins(values)
    rows = bin_rows(bins.of(values), weight, bins.missing, _LEAST_GROUPS)
    table = rows.sums(np.arange(len(some)), groups, int(groups.max()) + 1, weight)  # (p, b + 1, c)
    below = table.cumsum(axis=1)[:, :-1]
    total = np.bincount(groups, weight)
    rest = np.maximum(total.sum() - total, 1e-300)
    apart = np.abs(below / total - (below.sum(axis=2, keepdims=True) - below) / rest).max(axis=1)  # (p, c)
    rank = (-apart).argsort(axis=0, kind="stable").argsort(axis=0, kind="stable").min(axis=1)
    return np.sort(rank.argsort(kind="stable")[:_MOST_FEATURES])
