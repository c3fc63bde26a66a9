"""The rows of one file, with what the reader guessed and changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from .._quoting import short
from .column_choice import fits
from .file_kinds import file_name
from .media.folders import kind_of_rows

__all__ = ["Table"]


#: Up to here float32 holds every whole number.
_EXACT = 2**24


@dataclass(frozen=True)
class Table:
    """The rows of one file.

    Attributes
    ----------
    X : ndarray of shape (n, d), float32, C-ordered; scipy CSR array of the same; pandas.DataFrame; list; Pictures;
    Recordings
        An array where every column is numbers: pictures and series are flattened, NaN marks a missing value, nothing
        is infinite. A frame where some are not: columns as they are found. A list of str where the file holds texts;
        those pictures or recordings that can be read where it is a folder of such.
    feature_names : list of str or None
        Unique names of the d columns, where the file has any.
    labels : ndarray of shape (n,) or None
        The label column, or ``y`` of an ``.npz``, in the dtype of the file.
    index : ndarray of shape (n,) or None
        The row labels that a data frame stored in a Parquet file, or the names of files that are rows; a column
        is never guessed to be one.
    path : Path
    columns : list of int
        Positions of the d columns in the file, from 0.
    empty_columns : list of int
        Columns of the file that were left out because they hold no value.
    rows : ndarray of shape (n,) or None
        Numbers of the rows in the file, from 0; None unless rows without any value were left out.
    n_file_rows : int
        Rows of the file, those without any value included.
    notes : list of str
        What was guessed or changed on the way, one sentence each.
    warnings : list of str
        What is probably a mistake, such as columns that number the rows.
    inputs : mapping of str to rows, or None
        By name, what several inputs were made of the columns, see :func:`.table_inputs.with_inputs`.
    identifiers : sequence of str
        Columns that may name the rows of several inputs.
    row_shape : tuple of int or None
        Of each row, where an array of three or four dimensions was flattened.
    row_dtype : numpy.dtype or None
        Of that array: of pictures it says what white is.
    """

    X: Any
    feature_names: list[str] | None
    labels: np.ndarray | None
    index: np.ndarray | None
    path: Path
    columns: list[int] = field(default_factory=list)
    empty_columns: list[int] = field(default_factory=list)
    rows: np.ndarray | None = None
    n_file_rows: int = 0
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    inputs: Mapping[str, Any] | None = None
    identifiers: Sequence[str] = ()
    row_shape: tuple[int, ...] | None = None
    row_dtype: np.dtype | None = None

    @property
    def kind(self) -> str:
        """ "table", "text", "image" or "audio"."""
        return "text" if isinstance(self.X, list) else kind_of_rows(self.X)

    @property
    def n_samples(self) -> int:
        """How many rows."""
        return len(self.X) if isinstance(self.X, list) else int(self.X.shape[0])

    @property
    def numeric(self) -> bool:
        """Whether every column is numbers: an array, or a frame of them."""
        dtypes = getattr(self.X, "dtypes", None)
        return self.kind == "table" and (dtypes is None or all(dtype.kind in "iuf" for dtype in dtypes))

    @property
    def rows_given(self) -> Any:
        """What an estimator takes: several inputs by name; numbers with names as a frame, so that a model can check
        them later; pictures and series as they were stored; else ``X``."""
        if self.inputs is not None:
            return self.inputs
        return self.rows_read

    @property
    def rows_read(self) -> Any:
        """The same, of all columns as one table, whatever inputs were made of them."""
        if self.row_shape is not None:
            rows = self.X.reshape(len(self.X), *self.row_shape)
            whole = self.row_dtype is not None and self.row_dtype.kind in "biu" and np.abs(rows).max() <= _EXACT
            return rows.astype(self.row_dtype) if whole else rows
        if self.feature_names is None or not isinstance(self.X, np.ndarray):
            return self.X
        import pandas as pd

        return pd.DataFrame(self.X, columns=self.feature_names, copy=False)

    @property
    def file(self) -> str:
        """The name for messages."""
        return file_name(self.path)

    def shown(self, position: int) -> str:
        """Column ``position`` of ``X`` for messages."""
        if self.feature_names:
            return short(self.feature_names[position])
        return f"{self.columns[position]} (counted from 0)"

    def drop_advice(self, position: int) -> str:
        """The argument that leaves out column ``position`` of ``X``."""
        column = self.feature_names[position] if self.feature_names else self.columns[position]
        return f"drop={[column] if fits([str(column)]) else ['NAME']}"
