"""The few distinctions of a cluster that say different things.

Columns that measure the same, such as area and perimeter, set a cluster apart alike; said one after the other they
say one thing twice. So each further one is chosen by its strength times what it does not share with those before it
(Carbonell & Goldstein: The use of MMR, 1998): one minus the squared correlation of ranks within clusters.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .column_contrasts import ColumnContrast
from .distinctions import Distinction
from .division import Division

__all__ = ["headlines"]

_MOST, _CANDIDATES = 4, 12
_MOST_ROWS = 20_000
#: "Medium" tells a person less than "high".
_PLAIN = {"medium": 0.7, "extreme": 0.7}


def headlines(
    distinctions: Sequence[Sequence[Distinction]], contrasts: Sequence[ColumnContrast], division: Division
) -> list[tuple[Distinction, ...]]:  # fmt: skip
    """For each cluster at most four distinctions of different columns, the most telling first."""
    step = -(-len(division.group) // _MOST_ROWS) or 1
    group, weight = division.group[::step], division.weight[::step]
    columns = {one.column.name: one for one in contrasts}
    ranks: dict[tuple[str, str | None, bool], np.ndarray] = {}

    def ranked(one: Distinction) -> np.ndarray:
        gap = one.direction in ("missing", "given")
        key = (one.column, one.level, gap)
        if key not in ranks:
            values = _values(one, columns[one.column], weight, step, gap=gap)
            ranks[key] = _centred(values, group, weight, division.n_clusters + 1)
        return ranks[key]

    headlines_of = []
    for of_cluster in distinctions:
        left, chosen = list(of_cluster[:_CANDIDATES]), list[Distinction]()
        new = [one.strength * _PLAIN.get(one.direction, 1.0) for one in left]
        while left and len(chosen) < _MOST:
            best = max(range(len(left)), key=lambda i: round(new[i], 9))
            one = left[best]
            chosen.append(one)
            same = [abs(float(ranked(one) @ ranked(other))) for other in left] if len(left) > 1 else [1.0]
            kept = [i for i, other in enumerate(left) if other.column != one.column]
            new = [new[i] * (1 - min(1.0, same[i]) ** 2) for i in kept]
            left = [left[i] for i in kept]
        headlines_of.append(tuple(chosen))
    return headlines_of


def _values(one: Distinction, of: ColumnContrast, weight: np.ndarray, step: int, *, gap: bool) -> np.ndarray:
    """What the distinction is about, as numbers: ranks, or 1 where it holds; the middle where nothing is known."""
    column = of.column.take(slice(None, None, step))
    missing = column.missing
    if gap:
        return missing.astype(np.float64)
    numbers = column.numbers
    if numbers is not None and one.level is None:
        held = _ranks(np.where(missing, np.inf, numbers), weight)
    elif one.kind == "boolean":
        held = column.values
    else:
        levels = {*one.levels}
        held = np.fromiter((_has(value, levels, one.kind) for value in column.values), np.float64, len(missing))
    there = ~missing
    return np.where(missing, np.average(held[there], weights=weight[there]) if there.any() else 0.0, held)


def _ranks(values: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Ranks (n,) from 0 to 1 by weight; equal values have the middle one of theirs."""
    distinct, which = np.unique(values, return_inverse=True)
    held = np.bincount(which, weight, len(distinct))
    return np.asarray(((np.cumsum(held) - held / 2) / held.sum())[which])


def _has(value: object, levels: set[str], kind: str) -> bool:
    if value is None:
        return False
    if kind == "text":
        return any(level in str(value).lower() for level in levels)
    return not levels.isdisjoint(value) if isinstance(value, tuple) else str(value) in levels


def _centred(values: np.ndarray, group: np.ndarray, weight: np.ndarray, n_groups: int) -> np.ndarray:
    """Values (n,) from 0 to 1 less the mean of their cluster, times the root of their weight, of length one or zero."""
    held = np.bincount(group, weight, n_groups)
    means = np.bincount(group, weight * values, n_groups) / np.where(held > 0, held, 1.0)
    rest = (values - means[group]) * np.sqrt(weight)
    length = float(np.sqrt(rest @ rest))
    return np.asarray(rest / length if length > 1e-9 * np.sqrt(weight.sum()) else np.zeros_like(rest))
