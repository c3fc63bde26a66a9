"""Read data files for the verbs, and say what the readers decided."""

from __future__ import annotations

import atexit
import shutil
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..exceptions import InvalidDataError, InvalidParameterError
from ..persistence.run_labels import index_hash
from .console import Console, counted
from .flags import in_flags_of_files
from .sizes import parse_size

if TYPE_CHECKING:
    from ..data.files import Table

__all__ = [
    "HeaderOption",
    "MemoryOption",
    "data_file",
    "for_run_json",
    "named",
    "read_classes",
    "read_for_fit",
    "read_for_model",
    "row_names",
]

HeaderOption = Annotated[
    bool | None,
    typer.Option("--header/--no-header", help="The first line of a text table holds names. [default: found out]"),
]
MemoryOption = Annotated[
    str | None,
    typer.Option("--max-memory", metavar="SIZE", help="What a table may take, such as 4G. [default: 1G or 10 x file]"),
]


def data_file(path: Path, max_memory: str | None = None) -> Path:
    """The file DATA, checked before anything heavy is loaded; ``-`` is standard input, kept in a temporary file.

    Raises
    ------
    InvalidDataError
        If there is no such file, or it cannot be a data file.
    """
    from ..data.file_kinds import check_file

    allowed = parse_size(max_memory)
    if str(path) == "-":
        path = _keep_standard_input(allowed)
    check_file(path)
    return path


def _keep_standard_input(max_memory: int | None) -> Path:
    """Copy standard input to a file in a temporary folder, which is removed when the command ends."""
    from ..data.file_kinds import STDIN_FILE, STDIN_FOLDER
    from ..data.memory_limit import LEAST, size_text

    stream = getattr(sys.stdin, "buffer", None)
    if stream is None or sys.stdin.isatty():
        raise InvalidDataError("standard input: nothing is piped to it; example: zcat data.csv.gz | deepkmeans fit -")
    allowed = LEAST if max_memory is None else max_memory
    folder = Path(tempfile.mkdtemp(prefix=STDIN_FOLDER))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    size = 0
    with (folder / STDIN_FILE).open("wb") as file:
        while chunk := stream.read(2**20):
            if size == 0 and b"\0" in chunk[:4096] and not chunk.startswith((b"\xff\xfe", b"\xfe\xff")):
                raise InvalidDataError("standard input: is not a text table; save it to a file of its own kind")
            size += len(chunk)
            if size > allowed:
                raise InvalidDataError(
                    f"standard input: has more than {size_text(allowed)}; save it to a file, or raise the limit with "
                    "--max-memory"
                )
            file.write(chunk)
    return folder / STDIN_FILE


def read_for_fit(
    console: Console, path: Path, *, columns: list[str] | None, drop: list[str] | None, label_column: str | None,
    header: bool | None = None, max_memory: str | None = None,
) -> Table:  # fmt: skip
    """Read the table to fit on. Labels are kept out of the fit."""
    from ..data.files import read_table

    table = read_table(
        path, columns=columns, drop=drop, label_column=label_column, header=header, max_memory=parse_size(max_memory)
    )
    n, d = table.X.shape
    console.guess("columns", f"{d} numeric", because=counted(n, "row"), flag="--columns A,B or --drop A,B")
    for note in table.notes:
        console.note(in_flags_of_files(f"{table.file}: {note}"))
    for warning in table.warnings:
        console.warn(in_flags_of_files(f"{table.file}: {warning}"))
    if table.labels is not None and label_column is None:
        console.guess("labels", "key y", because="kept out of the fit, used by evaluate", flag="--label-column")
    return table


def for_run_json(table: Table, selection: Mapping[str, Any], header: bool | None) -> dict[str, Any]:
    """What run.json keeps of the choice of columns and rows, so that other verbs find the same ones."""
    kept = dict(selection)
    if table.feature_names is None and table.empty_columns:
        kept |= {"columns": table.columns, "drop": None}
    if header is not None:
        kept["header"] = header
    if table.rows is not None:
        missing = set(range(table.n_file_rows)).difference(table.rows.tolist())
        kept["rows_left_out"] = sorted(missing)
    if table.path.suffix.lower() == ".parquet":
        kept["index"] = None if table.index is None else index_hash(row_names(table))
    return kept


def read_for_model(
    console: Console, path: Path, feature_names: Sequence[str] | None, *, width: int, selection: Mapping[str, Any],
    header: bool | None = None, max_memory: str | None = None,
) -> Table:  # fmt: skip
    """Read the table to predict on: the model's columns by name, or, without names, those chosen in the fit.

    A file without names, or read with ``--no-header``, that is already ``width`` columns wide is taken as it is; a
    wider one is narrowed by the ``selection`` (columns, drop, label_column) of the fit.
    """
    from ..data.file_kinds import file_name
    from ..data.files import read_table

    options: dict[str, Any] = {"header": header, "max_memory": parse_size(max_memory), "for_model": True}
    names_inside = header is not False and path.suffix.lower() not in (".npy", ".npz")
    try:
        table = _read_width(read_table, path, feature_names if names_inside else None, width, selection, options)
    except InvalidParameterError as error:
        raise InvalidDataError(f"{file_name(path)} does not hold the columns of the fit: {error}") from error
    for note in table.notes:
        console.note(in_flags_of_files(f"{table.file}: {note}"))
    for warning in table.warnings:
        console.warn(in_flags_of_files(f"{table.file}: {warning}"))
    if table.X.shape[1] != width:
        raise InvalidDataError(
            f"{table.file} has {counted(table.X.shape[1], 'column')} and the model was fitted on {width}; "
            "give a file with the columns of the fit"
        )
    return table


def _read_width(
    read_table: Any, path: Path, names: Sequence[str] | None, width: int, selection: Mapping[str, Any],
    options: dict[str, Any],
) -> Table:  # fmt: skip
    if names is not None:
        return read_table(path, columns=list(names), **options)
    try:
        table = read_table(path, **options)
    except InvalidDataError:
        # Perhaps because of a column that the fit left out: a class, a date.
        if not any(selection.values()):
            raise
        return read_table(path, **selection, **options)
    if table.X.shape[1] != width and any(selection.values()):
        return read_table(path, **selection, **options)
    return table


def read_classes(
    path: Path, label_column: str | None, source: Mapping[str, Any], rows: Sequence[str], *,
    header: bool | None = None, max_memory: str | None = None,
) -> Any:  # fmt: skip
    """Known classes of the ``rows`` of a fit on ``source`` (``data`` of run.json), NaN for rows that have none.

    If a file other than that of the fit has a column ``row``, it says which row of the fit each class belongs to, by
    the names of ``rows`` in labels.csv. Otherwise classes are in the order of the rows of the fit, with or without
    those that the fit left out.
    """
    import numpy as np

    from ..data.file_kinds import TEXTS
    from ..data.files import read_labels, read_row_names

    if header is None and isinstance(source.get("header"), bool) and path.suffix.lower() in TEXTS:
        header = source["header"]
    options: dict[str, Any] = {"header": header, "max_memory": parse_size(max_memory)}
    classes = read_labels(path, label_column, **options)
    left_out = source.get("rows_left_out") or []
    of_the_fit = source.get("path") is not None and path.resolve() == Path(source["path"])
    if label_column != "row" and not of_the_fit and (names := read_row_names(path, **options)) is not None:
        return _by_row(path, names, classes, rows, left_out)
    if left_out and len(classes) == len(rows) + len(left_out):
        return np.delete(classes, np.array(left_out, dtype=np.int64))
    return classes


def _by_row(path: Path, names: Sequence[str], classes: Any, rows: Sequence[str], left_out: Sequence[int]) -> Any:
    import numpy as np

    from ..data.row_reference import row_reference

    known = set(rows)
    if len(known) != len(rows):
        raise InvalidDataError(
            f"{path} has a column 'row', and several rows of the fit are called the same; leave the column out, and "
            "give the labels in the order of the fit"
        )
    every = known.union(map(str, left_out))
    seen: dict[str, int] = {}
    for i, name in enumerate(names):
        again = name in seen
        if again or name not in every:
            problem = f"occurs twice (first in row {seen[name]})" if again else "is none of the rows of the fit"
            raise InvalidDataError(
                f"{path}: {row_reference(i)}: {name[:40]!r} in the column 'row' {problem}; correct it, or rename the "
                "column if it does not number the rows of the fit, from 0"
            )
        seen[name] = i
    matched = np.full(len(rows), np.nan, dtype=object)
    for position, name in enumerate(rows):
        if name in seen:
            matched[position] = classes[seen[name]]
    return matched if any(name not in seen for name in rows) else classes[[seen[name] for name in rows]]


def row_names(table: Table) -> Iterable[Any]:
    """The column ``row`` of labels.csv: the index that the file stores, else the numbers of its rows, from 0."""
    if table.index is not None:
        return table.index.tolist()
    return range(table.X.shape[0]) if table.rows is None else table.rows.tolist()


def named(table: Table) -> Any:
    """The rows with their column names, so that a model can check them later; without names, the bare array."""
    import numpy as np

    if table.feature_names is None or not isinstance(table.X, np.ndarray):
        return table.X
    import pandas as pd

    return pd.DataFrame(table.X, columns=table.feature_names, copy=False)
