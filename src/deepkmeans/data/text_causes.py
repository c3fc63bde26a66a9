"""Why a cell is not a number though it ought to be, in words that help whoever wrote the file."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["cause_of"]

_CAUSES: tuple[tuple[str, str, str], ...] = (
    (
        r"[+-]?\d{1,3}([. '\u00a0\u202f\u2019]\d{3})+(,\d+)?|[+-]?\d{1,3}(,\d{3})+(\.\d+)?",
        "thousands are separated",
        "write them without a separator, and decimals with a point (1234.5)",
    ),
    (r"[+-]?\d*,\d+([eE][+-]?\d+)?", "decimals are written with a comma", "write them with a point (3.14)"),
    (
        r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([ T].*)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}([ T].*)?|\d{1,3}:\d{2}(:\d{2}.*)?"
        r"|-?\d+ days?.*",
        "dates and times are not numbers",
        "turn them into one, such as days since the first",
    ),
    (r"[+-]?\d[\d.,]*(\s+[+-]?[\d.,]+)+", "cells seem to be separated by blanks", "separate them by commas or tabs"),
    (
        r"[\u2010-\u2015\u2212\ufe63\uff0d]\s*[\d.,]+([eE][+-]?\d+)?",
        "the minus sign is not the ASCII one",
        "write it as - (the hyphen of the keyboard)",
    ),
    (r"[+-]?[\d.]+\s*%", "these are percentages", "write them without the sign %"),
    (
        r"[^\w\s.,+-]\s*[+-]?[\d.,]+|[+-]?[\d.,]+\s*([^\W\d_]{1,4}|[^\w\s])",
        "numbers carry a unit or a sign",
        "write the unit into the name of the column",
    ),
    (r"#[\w/]+[!?]?", "a spreadsheet wrote an error there", "correct it there, or leave the cell empty"),
)
_PATTERNS = [(re.compile(pattern), cause, cure) for pattern, cause, cure in _CAUSES]


def cause_of(texts: Sequence[str]) -> tuple[str, str] | None:
    """Cause and cure that apply to most of ``texts``; None if they are ordinary texts."""
    for pattern, cause, cure in _PATTERNS:
        if texts and 2 * sum(pattern.fullmatch(text) is not None for text in texts) > len(texts):
            return cause, cure
    return None
