"""Read the rows that a model is to label: the columns of its fit, in a file that is written like that of the fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._quoting import short
from ..exceptions import DeepKMeansError, InvalidDataError, InvalidParameterError
from .console import Console, counted
from .file_options import FileOptions
from .reading import say_of_file
from .row_names import ROWS

if TYPE_CHECKING:
    from ..data.files import Table

__all__ = ["read_as_in_fit", "read_for_model", "say_missing"]

#: So many columns with missing cells are named.
_NAMED = 6


def read_for_model(
    console: Console, path: Path, feature_names: Sequence[str] | None, *, width: int, selection: Mapping[str, Any],
    kind: str = "auto", media: Any = None,
    how: FileOptions = FileOptions(),  # noqa: B008
) -> Table:  # fmt: skip
    """Read the rows to predict on: the model's columns by name, or, without names, those chosen in the fit.

    A file without names, or read with ``--no-header``, that is already ``width`` columns wide is taken as it is; a
    wider one is narrowed by the ``selection`` (columns, drop, label_column) of the fit. Of a model of texts, of one of
    series, and of one of columns of any kind (``kind`` "text", "series" or "table") the file is read as it is; of one
    of pictures ("image") or recordings ("audio") those of a folder, or a single one, at the size of the fit.
    """
    from ..data.file_kinds import ARRAYS, file_name, kind_of, media_kind, shown_path
    from ..data.files import read_table

    options: dict[str, Any] = {**how.arguments(), "for_model": True}
    if kind == "auto" and media is not None and media_kind(path) == "image":
        kind = "image"  # it was fitted on arrays of pictures
    if kind in ("image", "audio"):
        if media_kind(path, kind) != kind:
            raise InvalidDataError(f"{shown_path(path)}: the model takes {ROWS[kind]}s; give a folder of them, or one")
        table = read_table(path, kind=kind, media=media, **options)
        say_of_file(console, table)
        return table
    if kind != "text" and (media_of := media_kind(path)) is not None:
        of = counted(width, "column")
        raise InvalidDataError(
            f"{shown_path(path)}: holds {ROWS[media_of]}s, and the model was fitted on {of}; give a table"
        )
    if kind == "series":
        names_inside = kind_of(path) not in ARRAYS
        table = read_table(path, kind=kind, typed=names_inside, **options)
        say_of_file(console, table)
        return table
    if kind == "text" or (kind == "table" and feature_names is not None):
        # A number of a column of any kind is the same whatever stands beside it.
        table = read_table(path, kind=kind, typed=True, **options)
        say_of_file(console, table)
        return table
    options |= {"kind": "table", "typed": kind == "table"}
    names_inside = how.header is not False and kind_of(path) not in ARRAYS
    try:
        table = _read_width(read_table, path, feature_names if names_inside else None, width, selection, options)
    except InvalidParameterError as error:
        raise InvalidDataError(f"{file_name(path)} does not hold the columns of the fit: {error}") from error
    say_of_file(console, table)
    if table.kind == "table" and table.X.shape[1] != width:
        raise InvalidDataError(
            f"{table.file} has {counted(table.X.shape[1], 'column')} and the model was fitted on {width}; "
            "give a file with the columns of the fit"
        )
    return table


def read_as_in_fit(
    console: Console, path: Path, feature_names: Sequence[str] | None, *, how: FileOptions, of_the_fit: FileOptions,
    **options: Any,
) -> tuple[Table, FileOptions]:  # fmt: skip
    """:func:`read_for_model` like the file of the fit, and, if it cannot be read so, only like ``how`` says.

    Returns
    -------
    table : Table
    how : FileOptions
        How it was read.
    """
    from ..data.column_choice import listed

    try:
        table = read_for_model(console, path, feature_names, how=of_the_fit, **options)
        columns = table.feature_names
        if of_the_fit != how and feature_names and columns and not {*feature_names} & {*columns}:
            raise InvalidDataError(f"{table.file} has no column of the fit; its columns are {listed(columns)}")
    except DeepKMeansError as error:
        if of_the_fit == how:
            raise
        try:
            return read_for_model(console, path, feature_names, how=how, **options), how
        except DeepKMeansError:
            error.add_note(f"it was read with {of_the_fit.in_flags()}, as in the fit")
            raise error from None
    return table, of_the_fit


def say_missing(console: Console, table: Table, names: Sequence[str] | None) -> None:
    """Say which columns of the fit have cells without a value."""
    frame = table.rows_given
    if not hasattr(frame, "isna"):
        return
    counts = {str(name): int(frame[name].isna().sum()) for name in frame.columns if names is None or name in names}
    holed = [f"{short(name)} ({counted(count, 'cell')})" for name, count in counts.items() if count]
    if holed:
        more = f" and {len(holed) - _NAMED} more columns" if len(holed) > _NAMED else ""
        console.note(f"{table.file}: missing values in {', '.join(holed[:_NAMED])}{more} are taken as in the fit")


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
    if any(selection.values()) and table.kind == "table" and table.X.shape[1] != width:
        return read_table(path, **selection, **options)
    return table
