"""A schema as a model file holds it, and what is refused of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._validation import OneOf
from ..storage import schema as stored
from .cells.kind import Column
from .cells.lists import BRACKETS, SEPARATORS
from .cells.several import SPLITS
from .cells.units import DIMENSIONS
from .input_spec import COLUMN_KINDS

__all__ = ["SCHEMA_RULE", "columns_from", "columns_to"]

_TEXTS: Sequence[stored.Rule] = (stored.ListOf(stored.TEXT),)
_OPTIONS: Mapping[str, Sequence[stored.Rule]] = {
    "decimal": (OneOf(".", ","),), "unit": stored.TEXT, "units": (OneOf(*DIMENSIONS),), "powers": stored.BOOL,
    "marked": stored.BOOL, "fractions": stored.BOOL, "opposite": (OneOf("S", "W"),), "of": stored.SIZE,
    "duration": stored.BOOL, "minutes": stored.BOOL,
    "order": (OneOf("dmy", "mdy"),), "clock": stored.BOOL, "season": stored.BOOL,
    "epoch": (OneOf("s", "ms", "us", "ns", "ymd"),), "levels": _TEXTS, "period": stored.SIZE, "true": _TEXTS,
    "false": _TEXTS, "empty_is_no": stored.BOOL, "missing": _TEXTS, "separator": (OneOf(*SEPARATORS, BRACKETS),),
    "column": stored.TEXT, "split": (OneOf(*SPLITS),), "part": stored.COUNT, "parts": stored.SIZE,
}  # fmt: skip
#: Of :meth:`Schema.to_document <deepkmeans.data.schema.Schema.to_document>`.
SCHEMA_RULE = stored.Record({
    "named": stored.BOOL,
    "columns": (stored.ListOf((stored.Record({
        "name": stored.TEXT, "kind": (OneOf(*COLUMN_KINDS),), "reason": stored.TEXT,
        "options": (stored.Record({}, _OPTIONS),), "notes": _TEXTS,
    }),)),),
})  # fmt: skip


def columns_to(columns: Sequence[Column]) -> list[dict[str, Any]]:
    """Columns as JSON."""
    return [
        {"name": column.name, "kind": column.kind, "reason": column.reason, "options": dict(column.options),
         "notes": list(column.notes)}
        for column in columns
    ]  # fmt: skip


def columns_from(document: Any) -> tuple[Column, ...]:
    """The columns of a document that follows :data:`SCHEMA_RULE`.

    Raises
    ------
    MismatchError
        For any other.
    """
    stored.check_value(document, [SCHEMA_RULE], "'schema'")
    columns = tuple(
        Column(entry["name"], entry["kind"], entry["reason"], entry["options"], tuple(entry["notes"]))
        for entry in document["columns"]
    )
    names = [column.name for column in columns]
    if len(set(names)) < len(names):
        raise stored.MismatchError("'schema' names a column twice")
    for column in columns:
        levels = column.options.get("levels", ())
        if (column.kind == "ordinal" and not levels) or len(set(levels)) < len(levels):
            raise stored.MismatchError(f"'schema' has no levels of the column {column.name!r}, or one twice")
        split = {name in column.options for name in ("column", "split", "part", "parts")}
        if len(split) > 1 or column.options.get("part", 0) >= column.options.get("parts", 1):
            raise stored.MismatchError(f"'schema' does not say which number of a cell {column.name!r} is")
    return columns
