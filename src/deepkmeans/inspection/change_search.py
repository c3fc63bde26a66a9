"""The search for the smallest change of a row: single columns, then pairs, then one more column after the other."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from .change_refinement import between, nearest, pruned, shrunk, traded
from .changed_rows import Cells, ChangedRows

__all__ = ["found_change"]

#: Single changes that are tried, and of a column at least and at most; changes that are made as small as they can be,
#: and of which more of one column is tried with less of another.
_SINGLES, _LEAST, _MOST, _SHRUNK, _TRADED = 6000, 3, 48, 8, 3
#: Columns of which pairs are tried, values of each, and pairs.
_PAIRED, _VALUES, _PAIRS = 16, 12, 8000
#: Columns that one is added of, values of each, columns that are added one by one; clusters that are headed for; rows
#: of each that are steered for.
_COLUMNS, _ADDED, _LAST, _CLUSTERS, _DONORS = 48, 3, 4, 4, 4


def found_change(rows: ChangedRows, labels: np.ndarray) -> Cells:
    """The smallest change found that leads to a wanted cluster; empty where there is none.

    Parameters
    ----------
    rows : ChangedRows
    labels : ndarray of shape (n,)
        Of all rows of the table.
    """
    singles = _singles(rows)
    if not singles:
        return {}
    hits = rows.hits(singles)
    if hits:
        return _smallest(rows, _closer(rows, hits))
    tried = _Tried(rows, singles)
    hits = rows.hits(tried.pairs())
    hits = hits or [change for target in tried.targets() if (change := _extended(rows, tried, target))]
    return _smallest(rows, hits or _from_donors(rows, labels))


def _smallest(rows: ChangedRows, changes: list[Cells]) -> Cells:
    """Of changes that lead there, the smallest one after the nearest ones were made as small as they can be."""
    fewest = min(map(len, changes), default=0)
    changes = sorted((change for change in changes if len(change) == fewest), key=rows.distance)
    few = nearest(rows, changes, _SHRUNK)
    few += [change for change in changes[: _SHRUNK // 2] if change not in few]
    small = sorted((shrunk(rows, change) for change in few), key=rows.size)
    return min((traded(rows, change) for change in small[:_TRADED]), key=rows.size, default={})


def _singles(rows: ChangedRows) -> list[Cells]:
    """The same number of changes of each column, between its smallest and its largest value.

    Where a row is nearer to one centre than to another in proportion to each of its numbers, as K-Means has it, these
    two say already whether a column suffices, so few between them do.
    """
    most = min(max(_SINGLES // len(rows.values), _LEAST), _MOST)
    return [
        {at: values.cells[i]} for at, values in enumerate(rows.values) for i in values.first_tried(most).tolist()
        if rows.differs(at, values.cells[i])
    ]  # fmt: skip


def _closer(rows: ChangedRows, hits: list[Cells]) -> list[Cells]:
    """Single changes that lead there, and where they are many, some between each of them and the row."""
    hits = nearest(rows, hits)
    if len(hits) <= _SHRUNK:
        return hits
    most, more = max(_SINGLES // len(hits), _LEAST), []
    for change in hits:
        ((at, cell),) = change.items()
        if rows.values[at].numbers is not None and not np.isnan(rows.numbers[at]):
            cells = between(rows, at, cell)
            numbers = np.unique(np.linspace(0, len(cells) - 1, min(most, len(cells))).round().astype(np.int64))
            more += [{at: cells[number]} for number in numbers.tolist()]
    return hits + rows.hits(more)


class _Tried:
    """Single changes none of which suffices, and how far each leads to each wanted cluster."""

    def __init__(self, rows: ChangedRows, singles: list[Cells]) -> None:
        self._rows, self._singles = rows, singles
        leads = rows.leads([{}, *singles])
        self._start, self._gains = leads[0], leads[1:] - leads[0]
        self._columns = np.array([next(iter(change)) for change in singles])
        self._distances = np.array([rows.distance(change) for change in singles])

    def best(self, target: int, columns: int, values: int) -> list[list[int]]:
        """Positions of the changes that lead farthest to a cluster, by column."""
        of_column: dict[int, list[int]] = {}
        for number in np.argsort(-self._gains[:, target], kind="stable").tolist():
            of_column.setdefault(int(self._columns[number]), []).append(number)
        return [numbers[:values] for numbers in list(of_column.values())[:columns]]

    def pairs(self) -> list[Cells]:
        """Two changes each of the columns that lead farthest.

        As if what two lead to were the sum of either: first the small ones of those that should suffice, then those
        that come nearest to it, half and half.
        """
        parts = []
        for target in range(len(self._start)):
            for one, two in combinations(self.best(target, _PAIRED, _VALUES), 2):
                a, b = np.repeat(one, len(two)), np.tile(two, len(one))
                parts.append(np.stack([a, b, np.full(len(a), target)]))
        if not parts:
            return []
        a, b, target = np.concatenate(parts, axis=1)
        lead = self._start[target] + self._gains[a, target] + self._gains[b, target]
        by_lead = np.argsort(-lead, kind="stable")
        there = np.flatnonzero(lead > 0)
        by_distance = there[np.argsort(np.hypot(self._distances[a], self._distances[b])[there], kind="stable")]
        chosen = dict.fromkeys([*by_distance[: _PAIRS // 2].tolist(), *by_lead[: _PAIRS // 2].tolist()])
        return [self._singles[a[number]] | self._singles[b[number]] for number in chosen]

    def targets(self) -> list[int]:
        """Positions of the wanted clusters that the fewest columns should lead to."""
        needed = []
        for target, start in enumerate(self._start.tolist()):
            best = [self._gains[numbers[0], target] for numbers in self.best(target, len(self._singles), 1)]
            reached = start + np.cumsum(best)
            needed.append((int(np.argmax(reached > 0)) if (reached > 0).any() else len(best), -float(reached.max())))
        return sorted(range(len(needed)), key=lambda target: needed[target])[:_CLUSTERS]

    def farthest(self, target: int) -> list[Cells]:
        """Of each column the change that leads farthest to a cluster, the farthest first."""
        return [self._singles[numbers[0]] for numbers in self.best(target, len(self._singles), 1)]

    def added(self, target: int) -> list[Cells]:
        """Changes of the columns that lead farthest to a cluster, to be added to others."""
        return [
            self._singles[number] for numbers in self.best(target, _COLUMNS, _ADDED) for number in numbers
        ]  # fmt: skip


def _extended(rows: ChangedRows, tried: _Tried, target: int) -> Cells:
    """One column after the other, until the row is there: most in the order of how far each leads by itself, the last
    ones by how far they lead with the others."""
    change: Cells = {}
    added = tried.added(target)
    steps = [change := change | each for each in tried.farthest(target)]
    there = rows.arrive(steps)
    known = max(int(there.argmax()) - _LAST, 0) if there.any() else 0
    change = steps[known - 1] if known else {}
    while more := [change | each for each in added if not each.keys() & change.keys()]:
        if hits := rows.hits(more):
            return pruned(rows, min(hits, key=rows.distance))
        change = more[int(rows.leads(more)[:, target].argmax())]
    return pruned(rows, steps[int(there.argmax())]) if there.any() else {}


def _from_donors(rows: ChangedRows, labels: np.ndarray) -> list[Cells]:
    """Cells of rows of each wanted cluster, until the row is there."""
    changes = []
    for target, label in enumerate(rows.wanted.tolist()):
        donors = np.flatnonzero(labels == label)
        for place in np.linspace(0, len(donors) - 1, min(_DONORS, len(donors))).round().astype(np.int64).tolist():
            if change := _from_donor(rows, int(donors[place]), target):
                changes.append(pruned(rows, change))
    return changes


def _from_donor(rows: ChangedRows, donor: int, target: int) -> Cells:
    """Cells of another row, those that lead farthest by themselves first, as few as it takes."""
    cells = [{at: rows.table.cells(at)[donor]} for at in range(len(rows.values))]
    cells = [each for each in cells if all(rows.differs(at, cell) for at, cell in each.items())]
    if not cells:
        return {}
    order = np.argsort(-rows.leads(cells)[:, target], kind="stable").tolist()
    change: Cells = {}
    steps = [change := change | cells[number] for number in order]
    there = rows.arrive(steps)
    return steps[int(there.argmax())] if there.any() else {}
