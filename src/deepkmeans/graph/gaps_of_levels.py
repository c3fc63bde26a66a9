"""Gaps that one column of levels makes by itself: between its levels there is no row, whatever they mean.

Such a gap is known by what the other columns say. One level, or a missing cell, tells on which side of the gap a row
is; where nothing else tells it, rows of two levels are no two groups.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from ..decomposition import N_COMPONENTS, principal_components
from .expected_levels import expected_levels
from .low_density import GapTree, density_gaps
from .n_clusters_levels import Levels

__all__ = ["some_gap_of_one_column", "without_gaps_of_levels"]

#: Gaps with at least this statistic are looked at, the first so many.
_REACHED, _MOST = 0.6, 20
#: A column tells the side if it is right for this share of both sides.
_DETERMINES = 0.95
#: Others tell it, too, if they are right for so much more than a half, and than chance.
_TELLS, _DEVIATIONS = 0.15, 2.5


def without_gaps_of_levels(
    X: Tensor, owner: np.ndarray, levels: Levels, random_state: np.random.RandomState
) -> Tensor:  # fmt: skip
    """Rows (n, p) in which gaps can be sought.

    ``X`` as it is, or with its :func:`expected_levels` where a gap lies between the levels of one column and no other
    column knows of it: such columns would part every group, and its parts again.
    """
    mean, components = principal_components(X, N_COMPONENTS, random_state)
    tree = density_gaps(((X - mean) @ components).to(torch.float32), random_state)
    return expected_levels(X, owner, levels.mass) if some_gap_of_one_column(tree, levels) else X


def some_gap_of_one_column(tree: GapTree, levels: Levels) -> bool:
    """Whether a gap of ``tree``, of the rows of ``levels``, lies between levels of one column that no other knows of.

    O(gaps x rows x columns).
    """
    return any(_of_one_column(levels, low, high) for low, high in _sides(tree))


def _sides(tree: GapTree) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Rows on both sides of the clearest gaps."""
    group = np.zeros(tree.n_samples, dtype=np.int64)
    for number, gap in enumerate(tree.gaps[:_MOST], 1):
        if gap.reached < _REACHED:
            return
        whole = group == group[gap.rows[0]]
        group[gap.rows] = number
        yield gap.rows, np.flatnonzero(whole & (group != number))


def _of_one_column(levels: Levels, low: np.ndarray, high: np.ndarray) -> bool:
    rows, side = np.concatenate([low, high]), np.repeat([0, 1], [len(low), len(high)])
    values, mass = levels.values[rows], levels.mass[rows]
    q = values.shape[1]
    for column in range(q):
        seen = values[:, column] if levels.coded[column] else np.minimum(values[:, column], 0)
        if _right(side, mass, _odds(side, mass, [seen])) < _DETERMINES:
            continue
        others = [values[:, other] for other in range(q) if other != column]
        return not others or not _others_tell(side, mass, others)
    return False


def _others_tell(side: np.ndarray, mass: np.ndarray, others: list[np.ndarray]) -> bool:
    """Whether other columns tell the side of rows from which they have not learnt it."""
    odds, fold = np.zeros(len(side)), np.arange(len(side)) % 2
    for part in (0, 1):
        odds += np.where(fold == part, _odds(side, np.where(fold == part, 0.0, mass), others), 0.0)
    chance = np.sqrt(0.25 / max(1, np.bincount(side, minlength=2).min()))
    return _right(side, mass, odds) >= 0.5 + max(_TELLS, _DEVIATIONS * chance)


def _odds(side: np.ndarray, mass: np.ndarray, columns: list[np.ndarray]) -> np.ndarray:
    """Log odds (n,) of the upper side by columns (n,) that are independent on each side: naive Bayes."""
    odds = np.zeros(len(side))
    for column in columns:
        count = np.full((2, int(column.max()) + 2), 0.5)  # of levels from -1 on
        np.add.at(count, (side, column + 1), mass)
        log = np.log(count / count.sum(axis=1, keepdims=True))
        odds += (log[1] - log[0])[column + 1]
    return odds


def _right(side: np.ndarray, mass: np.ndarray, odds: np.ndarray) -> float:
    """Mean over both sides of the share of rows that the odds put there; ties are half right."""
    right = np.where(odds == 0, 0.5, (odds > 0) == side)
    return float(np.mean([np.average(right[side == part], weights=mass[side == part]) for part in (0, 1)]))
