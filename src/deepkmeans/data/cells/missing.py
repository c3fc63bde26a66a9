"""Texts that stand for "not known"."""

from __future__ import annotations

from .words import words

__all__ = ["MARKERS", "MISSING", "SENTINELS", "is_marker", "is_missing"]

#: Texts that mean "not known", as empty cells do, as programs write them.
MISSING = frozenset(("", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NULL", "null", "None"))
#: Others, in small letters, that mean it in a column of any kind.
_MARKS = frozenset(words("missing"))
#: Texts, in small letters, that mean "not known" among numbers, dates and yes/no, and in other columns if they are few.
MARKERS = _MARKS | frozenset(("none", "unknown", "unk", "无", "無", "not known"))
#: Numbers that people write for "not known": only noted, as they may be meant.
SENTINELS = (-99999.0, -9999.0, -999.0, -99.0, 999.0, 9999.0, 99999.0)
#: No mark is longer.
_LONGEST = max(map(len, MISSING | MARKERS))


def is_missing(text: str) -> bool:
    """Whether a text, without blanks around it, means "not known" in a column of any kind."""
    return len(text) <= _LONGEST and (text in MISSING or text.lower() in _MARKS)


def is_marker(text: str) -> bool:
    """Whether a text, without blanks around it, means "not known" where numbers, dates or yes and no are expected."""
    return len(text) <= _LONGEST and (text in MISSING or text.lower() in MARKERS)
