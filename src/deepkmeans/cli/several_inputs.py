"""``--image``, ``--audio`` and ``--text``: columns of a table that are inputs of their own, beside all the others."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .._quoting import shell_word, short
from ..data.file_kinds import ARRAYS, file_name, kind_of, media_kind
from ..data.input_spec import InputSpec
from ..exceptions import DeepKMeansError, InvalidParameterError
from .console import Console, counted
from .row_names import ROWS

if TYPE_CHECKING:
    from ..data.files import Table

__all__ = [
    "AudioOption", "ImageOption", "TextOption", "check_one_input", "columns_of_inputs", "input_parameters",
    "read_inputs", "say_files_in_columns",
]  # fmt: skip

ImageOption = Annotated[
    list[str] | None,
    typer.Option(
        "--image", metavar="COLUMN",
        help="A column with paths of pictures, as seen from the folder of the table: an input of its own. Can be "
        "repeated.",
    ),
]  # fmt: skip
AudioOption = Annotated[
    list[str] | None,
    typer.Option("--audio", metavar="COLUMN", help="The same with paths of recordings. Can be repeated."),
]
TextOption = Annotated[
    list[str] | None,
    typer.Option("--text", metavar="COLUMN", help="The same with texts. Can be repeated."),
]
#: Options that are for one input.
_FOR_ONE = ("objective", "checkpoint_every", "resume", "reduce")


def columns_of_inputs(
    given: Mapping[str, Any], data: Path, spec: InputSpec, selection: dict[str, Any]
) -> dict[str, str]:  # fmt: skip
    """Each column that is an input of its own, and what it holds; none where no option names one.

    Parameters
    ----------
    given : mapping
        Options by name.
    data : Path
    spec : InputSpec
        What ``--kind`` and ``--levels`` say.
    selection : dict
        ``columns``, ``drop`` and ``label_column``; chosen columns come to those of ``--columns``.

    Raises
    ------
    InvalidParameterError
        For what contradicts another option, and for data that are no table.
    """
    kinds: dict[str, str] = {}
    for kind in ("image", "audio", "text"):
        for column in given[kind] or ():
            if kinds.setdefault(column, kind) != kind:
                raise InvalidParameterError(
                    f"--{kinds[column]} and --{kind} both name the column {short(column)}; leave one of them out"
                )
    for column, kind in kinds.items():
        name = shell_word(column)
        if spec.kind not in ("auto", "table"):
            raise InvalidParameterError(
                f"--{kind} {name} is for a column of a table, and --kind {spec.kind} for a whole input; leave one out"
            )
        if media_kind(data) is not None or data.is_dir() or kind_of(data) in ARRAYS:
            holds = ROWS.get(media_kind(data) or "", "text" if data.is_dir() else "number")
            cure = f"; for a folder of files alone leave --{kind} out" if data.is_dir() else ""
            raise InvalidParameterError(
                f"--{kind} {name} is for a column of a table, and {file_name(data)} holds {holds}s alone{cure}"
            )
        for option, columns in (("--kind", spec.columns), ("--levels", spec.levels)):
            if column in columns:
                raise InvalidParameterError(
                    f"{option} {name}= is for a column beside others, and --{kind} makes an input of its own of it; "
                    "leave one of them out"
                )
        if column in (selection["drop"] or ()):
            raise InvalidParameterError(f"--drop and --{kind} both name the column {short(column)}; leave one out")
        if column == selection["label_column"]:
            raise InvalidParameterError(
                f"--label-column keeps the column {short(column)} out of the fit, and --{kind} takes it; leave one out"
            )
    if kinds and selection["columns"] is not None:
        selection["columns"] = list(dict.fromkeys([*selection["columns"], *kinds]))
    return kinds


def read_inputs(console: Console, table: Table, kinds: Mapping[str, str], spec: InputSpec) -> Table:
    """The table as several inputs, with a line on each.

    Raises
    ------
    InvalidParameterError, InvalidDataError
        In the words of the options.
    """
    from ..data.table_inputs import with_inputs

    before = len(table.notes)
    try:
        made = with_inputs(table, kinds, spec)
    except DeepKMeansError as error:
        raise type(error)(_in_flags(str(error), kinds)) from error
    assert made.inputs is not None
    for note in made.notes[before:]:
        console.note(f"{made.file}: {note}")
    for name, rows in made.inputs.items():
        what = f"{ROWS[kinds[name]]}s" if name in kinds else "the other columns"
        flag = f"--{kinds[name]} COLUMN" if name in kinds else "--drop A,B"
        lacking = 0 if name not in kinds else sum(cell is None for cell in _items(rows))
        because = f"missing in {counted(lacking, 'row')}" if lacking else ""
        console.guess(f"input {short(name)}", what, because=because, flag=flag)
    return made


def input_parameters(
    table: Table, kinds: Mapping[str, str], spec: InputSpec, encoder: str | None
) -> dict[str, Any]:  # fmt: skip
    """The parameters of the estimator that say something of each input by its name.

    Raises
    ------
    InvalidParameterError
        For an encoder of texts where no input is texts.
    """
    from ..data.given import given_input

    inputs, parameters = table.inputs or {}, dict[str, Any]()
    specs = {name: spec for name in inputs if name not in kinds and spec != InputSpec()}
    for name in inputs:
        if kinds.get(name) == "text":
            given = given_input(inputs[name], InputSpec())
            if given is None or given.kind != "text":  # such as numbers
                specs[name] = InputSpec(kind="text")
    if specs:
        parameters["preprocessor"] = specs
    if encoder is not None:
        texts = [name for name in inputs if kinds.get(name) == "text"]
        if not texts:
            raise InvalidParameterError("--encoder is for texts, and no --text names a column of them; name one")
        parameters["encoder"] = dict.fromkeys(texts, encoder)
    return parameters


def check_one_input(table: Table, given: Mapping[str, Any]) -> None:
    """Refuse options that are for one input where there are several.

    Raises
    ------
    InvalidParameterError
    """
    if table.inputs is None or len(table.inputs) < 2:
        return
    allowed = {"objective": ("selflabel",), "reduce": ("auto", "pca", "none")}
    for option in _FOR_ONE:
        if given[option] and given[option] not in allowed.get(option, ()):
            value = "" if given[option] is True else f" {given[option]}"
            raise InvalidParameterError(
                f"--{option.replace('_', '-')}{value} is for one input, and there are {len(table.inputs)} "
                f"({', '.join(map(short, table.inputs))}); leave it out"
            )


def say_files_in_columns(console: Console, table: Table, taken: Collection[str] = ()) -> None:
    """Which columns hold paths of files that are there, but for those taken, and the option that would use them."""
    from ..data.table_inputs import columns_of_files

    for column, (kind, count) in columns_of_files(table).items():
        if column in taken:
            continue
        what = f"{ROWS[kind]}{'s' if count != 1 else ''}"
        console.note(
            f"{table.file}: the column {short(column)} holds paths of {count:,} {what}, which are not looked at; "
            f"--{kind} {shell_word(column)} takes them"
        )


def _items(rows: Any) -> Sequence[Any]:
    """What an input was made of, None where a row lacks it."""
    return rows if isinstance(rows, list) else list(rows.items)


def _in_flags(text: str, kinds: Mapping[str, str]) -> str:
    """A refusal that begins with the kind of an input, or names its column, with its option."""
    for column, kind in kinds.items():
        if text.startswith(f"{kind} names {short(column)}, "):
            return f"--{text}"
        if f"column {short(column)}" in text:
            return f"--{kind} {shell_word(column)}: {text}"
    return text
