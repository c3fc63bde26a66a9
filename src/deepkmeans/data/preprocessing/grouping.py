"""A column as a few groups of like cells, in which it can be compared with any other column, whatever its kind."""

from __future__ import annotations

import numpy as np

from .weighted import weighted_quantiles

__all__ = ["quantile_groups", "row_groups"]

#: Groups of a number, and of rows of several numbers.
_BINS, _GROUPS = 8, 10


def quantile_groups(numbers: np.ndarray, mass: np.ndarray, bins: int = _BINS) -> np.ndarray:
    """Numbers (n,) in ``bins`` groups of like mass (n,), from 0, -1 where NaN; equal numbers share a group."""
    present = ~np.isnan(numbers)
    members = np.full(len(numbers), -1, dtype=np.int64)
    if present.any():
        levels = np.linspace(0, 1, bins + 1)[1:-1]
        edges = np.unique(weighted_quantiles(numbers[present], mass[present], levels))
        members[present] = np.searchsorted(edges, numbers[present], side="left")
    return members


def row_groups(numbers: np.ndarray, mass: np.ndarray, groups: int = _GROUPS) -> np.ndarray:
    """Rows (n, w) in at most ``groups`` groups of like rows, from 0, -1 where NaN.

    Principal direction divisive partitioning (Boley, Data Mining and Knowledge Discovery 1998): the group of the
    largest scatter is cut at its mean along the direction in which it varies most. Nothing in it is random, and it
    does not know copies of a row from a weight.
    """
    members = np.where(np.isnan(numbers).any(axis=1), -1, 0)
    cuts = {0: _two_sides(numbers, mass, members == 0)}
    for new in range(1, groups):
        group = max(cuts, key=lambda g: cuts[g][0])
        scatter, rows = cuts[group]
        if scatter <= 0:
            break
        members[rows] = new
        cuts[group], cuts[new] = (_two_sides(numbers, mass, members == g) for g in (group, new))
    return members


def _two_sides(numbers: np.ndarray, mass: np.ndarray, members: np.ndarray) -> tuple[float, np.ndarray]:
    """Variance of ``members`` (n,) along their principal component times their mass; the rows on its upper side."""
    rows = np.flatnonzero(members)
    if len(rows) < 2:
        return 0.0, rows[:0]
    held = mass[rows]
    away = numbers[rows] - held @ numbers[rows] / held.sum()
    variances, directions = np.linalg.eigh((away * held[:, None]).T @ away)
    main = directions[:, -1] * np.sign(directions[np.abs(directions[:, -1]).argmax(), -1])
    upper = rows[away @ main > 1e-9 * np.sqrt(max(variances[-1], 0.0) / held.sum())]
    return (float(variances[-1]) if 0 < len(upper) < len(rows) else 0.0), upper
