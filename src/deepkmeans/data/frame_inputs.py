"""Data frames of pandas, polars and Arrow as arrays: the types of their columns decide what is a number."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..exceptions import InvalidDataError
from .array_inputs import array_numbers, cell_numbers, complex_refused, dates_refused, float_dtype, listed_columns

__all__ = ["as_frame", "compare_names", "frame_numbers", "odd_names"]


def as_frame(X: Any, name: str = "X") -> Any:
    """A pandas or polars frame or series as it is, an Arrow table as a pandas frame; None for anything else.

    Raises
    ------
    InvalidDataError
        For column names that occur twice, or of which only some are strings, and for lazy frames.
    """
    if type(X).__module__.partition(".")[0] == "pyarrow":
        if not hasattr(X, "to_pandas"):
            return None
        try:
            X = X.to_pandas()
        except (ValueError, TypeError, NotImplementedError) as error:
            said = " ".join(str(error).split())
            raise InvalidDataError(f"{name} is an Arrow table that pandas cannot hold: {said[:160]}.") from error
    if _of("polars", X, "LazyFrame"):
        raise InvalidDataError(f"{name} is a lazy frame, which holds no rows yet: give {name}.collect().")
    if _of("pandas", X, "DataFrame") or _of("polars", X, "DataFrame"):
        _check_names(list(X.columns), name)
        return X
    return X if _of("pandas", X, "Series") or _of("polars", X, "Series") else None


def odd_names(frame: Any) -> list[str] | None:
    """Column names of a frame as texts; None of a series, and where there is no frame."""
    return None if frame is None or not hasattr(frame, "columns") else [str(name) for name in frame.columns]


def compare_names(names: list[str], known: list[str]) -> None:
    """Refuse other column ``names``, or another order, than those ``known`` from a fit, in scikit-learn's words.

    Raises
    ------
    InvalidDataError
    """
    if names == known:
        return
    said = "The feature names should match those that were passed during fit.\n"
    fresh, missing = sorted(set(names) - set(known)), sorted(set(known) - set(names))
    for title, odd in (("unseen at fit time", fresh), ("seen at fit time, yet now missing", missing)):
        if odd:
            shown = [*odd[:5], *(["..."] if len(odd) > 5 else [])]
            said += "".join([f"Feature names {title}:\n", *(f"- {name}\n" for name in shown)])
    if not fresh and not missing:
        said += "Feature names must be in the same order as they were in fit.\n"
    raise InvalidDataError(said)


def frame_numbers(frame: Any, name: str = "X") -> Any:
    """The columns of a frame as float32 or float64 (n, d), or a sparse matrix if all are sparse; a series as (n,).

    Raises
    ------
    InvalidDataError
        For columns of dates, text, categories of either, complex numbers or objects; the column is named.
    """
    if frame.ndim == 1 if hasattr(frame, "ndim") else len(frame.shape) == 1:
        return frame_numbers(frame.to_frame(), name).ravel()
    columns = list(frame.columns)
    if not columns:
        return np.empty(frame.shape)
    of_polars = _of("polars", frame, "DataFrame")
    kinds = list(frame.dtypes)
    understood = [_polars_dtype(kind) if of_polars else _pandas_dtype(kind) for kind in kinds]
    _refuse_kinds(name, columns, kinds, understood)
    dtypes = [np.dtype(np.float64) if dtype.kind == "O" else dtype for dtype in understood]
    common = np.result_type(*map(float_dtype, dtypes))
    if not of_polars and all(_is_sparse(kind) and not kind.fill_value for kind in kinds):
        same = frame if len(set(kinds)) == 1 else frame.astype(type(kinds[0])(common, 0))
        return same.sparse.to_coo()
    if not of_polars and all(isinstance(kind, np.dtype) and kind.kind in "biuf" for kind in kinds):
        return frame.to_numpy(dtype=common)
    if of_polars and all(dtype.kind != "O" for dtype in understood):
        polars = sys.modules["polars"]
        return frame.cast(polars.Float32 if common == np.float32 else polars.Float64).to_numpy()
    made = np.empty(frame.shape, dtype=common)
    cells: dict[int, np.ndarray] = {}
    for position, dtype in enumerate(understood):
        column = frame[columns[position]] if of_polars else frame.iloc[:, position]
        if dtype.kind == "O":
            cells[position] = _objects(column)
        elif of_polars:
            made[:, position] = column.cast(sys.modules["polars"].Float64).to_numpy()
        elif hasattr(kinds[position], "numpy_dtype"):  # nullable, or Arrow's
            made[:, position] = column.to_numpy(dtype=np.float64, na_value=np.nan)
        else:
            made[:, position] = array_numbers(np.asarray(column), name)
    if cells:
        positions = list(cells)
        objects = np.stack([cells[position] for position in positions], axis=1)
        made[:, positions] = cell_numbers(objects, name, [columns[position] for position in positions])
    return made


def _refuse_kinds(name: str, columns: Sequence[Any], kinds: list[Any], understood: list[np.dtype]) -> None:
    """What the types alone tell: dates and complex numbers."""
    dated = [position for position, dtype in enumerate(understood) if dtype.kind in "mM"]
    if dated:
        raise dates_refused(name, kinds[dated[0]], listed_columns(dated, columns))
    for position, dtype in enumerate(understood):
        if dtype.kind == "c":
            raise complex_refused(f"column {columns[position]!r} of {name}", dtype)


def _pandas_dtype(kind: Any) -> np.dtype:
    """The NumPy dtype behind a pandas one: dates as datetime64, object where only the cells can tell."""
    if isinstance(kind, np.dtype):
        return kind if kind.kind in "biufcmM" else np.dtype(object)
    if hasattr(kind, "categories"):
        return _pandas_dtype(kind.categories.dtype)
    if type(kind).__name__ in ("PeriodDtype", "DatetimeTZDtype"):
        return np.dtype("M8[ns]")
    inner = kind.subtype if _is_sparse(kind) else getattr(kind, "numpy_dtype", object)
    return np.dtype(inner) if np.dtype(inner).kind in "biufcmM" else np.dtype(object)


def _polars_dtype(kind: Any) -> np.dtype:
    """The NumPy dtype that holds a polars column: dates as datetime64, object where only the cells can tell."""
    polars = sys.modules["polars"]
    if kind.is_temporal():
        return np.dtype("M8[us]")
    if kind in (polars.Float32, polars.Int8, polars.Int16, polars.UInt8, polars.UInt16, polars.Boolean):
        return np.dtype(np.float32)
    return np.dtype(np.float64 if kind.is_numeric() or kind == polars.Null else object)


def _objects(column: Any) -> np.ndarray:
    """The cells of a column as objects (n,), lists and structs included."""
    return np.fromiter(column.to_list(), dtype=object, count=len(column))


def _is_sparse(kind: Any) -> bool:
    return type(kind).__name__ == "SparseDtype"


def _check_names(names: list[Any], name: str) -> None:
    texts = [isinstance(column, str) for column in names]
    if any(texts) and not all(texts):
        odd = names[texts.index(False)]
        raise InvalidDataError(
            f"Some column names of {name} are strings and some are not, such as {odd!r} ({type(odd).__name__}): rename "
            f"them with {name}.columns = {name}.columns.astype(str)."
        )
    if len(set(names)) < len(names):
        twice = [f"{column!r} ({count} times)" for column, count in Counter(names).items() if count > 1]
        raise InvalidDataError(
            f"Column names of {name} occur more than once: {', '.join(twice[:3])}"
            f"{f' and {len(twice) - 3} more' if len(twice) > 3 else ''}. Give every column a name of its own."
        )


def _of(module: str, X: Any, kind: str) -> bool:
    """Whether ``X`` is of a class of a package; what was never imported cannot have made it."""
    loaded = sys.modules.get(module)
    return loaded is not None and hasattr(loaded, kind) and isinstance(X, getattr(loaded, kind))
