"""Tables of any columns as pandas frames: of pandas, polars and Arrow, or rows of cells."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import torch

from ..exceptions import InvalidDataError
from ..runtime import tensor_array
from .frame_inputs import as_frame, frame_numbers
from .given_cells import is_plain

__all__ = ["cell_frame", "holds_infinite", "holds_numbers", "pandas_frame"]

_SEVERAL = (list, tuple, set, frozenset, np.ndarray)


def pandas_frame(X: Any) -> Any:
    """A frame of pandas, polars or Arrow as a pandas frame; None for anything else, a series too.

    Raises
    ------
    InvalidDataError
        As :func:`.frame_inputs.as_frame`.
    """
    frame = as_frame(X)
    if frame is None or not hasattr(frame, "columns"):
        return None
    if type(frame).__module__.partition(".")[0] == "polars":
        import pandas as pd

        columns = {name: _polars_column(frame[name], pd) for name in frame.columns}
        frame = pd.DataFrame(columns) if columns else pd.DataFrame(index=range(frame.height))
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
    if any(not is_plain(kind) for kind in set(map(type, cells.flat))):
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
        lengths = {-1 if isinstance(row, np.ndarray) and not row.ndim else len(row) for row in X}
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
