"""Rows of each cluster with each level, and whether such shares could be chance.

Under shuffled labels the number of rows of a cluster that meet a condition is hypergeometric. Its upper tail from x on
is at most the probability of x over 1 - r, r being the ratio of the next probability to it, as these ratios fall: next
to exact where it matters, for clusters of any size. Conditions are fixed by all rows together, whatever the labels, and
those that could have been chosen are counted: the bound holds for the best of them.

Rows count once for this, whatever they weigh; so it is exact with weights, too. And as the share that is told is one of
weights, of which few may make nearly all, it has to be as surprising of the effective number of rows, (sum w)^2 / sum
w^2 (Kish: Survey sampling, 1965), inside and outside.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import gammaln

__all__ = ["Counts", "Tally", "surprise"]

#: Chance of saying anything at all of shuffled labels, columns and clusters all together.
_ERROR = 0.003


@dataclass(frozen=True, eq=False)
class Tally:
    """Rows, each counting once, and the sums of their squared weights.

    Attributes
    ----------
    held : ndarray of shape (k + 1, m)
        Rows of each cluster, the last being noise, that are of each level.
    given, squares : ndarray of shape (k + 1,)
        Rows whose cell is there, and the sum of their squared weights.
    """

    held: np.ndarray
    given: np.ndarray
    squares: np.ndarray


@dataclass(frozen=True, eq=False)
class Counts:
    """Rows, by their weights, of each cluster that are of each level.

    Attributes
    ----------
    held : ndarray of shape (k + 1, m)
        The last row is noise.
    given : ndarray of shape (k + 1,)
        Rows whose cell is there.
    present : ndarray of shape (k,)
        Share of the cluster whose cell is there.
    tally : Tally
        The same without weights.
    """

    held: np.ndarray
    given: np.ndarray
    present: np.ndarray
    tally: Tally

    @property
    def n_clusters(self) -> int:
        return len(self.present)

    @property
    def inside(self) -> np.ndarray:
        """Shares (k, m) of each cluster."""
        return _shares(self.held[:-1], self.given[:-1, None])

    @property
    def outside(self) -> np.ndarray:
        """Shares (k, m) of the rows outside of each cluster."""
        rest = self.given.sum() - self.given[:-1, None]
        return np.asarray(_shares(np.maximum(self.held.sum(axis=0) - self.held[:-1], 0), rest))

    def surprise(self, cluster: int, levels: Any = None, *, absent: bool = False) -> np.ndarray:
        """Minus the logarithm of a bound on the chance of so many rows of a cluster being of these levels, or of none
        of them if ``absent``; with ``levels`` None for each level (m,) by itself."""
        counts, held = self.tally.held, self.held
        each = slice(None) if levels is None else levels
        rows, weights = counts[:, each], held[:, each]
        if levels is not None:
            rows, weights = rows.sum(axis=1), weights.sum(axis=1)
        n, total = float(self.tally.given[cluster]), float(self.tally.given.sum())
        here, everywhere = rows[cluster], rows.sum(axis=0)
        # Of weights: as many rows as they are worth, inside and outside.
        sums = np.array([self.given[cluster], self.given.sum() - self.given[cluster]])
        squares = np.array([self.tally.squares[cluster], self.tally.squares.sum() - self.tally.squares[cluster]])
        worth = np.divide(sums**2, squares, out=np.zeros(2), where=squares > 0)
        p = _shares(weights[cluster], sums[0])
        q = _shares(np.maximum(weights.sum(axis=0) - weights[cluster], 0), sums[1])
        if absent:
            here, everywhere, p, q = n - here, total - everywhere, 1 - p, 1 - q
        by_rows = surprise(here, n, everywhere, total)
        by_weights = surprise(p * worth[0], float(worth[0]), p * worth[0] + q * worth[1], float(worth.sum()))
        return np.minimum(by_rows, by_weights)

    def is_chance(self, cluster: int, levels: Any, n_tests: float, *, absent: bool = False) -> bool:
        """Whether shuffled labels might give the best of ``n_tests`` conditions such a share inside the cluster."""
        least = math.log(max(n_tests, 1) / _ERROR)
        return bool(self.surprise(cluster, levels, absent=absent) < least)

    def n_attainable(self, cluster: int, least: float) -> int:
        """Thresholds between the levels, both sides of each, that could be as surprising as ``least`` at all.

        Of few rows nearly none could, and those that cannot have no part in what may go wrong (Tarone: A modified
        Bonferroni method for discrete data, 1990).
        """
        below = np.cumsum(self.tally.held.sum(axis=0))[:-1]
        n, total = float(self.tally.given[cluster]), float(self.tally.given.sum())
        sides = np.concatenate([below, total - below])
        return int((surprise(np.minimum(sides, n), n, sides, total) >= least - 1e-9).sum())

    @property
    def comparable(self) -> np.ndarray:
        """Clusters (k,) with cells inside and outside."""
        return (self.given[:-1] > 0) & (self.given.sum() - self.given[:-1] > 0)


def _shares(held: np.ndarray, of: np.ndarray) -> np.ndarray:
    return np.clip(np.divide(held, of, out=np.zeros(np.shape(held)), where=of > 0), 0, 1)


def surprise(here: Any, n: float, everywhere: Any, total: float) -> np.ndarray:
    """Minus the logarithm of a bound on the chance that of ``n`` rows out of ``total``, of which ``everywhere`` meet a
    condition, ``here`` or more do. Numbers of rows need not be whole."""
    x, good = np.asarray(here, np.float64), np.asarray(everywhere, np.float64)
    lacking, others = np.maximum(n - x, 0.0), np.maximum(good - x, 0.0)
    neither = np.maximum(total - good - lacking, 0.0)
    more = others * lacking / ((x + 1) * (neither + 1))
    log_probability = (
        _log_choose(good, x) + _log_choose(np.maximum(total - good, 0.0), lacking) - _log_choose(total, n)
    )  # fmt: skip
    with np.errstate(divide="ignore"):
        bound = log_probability - np.log(np.maximum(1 - more, 0.0))
    return np.asarray(np.maximum(-bound, 0.0))


def _log_choose(n: Any, k: Any) -> np.ndarray:
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(np.maximum(n - k, 0.0) + 1))
