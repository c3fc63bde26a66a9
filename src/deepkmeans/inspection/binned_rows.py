"""Rows as numbers of bins, between which a threshold may lie, and what lies on its two sides."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

__all__ = ["BinnedRows", "bin_rows"]

#: Entries of one array of positions while rows are counted.
_BLOCK = 4_000_000


@dataclass(frozen=True, eq=False)
class BinnedRows:
    """Bins of rows, and groups of bins: these are compared first, then the bins of one feature.

    Attributes
    ----------
    bins : ndarray of shape (n, p)
        Bins.
    groups : ndarray of shape (n, p)
        Groups of bins, in the same order; ``n_groups`` of missing values.
    missing, n_groups : int
    """

    bins: np.ndarray
    groups: np.ndarray
    missing: int
    n_groups: int

    @cached_property
    def _cells(self) -> np.ndarray:
        """For each value (n, p) its cell in a table of features and groups of bins."""
        return self.groups + np.arange(self.groups.shape[1], dtype=np.int32) * (self.n_groups + 1)

    def sums(self, rows: np.ndarray, clusters: np.ndarray, n_clusters: int, weight: np.ndarray) -> np.ndarray:
        """Weight (p, n_groups + 1, n_clusters) of the rows (m,) by feature, group of bins and cluster (m,) from 0."""
        p, step = self.bins.shape[1], self.n_groups + 1
        width = max(1, _BLOCK // max(1, len(rows)))
        table: np.ndarray = np.empty((p, step, n_clusters))
        for start in range(0, p, width):
            stop = min(start + width, p)
            cells = self._cells[rows, start:stop].astype(np.int64) - start * step
            at = cells * n_clusters + clusters[:, None]
            counted = np.bincount(at.ravel(), np.repeat(weight, stop - start), (stop - start) * step * n_clusters)
            table[start:stop] = counted.reshape(stop - start, step, n_clusters)
        return table

    def sums_of(
        self, feature: int, rows: np.ndarray, clusters: np.ndarray, n_clusters: int, weight: np.ndarray
    ) -> np.ndarray:
        """The same by the bins of one feature, (missing + 1, n_clusters)."""
        at = self.bins[rows, feature].astype(np.int64) * n_clusters + clusters
        return np.bincount(at, weight, (self.missing + 1) * n_clusters).reshape(-1, n_clusters)


def bin_rows(bins: np.ndarray, weight: np.ndarray, missing: int, most_groups: int) -> BinnedRows:
    """Bins (n, p) in at most ``most_groups`` groups of about equal weight (n,) for each feature."""
    groups = bins
    if missing > most_groups:
        groups = np.empty_like(bins)
        for feature, column in enumerate(bins.T):
            mass = np.bincount(column, weight, missing + 1)[:-1]
            before = np.cumsum(mass) - mass
            of_bin = np.minimum(before / max(float(mass.sum()), 1e-300) * most_groups, most_groups - 1)
            present = np.flatnonzero(mass)
            group = np.zeros(missing + 1, dtype=bins.dtype)
            if len(present) <= most_groups:
                group[present] = np.arange(len(present))
            else:
                group[:-1] = of_bin
            group[-1] = most_groups
            groups[:, feature] = group[column]
    return BinnedRows(bins, groups, missing, min(missing, most_groups))
