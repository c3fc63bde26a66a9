"""The threshold or interval of a column of numbers that sets each cluster apart."""

from __future__ import annotations

import math

import numpy as np

from .conditions import LEAST_STRENGTH, Condition
from .counts import Counts

__all__ = ["best_range", "ranges"]

#: So much more must an interval say than a threshold.
_BETTER = 0.1
_BINS, _EACH = 32, 64


def ranges(values: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Bins of given numbers (n,): the bin of each (n,), the smallest (b,) and the largest number (b,) of each bin.

    A bin for every number where there are few, else at quantiles, closer at both ends: ranks count, distances do not.
    """
    distinct, which = np.unique(values, return_inverse=True)
    starts = np.arange(len(distinct))
    if len(distinct) > _EACH:
        held = np.cumsum(np.bincount(which, weight))
        tails = 2.0 ** -np.arange(6, max(7, math.ceil(math.log2(held[-1]))))
        shares = np.unique(np.concatenate([np.arange(1, _BINS) / _BINS, tails, 1 - tails]))
        starts = np.unique(np.append(np.searchsorted(held, shares * held[-1]) + 1, 0))
        starts = starts[starts < len(distinct)]
    bins = np.searchsorted(starts, np.arange(len(distinct)), side="right") - 1
    return bins[which], distinct[starts], distinct[np.append(starts[1:], len(distinct)) - 1]


def best_range(counts: Counts, low: np.ndarray, high: np.ndarray, family: float) -> list[Condition | None]:
    """For each cluster the threshold or interval of bins, from ``low`` to ``high`` (m,), that sets it apart.

    ``family`` is the number of columns times that of clusters.
    """
    m = len(low)
    inside = np.cumsum(np.pad(counts.inside, ((0, 0), (1, 0))), axis=1)
    outside = np.cumsum(np.pad(counts.outside, ((0, 0), (1, 0))), axis=1)
    results: list[Condition | None] = []
    for cluster in range(counts.n_clusters):
        ahead = inside[cluster] - outside[cluster]
        best = None
        if m > 1 and counts.comparable[cluster]:
            for direction, first, last in _candidates(ahead):
                p, q = (float(cum[last] - cum[first]) for cum in (inside[cluster], outside[cluster]))
                beyond = direction == "extreme"
                p, q = (1 - p, 1 - q) if beyond else (p, q)
                strength = (p - q) * float(counts.present[cluster])
                if strength < LEAST_STRENGTH:
                    continue
                # Half of what may go wrong is for thresholds, of which there are few, half for intervals.
                n_tests = m * (m + 1)
                if direction in ("low", "high"):
                    n_tests = counts.n_attainable(cluster, float(counts.surprise(cluster, slice(first, last))))
                if not counts.is_chance(cluster, slice(first, last), 2.0 * family * n_tests, absent=beyond):
                    ends = float(low[first]) if first else -math.inf, float(high[last - 1]) if last < m else math.inf
                    if direction == "extreme":
                        ends = float(high[first - 1]), float(low[last])
                    best = Condition(direction, p, q, min(strength, 1.0), *ends)
                    break
        results.append(best)
    return results


def _candidates(ahead: np.ndarray) -> list[tuple[str, int, int]]:
    """Ranges of bins (direction, first, end), those to prefer first, by the cluster's lead (m + 1,) below each bin."""
    m = len(ahead) - 1
    at_low, at_high = int(ahead[1:m].argmax()) + 1, int(ahead[1:m].argmin()) + 1
    sides = [(float(ahead[at_low]), "low", 0, at_low), (float(-ahead[at_high]), "high", at_high, m)]
    sides.sort(reverse=True)
    between = np.triu(ahead[None, 1:m] - ahead[1:m, None], 1)
    results = []
    for direction, sign in (("medium", 1), ("extreme", -1)):
        i, j = divmod(int((sign * between).argmax()), m - 1)
        if i < j and sign * between[i, j] > sides[0][0] + _BETTER:
            results.append((float(sign * between[i, j]), direction, i + 1, j + 1))
    return [(direction, first, last) for _, direction, first, last in [*sorted(results, reverse=True), *sides]]
