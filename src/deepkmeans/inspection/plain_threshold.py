"""The number that a person would take for a threshold between two values."""

from __future__ import annotations

import math

import numpy as np

__all__ = ["plain_threshold"]

#: Seconds that a person counts in.
_LENGTHS = (3600.0, 600.0, 60.0, 10.0, 1.0)


def plain_threshold(low: float, high: float, kind: str = "number") -> float:
    """The number with the fewest digits from ``low`` up to, but not at, ``high``; of several the one in the middle.

    kind : "number", "date" (in days: a whole day, the last of a year or month if one is there), or "length" (in
    seconds: whole hours, minutes, seconds if there are some).
    """
    if not low < high or not math.isfinite(low) or not math.isfinite(high):
        return low
    if kind == "date":
        return _date(low, high)
    if kind == "length":
        for unit in _LENGTHS:
            if (inside := _multiple(low, high, unit)) is not None:
                return inside
    if low <= 0 < high:
        return 0.0
    first = math.floor(math.log10(max(abs(low), abs(high)))) + 1
    for exponent in range(first, first - 20, -1):
        if (inside := _decimal(low, high, exponent)) is not None:
            return inside
    return low


def _decimal(low: float, high: float, exponent: int) -> float | None:
    """The multiple of 10 ** exponent in [low, high) nearest the middle, if there is one."""
    unit = 10.0**exponent
    middle = low + (high - low) / 2
    for whole in (round(middle / unit), math.floor(middle / unit), math.ceil(low / unit)):
        number = float(f"{whole}e{exponent}")
        if low <= number < high:
            return number
    return None


def _multiple(low: float, high: float, unit: float) -> float | None:
    for whole in (round((low + high) / 2 / unit), math.ceil(low / unit)):
        if low <= whole * unit < high:
            return whole * unit
    return None


def _date(low: float, high: float) -> float:
    """A day in days since 1970."""
    for unit in ("Y", "M"):
        start = np.datetime64(math.floor(low) + 1, "D").astype(f"datetime64[{unit}]")
        for number in range(2):
            last = float((start + number).astype("datetime64[D]").astype(int) - 1)
            if low <= last < high:
                return last
    inside = _multiple(low, high, 1.0)
    return low if inside is None else inside
