"""Read data files of every kind as tables or texts.

:attr:`Table.notes` lists what was guessed or changed; a file that cannot be read raises a one-line error that names
the file, the row, the column and the cure. Nothing in a file is executed: object arrays are refused.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ..exceptions import InvalidDataError, InvalidParameterError
from . import array_files, delimited, parquet_files, text_files
from .column_choice import LABEL_NAMES, ColumnChoice, one_line
from .file_contents import opened
from .file_kinds import ARRAYS, TEXTS, check_file, file_name, kind_of, media_kind
from .memory_limit import MemoryLimit
from .request import FileFormat, Request
from .table import Table
from .table_checks import (
    note_likely_labels,
    note_lost_digits,
    refuse_infinite,
    warn_of_identifiers,
    without_empty,
)
from .text_cells import is_padded

__all__ = ["Table", "check_file", "opened_file", "read_labels", "read_row_names", "read_table"]


#: Readers of columns, which can be typed.
_TYPED = (delimited.read, parquet_files.read)


def read_table(
    path: str | os.PathLike[str],
    *,
    columns: Sequence[str | int] | None = None,
    drop: Sequence[str | int] | None = None,
    label_column: str | int | None = None,
    labels_required: bool = False,
    header: bool | int | None = None,
    max_memory: int | None = None,
    for_model: bool = False,
    kind: str = "auto",
    typed: bool = False,
    media: Any = None,
    **written: Any,
) -> Table:
    """Read the rows of a file.

    Rows without a value in any of the columns are left out, and so are columns of numbers without any value; both are
    noted.

    Parameters
    ----------
    path : path-like
        A text table (``.csv``, ``.tsv``, ``.txt``, ``.dat``, ...; separator, header, encoding and what else is not the
        usual are detected and noted), JSON (``.jsonl``, ``.json``), a spreadsheet (``.xlsx``, ``.xls``, ``.ods``; extra
        ``excel``), ``.parquet``, ``.feather`` (extra ``parquet``), any of these as ``.gz``, ``.bz2``, ``.xz`` or
        ``.zip``; ``.npy`` (2-d, or images), ``.npz`` (keys ``X`` and, optionally, ``y``; or a matrix stored by
        ``scipy.sparse.save_npz``). Texts: ``.txt``, one a line, or a folder of ``.txt``, one a file. Pictures (extra
        ``images``) or recordings (extra ``audio``, but for ``.wav``): a folder of them, or one.
    columns, drop : list of str or int, or None
        Features to keep, in this order, or to leave out: names, or positions from 0 where there are none.
    label_column : str, int or None
        A column kept out of ``X`` and returned as ``labels``.
    labels_required : bool
        Refuse a file without labels.
    header : bool, int or None
        Whether the first line of a text table holds names, or the number of the line that does, from 1; None decides
        from the cells, and notes it.
    max_memory : int or None
        Bytes that the table may take. None: 1 GiB, or ten times the size of the file if that is more, but not more than
        is free.
    for_model : bool
        The rows are for a model: columns without any value stay, as NaN, and no advice to drop one is given.
    kind : {"auto", "table", "text", "image", "audio", "series"}
        Whether a ``.txt`` is a table or texts, a folder texts, pictures or recordings; "auto" decides from lines and
        names. Of "series" columns without any value stay: their places are times.
    typed : bool
        Read a table of numbers alone as a frame, too: in float64, whole numbers as such. A table with names is one
        anyway if float32 would round its whole numbers.
    media : (int, int, int), AudioPreprocessor or None
        Height, width and channels of pictures, or what makes rows of recordings; None: as they have in common.
    **written
        The other parts of :class:`.request.FileFormat`.

    Returns
    -------
    table : Table

    Raises
    ------
    InvalidDataError
        If the file is missing, empty, of an unknown kind, damaged or too large.
    InvalidParameterError
        If a named column is not in the file.
    MissingDependencyError
        If the extra that reads such files is not installed.
    """
    path = Path(path)
    choice = ColumnChoice(file_name(path), columns, drop, label_column, for_model)
    request = _request(path, choice, max_memory, FileFormat(header=header, **written))
    with _opened(request) as request:
        read = _reader(request, kind, media)
        contents = read(request, typed=True) if typed and read in _TYPED else read(request)
        line_of = contents.pop("line_of", None)
        table = Table(path=path, notes=request.notes, **contents)
        table = replace(table, n_file_rows=table.n_samples)
        refuse_infinite(table, line_of, advise_drop=not for_model)
        whole = kind == "series" or table.row_shape is not None
        table = without_empty(table, line_of, keep_columns=for_model or whole)
    if table.labels is None and labels_required:
        raise InvalidDataError(
            f"{request.file}: no labels; name their column with label_column= (in an .npz, store them under the key "
            "'y')"
        )
    if not (for_model or whole):
        note_lost_digits(table)
        note_likely_labels(table)
        warn_of_identifiers(table)
    return table


def read_labels(
    path: str | os.PathLike[str],
    label_column: str | int | None = None,
    *,
    header: bool | int | None = None,
    max_memory: int | None = None,
    **written: Any,
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
    request = _request(path, ColumnChoice(file_name(path)), max_memory, FileFormat(header=header, **written))
    with _opened(request) as request:
        if request.kind in ARRAYS:
            return array_files.read_label_array(request, label_column)
        module = parquet_files if request.kind == ".parquet" else delimited
        if label_column is None:
            names = module.column_names(request)
            likely = [name for name in names if name.lower() in LABEL_NAMES]
            if len(names) == 1:
                label_column = 0
            elif len(likely) == 1:
                label_column = likely[0]
            else:
                several = f"several columns may hold the labels ({', '.join(likely)})"
                problem = several if likely else "no labels were found"
                raise InvalidDataError(f"{request.file}: {problem}; name the column with label_column=")
        return module.read_column(request, label_column)


def read_row_names(
    path: str | os.PathLike[str], column: str = "row", *, max_memory: int | None = None, **written: Any
) -> list[str] | None:
    """The column that names the rows of a table as text: whole numbers as such, and 00017 as it is written.

    None where there is none.
    """
    with opened_file(path, max_memory=max_memory, **written) as request:
        if request.kind in ARRAYS:
            return None
        module = parquet_files if request.kind == ".parquet" else delimited
        if column not in module.column_names(request):
            return None
        if module is delimited and any(map(is_padded, texts := delimited.read_texts(request, column))):
            return texts  # 00017 is not 17
        cells: np.ndarray = module.read_column(request, column)
    return [str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell) for cell in cells.tolist()]


@contextmanager
def opened_file(
    path: str | os.PathLike[str], *, max_memory: int | None = None, **written: Any
) -> Iterator[Request]:  # fmt: skip
    """A file as its reader takes it, to be copied row by row: unpacked, and one of text, Parquet or NumPy."""
    path = Path(path)
    with _opened(_request(path, ColumnChoice(file_name(path)), max_memory, FileFormat(**written))) as request:
        yield request


def _reader(request: Request, kind: str, media: Any = None) -> Callable[..., dict[str, Any]]:
    """What reads the file; ``kind`` says whether a ``.txt`` is a table or texts."""
    media_of = media_kind(request.path, kind)
    if media_of == "image":
        from .media.picture_table import read_picture_files

        return partial(read_picture_files, shape=media)
    if media_of == "audio":
        from .media.recording_table import read_recording_files

        return partial(read_recording_files, preprocessor=media)
    if request.path.is_dir():
        return text_files.read_folder
    choice, asked = request.choice, request.format
    is_table = any(part is not None for part in (choice.columns, choice.drop, choice.label_column, asked.header,
                                             asked.separator, asked.decimal))  # fmt: skip
    guessed = kind == "auto" and not is_table
    if request.kind == ".txt" and (kind == "text" or (guessed and text_files.are_texts(request))):
        if kind == "auto":
            request.notes.append("its lines are read as texts, one each; kind='table' cuts them into columns")
        return text_files.read_lines
    if kind == "text":
        raise InvalidDataError(
            f"{request.file}: texts are read from .txt, one a line, or a folder of .txt; of a table, say which column "
            "is text with preprocessor=InputSpec(columns={name: 'text'})"
        )
    readers = {".parquet": parquet_files.read, ".npy": array_files.read_npy, ".npz": array_files.read_npz}
    return readers.get(request.kind, delimited.read)


def _request(path: Path, choice: ColumnChoice, max_memory: int | None, asked: FileFormat) -> Request:
    asked.check()
    limit = MemoryLimit(choice.file, check_file(path), max_memory)
    kind = kind_of(path)
    if asked.header is not None and kind in (*ARRAYS, ".parquet"):
        raise InvalidParameterError(f"header={asked.header} is for text tables ({', '.join(TEXTS)}); got {choice.file}")
    return Request(path, choice, limit, kind, asked)


@contextmanager
def _opened(request: Request) -> Iterator[Request]:
    """The file unpacked and converted; what the system says of it becomes one line."""
    try:
        with opened(request) as ready:
            yield ready
    except (InvalidDataError, InvalidParameterError):
        raise
    except UnicodeError as error:
        raise InvalidDataError(
            f"{request.file}: the text cannot be decoded ({one_line(error)}); save it as UTF-8, or name its encoding "
            "with encoding="
        ) from error
    except OSError as error:
        raise InvalidDataError(f"{request.file}: cannot be read ({error.strerror or one_line(error)})") from error
