"""Columns that number or name the rows instead of measuring them, by their cells and their names.

Dropping a measurement is worse than keeping a key. So whole numbers that are all different are a key only where a
measurement would not be like that: evenly stepped; so dense that chance would repeat some; or spread evenly over all
numbers of so many digits, as numbers are that are drawn. Otherwise the name of the column has to say so.
"""

from __future__ import annotations

import re

import numpy as np

__all__ = ["ENOUGH", "is_key_name", "key_reason"]

#: Fewer rows than this may differ, or be evenly stepped, by chance.
ENOUGH = 20
_NAMES = re.compile(
    r"(.*[ _.-])?(id|ids|idx|index|uuid|guid|key|pk|rowid)|(id|index|uuid)[ _.-].*|row([ _.-]?(number|num|no|nr))?"
    r"|row[ _.-]?names?|unnamed: ?0|record|serial([ _.-]?(number|no))?|#|no\.?|nr\.?"
    r"|.*(编号|编码|序号|学号|工号|卡号|单号|账号|身份证号?|番号)|.*(номер|идентификатор)|.*[ _.-]?(kennung|nummer)",
    re.IGNORECASE,
)
_CAMEL = re.compile(r".*[a-z](Id|ID)")
#: Pairs of equal numbers that chance would make; with so many, a draw without one has a probability of 1 in 20,000.
_PAIRS = 10
#: Rows from which the spread of numbers tells how they were made.
_MANY = 100
#: Of Kolmogorov and Smirnov's statistic: even numbers stay below it 95 times of 100.
_EVEN = 1.36
#: Years in a row are no numbers of rows.
_YEARS = (1800, 2100)
#: No measurement has so many digits.
_LONG = 1e15


def is_key_name(name: str) -> bool:
    """Whether a column is called like a key: ``id``, ``customer_id``, ``userId``, ``row``, ``编号``."""
    return bool(_NAMES.fullmatch(name.strip()) or _CAMEL.fullmatch(name.strip()))


def key_reason(values: np.ndarray, *, named: bool) -> str | None:
    """Why numbers (n,) are a key, None if they are not; ``named``: the column is called like one."""
    n = len(values)
    if n < 2 or np.isnan(values[0]) or values[0] != np.rint(values[0]):
        return None
    if np.isnan(values).any() or not (values == np.rint(values)).all():
        return None
    ordered = np.sort(values)
    with np.errstate(over="ignore"):
        steps = np.diff(ordered)
    distinct = 1 + int((steps > 0).sum())
    if n >= ENOUGH and ordered[0] > _LONG and distinct > 0.95 * n:  # floats round some of them alike
        return "whole numbers of more than 15 digits that are all different"
    if distinct < n:
        return "the name of a key" if named and distinct > max(n / 2, ENOUGH) else None
    years = _YEARS[0] <= ordered[0] and ordered[-1] <= _YEARS[1] and not named
    if n >= ENOUGH and steps.max() == steps.min() and not years:
        return "whole numbers in equal steps"
    if named:
        return "whole numbers that are all different, and the name of a key"
    if n < ENOUGH or years:
        return None
    extent = float(ordered[-1] - ordered[0])
    if n * (n - 1) / 2 > _PAIRS * extent:
        return "whole numbers that are all different, though chance would repeat some"
    return "numbers spread evenly over all of so many digits, all different" if _drawn(ordered) else None


def _drawn(ordered: np.ndarray) -> bool:
    """Whether different numbers fill a block, such as 100,000 to 999,999 or 0 to 999,999, evenly."""
    n, low, high = len(ordered), float(ordered[0]), float(ordered[-1])
    if n < _MANY or high < 10_000 or low < 0:
        return False
    top = 10.0 ** len(str(int(high)))
    for bottom in (top / 10, 0.0):
        block = top - bottom
        if low < bottom or low - bottom > 5 * block / n or top - high > 5 * block / n:
            continue
        expected = (ordered - bottom) / block
        place = np.arange(n) / n
        gap = max(float((expected - place).max()), float((place + 1 / n - expected).max()))
        if gap * np.sqrt(n) < _EVEN:
            return True
    return False
