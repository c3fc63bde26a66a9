"""Files to numbers: ``.csv``, ``.tsv``, ``.parquet``, ``.npy`` and ``.npz`` as float32 rows.

What is read, guessed or changed is said in :attr:`Table.notes`; what cannot be read ends in one line that
names the file, the row, the column and the cure. Nothing in a file is executed: object arrays are refused.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from .._quoting import shell_list, shell_word
from .._validation import did_you_mean
from ..exceptions import InvalidDataError, InvalidParameterError
from . import array_files, delimited, parquet_files
from .column_choice import LABEL_NAMES, ColumnChoice, one_line

__all__ = ["Table", "check_file", "read_labels", "read_table"]

_READERS: dict[str, Callable[[Path, ColumnChoice, list[str]], dict[str, Any]]] = {
    ".csv": delimited.read,
    ".tsv": delimited.read,
    ".parquet": parquet_files.read,
    ".npy": array_files.read_npy,
    ".npz": array_files.read_npz,
}
_CHUNK_CELLS = 2**24


@dataclass(frozen=True)
class Table:
    """The numbers of one file.

    Attributes
    ----------
    X : ndarray of shape (n, d), float32, C-ordered, or scipy CSR array of the same shape and dtype
        Images are flattened. NaN marks a missing value; nothing is infinite.
    feature_names : list of str or None
        Unique names of the d columns, where the file has any.
    labels : ndarray of shape (n,) or None
        The label column, or ``y`` of an ``.npz``, in the dtype of the file.
    index : ndarray of shape (n,) or None
        The row labels that a data frame stored in a Parquet file; a column is never guessed to be one.
    path : Path
    notes : list of str
        What was guessed or changed on the way, one sentence each.
    """

    X: Any
    feature_names: list[str] | None
    labels: np.ndarray | None
    index: np.ndarray | None
    path: Path
    notes: list[str] = field(default_factory=list)


def read_table(
    path: str | os.PathLike[str],
    *,
    columns: Sequence[str | int] | None = None,
    drop: Sequence[str | int] | None = None,
    label_column: str | int | None = None,
    labels_required: bool = False,
) -> Table:
    """Read the rows of a file.

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

    Returns
    -------
    table : Table
        Empty cells and NA, N/A, NaN, null, None are NaN; booleans are 0 and 1.

    Raises
    ------
    InvalidDataError
        If the file is missing, empty, of an unknown kind, or holds text or infinite numbers.
    InvalidParameterError
        If a named column is not in the file.
    MissingDependencyError
        If a ``.parquet`` file is read without pyarrow.
    """
    path = Path(path)
    notes: list[str] = []
    choice = ColumnChoice(path.name, columns, drop, label_column)
    found = _read(path, choice, notes)
    line_of = found.pop("line_of", None)
    table = Table(path=path, notes=notes, **found)
    if table.X.shape[0] == 0:
        raise InvalidDataError(f"{path.name}: there is a header and no rows; at least one row is needed")
    _refuse_infinite(table, line_of)
    _note_lost_digits(table)
    if table.labels is None and labels_required:
        raise InvalidDataError(
            f"{path.name}: no labels; name their column with --label-column (in an .npz, store them under the key 'y')"
        )
    likely = [name for name in table.feature_names or () if table.labels is None and name.lower() in LABEL_NAMES]
    notes.extend(
        f"the column {name!r} is a feature; if it is the answer, use --label-column {shell_word(name)}"
        for name in likely
    )
    return table


def read_labels(path: str | os.PathLike[str], label_column: str | int | None = None) -> np.ndarray:
    """Read known classes: one per row of the file, in any dtype.

    Taken from, in this order: ``label_column``; ``y`` of an ``.npz``; the only column of the file; a column
    called label, labels, target, y or class, in any case.

    Returns
    -------
    labels : ndarray of shape (n,)

    Raises
    ------
    InvalidDataError
        If the file cannot be read or no column can be told to be the labels.
    InvalidParameterError
        If ``label_column`` is not in the file.
    """
    path = Path(path)
    check_file(path)
    suffix = path.suffix.lower()
    if suffix in (".npy", ".npz"):
        return _guarded(path, lambda: array_files.read_label_array(path, label_column))
    module = parquet_files if suffix == ".parquet" else delimited
    if label_column is None:
        names = _guarded(path, lambda: module.column_names(path))
        likely = [name for name in names if name.lower() in LABEL_NAMES]
        if len(names) == 1:
            label_column = 0
        elif len(likely) == 1:
            label_column = likely[0]
        else:
            problem = f"several columns may hold the labels ({', '.join(likely)})" if likely else "no labels were found"
            raise InvalidDataError(f"{path.name}: {problem}; name the column with --label-column")
    wanted = label_column
    return _guarded(path, lambda: module.read_column(path, wanted))


def _read(path: Path, choice: ColumnChoice, notes: list[str]) -> dict[str, Any]:
    check_file(path)
    return _guarded(path, lambda: _READERS[path.suffix.lower()](path, choice, notes))


def _guarded(path: Path, read: Callable[[], Any]) -> Any:
    try:
        return read()
    except (InvalidDataError, InvalidParameterError):
        raise
    except OSError as error:
        raise InvalidDataError(f"{path.name}: cannot be read ({error.strerror or one_line(error)})") from error
    except UnicodeError as error:
        raise InvalidDataError(
            f"{path.name}: the text cannot be decoded ({one_line(error)}); save it as UTF-8"
        ) from error


def check_file(path: Path) -> None:
    """Refuse what is no file of a known kind, without reading it.

    Raises
    ------
    InvalidDataError
    """
    suffix = path.suffix.lower()
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        near = ""
        if path.parent.is_dir():
            near = did_you_mean(path.name, (entry.name for entry in path.parent.iterdir()))
        raise InvalidDataError(f"{path}: there is no such file{near}; check the path") from None
    except (OSError, ValueError) as error:
        raise InvalidDataError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or error})") from None
    if stat.S_ISDIR(status.st_mode):
        raise InvalidDataError(f"{path}: is a folder; name a file in it")
    if suffix not in _READERS:
        raise InvalidDataError(
            f"{path.name}: the extension {suffix!r} is not known; accepted are {', '.join(_READERS)} "
            "(save a spreadsheet as .csv, unpack a compressed file)"
        )
    if not stat.S_ISREG(status.st_mode):
        raise InvalidDataError(f"{path}: is not a regular file; write its content to one first")
    if status.st_size == 0:
        raise InvalidDataError(f"{path.name}: the file is empty; at least one row is needed")


def _refuse_infinite(table: Table, line_of: Callable[[int], int] | None) -> None:
    sparse = not isinstance(table.X, np.ndarray)
    if sparse:
        entries = table.X.tocoo()
        wrong = np.isinf(entries.data)
        counts = np.bincount(entries.col[wrong], minlength=table.X.shape[1]) if wrong.any() else np.zeros(1, int)
    else:
        counts = np.zeros(table.X.shape[1], dtype=np.int64)
        for rows in _row_chunks(table.X):
            # A sum is finite unless something in it is not; only then are the cells looked at one by one.
            with np.errstate(all="ignore"):
                clean = np.isfinite(rows.sum(dtype=np.float64))
            if not clean:
                counts += np.isinf(rows).sum(axis=0)
    if not counts.any():
        return
    column = int(np.flatnonzero(counts)[0])
    row = int(entries.row[wrong & (entries.col == column)].min() if sparse else np.isinf(table.X[:, column]).argmax())
    name = repr(table.feature_names[column]) if table.feature_names else f"{column} (counted from 0)"
    place = f"row {row + 1}" + (f" (line {line_of(row)})" if line_of else "")
    more = f"; {np.count_nonzero(counts) - 1} more columns have such values" if np.count_nonzero(counts) > 1 else ""
    values = "value" if counts[column] == 1 else "values"
    flag = table.feature_names[column] if table.feature_names else column
    raise InvalidDataError(
        f"{table.path.name}: column {name} has {counts[column]} infinite {values} (or beyond 3.4e38, the largest "
        f"float32), the first in {place}{more}; correct that or drop the column with --drop {shell_list([flag])}"
    )


def _note_lost_digits(table: Table) -> None:
    """Say which columns vary by little more than float32 can resolve at their size: time stamps, long keys."""
    if not isinstance(table.X, np.ndarray) or table.X.shape[0] < 2 or table.feature_names is None:
        return
    low, high = np.fmin.reduce(table.X, axis=0), np.fmax.reduce(table.X, axis=0)  # these two skip NaN
    with np.errstate(over="ignore"):  # above the largest float32 there is no next one
        step = np.spacing(np.fmax(np.abs(low), np.abs(high)))
    spread = high.astype(np.float64) - low
    for position in np.flatnonzero((spread < 1000 * step) & ((spread > 0) | (step > 1))):
        table.notes.append(
            f"the column {table.feature_names[position]!r} is large against its spread and loses digits in float32; "
            "subtract its smallest value, or leave it out if it is a key"
        )


def _row_chunks(X: np.ndarray) -> list[np.ndarray]:
    step = max(1, _CHUNK_CELLS // max(1, X.shape[1]))
    return [X[start : start + step] for start in range(0, X.shape[0], step)]
