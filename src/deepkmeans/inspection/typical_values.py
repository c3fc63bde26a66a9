"""Typical values as a person reads them: rounded to what tells them from those of the other rows."""

from __future__ import annotations

import math

import numpy as np

from .column_words import column_words
from .formatting import date_text, number_text
from .original import OriginalColumn
from .summaries import NumberSummary

__all__ = ["shown_number", "shown_pair"]

_DAY = 86400.0
#: Days over which dates lie, and those for which :func:`.formatting.date_text` writes years, months, days, minutes.
_WITHIN = ((500, 41 * 365), (30, 7 * 365), (1, 10), (-1, 2))


def shown_pair(column: OriginalColumn, inside: NumberSummary | None, outside: NumberSummary | None) -> tuple[str, str]:
    """Both medians as a person reads them: as exact as their difference, and what the cluster varies by, ask for."""
    if column.kind == "date":
        return _dates(column, inside, outside)
    apart = 0.0
    if inside is not None and outside is not None:  # less than what the cluster varies by is no difference
        apart = max(abs(inside.median - outside.median), inside.upper_quartile - inside.lower_quartile)
    here, there = ("" if one is None else shown_number(column, one.median, apart) for one in (inside, outside))
    return here, there


def shown_number(column: OriginalColumn, value: float, apart: float, *, unit: bool = True) -> str:
    """A number of the column, rounded to what matters for a difference of ``apart``, with its ``unit``."""
    if column.kind != "number" or column.options.get("duration"):
        return column.shown(value)
    exact = False
    if apart > 0:
        digits = -math.floor(math.log10(apart / 8))
        if value:  # of a small value two digits of its own at least: nothing becomes 0
            digits = max(digits, 1 - math.floor(math.log10(abs(value))))
        if -15 < digits < 15:
            value = round(value, digits)
            # Three digits would not tell the two apart.
            exact = abs(value) >= 1 and math.floor(math.log10(abs(value))) + 1 + digits > 3
    text = number_text(value, exact=exact)
    if not unit:
        return text
    said = column.unit or column_words(column.name).unit
    return text if not said else f"{text}{said}" if said in ("%", "‰", "°") else f"{text} {said}"


def _dates(column: OriginalColumn, inside: NumberSummary | None, outside: NumberSummary | None) -> tuple[str, str]:
    """Middle dates, by year where most dates lie years around them, else by month, day or minute."""
    known = [one for one in (inside, outside) if one is not None]
    if column.options.get("clock") or not known:
        here, there = ("" if one is None else column.shown(one.median) for one in (inside, outside))
        return here, there
    apart = max(one.median for one in known) - min(one.median for one in known)
    lasting = [max(one.upper_quartile - one.lower_quartile, apart / 12) for one in known]
    if len({_moment(one).astype("datetime64[Y]") for one in known}) == 1:
        lasting = [min(lasting)] * len(known)  # a year alone would not tell them apart
    texts = [
        date_text(_moment(one), within=_DAY * next(within for least, within in _WITHIN if days > least))
        for one, days in zip(known, lasting, strict=True)
    ]
    return texts[0] if inside is not None else "", texts[-1] if outside is not None else ""


def _moment(summary: NumberSummary) -> np.datetime64:
    return np.datetime64(round(summary.median * _DAY), "s")
