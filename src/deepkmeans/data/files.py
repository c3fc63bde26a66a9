"""Read ``.csv``, ``.tsv``, ``.parquet``, ``.npy`` and ``.npz`` files as float32 rows.

:attr:`Table.notes` lists what was guessed or changed; a file that cannot be read raises a one-line error that names
the file, the row, the column and the cure. Nothing in a file is executed: object arrays are refused.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..exceptions import InvalidDataError, InvalidParameterError
from . import array_files, delimited, parquet_files
from .column_choice import LABEL_NAMES, ColumnChoice, one_line
from .file_kinds import ARRAYS, TEXTS, check_file, file_name
from .memory_limit import MemoryLimit
from .request import Request
from .table import Table
from .table_checks import (
    note_likely_labels,
    note_lost_digits,
    refuse_infinite,
    warn_of_identifiers,
    without_empty,
)

__all__ = ["Table", "check_file", "read_labels", "read_row_names", "read_table"]

_READERS: dict[str, Callable[[Request], dict[str, Any]]] = {
    ".csv": delimited.read,
    ".tsv": delimited.read,
    ".parquet": parquet_files.read,
    ".npy": array_files.read_npy,
    ".npz": array_files.read_npz,
}


def read_table(
    path: str | os.PathLike[str],
    *,
    columns: Sequence[str | int] | None = None,
    drop: Sequence[str | int] | None = None,
    label_column: str | int | None = None,
    labels_required: bool = False,
    header: bool | None = None,
    max_memory: int | None = None,
    for_model: bool = False,
) -> Table:
    """Read the rows of a file.

    Rows without a value in any of the columns are left out, and so are columns without any value; both are noted.

    Parameters
    ----------
    path : path-like
        ``.csv``, ``.tsv`` (separator, header and encoding are detected and noted), ``.parquet`` (extra
        ``parquet``), ``.npy`` (2-d, or images), ``.npz`` (keys ``X`` and, optionally, ``y``; or a matrix
        stored by ``scipy.sparse.save_npz``).
    columns, drop : list of str or int, or None
        Features to keep, in this order, or to leave out: names, or positions from 0 where there are none.
    label_column : str, int or None
        A column kept out of ``X`` and returned as ``labels``.
    labels_required : bool
        Refuse a file without labels.
    header : bool or None
        Whether the first line of a text table holds names; None decides from the cells below it, and notes it.
    max_memory : int or None
        Bytes that the table may take. None: 1 GiB, or ten times the size of the file if that is more, but not more than
        is free.
    for_model : bool
        The rows are for a model: columns without any value stay, as NaN, and no advice to drop one is given.

    Returns
    -------
    table : Table
        Empty cells and NA, N/A, NaN, null, None are NaN; booleans are 0 and 1. See
        :mod:`deepkmeans.data.text_cells` for what counts as a number in a text table.

    Raises
    ------
    InvalidDataError
        If the file is missing, empty, of an unknown kind, too large, or holds text, dates or infinite numbers.
    InvalidParameterError
        If a named column is not in the file.
    MissingDependencyError
        If a ``.parquet`` file is read without pyarrow.
    """
    path = Path(path)
    choice = ColumnChoice(file_name(path), columns, drop, label_column, for_model)
    request = _request(path, choice, header, max_memory)
    contents = _guarded(request, lambda: _READERS[path.suffix.lower()](request))
    line_of = contents.pop("line_of", None)
    table = Table(path=path, notes=request.notes, n_file_rows=contents["X"].shape[0], **contents)
    refuse_infinite(table, line_of, advise_drop=not for_model)
    table = without_empty(table, line_of, keep_columns=for_model)
    if table.labels is None and labels_required:
        raise InvalidDataError(
            f"{request.file}: no labels; name their column with label_column= (in an .npz, store them under the key "
            "'y')"
        )
    if not for_model:
        note_lost_digits(table)
        note_likely_labels(table)
        warn_of_identifiers(table)
    return table


def read_labels(
    path: str | os.PathLike[str],
    label_column: str | int | None = None,
    *,
    header: bool | None = None,
    max_memory: int | None = None,
) -> np.ndarray:
    """Read known classes: one per row of the file, in any dtype.

    Taken from, in this order: ``label_column``; ``y`` of an ``.npz``; the only column of the file; a column
    called label, labels, target, y or class, in any case.

    Returns
    -------
    labels : ndarray of shape (n,)

    Raises
    ------
    InvalidDataError
        If the file cannot be read, or it is unclear which column holds the labels.
    InvalidParameterError
        If ``label_column`` is not in the file.
    """
    path = Path(path)
    request = _request(path, ColumnChoice(file_name(path)), header, max_memory)
    suffix = path.suffix.lower()
    if suffix in ARRAYS:
        return _guarded(request, lambda: array_files.read_label_array(request, label_column))
    module = parquet_files if suffix == ".parquet" else delimited
    if label_column is None:
        names = _guarded(request, lambda: module.column_names(request))
        likely = [name for name in names if name.lower() in LABEL_NAMES]
        if len(names) == 1:
            label_column = 0
        elif len(likely) == 1:
            label_column = likely[0]
        else:
            problem = f"several columns may hold the labels ({', '.join(likely)})" if likely else "no labels were found"
            raise InvalidDataError(f"{request.file}: {problem}; name the column with label_column=")
    wanted = label_column
    return _guarded(request, lambda: module.read_column(request, wanted))


def read_row_names(
    path: str | os.PathLike[str], *, header: bool | None = None, max_memory: int | None = None
) -> list[str] | None:
    """The column ``row`` of a text table or a Parquet file as text, whole numbers as such; None where there is none."""
    path = Path(path)
    request = _request(path, ColumnChoice(file_name(path)), header, max_memory)
    suffix = path.suffix.lower()
    if suffix in ARRAYS:
        return None
    module = parquet_files if suffix == ".parquet" else delimited
    if "row" not in _guarded(request, lambda: module.column_names(request)):
        return None
    cells: np.ndarray = _guarded(request, lambda: module.read_column(request, "row"))
    return [str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell) for cell in cells.tolist()]


def _request(path: Path, choice: ColumnChoice, header: bool | None, max_memory: int | None) -> Request:
    limit = MemoryLimit(choice.file, check_file(path), max_memory)
    if header is not None and path.suffix.lower() not in TEXTS:
        raise InvalidParameterError(
            f"header={header} is for text tables ({', '.join(TEXTS)}); got {choice.file}"
        )
    return Request(path, choice, limit, header)


def _guarded(request: Request, read: Callable[[], Any]) -> Any:
    try:
        return read()
    except (InvalidDataError, InvalidParameterError):
        raise
    except OSError as error:
        raise InvalidDataError(f"{request.file}: cannot be read ({error.strerror or one_line(error)})") from error
    except UnicodeError as error:
        raise InvalidDataError(
            f"{request.file}: the text cannot be decoded ({one_line(error)}); save it as UTF-8"
        ) from error
