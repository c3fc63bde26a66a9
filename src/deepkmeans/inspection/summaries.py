"""Numbers of a column inside each cluster and outside of it: quartiles and means."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["NumberSummary", "summarize"]

_ROUNDING = 1e-12
_QUARTERS = np.array([0.25, 0.5, 0.75])


@dataclass(frozen=True)
class NumberSummary:
    """The numbers of some rows: dates in days, levels in ranks.

    Quartiles are numbers that occur: the smallest with a quarter, half or three quarters of the rows at or below.
    """

    mean: float
    lower_quartile: float
    median: float
    upper_quartile: float


def summarize(
    values: np.ndarray, group: np.ndarray, weight: np.ndarray, n_clusters: int
) -> list[tuple[NumberSummary | None, NumberSummary | None, float | None]]:
    """Inside, outside and standardised difference of their means, of each cluster; None where there are no rows.

    ``values`` (n,) are ascending; of ``group`` (n,) ``n_clusters`` is noise. The difference is in standard deviations
    within the cluster and within the rest, pooled.
    """
    if not len(values):
        return [(None, None, None)] * n_clusters
    peak = float(np.abs(values).max()) or 1.0
    unit = values / peak  # squares of these are numbers
    mass = np.bincount(group, weight, n_clusters + 1)
    first = np.bincount(group, weight * unit, n_clusters + 1)
    centred = unit - first.sum() / mass.sum()
    sums = np.bincount(group, weight * centred, n_clusters + 1)
    squares = np.bincount(group, weight * np.square(centred), n_clusters + 1)
    results = []
    for cluster in range(n_clusters):
        inside = np.flatnonzero(group == cluster)
        outside = np.flatnonzero(group != cluster)
        rest = mass.sum() - mass[cluster]
        here = there = difference = None
        if len(inside):
            here = NumberSummary(float(first[cluster] / mass[cluster] * peak), *_quartiles(values, weight, inside))
        if len(outside):
            mean = float((first.sum() - first[cluster]) / rest * peak)
            there = NumberSummary(mean, *_quartiles(values, weight, outside))
        if here is not None and there is not None:
            difference = _standardized(
                (sums[cluster], squares[cluster], mass[cluster]),
                (sums.sum() - sums[cluster], squares.sum() - squares[cluster], rest),
            )
        results.append((here, there, difference))
    return results


def _quartiles(values: np.ndarray, weight: np.ndarray, at: np.ndarray) -> tuple[float, float, float]:
    """Quartiles of ascending values by their weights, of the rows ``at``."""
    held = np.cumsum(weight[at])
    lower, median, upper = values[at[np.searchsorted(held, _QUARTERS * held[-1] * (1 - _ROUNDING))]].tolist()
    return lower, median, upper


def _standardized(here: tuple[float, float, float], there: tuple[float, float, float]) -> float | None:
    """Difference of means by sums, sums of squares and weights of both; None where nothing varies within either."""
    (a, aa, n), (b, bb, m) = here, there
    within = (max(aa - a * a / n, 0.0) + max(bb - b * b / m, 0.0)) / (n + m)
    return float((a / n - b / m) / within**0.5) if within > 1e-18 * ((aa + bb) / (n + m)) else None
