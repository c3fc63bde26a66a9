"""A change of a row made smaller: without columns that it does not need, with numbers as near as they can be."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np

from .changed_rows import Cells, ChangedRows

__all__ = ["between", "nearest", "pruned", "shrunk", "traded"]

#: Places on the way of several columns at once; cells that are tried at once; of two
#: columns the parts of their change that are tried, as far from what they are, and how many; columns of which any two.
#: Columns that are made nearer one by one.
_SHARES, _AT_ONCE = 33, 48
_PARTS, _PLACES, _TRADED = ((0.0, 1.6), (0.9, 1.1), (0.99, 1.01)), 21, 6
_FARTHEST = 8


def nearest(rows: ChangedRows, changes: list[Cells], most: int | None = None) -> list[Cells]:
    """Of the changes of the same columns to the same sides the smallest one, and of these the smallest ones."""
    best: dict[frozenset[tuple[int, bool]], Cells] = {}
    for change in sorted(changes, key=rows.distance):
        sides = frozenset((at, rows.number(at, cell) > rows.numbers[at]) for at, cell in change.items())
        best.setdefault(sides, change)
    return list(best.values())[:most]


def pruned(rows: ChangedRows, change: Cells) -> Cells:
    """The change without columns that it does not need."""
    while len(change) > 1:
        hits = rows.hits([{at: cell for at, cell in change.items() if at != gone} for gone in change])
        if not hits:
            break
        change = min(hits, key=rows.distance)
    return change


def shrunk(rows: ChangedRows, change: Cells) -> Cells:
    """The change with numbers as near to what they are as they can be.

    Each by itself, the farthest first; of several columns also after all of them came nearer together, whichever is
    the smaller change in the end.
    """
    free = _free(rows, change)
    starts = [change]
    if len(free) > 1:
        part = [
            change | {at: rows.values[at].rounded(rows.numbers[at] + share * (float(change[at]) - rows.numbers[at]))
            for at in free} for share in np.linspace(0.0, 1.0, _SHARES)[1:].tolist()
        ]  # fmt: skip
        starts = [min([*rows.hits(part), change], key=rows.distance), change]
    return min((_each_shrunk(rows, start) for start in starts), key=rows.size)


def traded(rows: ChangedRows, change: Cells) -> Cells:
    """The change with more of one column and less of another where that makes it smaller."""
    for low, high in _PARTS:
        parts = np.linspace(low, high, _PLACES)
        free = sorted(_free(rows, change), key=lambda at: -rows.distance({at: change[at]}))[:_TRADED]
        made = {at: _parts(rows, at, change[at], parts) for at in free}
        size = rows.distance(change)
        tried = [
            change | {one: a, two: b} for one, two in combinations(free, 2) for a in made[one] for b in made[two]
        ]  # fmt: skip
        hits = rows.hits([each for each in tried if rows.distance(each) < size])
        change = min((_each_shrunk(rows, each) for each in nearest(rows, hits, 1)), key=rows.size, default=change)
    return change


def _parts(rows: ChangedRows, at: int, cell: Any, parts: np.ndarray) -> list[Any]:
    """Cells at these parts of the way to ``cell``, or beyond it, within the column's range."""
    values, old = rows.values[at], rows.numbers[at]
    assert values.numbers is not None
    numbers = np.clip(old + parts * (float(cell) - old), values.numbers[0], values.numbers[-1])
    cells = dict.fromkeys(values.rounded(number) for number in numbers.tolist())
    return [each for each in cells if rows.differs(at, each)]


def _free(rows: ChangedRows, change: Cells) -> list[int]:
    """Columns of a change that may hold any number, and do."""
    return [at for at in change if rows.values[at].decimals is not None and not np.isnan(rows.numbers[at])]


def _each_shrunk(rows: ChangedRows, change: Cells) -> Cells:
    """One column after the other; of many the farthest, which leave the others no room."""
    for at in sorted(change, key=lambda at: -rows.distance({at: change[at]}))[:_FARTHEST]:
        values, old = rows.values[at], rows.numbers[at]
        if values.numbers is None or np.isnan(old):
            continue
        change = _first(rows, change, at, between(rows, at, change[at]))
        if values.decimals is not None:
            seen = between(rows, at, change[at])
            before = float(seen[-1]) if len(seen) else old
            change = _first(rows, change, at, values.steps(before, float(change[at])))
    return change


def between(rows: ChangedRows, at: int, cell: Any) -> np.ndarray:
    """Cells of a column of numbers between the row's own and another one, the nearest to its own first."""
    values, old, new = rows.values[at], rows.numbers[at], rows.number(at, cell)
    assert values.numbers is not None
    cells = values.cells[(values.numbers - old) * (values.numbers - new) < 0]
    return cells if new > old else cells[::-1]


def _first(rows: ChangedRows, change: Cells, at: int, cells: Any) -> Cells:
    """The change with the first of ``cells`` in a column with which it still leads to a wanted cluster.

    Of many, those between the last tried one without and the first with are looked at again.
    """
    low, high = -1, len(cells)
    while high - low > 1:
        tried = np.unique(np.linspace(low + 1, high - 1, min(_AT_ONCE, high - low - 1)).round().astype(np.int64))
        there = rows.arrive([change | {at: cells[place]} for place in tried.tolist()])
        first = int(there.argmax()) if there.any() else len(tried)
        low, high = int(tried[first - 1]) if first else low, int(tried[first]) if first < len(tried) else high
    return change if high == len(cells) else change | {at: cells[high]}
