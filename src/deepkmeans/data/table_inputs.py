"""Several inputs of one table: columns of paths to pictures or recordings, columns of texts, and all the others."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from .._quoting import short
from .._validation import did_you_mean
from ..exceptions import InvalidDataError, InvalidParameterError
from .cells.paths import place_kind
from .column_choice import listed
from .file_kinds import is_standard_input
from .input_spec import InputSpec
from .stored_input import StoredInput
from .table import Table

__all__ = ["FACTS", "columns_of_files", "with_inputs", "with_stored_inputs"]

#: What the columns together are called that are no input of their own; another name where a column has this one.
FACTS = "facts"
#: What rows of such a column are.
_WORDS = {"image": "pictures", "audio": "recordings", "text": "texts"}


def with_inputs(table: Table, kinds: Mapping[str, str], spec: InputSpec) -> Table:
    """A table as several inputs for a fit.

    Parameters
    ----------
    table : Table
        With names of columns.
    kinds : mapping of column to {"image", "audio", "text"}
        Each is an input of its name; cells of the first two are paths, as seen from the folder of the table.
    spec : InputSpec
        Of the other columns, which together are one input more, unless nothing of them can be used.

    Raises
    ------
    InvalidParameterError
        For what is no column.
    InvalidDataError
        For a column that holds no paths, or of which no file can be read.
    """
    from .schema import Schema

    frame = _frame(table)
    for column, kind in kinds.items():
        if column not in frame.columns:
            names = [str(name) for name in frame.columns]
            raise InvalidParameterError(
                f"{kind} names {short(column)}, which is no column of {table.file}{did_you_mean(column, names)}; its "
                f"columns are {listed(names)}"
            )
    folder = _folder(table)
    inputs: dict[str, Any] = {}
    for column, kind in kinds.items():
        cells = _cells(frame[column])
        if not any(cells):
            raise InvalidDataError(f"{table.file}: the column {short(column)} is empty, and holds no {_WORDS[kind]}")
        if kind != "text":
            _refuse_no_paths(table, column, kind, cells, folder)
        inputs[column] = _made(table, column, kind, cells, folder)
    rest = frame.drop(columns=list(kinds))
    identifiers: list[str] = []
    if rest.shape[1]:
        schema = Schema.recognise(rest, spec)
        identifiers = [column.name for column in schema.columns if column.kind == "identifier"]
        if schema.kept:
            inputs[next(name for name in (FACTS, "table", "rest", "others") if name not in kinds)] = rest
    return replace(table, inputs=inputs, identifiers=identifiers)


def with_stored_inputs(table: Table, stored: Mapping[str, StoredInput], identifier: str | None) -> Table:
    """A table as the inputs of a model; those of which it has no column are left out, and a warning says so.

    Raises
    ------
    InvalidDataError
        For a table without a column of any input.
    """
    frame, inputs = _frame(table), {}
    folder = _folder(table)
    lacking = []
    for name, each in stored.items():
        there = [column for column in each.columns if column in frame.columns]
        if not there:
            lacking.append(name)
        elif each.kind == "table":
            inputs[name] = frame[there]
        else:
            inputs[name] = _made(table, there[0], each.kind, _cells(frame[there[0]]), folder, each.media)
    if not inputs:
        columns = list(dict.fromkeys(column for each in stored.values() for column in each.columns))
        raise InvalidDataError(
            f"{table.file} has no column of the fit ({listed(columns)}); its columns are "
            f"{listed([str(column) for column in frame.columns])}"
        )
    for name in lacking:
        what = short(name) if stored[name].kind != "table" else f"of {short(name)} ({listed(stored[name].columns)})"
        table.warnings.append(f"there is no column {what}: the rows are taken as lacking this input")
    named = identifier is not None and identifier in frame.columns
    return replace(table, inputs=inputs, identifiers=[identifier] if named and identifier is not None else [])


def columns_of_files(table: Table) -> dict[str, tuple[str, int]]:
    """Columns that hold paths of pictures ("image") or recordings ("audio"), and to how many files they lead."""
    if table.kind != "table" or not hasattr(table.X, "columns") or table.feature_names is None:
        return {}
    kinds, folder = {}, _folder(table)
    for column in table.X.columns:
        dtype = table.X[column].dtype
        if getattr(dtype, "kind", "O") in "biufmM":
            continue
        first = next((cell for cell in table.X[column].tolist() if isinstance(cell, str) and cell), None)
        if first is None or place_kind([first], np.ones(1)) not in ("image", "audio"):
            continue
        paths = [cell for cell in _cells(table.X[column]) if cell is not None]
        kind = place_kind(paths, np.ones(len(paths)))
        count = sum(os.path.exists(folder / path) for path in paths)
        if kind in ("image", "audio") and count:
            kinds[str(column)] = (str(kind), count)
    return kinds


def _made(
    table: Table, column: str, kind: str, cells: Sequence[str | None], folder: Path, media: Any = None
) -> Any:  # fmt: skip
    """The rows of one input; notes of the table say which of its files cannot be read."""
    if kind == "text":
        return list(cells)
    from .media.picture_files import PictureFile  # with PyTorch, which a refusal does not wait for
    from .media.pictures import listed as listed_pictures
    from .media.pictures import read_pictures

    try:
        rows: Any
        if kind == "image":
            files = [None if cell is None else PictureFile(folder / cell, cell) for cell in cells]
            rows = read_pictures(files, media)
        else:
            from .preprocessing.audio import read_recordings

            paths = [None if cell is None else folder / cell for cell in cells]
            rows = read_recordings(paths, media).named([cell or f"row {row}" for row, cell in enumerate(cells)])
    except InvalidDataError as error:
        raise InvalidDataError(f"{table.file}, column {short(column)}: {error}") from error
    lost = [each for each in rows.skipped if cells[each["row"]] is not None]
    if lost:
        there = sum(cell is not None for cell in cells)
        table.notes.append(
            f"{len(lost):,} of {there:,} {_WORDS[kind]} of {short(column)} cannot be read, and their rows lack this "
            f"input ({listed_pictures(lost)})"
        )
    return rows


def _refuse_no_paths(table: Table, column: str, kind: str, cells: Sequence[str | None], folder: Path) -> None:
    """Refuse a column none of whose cells leads to a file."""
    paths = [cell for cell in cells if cell is not None]
    if not any(os.path.exists(folder / path) for path in paths):
        raise InvalidDataError(
            f"{table.file}: no cell of the column {short(column)} leads to a file, such as {short(paths[0])}: it must "
            f"hold paths of {_WORDS[kind]}, as seen from {short(str(folder))}"
        )


def _frame(table: Table) -> Any:
    """The columns with their names."""
    frame = table.rows_read
    if not hasattr(frame, "columns") or table.feature_names is None:
        raise InvalidDataError(
            f"{table.file} has no names of columns, of which several inputs could be made; give a table with a header"
        )
    return frame


def _folder(table: Table) -> Path:
    """Where relative paths begin."""
    return Path() if is_standard_input(table.path) else table.path.parent


def _cells(column: Any) -> list[str | None]:
    """The cells as texts; None where one is missing."""
    texts: list[str | None] = []
    for cell, missing in zip(column.tolist(), np.asarray(column.isna()).tolist(), strict=True):
        whole = isinstance(cell, float) and cell.is_integer()
        text = "" if missing else str(int(cell) if whole else cell).strip()
        texts.append(text or None)
    return texts
