"""Rows of each cluster with each level, and whether such shares could be chance.

Under shuffled labels the number of rows of a cluster that meet a condition is hypergeometric, so (Hoeffding:
Probability inequalities for sums of bounded random variables, 1963) a share of p inside, where all rows have q, has a
probability of at most exp(-n KL(p, q)), n being the rows of the cluster. Conditions are fixed by all rows together,
whatever the labels, and those that could have been chosen are counted: the bound holds for the best of them, for
clusters of any size.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

__all__ = ["Counts", "surprise"]

#: Chance of saying anything at all of shuffled labels, columns and clusters all together.
_ERROR = 0.01


@dataclass(frozen=True, eq=False)
class Counts:
    """Rows, by their weights, of each cluster that are of each level.

    Attributes
    ----------
    held : ndarray of shape (k + 1, m)
        The last row is noise.
    given : ndarray of shape (k + 1,)
        Rows whose cell is there.
    seen : ndarray of shape (k,)
        Rows of each cluster whose cell is there and that were counted.
    present : ndarray of shape (k,)
        Share of the cluster whose cell is there.
    """

    held: np.ndarray
    given: np.ndarray
    seen: np.ndarray
    present: np.ndarray

    @property
    def n_clusters(self) -> int:
        return len(self.seen)

    @property
    def inside(self) -> np.ndarray:
        """Shares (k, m) of each cluster."""
        return _shares(self.held[:-1], self.given[:-1, None])

    @property
    def overall(self) -> np.ndarray:
        """Shares (m,) of all rows."""
        return _shares(self.held.sum(axis=0), self.given.sum())

    @property
    def outside(self) -> np.ndarray:
        """Shares (k, m) of the rows outside of each cluster."""
        rest = self.given.sum() - self.given[:-1, None]
        return np.asarray(_shares(np.maximum(self.held.sum(axis=0) - self.held[:-1], 0), rest))

    def is_chance(self, cluster: int, inside: float, overall: float, n_tests: float) -> bool:
        """Whether shuffled labels might give the best of ``n_tests`` conditions such a share ``inside`` the cluster."""
        return bool(surprise(self.seen[cluster], inside, overall) < math.log(max(n_tests, 1) / _ERROR))

    @property
    def comparable(self) -> np.ndarray:
        """Clusters (k,) with cells inside and outside."""
        return (self.given[:-1] > 0) & (self.given.sum() - self.given[:-1] > 0)


def _shares(held: np.ndarray, of: np.ndarray) -> np.ndarray:
    return np.clip(np.divide(held, of, out=np.zeros(np.shape(held)), where=of > 0), 0, 1)


def surprise(n: float | np.ndarray, inside: float | np.ndarray, overall: float | np.ndarray) -> np.ndarray:
    """Minus the logarithm of the bound on the probability of a share ``inside`` of n rows, all having ``overall``."""
    p, q = np.asarray(inside, np.float64), np.asarray(overall, np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        held = np.where(p > 0, p * np.log(p / q), 0.0) + np.where(p < 1, (1 - p) * np.log((1 - p) / (1 - q)), 0.0)
    return np.asarray(n) * np.maximum(np.nan_to_num(held, nan=0.0, posinf=0.0), 0.0)
