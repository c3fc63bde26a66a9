"""Numbers, shares and moments as a person reads them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

__all__ = ["MONTHS", "counted", "counted_rows", "date_text", "number_text", "share_text"]

#: Whole numbers below this are written in full, without marks between thousands: years are such numbers.
_IN_FULL = 10_000
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_DAY = 86400


def number_text(value: float, unit: str = "", *, exact: bool = False) -> str:
    """``82,300 EUR``: three significant digits, or all that there are if ``exact``; "nothing" for NaN."""
    value = float(value)
    if math.isnan(value):
        return "nothing"
    if math.isinf(value):
        return "infinity" if value > 0 else "-infinity"
    if exact:
        text = f"{value:,.10g}" if abs(value) >= _IN_FULL else f"{value:.10g}"
    elif value == round(value) and abs(value) < _IN_FULL:
        text = f"{value:.0f}"
    else:
        text = _three_digits(value)
    text = text.replace("-0", "0") if text == "-0" else text
    return text if not unit else f"{text}{unit}" if unit in ("%", "‰", "°") else f"{text} {unit}"


def _three_digits(value: float) -> str:
    if value == 0:
        return "0"
    magnitude = math.floor(math.log10(abs(value)))
    if not -5 <= magnitude < 15:
        return f"{value:.3g}"
    rounded = round(value, 2 - magnitude)
    decimals = max(2 - magnitude, 0)
    mark = "," if abs(rounded) >= _IN_FULL else ""
    text = f"{rounded:{mark}.{decimals}f}"
    return text.rstrip("0").rstrip(".") if decimals else text


def share_text(share: float) -> str:
    """``64%``; ``under 1%`` and ``over 99%`` of what is neither none nor all."""
    if math.isnan(share):
        return "unknown"
    if 0 < share < 0.01:
        return "under 1%"
    if 0.99 < share < 1:
        return "over 99%"
    return f"{share:.0%}"


def date_text(moment: Any, *, within: float = 0.0) -> str:
    """``3 May 2024``; with the time of day where it is of dates less than three days apart.

    ``within`` is the time in seconds over which the dates of the column lie: of more than six years the month will do,
    of more than forty the year.
    """
    moment = np.datetime64(moment, "s")
    if np.isnat(moment):
        return "nothing"
    stamp = moment.item()
    if within > 40 * 365 * _DAY:
        return str(stamp.year)
    month = MONTHS[stamp.month - 1]
    if within > 6 * 365 * _DAY:
        return f"{month} {stamp.year}"
    text = f"{stamp.day} {month} {stamp.year}"
    return f"{text}, {stamp:%H:%M}" if 0 < within < 3 * _DAY else text


def counted(count: float, noun: str) -> str:
    """``1 column``, ``2,500 columns``."""
    whole = round(count)
    return f"1 {noun}" if whole == 1 else f"{whole:,} {noun}s"


def counted_rows(count: float) -> str:
    """``1 row``, ``2,500 rows``; weighted counts are rounded."""
    return counted(count, "row")
