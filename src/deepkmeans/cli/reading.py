"""Read data files for the verbs, and say what the readers decided."""

from __future__ import annotations

import atexit
import shutil
import sys
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._quoting import cell_text, shell_list
from ..data.file_kinds import media_kind, shown_path
from ..exceptions import InvalidDataError, InvalidParameterError
from ..persistence.run_labels import ROW
from .console import Console, counted
from .file_options import FileOptions
from .flags import in_flags_of_files
from .row_names import ROWS

if TYPE_CHECKING:
    from ..data.files import Table

__all__ = [
    "data_file",
    "for_run_json",
    "read_classes",
    "read_for_fit",
    "say_of_file",
]


def data_file(path: Path, how: FileOptions = FileOptions()) -> Path:  # noqa: B008
    """The file DATA, checked before anything heavy is loaded; ``-`` is standard input, kept in a temporary file.

    Raises
    ------
    InvalidDataError
        If there is no such file, or it cannot be a data file.
    """
    from ..data.file_kinds import check_file

    if str(path) == "-":
        path = _keep_standard_input(how.max_memory)
    check_file(path)
    how.check(path)
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
    kind: str = "auto", how: FileOptions = FileOptions(), typed: bool = False,  # noqa: B008
) -> Table:  # fmt: skip
    """Read the rows to fit on. Labels are kept out of the fit."""
    from ..data.files import read_table

    if kind in ("table", "series") and path.is_dir():
        raise InvalidParameterError(
            f"--kind {kind} takes a file of numbers, and {shown_path(path)} is a folder; give a file, or leave "
            "--kind out for a folder of pictures, recordings or texts"
        )
    media = media_kind(path, kind)
    if media is not None:
        refuse_columns(path, ROWS[media], columns=columns, drop=drop, label_column=label_column)
    choice: dict[str, Any] = {"columns": columns, "drop": drop, "label_column": label_column}
    table = read_table(path, **choice, kind=kind, typed=typed, **how.arguments())
    if table.kind in ("image", "audio"):
        flag = "--kind text" if path.is_dir() else ""
        what = ROWS[table.kind]
        console.guess("input", f"{what}s", because=counted(table.n_samples, what), flag=flag)
    elif table.kind == "text":
        other = "--kind image" if path.is_dir() else "--kind table"
        console.guess("input", "texts", because=counted(table.n_samples, "text"), flag=other)
    elif kind == "series":
        _refuse_words(table)
    else:
        what = f"{table.X.shape[1]} {'numeric' if table.numeric else 'of any kind'}"
        because = counted(table.n_samples, "row")
        console.guess("columns", what, because=because, flag="--columns A,B or --drop A,B")
    say_of_file(console, table)
    if table.labels is not None and label_column is None:
        console.guess("labels", "key y", because="kept out of the fit, used by evaluate", flag="--label-column")
    return table


def _refuse_words(table: Table) -> None:
    """Refuse series of which a column is no numbers, such as a name."""
    odd = [name for name, kind in getattr(table.X, "dtypes", {}).items() if kind.kind not in "biuf"]
    if odd:
        raise InvalidParameterError(
            f"--kind series takes rows of numbers, a time in each column, and the column {odd[0]!r} of {table.file} "
            f"holds others; leave it out with --drop {shell_list([str(name) for name in odd])}"
        )


def refuse_columns(path: Path, what: str, **options: Any) -> None:
    """Refuse what chooses columns, of pictures and recordings, which have none.

    Raises
    ------
    InvalidParameterError
        In the words of the option.
    """
    for name, value in options.items():
        if value is not None:
            raise InvalidParameterError(
                f"--{name.replace('_', '-')} is for tables, and {shown_path(path)} holds {what}s, which have no "
                "columns; leave it out"
            )


def say_of_file(console: Console, table: Table) -> None:
    """What the reader guessed, and what may be a mistake."""
    for note in table.notes:
        console.note(in_flags_of_files(f"{table.file}: {note}"))
    for warning in table.warnings:
        console.warn(in_flags_of_files(f"{table.file}: {warning}"))


def for_run_json(table: Table, selection: Mapping[str, Any], how: FileOptions) -> dict[str, Any]:
    """What run.json keeps of the choice of columns and rows, so that other verbs find the same ones."""
    kept = dict(selection)
    if table.feature_names is None and table.empty_columns:
        kept |= {"columns": table.columns, "drop": None}
    kept |= how.of_the_format()
    if table.rows is not None:
        missing = set(range(table.n_file_rows)).difference(table.rows.tolist())
        kept["rows_left_out"] = sorted(missing)
    if table.path.suffix.lower() == ".parquet":
        kept["index"] = None
    return kept


def read_classes(
    path: Path,
    label_column: str | None,
    source: Mapping[str, Any],
    rows: Sequence[str],
    how: FileOptions = FileOptions(),  # noqa: B008
) -> Any:
    """Known classes of the ``rows`` of a fit on ``source`` (``data`` of run.json), NaN for rows that have none.

    If a file other than that of the fit has the column that names the rows in labels.csv (``row``, or the identifier),
    it says which row of the fit each class belongs to. Otherwise classes are in the order of the rows of the fit, with
    or without those that the fit left out.
    """
    import numpy as np

    from ..data.file_kinds import ARRAYS, kind_of
    from ..data.files import read_labels, read_row_names

    of_the_fit = source.get("path") is not None and path.resolve() == Path(source["path"])
    if of_the_fit:
        how = how.or_those_of(source)
    elif how.header is None and isinstance(source.get("header"), bool) and kind_of(path) not in (*ARRAYS, ".parquet"):
        how = replace(how, header=source["header"])
    if path.exists():
        how.check(path)
    options = how.arguments()
    classes = read_labels(path, label_column, **options)
    left_out = source.get("rows_left_out") or []
    called = source.get("identifier") or ROW
    if label_column != called and not of_the_fit and (
        names := read_row_names(path, called, **options)
    ) is not None:  # fmt: skip
        return _by_row(path, names, classes, rows, left_out, called)
    if left_out and len(classes) == len(rows) + len(left_out):
        return np.delete(classes, np.array(left_out, dtype=np.int64))
    return classes


def _by_row(
    path: Path, names: Sequence[str], classes: Any, rows: Sequence[str], left_out: Sequence[int], called: str
) -> Any:  # fmt: skip
    """Classes in the order of ``rows``; ``names`` are the cells of the column ``called``."""
    import numpy as np

    from ..data.row_reference import row_reference

    known = set(rows)
    if len(known) != len(rows):
        raise InvalidDataError(
            f"{path} has a column {called!r}, and several rows of the fit are called the same; leave the column out, "
            "and give the labels in the order of the fit"
        )
    every = known.union(map(str, left_out) if called == ROW else ())
    names = _as_in_fit([cell_text(name) for name in names], every)  # as labels.csv shows them
    seen: dict[str, int] = {}
    for i, name in enumerate(names):
        again = name in seen
        if again or name not in every:
            problem = f"occurs twice (first in row {seen[name]})" if again else "is none of the rows of the fit"
            raise InvalidDataError(
                f"{path}: {row_reference(i)}: {name[:40]!r} in the column {called!r} {problem}; correct it, or rename "
                f"the column if it does not {'number' if called == ROW else 'name'} the rows of the fit"
                f"{', from 0' if called == ROW else ''}"
            )
        seen[name] = i
    matched = np.full(len(rows), np.nan, dtype=object)
    for position, name in enumerate(rows):
        if name in seen:
            matched[position] = classes[seen[name]]
    return matched if any(name not in seen for name in rows) else classes[[seen[name] for name in rows]]


def _as_in_fit(names: list[str], every: Collection[str]) -> list[str]:
    """Numbers that another program wrote with other leading zeros, 17 for 00017, as the fit had them."""
    coded = {name.lstrip("0"): name for name in every if name.isdecimal()}
    if len(coded) != sum(map(str.isdecimal, every)):
        return names  # the zeros tell some apart
    return [coded.get(name.lstrip("0"), name) if name.isdecimal() and name not in every else name for name in names]
