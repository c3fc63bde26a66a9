"""What a user says of the input, instead of what is recognised: its kind, the kinds of columns, the order of levels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._validation import did_you_mean
from ..exceptions import InvalidParameterError

__all__ = ["COLUMN_KINDS", "INPUT_KINDS", "InputSpec"]

#: What a whole input can be.
INPUT_KINDS = ("auto", "table", "text")
#: What a column of a table can be. Those of the second line are left out, with a reason.
COLUMN_KINDS = (
    "number", "boolean", "category", "ordinal", "date", "text", "list",
    "identifier", "constant", "empty", "link", "image", "audio", "ignored",
)  # fmt: skip


@dataclass(frozen=True)
class InputSpec:
    """How an input is to be read where the guess is wrong.

    Parameters
    ----------
    kind : {"auto", "table", "text"}, default="auto"
        Of the whole input.
    columns : mapping of column name to kind, default={}
        One of "number", "boolean", "category", "ordinal", "date", "text", "list"; or "ignored", to leave the column
        out. A column that is not named is recognised by its cells.
    levels : mapping of column name to sequence of str, default={}
        The levels of an ordered category, lowest first; the column is then "ordinal".
    decimal : {"auto", ".", ","}, default="auto"
        The decimal mark of numbers that are written as text.

    Raises
    ------
    InvalidParameterError
        For a kind that does not exist.

    Examples
    --------
    >>> from deepkmeans import InputSpec
    >>> InputSpec(columns={"zip": "category"}, levels={"size": ["S", "M", "L"]}).columns
    {'zip': 'category', 'size': 'ordinal'}
    """

    kind: str = "auto"
    columns: Mapping[str, str] = field(default_factory=dict)
    levels: Mapping[str, Sequence[str]] = field(default_factory=dict)
    decimal: str = "auto"

    def __post_init__(self) -> None:
        _check("kind", self.kind, INPUT_KINDS)
        _check("decimal", self.decimal, ("auto", ".", ","))
        for name in ("columns", "levels"):
            if not isinstance(getattr(self, name), Mapping):
                raise InvalidParameterError(
                    f"The '{name}' parameter of InputSpec must map names of columns. Got {getattr(self, name)!r:.80} "
                    "instead."
                )
        for column, kind in self.columns.items():
            _check(f"columns[{column!r}]", kind, (*COLUMN_KINDS[:7], "ignored"))
        object.__setattr__(self, "columns", {**self.columns, **dict.fromkeys(self.levels, "ordinal")})


def _check(name: str, value: Any, allowed: Sequence[str]) -> None:
    if not isinstance(value, str) or value not in allowed:
        raise InvalidParameterError(
            f"The '{name}' parameter of InputSpec must be one of {', '.join(map(repr, allowed))}. Got {value!r:.80} "
            f"instead{did_you_mean(value, allowed)}."
        )
