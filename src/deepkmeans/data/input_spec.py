"""What a user says of the input, instead of what is recognised: its kind, the kinds of columns, the order of levels."""

from __future__ import annotations

import numbers
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._validation import did_you_mean
from ..exceptions import InvalidParameterError

__all__ = ["COLUMN_KINDS", "INPUT_KINDS", "InputSpec"]

#: What a whole input can be.
INPUT_KINDS = ("auto", "table", "text", "image", "audio", "series")
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
    kind : {"auto", "table", "text", "image", "audio", "series"}, default="auto"
        Of the whole input. Of "series" each row is a time series, or each array of a list.
    columns : mapping of column name to kind, default={}
        One of "number", "boolean", "category", "ordinal", "date", "text", "list"; or "ignored", to leave the column
        out. A column that is not named is recognised by its cells.
    levels : mapping of column name to list of str, default={}
        The levels of an ordered category, lowest first; the column is then "ordinal". Cells of other levels count as
        missing, and ``report_["input"]["notes"]`` names them.
    decimal : {"auto", ".", ","}, default="auto"
        The decimal mark of numbers that are written as text.

    Raises
    ------
    InvalidParameterError
        For a kind that does not exist, and for what contradicts itself.

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
                raise _refused(name, "must map names of columns", getattr(self, name), f"give {_EXAMPLES[name]}")
        for column, kind in self.columns.items():
            _check(f"columns[{column!r}]", kind, (*COLUMN_KINDS[:7], "ignored"))
        for column, order in self.levels.items():
            _check_levels(column, order)
            kind = self.columns.get(column, "ordinal")
            if kind != "ordinal":
                raise _refused(
                    f"levels[{column!r}]", f"makes the column 'ordinal', but columns[{column!r}] is {kind!r}",
                    list(order), "leave out one of them",
                )  # fmt: skip
        if self.kind in _WHOLE and (self.columns or self.levels or self.decimal != "auto"):
            odd = next(name for name in ("columns", "levels", "decimal") if getattr(self, name) not in ({}, "auto"))
            raise _refused(
                odd, f"is of tables, but kind={self.kind!r} says that X is {_WHOLE[self.kind]}",
                getattr(self, odd), "leave out one of them",
            )  # fmt: skip
        object.__setattr__(self, "columns", {**self.columns, **dict.fromkeys(self.levels, "ordinal")})


#: Kinds of input that have no columns, in words.
_WHOLE = {"text": "texts alone", "image": "pictures alone", "audio": "recordings alone", "series": "time series"}
_EXAMPLES = {
    "columns": "columns={'zip': 'category'}", "levels": "levels={'size': ['S', 'M', 'L']}",
}  # fmt: skip


def _refused(name: str, expected: str, value: Any, cure: str) -> InvalidParameterError:
    return InvalidParameterError(f"The '{name}' parameter of InputSpec {expected}. Got {value!r:.80} instead; {cure}.")


def _check_levels(column: Any, order: Any) -> None:
    """Refuse what is no list of different levels of a column, lowest first."""
    name, cure = f"levels[{column!r}]", "give a list of texts, such as ['S', 'M', 'L']"
    if not isinstance(order, Sequence) or isinstance(order, (str, bytes)):
        raise _refused(name, "must be a list of the column's levels, lowest first", order, cure)
    if odd := [level for level in order if isinstance(level, bytes) or not isinstance(level, (str, numbers.Real))]:
        raise _refused(name, f"must hold texts, or numbers, and {odd[0]!r:.40} is none", list(order), cure)
    texts = [str(level) for level in order]
    if not texts or len(set(texts)) < len(texts):
        raise _refused(name, "must name each level once, and one at least", list(order), cure)


def _check(name: str, value: Any, allowed: Sequence[str]) -> None:
    if not isinstance(value, str) or value not in allowed:
        raise InvalidParameterError(
            f"The '{name}' parameter of InputSpec must be one of {', '.join(map(repr, allowed))}. Got {value!r:.80} "
            f"instead{did_you_mean(value, allowed)}."
        )
