"""A bin for every value of a feature, and the thresholds between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Bins", "fit_bins"]


@dataclass(frozen=True, eq=False)
class Bins:
    """A bin for each value that a feature has.

    Attributes
    ----------
    middle : tuple of ndarray
        For each feature a number between each bin and the next; the last is infinity.
    missing : int
        The number of bins of the feature with the most, which is the bin of missing values.
    """

    middle: tuple[np.ndarray, ...]
    missing: int

    def of(self, values: np.ndarray) -> np.ndarray:
        """Bins (n, p) of values (n, p), int32."""
        numbers: np.ndarray = np.empty(values.shape, dtype=np.int32)
        for feature, middle in enumerate(self.middle):
            column = values[:, feature]
            numbers[:, feature] = np.searchsorted(middle, column)
            numbers[np.isnan(column), feature] = self.missing
        return numbers


def fit_bins(values: np.ndarray) -> Bins:
    """Bins of values (n, p). O(n p log n)."""
    middles = []
    for column in values.T:
        distinct = np.unique(column[~np.isnan(column)])
        middle = distinct.copy()
        middle[:-1] += (distinct[1:] - distinct[:-1]) / 2
        middle = np.where(np.append(middle[:-1] < distinct[1:], True), middle, distinct)  # of neighbouring floats
        middle[-1:] = np.inf
        middles.append(middle)
    return Bins(tuple(middles), max([1, *(len(middle) for middle in middles)]))
