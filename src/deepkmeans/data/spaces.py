"""The columns of a table in several scalings, none of which is right for every table.

"standard"
    Mean 0 and deviation 1 a column, as given: what plain K-Means sees.
"robust"
    In units of the middle of each column, cut off at four of them: outliers and long tails do not set the scale.
"ranks"
    Normal scores of the ranks: only the order of the values counts (van der Waerden 1952).

A category parts rows more sharply than most numbers do, and a graph of neighbours falls apart along it whether it means
anything or not. So, beside two numbers or more, a categorical column that was written as several columns of zeros and
ones weighs as half of one in "robust" and as a third of one in "ranks"; so does a column of two values, where such
columns do not outnumber the others.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

__all__ = ["LIMIT", "column_spaces", "one_hot_blocks", "robust_units"]

#: Robust units from the centre at which values are cut off.
LIMIT = 4.0
#: What a category weighs beside numbers in "robust" and in "ranks".
_IN_ROBUST, _IN_RANKS = 0.5, 0.3
#: Normal deviates of the quantiles: half the distance from 25 to 75 %, from 5 to 95 %.
_QUARTER, _TWENTIETH = 0.6745, 1.6449


def column_spaces(X: np.ndarray, weight: np.ndarray | None = None) -> dict[str, np.ndarray]:
    """Rows ``X`` (n, d) in each of the spaces, (n, d) float64; weights (n,) count as copies. O(d n log n)."""
    X = np.asarray(X, dtype=np.float64)
    mass = _shares(len(X), weight)
    middle, unit = robust_units(X, weight)
    ranks = np.stack([ndtri(_middle_levels(column, mass)) for column in X.T], axis=1)
    return {
        "standard": _standardised(X, mass),
        "robust": np.clip((X - middle) / unit, -LIMIT, LIMIT) * _category_weights(X, _IN_ROBUST),
        "ranks": _standardised(ranks, mass) * _lightness(X) * _category_weights(X, _IN_RANKS),
    }


def robust_units(X: np.ndarray, weight: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Median and unit (d,) of each column of ``X`` (n, d): the deviation of a normal one of equal quantiles.

    The wider of two: by the middle half of the values and by nine tenths of them. Where nearly all cells hold one
    value it is the deviation. A column of a one-hot block of g columns has a g^1/2 times larger unit.
    """
    X = np.asarray(X, dtype=np.float64)
    mass = _shares(len(X), weight)
    middle, unit = np.empty(X.shape[1]), np.empty(X.shape[1])
    for j, column in enumerate(X.T):
        order = np.argsort(column, kind="stable")
        at = np.searchsorted(np.cumsum(mass[order]), np.array([0.05, 0.25, 0.5, 0.75, 0.95]) - 1e-12)
        q = column[order][np.minimum(at, len(column) - 1)]
        middle[j], unit[j] = q[2], max((q[3] - q[1]) / (2 * _QUARTER), (q[4] - q[0]) / (2 * _TWENTIETH))
        if not unit[j] > 0:
            unit[j] = _deviation(column, mass)
    return middle, unit / _lightness(X)


def one_hot_blocks(X: np.ndarray) -> list[np.ndarray]:
    """Runs of neighbouring columns of ``X`` (n, d) with two values each, of which every row has the upper one once."""
    low, high = X.min(axis=0), X.max(axis=0)
    two = ((X == low) | (X == high)).all(axis=0) & (high > low)
    blocks, start = [], 0
    while start < X.shape[1]:
        total, stop = np.zeros(len(X)), start
        while stop < X.shape[1] and two[stop] and total.max(initial=0) <= 1 and total.min() < 1:
            total = total + (X[:, stop] == high[stop])
            stop += 1
        if stop - start > 1 and (total == 1).all():
            blocks.append(np.arange(start, stop))
            start = stop
        else:
            start += 1
    return blocks


def _lightness(X: np.ndarray) -> np.ndarray:
    """By what the columns (d,) are multiplied, so that a one-hot block weighs as one column."""
    light = np.ones(X.shape[1])
    for block in one_hot_blocks(X):
        light[block] = 1 / np.sqrt(len(block))
    return light


def _category_weights(X: np.ndarray, category: float) -> np.ndarray:
    """Weights (d,): ``category`` of one-hot blocks and of columns of two values, 1 of numbers."""
    low, high = X.min(axis=0), X.max(axis=0)
    two = ((X == low) | (X == high)).all(axis=0) & (high > low)
    coded = np.zeros(X.shape[1], dtype=bool)
    for block in one_hot_blocks(X):
        coded[block] = True
    two &= ~coded
    numbers = int((~two & ~coded).sum())
    lighter = (coded & (numbers >= 2)) | (two & (numbers >= max(2, two.sum())))
    return np.where(lighter, category, 1.0)


def _middle_levels(column: np.ndarray, mass: np.ndarray) -> np.ndarray:
    """Share of the mass (n,) up to the middle of the cells that hold the same value."""
    values, number = np.unique(column, return_inverse=True)
    held = np.bincount(number, weights=mass, minlength=len(values))
    return np.asarray(np.clip((np.cumsum(held) - held / 2)[number], 1e-9, 1 - 1e-9))


def _shares(n: int, weight: np.ndarray | None) -> np.ndarray:
    mass = np.ones(n) if weight is None else np.asarray(weight, dtype=np.float64)
    return np.asarray(mass / mass.sum())


def _deviation(column: np.ndarray, mass: np.ndarray) -> float:
    """Deviation of a column in any unit; 1 where it is constant, for which rounding would give nearly 0."""
    low, high = float(column.min()), float(column.max())
    if low == high:
        return 1.0
    extent = (high / 2 - low / 2) * 2
    offset = (column - low) / extent
    return extent * float(np.sqrt(mass @ (offset - mass @ offset) ** 2)) or 1.0


def _standardised(X: np.ndarray, mass: np.ndarray) -> np.ndarray:
    varying = X.max(axis=0) > X.min(axis=0)
    X = np.where(varying, X - mass @ X, 0.0)
    deviation = np.sqrt(mass @ X**2)
    return np.asarray(X / np.where(deviation > 1e-12 * np.abs(X).max(axis=0), deviation, 1.0))
