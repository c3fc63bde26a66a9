"""Numbers that are moments: seconds since 1970, or days written 20241231. Their column has to be called like a time."""

from __future__ import annotations

import re

import numpy as np

from .dates import parse_dates

__all__ = ["epoch_unit", "moments_of"]

_NAMES = re.compile(
    r"(.*[ _.-])?(timestamp|epoch|unixtime|unix|time|datetime|date|datum|day|created|"
    r"updated|modified|ts)(_?(at|on|ms|s|utc))?"
    r"|.*[a-z](Time|Date|Timestamp|At)|.*(时间戳|时间|日期|日時|日付)|fecha.*|data_.*|date.*|дата.*",
    re.IGNORECASE,
)
_WORDS = {"s": "seconds", "ms": "milliseconds", "us": "microseconds", "ns": "nanoseconds"}
#: 1980 to 2100 in seconds.
_FIRST, _LAST = 315_532_800, 4_102_444_800


def epoch_unit(name: str, present: np.ndarray) -> tuple[str, str] | None:
    """Unit of numbers as moments ("s", "ms", "us", "ns", "ymd") and a description; None for other numbers."""
    if not _NAMES.fullmatch(name.strip()):
        return None
    low, high = float(present.min()), float(present.max())
    for unit, per_second in (("s", 1.0), ("ms", 1e3), ("us", 1e6), ("ns", 1e9)):
        if _FIRST * per_second <= low and high <= _LAST * per_second:
            return unit, f"{_WORDS[unit]} since 1970"
    if 19_000_101 <= low and high <= 21_001_231 and not np.isnat(moments_of(present, "ymd")).any():
        return "ymd", "days written as numbers, 20241231"
    return None


def moments_of(values: np.ndarray, unit: str) -> np.ndarray:
    """Numbers (n,) as datetime64[s], NaT where missing or no moment."""
    known = ~np.isnan(values)
    moments = np.full(len(values), np.datetime64("NaT", "s"), dtype="datetime64[s]")
    if unit == "ymd":
        days = [
            f"{int(value) // 10000:04d}-{int(value) // 100 % 100:02d}-{int(value) % 100:02d}" for value in values[known]
        ]
        moments[known] = parse_dates(days, {})
        return moments
    seconds = values / {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}[unit]
    known &= np.abs(np.where(known, seconds, 0)) < 2**53
    moments[known] = np.floor(seconds[known]).astype(np.int64).view("datetime64[s]")
    return moments
