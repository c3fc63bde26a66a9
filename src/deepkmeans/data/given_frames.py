"""Tables of any columns as pandas frames: of pandas, polars and Arrow, or rows of cells.

Cells that no column of a table can hold (dictionaries, complex numbers, vectors) are refused as :mod:`.frame_inputs`
refuses them.
"""

from __future__ import annotations

import datetime
import numbers
import sys
from typing import Any

import numpy as np
import torch

from ..exceptions import InvalidDataError
from ..runtime import tensor_array
from .array_inputs import cell_numbers
from .frame_inputs import as_frame, frame_numbers

__all__ = ["cell_frame", "holds_infinite", "holds_numbers", "pandas_frame"]

_DATES = (datetime.date, datetime.time, datetime.timedelta, np.datetime64, np.timedelta64)
_SEVERAL = (list, tuple, set, frozenset, np.ndarray)


def pandas_frame(X: Any) -> Any:
    """A frame of pandas, polars or Arrow as a pandas frame; None for anything else, a series too.

    Raises
    ------
    InvalidDataError
        As :func:`.frame_inputs.as_frame`, and for cells that are no text, number, date or list of texts.
    """
    frame = as_frame(X)
    if frame is None or not hasattr(frame, "columns"):
        return None
    if type(frame).__module__.partition(".")[0] == "polars":
        import pandas as pd

        columns = {name: _polars_column(frame[name], pd) for name in frame.columns}
        frame = pd.DataFrame(columns) if columns else pd.DataFrame(index=range(frame.height))
    _refuse_odd_cells(frame)
    return frame


def cell_frame(X: Any, *, numbers_too: bool = False) -> Any:
    """Rows of cells, one of which is a text that spells no number, as a pandas frame without names; else None.

    With ``numbers_too`` rows of numbers, too; never what has other cells, which :func:`.array_inputs.cell_numbers`
    refuses.
    """
    array = _two_dimensional(X)
    if array is None or not array.size:
        return None
    if array.dtype.kind in "biuf" and numbers_too:
        import pandas as pd

        return pd.DataFrame(array)
    if array.dtype.kind not in "OUT":
        return None
    cells = array.astype(object)
    if any(not _is_plain(kind) for kind in set(map(type, cells.flat))):
        return None
    if not numbers_too and not any(isinstance(cell, str) and not _spells_number(cell) for cell in cells.flat):
        return None
    import pandas as pd

    return pd.DataFrame(cells).infer_objects()


def holds_infinite(frame: Any) -> bool:
    """Whether a cell of a pandas frame of numbers is infinite."""
    for position, kind in enumerate(frame.dtypes):
        if getattr(kind, "kind", "") == "f":
            cells = np.asarray(frame.iloc[:, position].to_numpy(dtype=np.float64, na_value=np.nan))
            if np.isinf(cells).any():
                return True
    return False


def holds_numbers(frame: Any) -> bool:
    """Whether :func:`.frame_inputs.frame_numbers` takes all columns of a pandas frame as they are."""
    if all(isinstance(kind, np.dtype) and kind.kind in "biuf" for kind in frame.dtypes):
        return True
    try:
        frame_numbers(frame)
    except InvalidDataError:
        return False
    return True


def _two_dimensional(X: Any) -> np.ndarray | None:
    """``X`` as an array of two dimensions, of objects where it is lists; None where it is none."""
    if isinstance(X, torch.Tensor):
        X = tensor_array(X)
    if isinstance(X, (list, tuple)):
        if not X or not all(isinstance(row, (list, tuple, np.ndarray)) for row in X):
            return None
        lengths = {len(row) if np.ndim(row) or not isinstance(row, np.ndarray) else -1 for row in X}
        if len(lengths) > 1 or not min(lengths) > 0:
            return None
        made: np.ndarray = np.empty((len(X), *lengths), dtype=object)
        for position, row in enumerate(X):
            if any(isinstance(cell, _SEVERAL) for cell in row):
                return None
            made[position] = row
        return made
    if isinstance(X, np.ma.MaskedArray):
        X = np.where(np.ma.getmaskarray(X), None, X.data.astype(object))  # type: ignore[call-overload]
    return X if isinstance(X, np.ndarray) and X.ndim == 2 and X.dtype.names is None else None


def _is_plain(kind: type) -> bool:
    """Whether cells of this class are text, real numbers, dates or missing."""
    if issubclass(kind, (str, *_DATES)) or kind is type(None) or kind.__name__ in ("NAType", "NaTType", "Period"):
        return True
    return issubclass(kind, (numbers.Real, np.bool_)) or (hasattr(kind, "__float__") and kind.__name__ == "Decimal")


def _refuse_odd_cells(frame: Any) -> None:
    """Refuse, in the words for a table of numbers, what a column of a table of any columns cannot hold, either."""
    for position, kind in enumerate(frame.dtypes):
        name = frame.columns[position]
        if (isinstance(kind, np.dtype) and kind.kind == "c") or type(kind).__name__ == "IntervalDtype":
            frame_numbers(frame.iloc[:, [position]])
        if isinstance(kind, np.dtype) and kind.kind == "O":
            column = frame.iloc[:, position]
            odd = {
                each for each in set(map(type, column))
                if not _is_plain(each) and not (issubclass(each, _SEVERAL) and _holds_texts(column, each))
            }  # fmt: skip
            if odd:
                hidden = [type(cell) not in odd for cell in column]
                cells = np.fromiter((None if hide else cell for hide, cell in zip(hidden, column, strict=True)), object)
                cell_numbers(cells[:, None], "X", [name])


def _holds_texts(column: Any, kind: type) -> bool:
    """Whether the cells of a class that holds several things hold texts alone, as tags do."""
    cells: list[Any] = [cell for cell in column if type(cell) is kind]
    return all(isinstance(part, str) for cell in cells for part in cell)


def _spells_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _polars_column(column: Any, pd: Any) -> Any:
    """A polars column as pandas would hold it."""
    pl, kind = sys.modules["polars"], column.dtype
    if kind in (pl.Categorical, pl.Enum):
        return pd.Categorical(column.to_list())
    if kind == pl.Datetime and kind.time_zone is not None:
        return pd.Series(column.to_numpy()).dt.tz_localize("UTC").dt.tz_convert(kind.time_zone)
    if kind == pl.Decimal:
        return column.cast(pl.Float64).to_numpy()
    if kind.is_numeric() or kind in (pl.Date, pl.Datetime, pl.Duration):
        return column.to_numpy()
    if kind == pl.Boolean and not column.null_count():
        return column.to_numpy()
    return pd.Series(column.to_list(), dtype=object)
