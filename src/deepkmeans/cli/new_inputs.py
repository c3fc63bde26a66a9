"""Read the rows that a model of several inputs is to label: columns of one table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ..data.file_kinds import ARRAYS, file_name, kind_of, media_kind
from ..data.stored_input import StoredInput
from ..exceptions import DeepKMeansError, InvalidDataError
from .console import Console
from .file_options import FileOptions
from .reading import say_of_file

if TYPE_CHECKING:
    from ..data.files import Table

__all__ = ["is_table", "read_inputs_as_in_fit"]


def is_table(path: Path) -> bool:
    """Whether a file holds columns, by its name."""
    return not (path.is_dir() or media_kind(path) is not None or kind_of(path) in (*ARRAYS, ".txt"))


def read_inputs_as_in_fit(
    console: Console, path: Path, inputs: Mapping[str, StoredInput], *, identifier: str | None, how: FileOptions,
    of_the_fit: FileOptions,
) -> tuple[Table, FileOptions]:  # fmt: skip
    """The inputs of a model out of the columns of a table, in any order, and how it was read.

    It is read like the file of the fit, and, if that cannot be, only like ``how`` says.

    Raises
    ------
    InvalidDataError
        For what is no table, and for a table without a column of any input.
    """
    if not inputs:
        raise InvalidDataError(
            "the model was fitted in Python on several inputs without names of columns, and no file can hold them; "
            "predict in Python"
        )
    if path.is_dir() or media_kind(path) is not None or kind_of(path) in ARRAYS:
        listed = ", ".join(repr(name) for name in inputs)
        raise InvalidDataError(
            f"{file_name(path)}: the model was fitted on several inputs ({listed}); give a table with their columns"
        )
    try:
        return _read(console, path, inputs, identifier, of_the_fit), of_the_fit
    except DeepKMeansError:
        if of_the_fit == how:
            raise
        return _read(console, path, inputs, identifier, how), how


def _read(
    console: Console, path: Path, inputs: Mapping[str, StoredInput], identifier: str | None, how: FileOptions
) -> Table:  # fmt: skip
    from ..data.files import read_table
    from ..data.table_inputs import with_stored_inputs

    table = read_table(path, kind="table", typed=True, for_model=True, **how.arguments())
    table = with_stored_inputs(table, inputs, identifier)
    say_of_file(console, table)
    return table
