"""Amounts of money in several currencies, which are not numbers of one measure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..._quoting import short
from .number_grammar import unit_of
from .units import is_currency

__all__ = ["currency_note", "several_currencies"]

_SHARE, _SAMPLE = 0.95, 500


def several_currencies(texts: Sequence[str], counts: np.ndarray) -> list[str]:
    """The currencies of the distinct ``texts``, ``counts`` times each, if nearly all are amounts; else none.

    One currency alone is none either.
    """
    step = max(1, len(texts) // _SAMPLE)
    seen: dict[str, None] = {}
    amounts = 0
    for text, count in zip(texts[::step], counts[::step].tolist(), strict=True):
        unit = unit_of(text, ".") or unit_of(text, ",")
        if unit and is_currency(unit):
            seen[unit] = None
            amounts += count
    return list(seen) if len(seen) > 1 and amounts >= _SHARE * counts[::step].sum() else []


def currency_note(currencies: Sequence[str]) -> str:
    """What to do about several currencies."""
    shown = ", ".join(short(unit, 12) for unit in currencies[:3])
    return f"amounts in {shown} cannot be compared and are read as categories; turn them into one currency"
