"""Lengths of time as text: "0 days 01:02:03", "125:30", "P1DT2H"."""

from __future__ import annotations

import re

__all__ = ["is_duration", "is_time_of_day", "seconds"]

_DAYS = re.compile(
    r"(?P<minus>-)?(?P<days>\d+) days?,? ?(?P<plus>[+-])?(?:(?P<h>\d+):(?P<m>\d\d)(?::(?P<s>\d\d(?:\.\d+)?))?)?"
)
_CLOCK = re.compile(r"(?P<minus>-)?(?P<h>\d+):(?P<m>[0-5]\d):(?P<s>[0-5]\d(?:\.\d+)?)")
_ISO = re.compile(r"(?P<minus>-)?P(?:(?P<days>\d+)D)?(?:T(?:(?P<h>\d+)H)?(?:(?P<m>\d+)M)?(?:(?P<s>\d+(?:\.\d+)?)S)?)?")


def seconds(text: str) -> float:
    """The length in seconds; NaN for what is none."""
    text = text.strip()
    for pattern in (_DAYS, _CLOCK, _ISO):
        match = pattern.fullmatch(text)
        if match is None or len(text.lstrip("-")) < 3:
            continue
        parts = match.groupdict()
        clock = int(parts["h"] or 0) * 3600 + int(parts["m"] or 0) * 60 + float(parts["s"] or 0)
        days = int(parts.get("days") or 0) * 86400
        if pattern is _DAYS:  # pandas writes -1 days +23:00:00 for minus one hour
            return (-days if parts["minus"] else days) + (-clock if parts["plus"] == "-" else clock)
        return -(days + clock) if parts["minus"] else days + clock
    return float("nan")


def is_duration(text: str) -> bool:
    """Whether a text is a length of time."""
    value = seconds(text)
    return value == value


def is_time_of_day(text: str) -> bool:
    """Whether a length of time could as well be a time of day."""
    hour = text.strip().partition(":")[0]
    return hour.isdigit() and int(hour) < 24
