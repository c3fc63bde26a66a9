"""The search for the smallest change of a row: single columns, then pairs, then more of them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations, product
from typing import Any

import numpy as np

from .cell_values import CellValues, cell_values
from .mosaics import TableMosaic
from .nearness import Nearness
from .original import OriginalRows
from .spaces import Clusterer

__all__ = ["Cells", "ChangeSearch"]

#: Columns of which pairs are tried, values of each; pairs that are made smaller, on so many places of their way; rows
#: of the other cluster that are steered for; cells that are tried at once.
_PAIRED, _VALUES, _SHRUNK, _SHARES, _DONORS, _AT_ONCE = 8, 12, 4, 33, 4, 48
#: Rows that are looked at in one call.
_BLOCK = 4096

Cells = dict[int, Any]


class ChangeSearch:
    """Changes of one row of a table; a change is the new cells by the positions of their columns.

    Attributes
    ----------
    values : tuple of CellValues
        Of each column.
    cells : list
        Of the row, as they are.
    """

    def __init__(
        self, clusterer: Clusterer, table: TableMosaic, rows: OriginalRows, labels: np.ndarray, row: int, cluster: int,
        nearness: Nearness,
    ) -> None:  # fmt: skip
        self._clusterer, self._table, self._labels, self._row, self._cluster = clusterer, table, labels, row, cluster
        self._nearness = nearness
        self.values = cell_values(table, rows)
        known = {column.name: column.numbers for column in rows.columns}
        numbers = [known.get(name) for name in table.names]
        self._old = [np.nan if each is None else float(each[row]) for each in numbers]
        self.cells = [table.cells(at)[row] for at in range(len(table.names))]

    def predicted(self, changes: list[Cells]) -> np.ndarray:
        parts = [changes[start : start + _BLOCK] for start in range(0, len(changes), _BLOCK)]
        model, entering = self._clusterer.model, self._clusterer.entering
        return np.concatenate([np.asarray(model.predict(entering(self._table.changed(self._row, p)))) for p in parts])

    def leads(self, changes: list[Cells], label: int) -> np.ndarray:
        parts = [changes[start : start + _BLOCK] for start in range(0, len(changes), _BLOCK)]
        rows = (self._table.changed(self._row, part) for part in parts)
        return np.concatenate([self._nearness.lead(each, label, self._cluster) for each in rows])

    def distance(self, change: Cells) -> float:
        """Of a change, over its columns."""
        total = 0.0
        for at, cell in change.items():
            values = self.values[at]
            total += values.distance(self._old[at], self._number(values, cell)) ** 2
        return float(np.sqrt(total))

    def towards(self, label: int) -> Iterable[Cells]:
        """Changes that lead to a cluster: of one column, else of two, else of as many as it takes."""
        singles = [
            {at: values.cells[i]} for at, values in enumerate(self.values) for i in values.first_tried().tolist()
            if not self._same(values.cells[i], self.cells[at])
        ]  # fmt: skip
        hits = self._hits(singles, label)
        if hits:
            return [self._shrunk(change, label) for change in self._nearest_of_each(hits)]
        leads = self.leads(singles, label)
        pairs = self._pairs(singles, leads)
        hits = self._hits(pairs, label) if pairs else []
        if hits:
            return [self._shrunk(change, label) for change in sorted(hits, key=self.distance)[:_SHRUNK]]
        donors = np.flatnonzero(self._labels == label)
        donors = donors[np.linspace(0, len(donors) - 1, min(_DONORS, len(donors))).round().astype(np.int64)]
        return [
            change for donor in donors.tolist() if (change := self._from_donor(donor, label)) is not None
        ]  # fmt: skip

    def _hits(self, changes: list[Cells], label: int) -> list[Cells]:
        if not changes:
            return []
        return [change for change, got in zip(changes, self.predicted(changes).tolist(), strict=True) if got == label]

    def _nearest_of_each(self, hits: list[Cells]) -> list[Cells]:
        """Of each column the smallest change, on either side."""
        best: dict[tuple[int, bool], Cells] = {}
        for change in sorted(hits, key=self.distance):
            ((at, cell),) = change.items()
            best.setdefault((at, self._number(self.values[at], cell) > self._old[at]), change)
        return list(best.values())

    def _pairs(self, singles: list[Cells], leads: np.ndarray) -> list[Cells]:
        """Changes of two of the columns that lead farthest."""
        of_column: dict[int, list[int]] = {}
        for number in np.argsort(-leads, kind="stable").tolist():
            of_column.setdefault(next(iter(singles[number])), []).append(number)
        few = list(of_column.values())[:_PAIRED]
        return [
            singles[a] | singles[b] for one, two in combinations(few, 2) for a, b in
            product(one[:_VALUES], two[:_VALUES])
        ]  # fmt: skip

    def _from_donor(self, donor: int, label: int) -> Cells | None:
        """Cells of a row of the cluster, the one that leads farthest first, until the row is there; then the least of
        them."""
        cells = {at: self._table.cells(at)[donor] for at in range(len(self.values))}
        left = [at for at, cell in cells.items() if not self._same(cell, self.cells[at])]
        change: Cells = {}
        while left:
            tried = [change | {at: cells[at]} for at in left]
            if hits := self._hits(tried, label):
                return self._shrunk(self._pruned(min(hits, key=self.distance), label), label)
            best = int(self.leads(tried, label).argmax())
            change = tried[best]
            left.pop(best)
        return None

    def _pruned(self, change: Cells, label: int) -> Cells:
        """The change without columns that it does not need."""
        while len(change) > 1:
            fewer = [{at: cell for at, cell in change.items() if at != gone} for gone in change]
            hits = self._hits(fewer, label)
            if not hits:
                break
            change = min(hits, key=self.distance)
        return change

    def _shrunk(self, change: Cells, label: int) -> Cells:
        """The change with numbers as near to what they are as they can be: all on the same way, then each by itself."""
        free = [at for at in change if self.values[at].decimals is not None and not np.isnan(self._old[at])]
        if len(free) > 1:
            shares = np.linspace(0.0, 1.0, _SHARES)[1:]
            part = [
                change | {at: self.values[at].rounded(self._old[at] + share * (float(change[at]) - self._old[at]))
                for at in free} for share in shares.tolist()
            ]  # fmt: skip
            change = min([*self._hits(part, label), change], key=self.distance)
        for at in sorted(change, key=lambda at: -self.distance({at: change[at]})):
            values, old = self.values[at], self._old[at]
            if values.numbers is None or np.isnan(old):
                continue
            new = self._number(values, change[at])
            between = values.cells[(values.numbers - old) * (values.numbers - new) < 0]
            between = between if new > old else between[::-1]
            change = self._first(change, at, between, label)
            if values.decimals is not None:
                change = self._first(change, at, values.steps(self._before(at, change), float(change[at])), label)
        return change

    def _first(self, change: Cells, at: int, cells: Any, label: int) -> Cells:
        """The change with the first of ``cells`` in a column with which it still leads to the cluster.

        Of many, those between the last tried one without and the first with are looked at again.
        """
        low, high = -1, len(cells)
        while high - low > 1:
            tried = np.unique(np.linspace(low + 1, high - 1, min(_AT_ONCE, high - low - 1)).round().astype(np.int64))
            there = self.predicted([change | {at: cells[place]} for place in tried.tolist()]) == label
            first = int(there.argmax()) if there.any() else len(tried)
            low, high = int(tried[first - 1]) if first else low, int(tried[first]) if first < len(tried) else high
        return change if high == len(cells) else change | {at: cells[high]}

    def _before(self, at: int, change: Cells) -> float:
        """The cell of the column that comes before the changed one on the way to it, or the row's own."""
        values, old, new = self.values[at], self._old[at], float(change[at])
        assert values.numbers is not None
        seen = values.numbers[(values.numbers - old) * (values.numbers - new) < 0]
        return old if not len(seen) else float(seen.max() if new > old else seen.min())

    def _number(self, values: CellValues, cell: Any) -> float:
        if values.numbers is None:
            return np.nan
        if values.decimals is not None:
            return float(cell)
        return float(values.numbers[next(i for i, each in enumerate(values.cells) if self._same(each, cell))])

    @staticmethod
    def _same(a: Any, b: Any) -> bool:
        return bool(a == b) or (a is b)
