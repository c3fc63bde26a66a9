"""The input as it was given, before anything is numbers: a table of any columns, texts, pictures, recordings, series.

What is numbers already (arrays, tensors, sparse matrices, pictures of one size) is no such input: it takes the path of
:mod:`.validation`. So do two-dimensional arrays and lists whose cells are no text, or spell numbers alone.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sklearn.utils import _safe_indexing

from .._quoting import short
from ..exceptions import InvalidDataError
from .given_cells import refuse_no_texts, refuse_odd_cells
from .given_frames import cell_frame, holds_numbers, pandas_frame
from .given_series import given_series, holds_series, is_list_of_series, series_of_frame
from .given_texts import given_texts, one_dimension
from .input_spec import InputSpec
from .media.audio_files import given_recordings
from .media.folders import refuse_empty_path
from .media.picture_files import given_pictures
from .media.pictures import Pictures
from .media.recordings import Recordings

__all__ = ["GivenInput", "given_input", "given_rows", "given_table", "series_in"]


@dataclass(frozen=True)
class GivenInput:
    """Rows of a table, texts, pictures, recordings, or time series.

    Attributes
    ----------
    kind : {"table", "text", "image", "audio", "series", "rows"}
        "rows" are rows of any kind, for a transformer of the user's own.
    rows : pandas.DataFrame, list of str, list of pictures or recordings, Pictures, list of ndarray, or as given
        Of a table its columns in the types in which they were given; of texts one a row, "" where one is missing; of
        pictures what :func:`.media.picture_files.given_pictures` gives, or those that are in memory; of recordings
        what :func:`.media.audio_files.given_recordings` gives; of series a frame of numbers, or arrays (T_i,) or
        (T_i, channels), None where one is missing.
    names : list of str or None
        Of the columns of a frame, as texts.
    labels : list of str or None
        The same where they were no strings but numbers, dates or tuples.
    """

    kind: str
    rows: Any
    names: list[str] | None = None
    labels: list[str] | None = None

    def __len__(self) -> int:
        return self.shape[0]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows, and columns as they were given; texts, pictures, recordings and series in arrays are one column."""
        if self.kind in ("text", "image", "audio") or (self.kind == "series" and isinstance(self.rows, list)):
            return len(self.rows), 1
        shape = [*(self.rows.shape if hasattr(self.rows, "shape") else np.shape(self.rows)), 1]
        return int(shape[0]), int(shape[1])

    def take(self, index: np.ndarray) -> GivenInput:
        """The rows at ``index`` (m,), positions from 0."""
        if hasattr(self.rows, "iloc") and self.kind != "rows":
            return replace(self, rows=self.rows.iloc[index])
        if isinstance(self.rows, (Pictures, Recordings)):
            return replace(self, rows=self.rows.take(index))
        return replace(self, rows=_safe_indexing(self.rows, index))

    def named(self, names: Sequence[str] | None) -> GivenInput:
        """The same table with other names of its columns, in their order; None numbers them."""
        columns = range(self.shape[1]) if names is None else [*names]
        return replace(self, rows=self.rows.set_axis(columns, axis=1), names=None if names is None else [*names])


def given_input(X: Any, spec: InputSpec) -> GivenInput | None:
    """``X`` as a table, texts or time series; None for what is numbers already, and for what is refused as such.

    Parameters
    ----------
    X : list, array, series, data frame or path
        Texts: a list, tuple, series or array of one dimension of str, None or NaN where one is missing. A table: a
        frame of pandas, polars or Arrow that has names, or a column that is no numbers; rows of cells of which one is a
        text that spells no number. Pictures: see :func:`.media.picture_files.given_pictures`.
    spec : InputSpec
        Its ``kind`` decides instead; one that names columns makes a table of any rows.

    Raises
    ------
    InvalidDataError
        For what ``spec`` says and ``X`` is not, and for a frame that :func:`.given_frames.pandas_frame` or
        :func:`.given_cells.refuse_odd_cells` refuses.
    """
    refuse_empty_path(X)
    asked = spec.kind if spec.kind != "auto" else "table" if spec.columns or spec.levels else "auto"
    if asked in ("auto", "image"):
        pictures = X if isinstance(X, Pictures) else given_pictures(X, asked=asked == "image")
        if pictures is not None:
            return GivenInput("image", pictures)
        if asked == "image":
            raise _no_pictures(X)
    recordings: Any = X if isinstance(X, Recordings) else None
    if recordings is None and asked in ("auto", "audio"):
        recordings = given_recordings(X, asked=asked == "audio")
    if recordings is not None:
        return GivenInput("audio", recordings)
    frame = pandas_frame(X)
    if frame is not None and not (asked == "series" and _is_column_of_series(frame)):
        ignored = {str(name) for name, kind in spec.columns.items() if kind == "ignored"}
        refuse_odd_cells(frame, {str(name) for name in frame.columns} - ignored)
    if asked == "text":
        return _as_texts(X, frame)
    if asked == "series" or (asked == "auto" and frame is None and is_list_of_series(X)):
        return _as_series(X)
    if frame is not None:
        empty = not frame.shape[0] or not frame.shape[1]
        return None if empty or (asked == "auto" and _is_left_alone(frame)) else _table(frame)
    texts = given_texts(X)
    if texts is not None and asked == "auto":
        return GivenInput("text", texts)
    cells = cell_frame(_in_rows(X, texts), numbers_too=asked == "table")
    if cells is not None:
        return GivenInput("table", cells)
    if asked == "table":
        raise InvalidDataError(
            f"InputSpec says that X is a table. Got {_shown(X)} instead; give a data frame, or leave "
            "preprocessor='auto'."
        )
    return None


def given_table(X: Any, n_features: int, used: Collection[str] | None = None) -> GivenInput | None:
    """Rows for a model that was fitted on a table of ``n_features`` columns: all that can be one; else None.

    A table of one column can be given as texts. Of a frame only the cells of the columns that are ``used``, by name,
    are looked at.
    """
    frame = pandas_frame(X)
    if frame is not None:
        given = _table(frame)
        refuse_odd_cells(given.rows, used if used is not None and {*used} <= {*(given.names or ())} else None)
        return given
    texts = given_texts(X) if n_features == 1 else None
    cells = cell_frame(_in_rows(X, texts), numbers_too=True)
    return None if cells is None else GivenInput("table", cells)


def series_in(X: Any) -> GivenInput | None:
    """Time series in a frame of numbers, or of one column of arrays, an array or a list of arrays; else None.

    Raises
    ------
    InvalidDataError
        As :func:`.given_series.given_series`.
    """
    frame = pandas_frame(X)
    if frame is not None and _is_column_of_series(frame):
        X, frame = frame.iloc[:, 0], None
    if frame is not None:
        if all(isinstance(name, (int, np.integer)) for name in frame.columns):  # positions, no names
            return GivenInput("series", series_of_frame(frame))
        return replace(_table(frame), kind="series")
    series = given_series(X)
    return None if series is None else GivenInput("series", series)


def given_rows(X: Any) -> GivenInput:
    """``X`` as it is, for a transformer of the user's own; but Arrow becomes pandas, and texts become a list."""
    if pandas_frame(X) is None:
        texts = given_texts(X)
        return GivenInput("rows", X) if texts is None else GivenInput("text", texts)
    frame = pandas_frame(X) if type(X).__module__.startswith("pyarrow") else X
    names = [str(name) for name in frame.columns]
    named = names == list(frame.columns)
    return GivenInput("rows", frame, names if named else None, None if named else names)


def _table(frame: Any) -> GivenInput:
    """A frame whose columns are known by their names as texts."""
    names = [str(name) for name in frame.columns]
    if names == list(frame.columns):
        return GivenInput("table", frame, names)
    return GivenInput("table", frame.set_axis(names, axis=1), names, names)


def _no_pictures(X: Any) -> InvalidDataError:
    return InvalidDataError(
        f"InputSpec(kind='image') says that X is pictures, one a row. Got {_shown(X)} instead; give a folder, or a "
        "list of paths, of PIL images, or of arrays of shape (height, width) or (height, width, channels)."
    )


def _in_rows(X: Any, texts: list[str] | None) -> Any:
    return X if texts is None else [[text] for text in texts]


def _as_texts(X: Any, frame: Any) -> GivenInput:
    """``X`` for a spec that says "text"."""
    column = frame.iloc[:, 0] if frame is not None and frame.shape[1] == 1 else X
    refuse_no_texts(one_dimension(column))
    texts = given_texts(column, allow="all")
    if texts is None:
        got = f"a table of {frame.shape[1]} columns" if frame is not None else _shown(X)
        raise InvalidDataError(
            f"InputSpec(kind='text') says that X is texts, one a row. Got {got} instead; give a list or series of str."
        )
    return GivenInput("text", texts)


def _as_series(X: Any) -> GivenInput:
    """``X`` for a spec that says "series"."""
    given = series_in(X)
    if given is None:
        raise InvalidDataError(
            f"InputSpec(kind='series') says that X is time series. Got {_shown(X)} instead; give an array of shape "
            "(n, T) or (n, T, channels), or a list of arrays, one a series."
        )
    return given


def _is_column_of_series(frame: Any) -> bool:
    return bool(frame.shape[1] == 1) and holds_series(frame.iloc[:, 0])


def _is_left_alone(frame: Any) -> bool:
    """Whether a frame is numbers by its types, and has no names by which a column might be no measurement."""
    named = all(isinstance(name, str) for name in frame.columns)
    sparse = all(type(kind).__name__ == "SparseDtype" for kind in frame.dtypes)
    return sparse or (not named and holds_numbers(frame))


def _shown(X: Any) -> str:
    if isinstance(X, (str, os.PathLike)):
        return f"the {'folder' if os.path.isdir(X) else 'text' if isinstance(X, str) else 'path'} {short(X)}"
    shape = np.shape(X) if hasattr(X, "shape") else ()
    return f"{type(X).__name__}{f' of shape {shape}' if shape else ''}"
