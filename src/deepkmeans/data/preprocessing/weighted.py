"""Statistics of one column in which a row of weight 2 is the row twice."""

from __future__ import annotations

import numpy as np

__all__ = ["level_shares", "mean_and_deviation", "weighted_quantiles"]

_ROUNDING = 1e-12


def weighted_quantiles(values: np.ndarray, mass: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """The smallest values (m,) with at least these shares of the mass (n,) at or below; no NaN among the values."""
    order = np.argsort(values, kind="stable")
    held = np.cumsum(mass[order])
    at = np.searchsorted(held, np.asarray(levels) * held[-1] - _ROUNDING * held[-1])
    return np.asarray(values[order][np.minimum(at, len(values) - 1)])


def mean_and_deviation(values: np.ndarray, mass: np.ndarray) -> tuple[float, float]:
    """Mean and deviation of values (n,); a deviation of 1 where they are all the same."""
    share, peak = mass / mass.sum(), max(float(np.abs(values).max()), 1e-300)
    units = values / peak  # squares of these are numbers
    mean = float(share @ units)
    deviation = float(np.sqrt(share @ np.square(units - mean)))
    return mean * peak, deviation * peak if deviation > 1e-9 else 1.0


def level_shares(which: np.ndarray, mass: np.ndarray, count: int) -> np.ndarray:
    """Shares (count,) of the mass with each code; -1 is missing and counts for nothing."""
    present = which >= 0
    held = np.bincount(which[present], mass[present], count)
    return np.asarray(held / held.sum())
