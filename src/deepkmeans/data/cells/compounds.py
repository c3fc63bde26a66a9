"""Quantities in several units: "8h 6m", "2 days 3 hours", "1h30", "5'11\\"", "1 lb 4 oz"."""

from __future__ import annotations

import re
from functools import cache

from .number_grammar import plain_marks, unit_name
from .units import convert, dimensions_of

__all__ = ["compound_units", "compound_value"]

_LONGEST = 60
_GLUE = r"(?:\s*(?:,|and|und|et|y|&)\s*|\s*)"
#: The unit of a last number that has none: 1h30 are 30 minutes, 5'11 are 11 inches.
_NEXT = {"h": "min", "hr": "min", "min": "s", "m": "s", "'": "in", "ft": "in", "d": "h"}


def compound_units(text: str, decimal: str) -> tuple[str, ...]:
    """The units of a quantity in several units of one dimension, largest first; () for any other text."""
    parts = _parts(text, decimal)
    if len(parts) < 2 or not frozenset.intersection(*(dimensions_of(unit) for _, unit in parts)):
        return ()
    return tuple(unit for _, unit in parts)


def compound_value(text: str, decimal: str, unit: str, dimension: str) -> float:
    """The quantity as so many of ``unit``; NaN for what is none."""
    parts = _parts(text, decimal)
    if not parts:
        return float("nan")
    value = sum(convert(number, written, unit, dimension) for number, written in parts)
    return -value if plain_marks(text).startswith("-") else value


def _parts(text: str, decimal: str) -> list[tuple[float, str]]:
    """Numbers and their units, in order."""
    text = plain_marks(text)
    if len(text) > _LONGEST or not text or not text.lstrip("-")[:1].isdigit() or text.isdigit():
        return []
    whole, each = _patterns(decimal)
    if whole.fullmatch(text) is None:
        return []
    parts: list[tuple[float, str]] = []
    for match in each.finditer(text):
        unit = unit_name(match[2] or "")
        if not unit:
            unit = _NEXT.get(parts[-1][1], "") if parts else ""
        parts.append((float(match[1].replace(decimal, ".")), unit))
    return parts if all(unit for _, unit in parts) else []


@cache
def _patterns(decimal: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    number, unit = rf"\d+(?:{re.escape(decimal)}\d+)?", r"(?:[^\W\d_]{1,12}\.?|''|[\"'])"
    part = rf"{number}\s?{unit}"
    return (
        re.compile(rf"-?{part}(?:{_GLUE}{part}){{0,4}}(?:\s?\d{{1,2}})?"),
        re.compile(rf"({number})\s?({unit})?"),
    )
