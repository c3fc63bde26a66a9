"""The shapes of dates and times as text."""

from __future__ import annotations

import re

__all__ = ["CLOCK", "CTIME", "DATES", "DAY_AND_MONTH", "MONTHLY", "SEASON"]

_TIME = (
    r"(?:(?:T|[ ,]+|(?<=\d{4}):|\s*(?:um|at|à|a las)\s+)?(?P<half>上午|下午|오전|오후)?\s*"
    r"(?P<h>\d{1,2})(?:[:.時时点시]|h(?=\d))(?P<mi>\d{2})?分?(?:[:.]?(?P<s>\d{2})秒?(?:[.,]\d+)?)?"
    r"\s*(?P<ampm>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?(?:\d{2})?)?(?: \([A-Z]+\)| [A-Z]{3,4})?)?"
)
_WEEKDAY = r"(?:[^\W\d_]{2,10}\.?,? +)?"
_WORD = r"[^\W\d_]{3,10}"
#: Day, month as number or word, year, and a time after it; ``a`` and ``b`` are day and month in either order.
DATES = tuple(
    re.compile(pattern + _TIME, flags)
    for pattern, flags in (
        (r"(?P<y>\d{4})(?P<sep>[-/.])(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})", re.ASCII),
        (r"(?P<a>\d{1,2})(?P<sep>[-/.])(?P<b>\d{1,2})(?P=sep)(?P<y>\d{4}|\d{2})", re.ASCII),
        (r"(?P<y>\d{4})\s*[年년]\s*(?P<m>\d{1,2})\s*[月월]\s*"
         r"(?:(?P<d>\d{1,2})\s*[日号號일])?(?:\s*[(（]?(?:星期|周)[一二三四五六日天][)）]?)?", 0),
        (rf"{_WEEKDAY}(?P<d>\d{{1,2}})(?:st|nd|rd|th|\.|º)?(?:[-/ ]| de | of )\s*"
         rf"(?P<word>{_WORD})\.?(?:[-/, ]| de )\s*(?P<y>\d{{4}}|\d{{2}})", 0),
        (rf"{_WEEKDAY}(?P<word>{_WORD})\.?[- ]\s*(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:,\s*|\s+|-)(?P<y>\d{{4}})", 0),
    )
)  # fmt: skip
#: The pattern of which the order of day and month decides.
DAY_AND_MONTH = DATES[1]
#: Of the C library: weekday, month, day, time, zone, year.
CTIME = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d:\d\d)(?: [A-Z]{3,4})? (\d{4})")
_YEAR = r"(?P<y>\d{4}|(?<!\d)\d{2})"
#: Months, quarters, halves, weeks and fiscal years, which stand for their first day.
MONTHLY = (
    re.compile(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})", re.ASCII),
    re.compile(r"(?P<m>\d{1,2})[-/.](?P<y>\d{4})", re.ASCII),
    re.compile(rf"(?P<word>{_WORD})\.?[-, /]\s*(?P<y>\d{{4}})"),
    re.compile(rf"(?P<word>{_WORD})\.?(?:[-/]| ?['’])(?P<y>\d{{2}})"),
    re.compile(rf"(?P<y>\d{{4}})[-, /]\s*(?P<word>{_WORD})\.?"),
    re.compile(r"(?P<y>\d{4})[-/ ]?Q(?P<q>[1-4])", re.IGNORECASE),
    re.compile(rf"(?:Q(?P<q>[1-4])[-/ ]?['’]?{_YEAR})", re.IGNORECASE),
    re.compile(rf"(?:(?P<q>[1-4])Q[-/ ]?['’]?{_YEAR})", re.IGNORECASE),
    re.compile(r"(?P<y>\d{4})[-/ ]?H(?P<half>[12])", re.IGNORECASE),
    re.compile(rf"H(?P<half>[12])[-/ ]?['’]?{_YEAR}", re.IGNORECASE),
    re.compile(r"(?P<y>\d{4})[- ]?W(?P<week>\d{1,2})(?:-?(?P<wd>[1-7]))?"),
    re.compile(r"(?:W|KW|CW|Week) ?(?P<week>\d{1,2})[-/, ] ?(?P<y>\d{4})", re.IGNORECASE),
    re.compile(rf"FY[- ]?['’]?{_YEAR}", re.IGNORECASE),
)
#: Two years in a row, as of a school or in sports.
SEASON = re.compile(r"(?P<y>[12]\d{3})[-/–](?P<next>(?:[12]\d)?\d{2})", re.ASCII)
#: A time of day.
CLOCK = re.compile(
    r"(?P<half>上午|下午)?\s*(?P<h>\d{1,2})"
    r"(?:(?::|[hH] ?|[时點点])(?P<mi>[0-5]\d)分?(?::(?P<s>[0-5]\d)(?:\.\d+)?)?|[hH](?=$)|(?=\s*[AaPp]\.?[Mm]))"
    r"\s*(?P<ampm>[AaPp]\.?[Mm]\.?)?"
)
