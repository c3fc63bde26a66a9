"""Dates, times and times of day as text; the order of day and month is that of the whole column."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .date_patterns import CLOCK, CTIME, DATES, MONTHLY, SEASON
from .words import month_of

__all__ = ["parse_dates"]

_EPOCH = datetime.date(1970, 1, 1).toordinal()
_NAT = int(np.iinfo(np.int64).min)
_TIME_AFTER = re.compile(r"[T ]")


def parse_dates(texts: Sequence[str], options: Mapping[str, Any]) -> np.ndarray:
    """Texts as datetime64[s] (n,) in UTC, NaT for what is no date.

    Parameters
    ----------
    texts : sequence of str
    options : mapping
        Of :func:`~deepkmeans.data.cells.date_options.date_options`: ``order`` of day and month, "dmy" or "mdy";
        ``season`` for two years in a row, which begin in July; ``clock`` for times of day, which are given as times of
        1 January 1970.
    """
    if options.get("season"):
        read = _season
    else:
        read = _clock if options.get("clock") else _Reader(options.get("order", "mdy")).read
    return np.fromiter(map(read, texts), dtype=np.int64, count=len(texts)).view("datetime64[s]")


class _Reader:
    """Reads dates with one order of day and month; days and times that come again are looked up."""

    def __init__(self, order: str) -> None:
        self.day_first = order == "dmy"
        self.days: dict[str, int] = {}
        self.times: dict[str, int] = {}

    def read(self, text: str) -> int:
        """Seconds since 1970, or the number of NaT."""
        if len(text) > 12 and text[0].isdigit() and (gap := _TIME_AFTER.search(text, 6, 11)) is not None:
            day, time = text[: gap.start()], text[gap.end() :]
            start = self.days.get(day)
            if start is None:
                start = self.days[day] = self._whole(day)
            seconds = self.times.get(time)
            if seconds is None:
                seconds = self.times[time] = self._whole(f"1970-01-01 {time}")
            if start != _NAT and seconds != _NAT:
                return start + seconds
        return self._whole(text)

    def _whole(self, text: str) -> int:
        if not 4 <= len(text) <= 60 or not any(map(str.isdigit, text)):
            return _NAT
        if (match := CTIME.fullmatch(text)) is not None:
            text = f"{match[2]} {match[1]} {match[4]} {match[3]}"
        for pattern in DATES:
            if (match := pattern.fullmatch(text)) is not None:
                return self._moment(match.groupdict())
        for pattern in MONTHLY:
            if (match := pattern.fullmatch(text)) is not None:
                return _first_day(match.groupdict())
        return _NAT

    def _moment(self, parts: dict[str, Any]) -> int:
        year = _year(parts["y"])
        if "a" in parts:
            first, second = int(parts["a"]), int(parts["b"])
            day, month = (first, second) if self.day_first or parts["sep"] == "." else (second, first)
        else:
            day = int(parts.get("d") or 1)
            month = int(parts["m"]) if "m" in parts else month_of(parts["word"]) or 0
        return _seconds(year, month, day, _time(parts))


def _seconds(year: int, month: int, day: int, time: int | None) -> int:
    try:
        days = datetime.date(year, month, day).toordinal() - _EPOCH
    except ValueError:
        return _NAT
    return _NAT if time is None else days * 86400 + time


def _time(parts: Mapping[str, Any]) -> int | None:
    """Seconds since midnight in UTC; None for no time of day."""
    if parts.get("h") is None:
        return 0
    hour, minute, second = int(parts["h"]), int(parts["mi"] or 0), int(parts["s"] or 0)
    half = (parts.get("ampm") or parts.get("half") or "").lower()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + 12 * (half[0] in "p下" or half == "오후")
    if hour > 24 or minute > 59 or second > 60:
        return None
    zone = parts.get("zone") or ""
    away = 0
    if zone[:1] in ("+", "-"):
        digits = zone[1:].replace(":", "")
        away = (int(digits[:2]) * 60 + int(digits[2:] or 0)) * (60 if zone[0] == "+" else -60)
    return hour * 3600 + minute * 60 + second - away


def _year(digits: str) -> int:
    """Of two digits one of 1969 to 2068."""
    year = int(digits)
    return year + (2000 if year < 69 else 1900) if len(digits) == 2 else year


def _first_day(parts: dict[str, Any]) -> int:
    """Of a month, a quarter, a half, a week or a year."""
    year = _year(parts["y"])
    if not 1500 <= year <= 2200:
        return _NAT
    if "week" in parts:
        try:
            day = datetime.date.fromisocalendar(year, int(parts["week"]), int(parts.get("wd") or 1))
        except ValueError:
            return _NAT
        return (day.toordinal() - _EPOCH) * 86400
    if "q" in parts:
        return _seconds(year, int(parts["q"]) * 3 - 2, 1, 0)
    if "half" in parts:
        return _seconds(year, int(parts["half"]) * 6 - 5, 1, 0)
    if "word" in parts:
        return _seconds(year, month_of(parts["word"]) or 0, 1, 0)
    return _seconds(year, int(parts.get("m", 1)), 1, 0)


def _season(text: str) -> int:
    match = SEASON.fullmatch(text)
    if match is None or (int(match["y"]) + 1) % 10 ** len(match["next"]) != int(match["next"]):
        return _NAT
    return _seconds(int(match["y"]), 7, 1, 0)


def _clock(text: str) -> int:
    match = CLOCK.fullmatch(text.strip())
    time = None if match is None else _time(match.groupdict())
    return _NAT if time is None or time >= 86400 else time
