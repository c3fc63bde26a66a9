"""Values that a cell of a column could have instead: those seen in the column, and numbers between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .mosaics import TableMosaic
from .original import OriginalColumn, OriginalRows

__all__ = ["CellValues", "cell_values"]

#: Levels of a column that are tried, and steps between two of them; cells that show how many decimals it has:
#: as many as this share of them has, so many more than the deviation, at most so many.
_LEVELS, _MOST_STEPS, _LOOKED_AT, _SHARE, _FINE, _MOST_DECIMALS = 48, 1000, 500, 0.9, 2, 9


@dataclass(frozen=True, eq=False)
class CellValues:
    """What one column may hold.

    Attributes
    ----------
    name : str
    cells : ndarray of shape (v,)
        Different cells as they were given, none missing; numbers and dates rise, levels are the most frequent ones.
    numbers : ndarray of shape (v,), or None
        The same as numbers; None of levels.
    deviation : float
    decimals : int or None
        Of numbers that may be anything between two cells; None where only the cells themselves will do.
    column : OriginalColumn or None
    """

    name: str
    cells: np.ndarray
    numbers: np.ndarray | None
    deviation: float
    decimals: int | None
    column: OriginalColumn | None

    def first_tried(self, most: int) -> np.ndarray:
        """Positions of cells to try at first: all, or some at equal shares of them."""
        return np.unique(np.linspace(0, len(self.cells) - 1, min(most, len(self.cells))).round().astype(np.int64))

    def distance(self, old: float, new: float) -> float:
        """How far two numbers are apart, in deviations; 1 of levels, and from nothing."""
        if self.numbers is None or np.isnan(old):
            return 1.0
        return abs(new - old) / self.deviation

    def rounded(self, value: float) -> Any:
        """A number with the decimals of the column."""
        assert self.decimals is not None
        made = round(value, self.decimals) + 0.0
        return int(made) if self.cells.dtype.kind in "iu" else made

    def steps(self, start: float, stop: float) -> list[Any]:
        """Numbers with the decimals of the column from ``start`` to ``stop``, without these two."""
        assert self.decimals is not None
        unit = 10.0**self.decimals
        first, last = round(start * unit), round(stop * unit)
        count = abs(last - first)
        every = max(1, -(-count // _MOST_STEPS))
        forth = 1 if last > first else -1
        return [self.rounded((first + forth * step) / unit) for step in range(every, count, every)]

    def shown(self, cell: Any, *, exact: bool = False) -> str:
        """A cell as a person reads it; with all its digits if ``exact``."""
        if self.column is not None and self.column.kind in ("number", "date") and self.decimals is not None:
            # The digits of a float32 are those that numpy writes.
            number = float(str(cell)) if isinstance(cell, np.floating) else float(cell)
            return self.column.shown(number if exact else round(number, max(self.decimals, 0)) + 0.0, exact=True)
        if isinstance(cell, (float, np.floating)) and np.isnan(cell):
            return "empty"
        return "empty" if cell is None else str(cell)


def cell_values(table: TableMosaic, rows: OriginalRows) -> tuple[CellValues, ...]:
    """Of each column of a table."""
    known = {column.name: column for column in rows.columns}
    return tuple(_of_column(table.cells(at), name, known.get(name)) for at, name in enumerate(table.names))


def _of_column(cells: np.ndarray, name: str, column: OriginalColumn | None) -> CellValues:
    numbers = None if column is None or column.kind == "boolean" else column.numbers
    if numbers is None:
        return CellValues(name, _levels(cells), None, 1.0, None, column)
    known = np.flatnonzero(~np.isnan(numbers))
    values, first = np.unique(numbers[known], return_index=True)
    deviation = float(numbers[known].std()) if len(known) else 1.0
    assert column is not None
    free = cells.dtype.kind in "iuf" and column.kind == "number"
    decimals = _decimals(cells[known][:_LOOKED_AT], deviation) if free else None
    return CellValues(name, cells[known][first], values, deviation or 1.0, decimals, column)


def _levels(cells: np.ndarray) -> np.ndarray:
    import pandas as pd

    counts = pd.Series(cells).value_counts(dropna=True)
    levels: np.ndarray = np.empty(min(len(counts), _LEVELS), dtype=object)
    levels[:] = list(counts.index[:_LEVELS])
    return levels


def _decimals(cells: np.ndarray, deviation: float) -> int:
    """Decimals that nearly all cells do with, -2 where they are whole hundreds; no more than a person would say."""
    numbers = cells.astype(np.float64)
    shown = [len(np.format_float_positional(cell, trim="-").partition(".")[2]) for cell in cells]
    most = int(np.quantile(shown, _SHARE, method="higher")) if shown else 0
    while not most > 0 and -most < _MOST_DECIMALS and (numbers % 10.0 ** (1 - most) == 0).mean() >= _SHARE:
        most -= 1
    fine = int(np.ceil(-np.log10(deviation))) + _FINE if deviation > 0 else 0
    return min(most, max(fine, 0), _MOST_DECIMALS) if numbers.any() else 0
