"""Lengths of time as text: "0 days 01:02:03", "125:30:00", "4:05", "P1DT2H"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["duration_options", "is_hour_of_day", "seconds"]

_DAYS = re.compile(
    r"(?P<minus>-)?(?P<days>\d+) days?,? ?(?P<plus>[+-])?(?:(?P<h>\d+):(?P<m>\d\d)(?::(?P<s>\d\d(?:\.\d+)?))?)?"
)
_CLOCK = re.compile(r"(?P<minus>-)?(?P<h>\d+):(?P<m>[0-5]\d):(?P<s>[0-5]\d(?:[.,]\d+)?)")
_ISO = re.compile(r"(?P<minus>-)?P(?:(?P<days>\d+)D)?(?:T(?:(?P<h>\d+)H)?(?:(?P<m>\d+)M)?(?:(?P<s>\d+(?:\.\d+)?)S)?)?")
_HOURS = re.compile(r"(?P<minus>-)?(?P<h>\d+):(?P<m>[0-5]\d)")
_MINUTES = re.compile(r"(?P<minus>-)?(?P<m>\d+):(?P<s>[0-5]\d(?:[.,]\d+)?)")
_HOUR_WORD = re.compile(r"(\d{1,2}) ?[hH] ?(?:[0-5]\d)?")
#: Names of columns that hold lengths of time, times of day, and lengths in hours.
_LENGTHS = re.compile(
    r"duration|length|elapsed|run_?time|lap|split|pace|finish|race|chip|gun|net|swim|bike|cycl|transition|best|swum|sleep|"
    r"dauer|laufzeit|durée|duree|durac|durata|tempo|时长|用时|時間|所要|длительн", re.IGNORECASE,
)  # fmt: skip
_TIMES = re.compile(
    r"depart|arriv|start|begin|open|clos|end|clock|time of day|uhrzeit|abfahrt|ankunft|heure|hora|check|sched|appoint|"
    r"sunrise|sunset|时刻|时间|時刻", re.IGNORECASE,
)  # fmt: skip
_IN_HOURS = re.compile(r"hour|hrs|stunden|heures|horas|worked|arbeitszeit|小时", re.IGNORECASE)
#: So many different times of day would not all be before ten o'clock, nor in the first hour.
_MANY = 20


def seconds(text: str, minutes: bool = False) -> float:
    """The length in seconds; NaN for what is none.

    ``4:05`` are hours and minutes, or with ``minutes`` minutes and seconds, which ``4:05.3`` always are.
    """
    text = text.strip()
    for pattern in (_DAYS, _CLOCK, _ISO, *((_MINUTES,) if minutes else (_HOURS, _MINUTES))):
        match = pattern.fullmatch(text)
        if match is None or len(text.lstrip("-")) < 3:
            continue
        parts = match.groupdict()
        second = float((parts.get("s") or "0").replace(",", "."))
        clock = int(parts.get("h") or 0) * 3600 + int(parts["m"] or 0) * 60 + second
        days = int(parts.get("days") or 0) * 86400
        if pattern is _DAYS:  # pandas writes -1 days +23:00:00 for minus one hour
            return (-days if parts["minus"] else days) + (-clock if parts["plus"] == "-" else clock)
        return -(days + clock) if parts["minus"] else days + clock
    return float("nan")


def duration_options(name: str, texts: Sequence[str], counts: Any) -> dict[str, Any] | None:
    """How a column of the distinct ``texts`` writes lengths of time; None if too few are some, or all are times of day.

    Returns
    -------
    dict or None
        ``duration`` and ``minutes`` for :func:`seconds`, and ``fits``, the count of cells that are lengths.
    """
    minutes = _IN_HOURS.search(name) is None
    lengths = np.array([seconds(text, minutes) for text in texts])
    there = ~np.isnan(lengths)
    if there.sum() < 0.5 * len(texts) or not _are_lengths(name, [texts[row] for row in np.flatnonzero(there).tolist()]):
        return None
    return {"duration": True, "fits": int(np.asarray(counts)[there].sum())} | ({"minutes": True} if minutes else {})


def _are_lengths(name: str, texts: Sequence[str]) -> bool:
    """Whether what looks like the face of a clock is a length of time."""
    faces = [match for text in texts if (match := re.fullmatch(r"(\d+):(\d\d)(:\d\d)?([.,]\d+)?", text)) is not None]
    if len(faces) < len(texts):  # days, a sign, ISO 8601
        return True
    first = [int(match[1]) for match in faces]
    if max(first) > 23 or any(match[4] and not match[3] for match in faces):
        return True
    if _TIMES.search(name):
        return False
    if _LENGTHS.search(name):
        return True
    parts = {match[3] is None for match in faces}
    unpadded = any(len(match[1]) == 1 for match in faces)
    if unpadded and len(parts) == 2:
        return True
    return len(faces) >= _MANY and ((unpadded and max(first) < 10) or (parts == {False} and max(first) == 0))


def is_hour_of_day(name: str, texts: Sequence[str]) -> bool:
    """Whether texts such as 16h30 are times of day: some are in the afternoon, none after midnight."""
    matches = [_HOUR_WORD.fullmatch(text) for text in texts]
    hours = [int(match[1]) for match in matches if match is not None]
    if len(hours) < len(texts) or not hours or max(hours) > 23 or _LENGTHS.search(name):
        return False
    return max(hours) > 12 or _TIMES.search(name) is not None
