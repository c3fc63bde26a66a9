"""Cells that are any Python objects: of one sort as that says, of several as texts."""

from __future__ import annotations

import datetime
import decimal
import numbers
from typing import Any

import numpy as np

from .column import ColumnCells, number_as_text, numeric_cells, text_cells

__all__ = ["object_cells", "shown"]

_TRUTH = (bool, np.bool_)
_LENGTH = (datetime.timedelta, np.timedelta64)
_NUMBER = (numbers.Real, decimal.Decimal, np.number)
_SEVERAL = (list, tuple, set, frozenset, np.ndarray, dict)


def object_cells(column: Any) -> ColumnCells:
    """The cells of a pandas Series of objects."""
    import pandas as pd

    cells = column.to_numpy(dtype=object)
    sorts = set(map(type, cells))
    if any(issubclass(sort, _SEVERAL) for sort in sorts):
        return ColumnCells("list", [_entries(cell) for cell in cells])
    if str in sorts and sorts <= {str, type(None)}:
        return _texts(pd, cells)
    if any(issubclass(sort, decimal.Decimal) for sort in sorts):  # pandas cannot tell of all of these
        missing = np.fromiter(map(_lacks, cells), dtype=bool, count=len(cells))
    else:
        missing = np.asarray(pd.isna(cells), dtype=bool)
    present = cells[~missing]
    sorts = set(map(type, present))
    if sorts == {str}:
        return _texts(pd, np.array(np.where(missing, None, cells), dtype=object))
    if not sorts:
        return numeric_cells(np.full(len(cells), np.nan))
    if all(issubclass(sort, _TRUTH) for sort in sorts):
        return numeric_cells(_filled(missing, present, float), "boolean")
    if all(issubclass(sort, _NUMBER) and not issubclass(sort, (*_TRUTH, *_LENGTH)) for sort in sorts):
        values = _filled(missing, present, _float)
        if _rounded_alike(present, values[~missing]):  # keys of so many digits, which only their texts tell apart
            return _texts(pd, _shown(cells, missing))
        return numeric_cells(values)
    if all(issubclass(sort, _LENGTH) for sort in sorts):
        return numeric_cells(_filled(missing, present, lambda cell: pd.Timedelta(cell).total_seconds()))
    if all(issubclass(sort, (datetime.date, np.datetime64)) for sort in sorts):
        moments = np.full(len(cells), np.datetime64("NaT", "s"), dtype="datetime64[s]")
        moments[~missing] = [_moment(cell) for cell in present]
        return ColumnCells("date", moments)
    return _texts(pd, _shown(cells, missing))


def shown(cell: Any) -> str:
    """A cell as a file would hold it."""
    if isinstance(cell, bytes):
        return cell.decode("utf-8", "replace")
    if isinstance(cell, _NUMBER) and not isinstance(cell, (*_TRUTH, *_LENGTH)):
        return number_as_text(cell)
    return cell.isoformat() if isinstance(cell, (datetime.date, datetime.time)) else str(cell)


def _shown(cells: np.ndarray, missing: np.ndarray) -> np.ndarray:
    return np.array([None if lack else shown(cell) for cell, lack in zip(cells, missing, strict=True)], dtype=object)


def _texts(pd: Any, cells: np.ndarray) -> ColumnCells:
    index, distinct = pd.factorize(cells)
    return text_cells(distinct.tolist(), index)


def _filled(missing: np.ndarray, present: np.ndarray, read: Any) -> np.ndarray:
    values = np.full(len(missing), np.nan)
    values[~missing] = [read(cell) for cell in present]
    return values


def _rounded_alike(cells: np.ndarray, values: np.ndarray) -> bool:
    """Whether whole numbers that differ are the same as floats."""
    if not (np.abs(values) >= 2.0**53).any() or not all(isinstance(cell, numbers.Integral) for cell in cells):
        return False
    return bool(np.isfinite(values).all()) and len(set(cells.tolist())) > len(set(values.tolist()))


def _float(cell: Any) -> float:
    try:
        return float(cell)
    except OverflowError:
        return np.inf if cell > 0 else -np.inf


def _moment(cell: Any) -> np.datetime64:
    if isinstance(cell, np.datetime64):
        return cell.astype("datetime64[s]")
    if not isinstance(cell, datetime.datetime):
        return np.datetime64(cell, "s")
    if cell.tzinfo is not None:
        cell = cell.astimezone(datetime.UTC).replace(tzinfo=None)
    return np.datetime64(cell.replace(microsecond=0), "s")


def _entries(cell: Any) -> tuple[str, ...]:
    """The entries of a list, those of a set in order; a lone cell is a list of one."""
    if isinstance(cell, dict):
        return tuple(f"{name}: {shown(entry)}" for name, entry in cell.items())
    if isinstance(cell, (set, frozenset)):
        return tuple(sorted(map(shown, cell)))
    if isinstance(cell, np.ndarray) and cell.ndim == 0:
        return (shown(cell.item()),)
    if isinstance(cell, _SEVERAL):
        return tuple(shown(entry) for entry in cell if entry is not None)
    return () if _lacks(cell) else (shown(cell),)


def _lacks(cell: Any) -> bool:
    """Whether one cell is None, NaN, NaT or NA."""
    import pandas as pd

    if isinstance(cell, decimal.Decimal):
        return cell.is_nan()
    lacks = pd.isna(cell)
    return isinstance(lacks, (bool, np.bool_)) and bool(lacks)
