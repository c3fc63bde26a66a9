"""A column of the kind that the user says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..._quoting import short
from ...exceptions import InvalidParameterError
from .booleans import boolean_words
from .column import ColumnCells
from .date_options import DATE_OPTIONS, date_options
from .durations import duration_options
from .epochs import epoch_unit
from .kind import Column
from .levels import levels_in_order
from .lists import list_separator
from .missing import is_marker
from .number_options import KEPT_OPTIONS, number_options
from .numbers import parse_numbers

__all__ = ["as_requested"]

_SAID = "as you said"


def as_requested(name: str, cells: ColumnCells, kind: str, levels: Sequence[str] | None, decimal: str | None) -> Column:
    """The column as one of ``kind``; ``levels`` are the order of an ordinal one, if given.

    Raises
    ------
    InvalidParameterError
        Where no cell can be read so, or the order of levels is not known.
    """
    options = _FIND[kind](name, cells, levels, decimal)
    return Column(name, kind, _SAID, options)


def _refuse(name: str, kind: str, why: str, cells: ColumnCells) -> InvalidParameterError:
    shown = ", ".join(short(text, 20) for text in cells.as_labels().texts[:3])
    return InvalidParameterError(
        f"InputSpec says that the column {short(name)} is {kind!r}, but {why}: its cells are such as "
        f"{shown or 'empty'}."
    )


def _number(name: str, cells: ColumnCells, levels: Any, decimal: str | None) -> dict[str, Any]:
    if cells.holds in ("number", "boolean"):
        return {}
    cells = cells.as_labels()
    options = number_options(cells.texts, cells.counts, decimal) if cells.texts else {}
    options = duration_options("duration", cells.texts, cells.counts) if options is None else options
    if options is None:
        raise _refuse(name, "number", "no cell is a number", cells)
    return {key: options[key] for key in KEPT_OPTIONS if key in options}


def _boolean(name: str, cells: ColumnCells, levels: Any, decimal: str | None) -> dict[str, Any]:
    words = [text for text in cells.as_labels().texts if not is_marker(text)]
    if set(words) <= {"True", "False", "0", "1"}:
        return {}
    if (known := boolean_words(words)) is not None:
        return {"true": known[0], "false": known[1]}
    if len(words) > 2:
        raise _refuse(name, "boolean", f"it has {len(words):,} different values", cells)
    return {"true": sorted(words)[-1:], "false": sorted(words)[:-1]}


def _ordinal(name: str, cells: ColumnCells, levels: Sequence[str] | None, decimal: str | None) -> dict[str, Any]:
    if levels is not None:
        if len(set(levels)) < len(levels) or not levels:
            raise InvalidParameterError(
                f"The 'levels' parameter of InputSpec must name each level of {short(name)} once. "
                f"Got {list(levels)!r:.80}."
            )
        there = set(cells.as_labels().texts)
        if there and not there & set(levels):
            raise _refuse(name, "ordinal", f"none of the levels {', '.join(map(repr, levels))} is in it", cells)
        return {"levels": list(levels)}
    if cells.ordered and cells.categories:
        return {"levels": list(cells.categories)}
    texts = [text for text in cells.as_labels().texts if not is_marker(text)] or list(cells.as_labels().texts)
    values = parse_numbers(texts, {"decimal": decimal or "."})
    if not np.isnan(values).any():
        return {"levels": [texts[place] for place in np.argsort(values, kind="stable").tolist()]}
    known = levels_in_order(texts)
    if known is None:
        raise _refuse(
            name, "ordinal", f"the order is not known; give InputSpec(levels={{{short(name)}: [lowest, ...]}})", cells
        )
    return {"levels": known.names} | ({"period": known.period} if known.period else {})


def _date(name: str, cells: ColumnCells, levels: Any, decimal: str | None) -> dict[str, Any]:
    if cells.holds == "date":
        return {}
    if cells.holds in ("number", "boolean"):
        present = cells.values[~np.isnan(cells.values)]
        unit = epoch_unit("date", present) if len(present) else None
        if unit is None:
            raise _refuse(name, "date", "its numbers are neither seconds since 1970 nor days such as 20241231", cells)
        return {"epoch": unit[0]}
    options = date_options(cells.as_labels().texts, cells.as_labels().counts, None) if cells.as_labels().texts else {}
    if options is None:
        raise _refuse(name, "date", "no cell is a date", cells)
    return {key: options[key] for key in DATE_OPTIONS if key in options}


def _list(name: str, cells: ColumnCells, levels: Any, decimal: str | None) -> dict[str, Any]:
    if cells.holds == "list":
        return {}
    cells = cells.as_labels()
    known = list_separator(cells.texts, cells.counts) if cells.texts else None
    marks = [mark for mark in (";", "|", ",", "、", "，", "/") if any(mark in text for text in cells.texts)]
    return {"separator": known or (marks or [";"])[0]}


def _nothing(name: str, cells: ColumnCells, levels: Any, decimal: str | None) -> dict[str, Any]:
    return {}


_FIND = {
    "number": _number, "boolean": _boolean, "ordinal": _ordinal, "date": _date, "list": _list, "category": _nothing,
    "text": _nothing,
}  # fmt: skip
