"""Cells that are guarded so that a spreadsheet leaves them as they are: ``="1.76"`` and ``'1.76``."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["APOSTROPHE", "FORMULA", "find_guard"]

#: A formula that is one text in quotes, which are kept.
FORMULA = re.compile(r'(?:(?<=[,;\t|])|^)\s*=(?="[^"]*"\s*(?:[,;\t|]|$))')
#: An apostrophe before a number, and none behind it.
APOSTROPHE = re.compile(r"(?:(?<=[,;\t|])|^)\s*'(?=[-+]?[.,]?[0-9][0-9.,eE+-]*\s*(?:[,;\t|]|$))")
_CLOSED = re.compile(r"'\s*(?:[,;\t|]|$)")


def find_guard(lines: Sequence[str]) -> re.Pattern[str] | None:
    """What is to be taken away before cells, where half of the lines that are not blank have it."""
    filled = [line for line in lines if line.strip()]
    for guard, mark in ((FORMULA, '="'), (APOSTROPHE, "'")):
        if 2 * sum(mark in line and guard.search(line) is not None for line in filled) >= len(filled) > 1:
            return None if guard is APOSTROPHE and any(map(_CLOSED.search, filled)) else guard
    return None
