"""One row of a table with other cells: what a model makes of it, and how far it is from the row as it was."""

from __future__ import annotations

from typing import Any

import numpy as np

from .cell_values import CellValues, cell_values
from .mosaics import TableMosaic
from .nearness import Nearness
from .original import OriginalRows
from .spaces import Clusterer

__all__ = ["Cells", "ChangedRows"]

#: Rows that are looked at in one call.
_BLOCK = 4096

Cells = dict[int, Any]


class ChangedRows:
    """Changes of one row of a table; a change is the new cells by the positions of their columns.

    Attributes
    ----------
    table : TableMosaic
    values : tuple of CellValues
        Of each column.
    cells : list
        Of the row, as they are.
    numbers : list of float
        The same as numbers; nan where they are none.
    wanted : ndarray of shape (l,)
        The clusters to get to.
    """

    def __init__(
        self, clusterer: Clusterer, table: TableMosaic, rows: OriginalRows, row: int, cluster: int, wanted: list[int],
        nearness: Nearness,
    ) -> None:  # fmt: skip
        self._clusterer, self._row, self._cluster, self._nearness = clusterer, row, cluster, nearness
        self.table, self.wanted = table, np.array(wanted, dtype=np.int64)
        self.values = cell_values(table, rows)
        known = {column.name: column.numbers for column in rows.columns}
        numbers = [known.get(name) for name in table.names]
        self.numbers = [np.nan if each is None else float(each[row]) for each in numbers]
        self.cells = [table.cells(at)[row] for at in range(len(table.names))]

    def predicted(self, changes: list[Cells]) -> np.ndarray:
        model, entering = self._clusterer.model, self._clusterer.entering
        return np.concatenate([np.asarray(model.predict(entering(rows))) for rows in self._blocks(changes)])

    def arrive(self, changes: list[Cells]) -> np.ndarray:
        """Whether each change (m,) leads to a cluster that is wanted."""
        return np.isin(self.predicted(changes), self.wanted) if changes else np.zeros(0, dtype=bool)

    def hits(self, changes: list[Cells]) -> list[Cells]:
        """The changes that lead to a cluster that is wanted."""
        return [change for change, there in zip(changes, self.arrive(changes).tolist(), strict=True) if there]

    def leads(self, changes: list[Cells]) -> np.ndarray:
        """By how much a changed row is nearer to each wanted cluster than to its own, (m, l)."""
        blocks = self._blocks(changes)
        return np.concatenate([self._nearness.leads(rows, self.wanted, self._cluster) for rows in blocks])

    def _blocks(self, changes: list[Cells]) -> Any:
        starts = range(0, len(changes), _BLOCK)
        return (self.table.changed(self._row, changes[start : start + _BLOCK]) for start in starts)

    def distance(self, change: Cells) -> float:
        """Of a change, over its columns."""
        total = 0.0
        for at, cell in change.items():
            total += self.values[at].distance(self.numbers[at], self.number(at, cell)) ** 2
        return float(np.sqrt(total))

    def size(self, change: Cells) -> tuple[int, float]:
        """What makes a change small: few columns first, then a short way."""
        return len(change), self.distance(change)

    def number(self, at: int, cell: Any) -> float:
        """A cell of a column as a number; nan of levels."""
        values: CellValues = self.values[at]
        if values.numbers is None:
            return np.nan
        if values.decimals is not None:
            return float(cell)
        return float(values.numbers[next(i for i, each in enumerate(values.cells) if same(each, cell))])

    def differs(self, at: int, cell: Any) -> bool:
        """Whether a cell is another one than the row has."""
        return not same(cell, self.cells[at])


def same(a: Any, b: Any) -> bool:
    return bool(a == b) or (a is b)
