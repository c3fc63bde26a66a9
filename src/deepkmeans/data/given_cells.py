"""Cells that no column of a table can hold: dictionaries, bytes, vectors, intervals, complex numbers."""

from __future__ import annotations

import datetime
import numbers
from collections.abc import Collection
from typing import Any

import numpy as np

from .._quoting import printable, short
from ..exceptions import InvalidCellError, InvalidDataError
from .frame_inputs import frame_numbers

__all__ = ["is_plain", "refuse_no_texts", "refuse_odd_cells"]

_DATES = (datetime.date, datetime.time, datetime.timedelta, np.datetime64, np.timedelta64)
_SEVERAL = (list, tuple, set, frozenset, np.ndarray)
_SHOWN = 40


def is_plain(kind: type) -> bool:
    """Whether cells of this class are text, real numbers, dates or missing."""
    if issubclass(kind, (str, *_DATES)) or kind is type(None) or kind.__name__ in ("NAType", "NaTType", "Period"):
        return True
    return issubclass(kind, (numbers.Real, np.bool_)) or (hasattr(kind, "__float__") and kind.__name__ == "Decimal")


def refuse_no_texts(cells: Collection[Any] | None) -> None:
    """Refuse cells that are said to be texts, and that Python writes as what they are, not as what they say.

    Raises
    ------
    InvalidCellError
        It names the first.
    """
    odd = {kind for kind in set(map(type, cells or ())) if not is_plain(kind) and not _is_written(kind)}
    first = next(((row, cell) for row, cell in enumerate(cells or ()) if type(cell) in odd), None)
    if first is not None:
        raise InvalidCellError(
            "InputSpec(kind='text') says that X is texts, one a row, and in row "
            f"{first[0]} (counted from 0) it holds an object of type {type(first[1]).__name__}: give str, None where "
            "one is missing."
        )


def _is_written(kind: type) -> bool:
    """Whether ``str`` of objects of a class says what they hold."""
    of_several = issubclass(kind, (*_SEVERAL, dict, bytes, bytearray, memoryview))
    return not of_several and getattr(kind, "__str__", None) is not object.__str__


def refuse_odd_cells(frame: Any, names: Collection[str] | None = None) -> None:
    """Refuse a pandas frame with a cell that is no text, number or date, nor a list of texts, whoever made the frame.

    Parameters
    ----------
    frame : pandas.DataFrame
    names : collection of str or None
        Of the columns that are looked at, as texts; None for all.

    Raises
    ------
    InvalidCellError
        It names the column, the first such cell, and what to do.
    InvalidDataError
        For complex numbers.
    """
    for position, kind in enumerate(frame.dtypes):
        name = frame.columns[position]
        if names is not None and str(name) not in names:
            continue
        if isinstance(kind, np.dtype) and kind.kind == "c":
            frame_numbers(frame.iloc[:, [position]])
        if type(kind).__name__ == "IntervalDtype" or _may_hold_anything(kind):
            _refuse_in(frame.iloc[:, position].tolist(), name)


def _may_hold_anything(kind: Any) -> bool:
    """Whether only the cells of a column can tell what they are: of objects, and of nested types and bytes of Arrow."""
    arrow = getattr(kind, "pyarrow_dtype", None)
    if arrow is not None:
        return arrow.num_fields > 0 or "binary" in str(arrow)
    return isinstance(kind, np.dtype) and kind.kind == "O"


def _refuse_in(cells: list[Any], name: Any) -> None:
    odd = {kind for kind in set(map(type, cells)) if not is_plain(kind) and not _holds_texts(cells, kind)}
    if not odd:
        return
    row = next(row for row, cell in enumerate(cells) if type(cell) in odd)
    kind, shown = type(cells[row]), " ".join(repr(cells[row]).split())
    if issubclass(kind, numbers.Complex) and not issubclass(kind, numbers.Real):
        raise InvalidDataError(
            f"Complex data not supported: column {short(name)} of X holds such numbers, the first in row {row} "
            "(counted from 0). Give real and imaginary part as two columns."
        )
    what, cure = _described(kind, short(name))
    raise InvalidCellError(
        f"Column {short(name)} of X holds {what}, such as "
        f"{printable(shown if len(shown) <= _SHOWN else shown[: _SHOWN - 3] + '...')} in row {row} (counted from 0): "
        f"{cure}, or leave the column out with InputSpec(columns={{{str(name)!r}: 'ignored'}})."
    )


def _holds_texts(cells: list[Any], kind: type) -> bool:
    """Whether the cells of a class that holds several things hold texts alone, or none, as tags do."""
    if not issubclass(kind, _SEVERAL):
        return False
    held: list[Any] = [cell for cell in cells if type(cell) is kind]
    if any(isinstance(cell, np.ndarray) and cell.ndim != 1 for cell in held):
        return False
    return all(part is None or isinstance(part, str) for cell in held for part in cell)


def _described(kind: type, name: str) -> tuple[str, str]:
    """What cells of a class are called, and what to do with them."""
    if issubclass(kind, dict):
        return "dictionaries", "give each of their fields a column of its own, as pandas.json_normalize does"
    if issubclass(kind, (bytes, bytearray, memoryview)):
        return "bytes", f"decode them with X[{name}].str.decode('utf-8')"
    if issubclass(kind, _SEVERAL):
        return "lists of other things than texts", (
            f"make their elements texts, give each a column of its own, as pandas.DataFrame(X[{name}].tolist()) does"
        )
    if kind.__name__ == "Interval":
        return "intervals", "give their middles or their ends, which pandas calls mid, left and right"
    return f"objects of type {kind.__name__}", "turn them into numbers or texts"
