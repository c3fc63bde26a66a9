"""``--kind``, ``--levels`` and ``--encoder``: what DATA is, where that is not recognised as meant."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from .._quoting import short
from .._validation import did_you_mean
from ..data.input_spec import COLUMN_KINDS, INPUT_KINDS, InputSpec
from ..exceptions import InvalidParameterError
from .options import parse_columns
from .row_names import ROWS

if TYPE_CHECKING:
    from ..data.files import Table

__all__ = ["EncoderOption", "KindOption", "LevelsOption", "check_columns", "check_encoder", "input_spec"]

#: Kinds that a column can be given.
_KINDS = (*COLUMN_KINDS[:7], "ignored")

KindOption = Annotated[
    list[str] | None,
    typer.Option(
        "--kind", metavar="COLUMN=KIND",
        help=f"What a column is: {', '.join(_KINDS)}; or what DATA is: {', '.join(INPUT_KINDS[1:])}. Can be repeated.",
    ),
]  # fmt: skip
LevelsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--levels", metavar="COLUMN=A,B", help="The levels of an ordered category, lowest first. Can be repeated."
    ),
]
EncoderOption = Annotated[
    str | None,
    typer.Option(
        "--encoder", metavar="NAME",
        help="Pretrained encoder of texts, pictures or recordings: a folder or a name on the hub.",
    ),
]


def input_spec(
    kinds: Sequence[str] | None, levels: Sequence[str] | None, decimal: str | None = None
) -> InputSpec:  # fmt: skip
    """What the options say of the input.

    Raises
    ------
    InvalidParameterError
        In the words of the option.
    """
    whole: dict[str, None] = {}
    columns: dict[str, str] = {}
    for text in kinds or ():
        column, equals, kind = text.rpartition("=")
        if not equals and kind in INPUT_KINDS:
            whole[kind] = None
        elif not equals or not column:
            raise InvalidParameterError(
                f"--kind takes COLUMN=KIND, such as zip=category, or one of {', '.join(INPUT_KINDS[1:])}; got {text!r}"
                f"{did_you_mean(text, INPUT_KINDS)}"
            )
        elif kind not in _KINDS:
            raise InvalidParameterError(
                f"--kind {column}= takes one of {', '.join(_KINDS)}; got {kind!r}{did_you_mean(kind, _KINDS)}"
            )
        elif columns.setdefault(column, kind) != kind:
            raise InvalidParameterError(
                f"--kind is given twice for the column {column!r}, as {columns[column]} and {kind}; give one of them"
            )
    alone = next((kind for kind in whole if kind != "table"), "text")
    if len(whole) > 1 or (columns and alone in whole):
        raise InvalidParameterError(f"--kind {alone} is for a whole input, which has no columns then; give one of them")
    ordered = dict(map(_levels, levels or ()))
    for column in ordered:
        if columns.get(column, "ordinal") != "ordinal":
            raise InvalidParameterError(
                f"--levels {column}= makes the column ordinal, and --kind says {columns[column]}; leave one of them out"
            )
    return InputSpec(next(iter(whole), "auto"), columns, ordered, decimal or "auto")


def check_encoder(name: str) -> str:
    """The name of a pretrained encoder; whether there is one is found out when it is loaded.

    Raises
    ------
    InvalidParameterError
    """
    if name == "auto" or not ("/" in name or os.path.isdir(name)):
        raise InvalidParameterError(
            "--encoder takes a local folder, or a name on the hub such as sentence-transformers/all-MiniLM-L6-v2; got "
            f"{name!r}"
        )
    return name


def check_columns(spec: InputSpec, table: Table) -> None:
    """Refuse at once what names no column of ``table``.

    Raises
    ------
    InvalidParameterError
    """
    from ..data.column_choice import listed

    if table.kind != "table":
        names: list[str] = []
    else:
        names = table.feature_names or [str(place) for place in range(table.X.shape[1])]
    for column in spec.columns:
        if column not in names:
            option = "--levels" if column in spec.levels else "--kind"
            holds = ROWS.get(table.kind)
            have = f"its columns are {listed(names)}" if names else f"it holds {holds}s, one a row, and has no columns"
            raise InvalidParameterError(
                f"{option} names {short(column)}, which is no column of {table.file}"
                f"{did_you_mean(column, names)}; {have}"
            )


def _levels(text: str) -> tuple[str, list[str]]:
    """``COLUMN=A,B``; a level that holds a comma stands in quotes."""
    column, equals, rest = text.partition("=")
    if not equals or not column:
        raise InvalidParameterError(f"--levels takes COLUMN=A,B,..., such as size=S,M,L; got {text!r}")
    levels = parse_columns(f"--levels {column}=", rest) if rest else []
    if levels is None or len(levels) < 2:
        raise InvalidParameterError(
            f"--levels {column}= takes the levels of the column, lowest first, two at least; got {rest!r}"
        )
    if len(set(levels)) < len(levels):
        raise InvalidParameterError(f"--levels {column}= names a level twice; got {rest!r}")
    return column, levels
