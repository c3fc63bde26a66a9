"""Arrays, lists and single cells as numbers.

One rule for Python and files: where a table has types (arrays, data frames, Arrow, Parquet) these decide, so that text
is refused even where it spells a number: it may be a code or a key. Only a text file, which has no types, is read by
its spelling. None, NaN, ``pandas.NA`` and what a mask hides are missing.
"""

from __future__ import annotations

import datetime
import numbers
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from ..exceptions import InvalidCellError, InvalidDataError
from ..runtime import tensor_array
from .given_paths import refuse_path

__all__ = [
    "array_numbers", "cell_numbers", "complex_refused", "dates_refused", "float_dtype", "listed_columns",
    "sequence_array",
]  # fmt: skip

#: Numbers this small are exact in float32, which halves the memory of images.
_SMALL = ("b1", "i1", "i2", "u1", "u2", "f2", "f4")
_SHOWN = 40
#: Of a cell that is neither text nor date; scikit-learn looks for such words.
_OBJECT = "and the argument must be a table without lists, strings or other objects, one number a cell"


def float_dtype(dtype: np.dtype) -> type[np.floating[Any]]:
    """float32 for it and for small integers, else float64."""
    return np.float32 if dtype.str[1:] in _SMALL else np.float64


def array_numbers(X: np.ndarray, name: str = "X", columns: Sequence[Any] | None = None) -> np.ndarray:
    """An array of any shape and dtype as float32 or float64; a mask, missing cells of an object array become NaN.

    Raises
    ------
    InvalidDataError
        For dates, text, complex numbers, records and objects that are no numbers.
    """
    kind = X.dtype.kind
    if isinstance(X, np.ma.MaskedArray):
        hidden, plain = np.ma.getmaskarray(X), np.asarray(X.data)
        if X.dtype.names is None and hidden.any():
            if kind in "biuf":
                return np.where(hidden, np.nan, plain).astype(float_dtype(X.dtype))
            plain = np.where(hidden, None, plain.astype(object))  # type: ignore[call-overload]
        return array_numbers(plain, name, columns)
    X = np.asarray(X)
    if kind in "biuf":
        with np.errstate(over="ignore"):  # what float64 cannot hold is infinite, and refused as such
            return X.astype(float_dtype(X.dtype), copy=False)
    if kind == "c":
        raise complex_refused(name, X.dtype)
    if kind in "mM":
        raise dates_refused(name, X.dtype, listed_columns(range(X.shape[1]), columns) if X.ndim == 2 else None)
    if kind == "O":
        return cell_numbers(X, name, columns)
    if X.dtype.names is not None:
        raise InvalidDataError(
            f"{name} is a structured array with the fields {', '.join(map(repr, X.dtype.names))}: give "
            f"pandas.DataFrame({name}), or numpy.lib.recfunctions.structured_to_unstructured({name})."
        )
    if kind in "UST":
        return cell_numbers(X[:1].astype(object), name, columns) if X.size else np.empty(X.shape)
    try:
        return X.astype(np.float64)  # dtypes of other packages, such as bfloat16
    except (ValueError, TypeError):
        raise InvalidDataError(f"{name} is an array of {X.dtype}, not of numbers: give float64 or float32.") from None


def sequence_array(X: Any, name: str = "X") -> np.ndarray:
    """Lists and other array-likes as an array, of objects where NumPy would turn numbers beside a text into texts."""
    if isinstance(X, (list, tuple)):
        kinds = set(map(type, X))
        if any(issubclass(kind, torch.Tensor) for kind in kinds):
            X = [tensor_array(row, f"{name}[{i}]") if isinstance(row, torch.Tensor) else row for i, row in enumerate(X)]
        if any(issubclass(kind, np.ma.MaskedArray) for kind in kinds):
            return np.ma.array(X)  # numpy.array would drop the masks
    try:
        array = np.asarray(X)
        if array.dtype.kind in "USTO" and not isinstance(X, np.ndarray):
            array = np.asarray(X, dtype=object)
    except (ValueError, TypeError, RuntimeError, OverflowError, AttributeError) as error:
        said = _different_shapes(X) or " ".join(str(error).split())[:160].rstrip(".")
        raise InvalidDataError(
            f"{name} is no table: {said}. Give one row per sample, all of the same length."
        ) from error
    if array.ndim == 0:
        refuse_path(X, name)
        raise InvalidDataError(
            f"{name} must be an array, got {_shown(X)} ({type(X).__name__}) instead. Reshape your data: give one row "
            "per sample."
        )
    return array


def cell_numbers(cells: np.ndarray, name: str = "X", columns: Sequence[Any] | None = None) -> np.ndarray:
    """An array of objects as float64: real numbers of any class, and missing cells as NaN."""
    kinds = set(map(type, cells.flat))
    if all(_is_number(kind) or _is_missing(kind) for kind in kinds):
        if any(_is_missing(kind) and kind is not type(None) for kind in kinds):  # NumPy itself knows None
            hidden = [_is_missing(type(cell)) for cell in cells.flat]
            cells = np.where(np.reshape(hidden, cells.shape), None, cells)  # type: ignore[call-overload]
        try:
            return cells.astype(np.float64)
        except (ValueError, TypeError, ArithmeticError, RuntimeError):
            pass  # the cell is looked for
    raise _refused(cells, {kind for kind in kinds if not _is_number(kind) and not _is_missing(kind)}, name, columns)


def _different_shapes(X: Any) -> str | None:
    """Which rows of a list differ in shape; None if no two are arrays that do."""
    rows = X if isinstance(X, (list, tuple)) else ()
    shapes = [(row, tuple(cell.shape)) for row, cell in enumerate(rows) if isinstance(cell, (np.ndarray, torch.Tensor))]
    odd = next(((row, shape) for row, shape in shapes if shape != shapes[0][1]), None)
    if odd is None:
        return None
    return f"row {shapes[0][0]} is an array of shape {shapes[0][1]}, row {odd[0]} one of {odd[1]} (counted from 0)"


def _refused(cells: np.ndarray, kinds: set[type], name: str, columns: Sequence[Any] | None) -> InvalidDataError:
    """The error that shows the first cell of those types (of a number that cannot be one, if there are none)."""
    shape = cells.shape
    wrong = (number for number, cell in enumerate(cells.flat) if type(cell) in kinds or (not kinds and _problem(cell)))
    at = np.unravel_index(next(wrong, 0), shape)
    problem = _problem(cells[at]) or "the cell cannot be read as a number"
    where, also = f"{name}, row {at[0]}", ""
    if len(shape) == 2:
        where += f", column {_named(int(at[1]), columns)}"
        others = [j for j in range(shape[1]) if j != at[1] and kinds.intersection(map(type, cells[:, j]))]
        if others:
            hold = "Column {} holds" if len(others) == 1 else "Columns {} hold"
            also = f" {hold.format(listed_columns(others, columns))} such cells, too."
    error = InvalidCellError if _OBJECT in problem else InvalidDataError
    return error(f"{where} (counted from 0): {problem}.{also}")


def complex_refused(name: str, kind: Any) -> InvalidDataError:
    """The error for complex numbers."""
    return InvalidDataError(
        f"Complex data not supported: {name} holds {kind}. Give real columns, such as real and imaginary parts side by "
        "side."
    )


def dates_refused(name: str, kind: Any, where: str | None = None) -> InvalidDataError:
    """The error for columns of dates or durations, whose integers mean nothing without their unit and origin."""
    place = "" if where is None else f" in column {where}"
    return InvalidDataError(
        f"{name} holds dates or durations ({kind}){place}, which are no numbers: leave the column out, or turn it into "
        "numbers of your own choice, such as days since a first one, or hour and weekday."
    )


def listed_columns(positions: Sequence[int], columns: Sequence[Any] | None) -> str:
    """The first three columns, by name where they have any, and how many follow."""
    shown = ", ".join(_named(position, columns) for position in positions[:3])
    return shown + (f" and {len(positions) - 3} more" if len(positions) > 3 else "")


def _named(position: int, columns: Sequence[Any] | None) -> str:
    return str(position) if columns is None else repr(columns[position])


def _is_missing(kind: type) -> bool:
    # pandas.NA by its name: pandas is not imported for it
    return kind is type(None) or kind.__name__ == "NAType" or issubclass(kind, np.ma.core.MaskedConstant)


def _is_number(kind: type) -> bool:
    if issubclass(kind, (np.generic, np.ndarray)):
        return issubclass(kind, (np.bool_, np.integer, np.floating)) and not issubclass(kind, np.timedelta64)
    return hasattr(kind, "__float__") and not _is_date(kind)


def _is_date(kind: type) -> bool:
    dates = (datetime.date, datetime.time, datetime.timedelta, np.datetime64, np.timedelta64)
    return issubclass(kind, dates) or kind.__name__ in ("Period", "NaTType")


def _problem(cell: Any) -> str:
    """What is wrong with a cell, and the cure; empty if it is a number or missing."""
    kind = type(cell)
    if _is_missing(kind):
        return ""
    if isinstance(cell, (str, bytes)):
        if _spells_number(cell):
            return f"the number {_shown(cell)} is stored as text; convert the column, as with pandas.to_numeric"
        return f"the text {_shown(cell)} is not a number; leave the column out, encode its texts, or correct the cell"
    if _is_date(kind):
        return (
            f"{_shown(cell)} is a date or duration, not a number; leave the column out, or turn it into numbers of "
            "your own choice, such as days since a first one"
        )
    if isinstance(cell, numbers.Complex) and not isinstance(cell, numbers.Real):
        return f"{_shown(cell)} is complex. Complex data not supported; give real columns"
    try:
        if _is_number(kind):
            float(cell)
            return ""
    except (ValueError, TypeError, ArithmeticError, RuntimeError) as error:
        return f"{_shown(cell)} does not fit a float64 ({error}); correct the cell"
    return f"{_shown(cell)} is of type {kind.__name__}, {_OBJECT}; {_object_cure(kind)}"


def _object_cure(kind: type) -> str:
    if issubclass(kind, dict):
        return "give each of its fields a column of its own"
    if issubclass(kind, (list, tuple, set, frozenset, np.ndarray)) or kind.__name__ == "Series":
        return "give each of its elements a column of its own"
    if kind.__name__ == "Interval":
        return "give its middle or its ends, which pandas calls mid, left and right"
    return "leave the column out, or turn its cells into numbers"


def _spells_number(cell: str | bytes) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _shown(value: Any) -> str:
    text = " ".join(repr(value).split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."
