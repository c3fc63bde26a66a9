"""The cells of a pandas Series by its type: NumPy's, nullable, Arrow's, categorical, texts or any objects."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...exceptions import InvalidDataError
from .column import ColumnCells, numeric_cells, text_cells
from .objects import object_cells, shown

__all__ = ["column_cells"]


def column_cells(column: Any) -> ColumnCells:
    """The cells of a pandas Series.

    Raises
    ------
    InvalidDataError
        For a column of complex numbers.
    """
    import pandas as pd

    kind = column.dtype
    if isinstance(kind, pd.SparseDtype):
        column = column.sparse.to_dense()
        kind = column.dtype
    if isinstance(kind, pd.CategoricalDtype):
        return _categorical(column)
    plain = kind if isinstance(kind, np.dtype) else getattr(kind, "numpy_dtype", np.dtype(object))
    if plain.kind == "c":
        raise InvalidDataError(
            f"The column {column.name!r} holds complex numbers: give real and imaginary part as two columns."
        )
    if plain.kind in "biuf":
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
        return numeric_cells(values, "boolean" if plain.kind == "b" else "number")
    if pd.api.types.is_timedelta64_dtype(kind) or plain.kind == "m":
        return numeric_cells(_seconds(column))
    if pd.api.types.is_datetime64_any_dtype(kind) or plain.kind == "M":
        return _dates(column)
    if isinstance(kind, pd.PeriodDtype):
        return _dates(column.dt.to_timestamp())
    if isinstance(kind, pd.StringDtype) or getattr(kind, "type", None) is str:
        index, distinct = pd.factorize(column)
        return text_cells(distinct.tolist(), index)
    return object_cells(column)


def _seconds(column: Any) -> np.ndarray:
    lengths = column.to_numpy(dtype="timedelta64[ns]", na_value=np.timedelta64("NaT", "ns"))
    seconds: np.ndarray = lengths / np.timedelta64(1, "s")
    return seconds


def _dates(column: Any) -> ColumnCells:
    arrow = getattr(column.dtype, "pyarrow_dtype", None)
    if arrow is not None and not str(arrow).startswith("timestamp"):  # days, which have no zone
        column = column.astype("datetime64[s]")
    elif getattr(column.dt, "tz", None) is not None:
        column = column.dt.tz_convert("UTC").dt.tz_localize(None)
    return ColumnCells("date", column.to_numpy(dtype="datetime64[s]", na_value=np.datetime64("NaT", "s")))


def _categorical(column: Any) -> ColumnCells:
    names = [shown(entry) for entry in column.cat.categories]
    cells = text_cells(names, column.cat.codes.to_numpy().astype(np.intp))
    return ColumnCells(
        "text", texts=cells.texts, index=cells.index, categories=cells.texts, ordered=bool(column.cat.ordered),
        marks=cells.marks,
    )  # fmt: skip
