"""How much every two columns of a table depend on each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp

__all__ = ["dependence"]

#: Deviations by which a statistic must exceed its mean under independence.
_CLEAR = 2.0
#: Numbers of the tables of counts that are held at once.
_BLOCK = 2_000_000


def dependence(groups: Sequence[np.ndarray], mass: np.ndarray, size: float) -> np.ndarray:
    """Dependence (p, p) of every two columns of ``groups``, each (n,) from 0 with -1 missing: 0 of independent ones, 1
    where one follows from the other.

    It is Cramer's V^2 with the bias taken out (Bergsma, J. Korean Stat. Soc. 2013): phi^2 - (r - 1)(c - 1) / n over
    the rows where both are present, divided by min(r, c) - 1; and 0 where phi^2 is not two deviations of the
    chi-squared distribution above its mean. ``size`` is how many different rows the mass (n,) stands for.
    O(n p^2 + m^2) for m groups in all.
    """
    p = len(groups)
    depends = np.zeros((p, p))
    if p < 2:
        return depends
    held, start = _indicators(groups)
    weighed = sp.diags(mass / mass.sum()) @ held
    step = max(1, _BLOCK // max(1, held.shape[1] * max(1, held.shape[1] // p)))
    for first in range(0, p, step):
        last = min(p, first + step)
        rows = slice(start[first], start[last])
        joint = np.asarray((weighed[:, rows].T @ held).todense())  # (groups of some columns, all groups)
        depends[first:last] = _cramer(joint, start[first : last + 1] - start[first], start, size)
    depends = (depends + depends.T) / 2  # the same but for rounding
    np.fill_diagonal(depends, 0.0)
    return depends


def _indicators(groups: Sequence[np.ndarray]) -> tuple[sp.csc_matrix, np.ndarray]:
    """Which row is in which group of each column, (n, m), and where the groups of each column begin, (p + 1,)."""
    widths = [int(column.max(initial=-1)) + 1 for column in groups]
    start = np.concatenate([[0], np.cumsum(np.maximum(1, widths))])
    present = [np.flatnonzero(column >= 0) for column in groups]
    shifted = [column[rows] + first for column, rows, first in zip(groups, present, start[:-1], strict=True)]
    rows, columns = np.concatenate(present), np.concatenate(shifted)
    shape = (len(groups[0]), int(start[-1]))
    return sp.csc_matrix((np.ones(len(rows)), (rows, columns)), shape=shape), start


def _cramer(joint: np.ndarray, above: np.ndarray, left: np.ndarray, size: float) -> np.ndarray:
    """The dependence of every column above with every column on the left, of their joint shares (a, m)."""

    def per_left(values: np.ndarray) -> np.ndarray:
        return np.add.reduceat(values, left[:-1], axis=1)

    def per_above(values: np.ndarray) -> np.ndarray:
        return np.add.reduceat(values, above[:-1], axis=0)

    owner_left = np.repeat(np.arange(len(left) - 1), np.diff(left))
    owner_above = np.repeat(np.arange(len(above) - 1), np.diff(above))
    rows, columns = per_left(joint), per_above(joint)  # (a, p), (q, m): shares where both are present
    held = per_above(rows)  # (q, p)
    high, wide = per_above((rows > 0).astype(np.int64)), per_left((columns > 0).astype(np.int64))
    with np.errstate(divide="ignore", invalid="ignore"):
        # Its sum is phi^2 + 1: what is held of the mass cancels.
        ratio = np.square(joint) / (rows[:, owner_left] * columns[owner_above])
        ratio[joint == 0] = 0.0
        phi, many = per_above(per_left(ratio)), size * held
        freedom = (high - 1) * (wide - 1)
        excess = np.where(held > 0, phi - 1, 0.0) - freedom / many
        clear = excess > _CLEAR * np.sqrt(2 * freedom) / many
        least = np.minimum(high, wide)
        known = (held > 0) & (least >= 2) & (many >= 4) & clear
        value = np.minimum(1.0, excess / (least - 1))
    return np.where(known, value, 0.0)
