"""The best threshold of all features, under one of several ideas of "best"."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .binned_rows import BinnedRows
from .threshold_tree import Split

__all__ = ["CRITERIA", "Criterion", "best_split", "gini", "goes_left", "middle_of_least", "relative_mistakes"]

#: From the weights (..., c) of c groups on the left, and of all (c,), what a split costs; infinity forbids it.
Criterion = Callable[[np.ndarray, np.ndarray], np.ndarray]


def gini(left: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Weight times Gini impurity, of both sides together."""
    right = total - left
    mass, other = left.sum(axis=-1), right.sum(axis=-1)
    least = 1e-12 * total.sum()
    pure = (left**2).sum(axis=-1) / np.maximum(mass, least) + (right**2).sum(axis=-1) / np.maximum(other, least)
    return np.where((mass > least) & (other > least), total.sum() - pure, np.inf)


def mistakes(left: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Weight on the side on which its group has less (Dasgupta, Frost, Moshkovitz & Rashtchian, ICML 2020)."""
    return _apart(np.minimum(left, total - left).sum(axis=-1), left, total)


def mistakes_of_the_smaller_side(left: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Mistakes as a share of the smaller side, so that one small group after another is not peeled off."""
    smaller = np.minimum(left.sum(axis=-1), (total - left).sum(axis=-1))
    return _apart(np.minimum(left, total - left).sum(axis=-1) / np.maximum(smaller, 1e-300), left, total)


def balanced_mistakes(left: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Mistakes as shares of each group, so that small groups count as much as large ones."""
    return _apart((np.minimum(left, total - left) / total).sum(axis=-1), left, total)


#: Shares are equal that differ by less: sums of the same weights in another order do.
_TIE = 1e-9
#: Features that are looked at bin by bin, the best by groups of bins.
_LOOKED_AT = 3

#: Those that leave at least one group on either side.
CRITERIA: tuple[Criterion, ...] = (mistakes, mistakes_of_the_smaller_side, balanced_mistakes)


def best_split(
    rows: BinnedRows, index: np.ndarray, groups: np.ndarray, weight: np.ndarray, criterion: Criterion
) -> tuple[Split, float] | None:
    """The split of the rows at ``index`` (m,) with the least cost, and that cost; None if all are forbidden.

    groups, weight : of the same rows (m,), groups from 0, none of them empty.
    """
    n_groups, total = int(groups.max()) + 1, np.bincount(groups, weight)
    costs = _costs(rows.sums(index, groups, n_groups, weight), total, criterion).min(axis=(0, 2))
    best: tuple[Split, float] | None = None
    for feature in costs.argsort(kind="stable")[:_LOOKED_AT].tolist():
        if costs[feature] == np.inf:
            break
        cost = _costs(rows.sums_of(feature, index, groups, n_groups, weight)[None], total, criterion)[:, 0]
        side, least = int(cost.min(axis=1).argmin()), float(cost.min())
        if best is None or least < best[1]:
            best = Split(feature, middle_of_least(cost[side]), bool(side)), least
    return best


def middle_of_least(cost: np.ndarray) -> int:
    """The middle of the first run of bins (b,) with the least cost: no row of the node lies in between."""
    first = int(cost.argmin())
    more = np.flatnonzero(cost[first:] > cost[first])
    return first + (int(more[0]) - 1 if len(more) else len(cost) - 1 - first) // 2


def relative_mistakes(left: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Mistakes as shares of each group, which goes where it has more than the others have on average."""
    on_left = goes_left(left, total, relative=True)
    share = left / total
    cost = np.where(on_left, 1 - share, share).sum(axis=-1)
    return np.where(on_left.any(axis=-1) & ~on_left.all(axis=-1), cost, np.inf)


def goes_left(left: np.ndarray, total: np.ndarray, *, relative: bool = False) -> np.ndarray:
    """Which of c groups go left, of their weights (..., c) there and in all (c,)."""
    share = left / total
    least = share.mean(axis=-1, keepdims=True) if relative else 0.5
    return share > least + _TIE


def _costs(table: np.ndarray, total: np.ndarray, criterion: Criterion) -> np.ndarray:
    """Cost (2, p, b) of splits by features and bins, from weights (p, b + 1, c) with the missing ones last.

    The first are those that send missing values right, the second left; infinity where there are none.
    """
    below, missing = table[:, :-1].cumsum(axis=1), table[:, -1:]
    cost = np.full((2, *below.shape[:2]), np.inf)
    cost[0] = criterion(below, total)
    has_missing = np.flatnonzero(missing.any(axis=(1, 2)))
    if len(has_missing):
        cost[1, has_missing] = criterion(below[has_missing] + missing[has_missing], total)
    return cost


def _apart(cost: np.ndarray, left: np.ndarray, total: np.ndarray) -> np.ndarray:
    """The cost where both sides have most of at least one group."""
    on_left = goes_left(left, total).sum(axis=-1)
    return np.where((on_left > 0) & (on_left < len(total)), cost, np.inf)
