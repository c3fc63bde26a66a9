"""Columns that number or name the rows instead of measuring them, by their cells and their names.

Dropping a measurement is worse than keeping a key: a key is noise, a measurement is what the clusters are made of. So
numbers are a key only if they are all different and the name of the column says so; if they count the rows, in their
order; or if they are all different and have more digits than measurements have.
"""

from __future__ import annotations

import re

import numpy as np

__all__ = ["ENOUGH", "counted_from", "is_key_name", "key_reason"]

#: Fewer rows than this may differ, or be evenly stepped, by chance.
ENOUGH = 20
_KEYS = "id|ids|idx|index|uuid|guid|key|pk|rowid|identifier|identifiant|identificador|kennung|kennzeichen"
_NAMES = re.compile(
    rf"(.*[ _.-])?({_KEYS})|({_KEYS})[ _.-].*|row([ _.-]?(number|num|no|nr))?|row[ _.-]?names?|unnamed: ?0|record|#"
    r"|serial([ _.-]?(number|no))?|no\.?|nr\.?|(lfd|ser)\.? ?nr\.?|n[°º]"
    r"|.*(编号|编码|序号|学号|工号|卡号|单号|账号|身份证号?|番号)|.*(номер|идентификатор)|.*[ _.-]?(kennung|nummer)",
    re.IGNORECASE,
)
_CAMEL = re.compile(r".*[a-z](Id|ID|Key)")
_CAMEL_NUMBERS = re.compile(r".*[a-z](Number|No|Num|Nr|Code)")
#: Names that keys have, and counts and labels, too.
_NUMBERS = re.compile(
    r"(.*[ _.-])?(number|num|no\.?|nr\.?|code|código|codigo|numero|número|numéro|matricule|matrícula)|.*号码?|.*番",
    re.IGNORECASE,
)
#: Names of what has a number in somebody's files: a column of counts or amounts is seldom called so.
_FILED = re.compile(
    r"mrn|customer|client|patient|member|subscriber|account|policy|employee|stud(?:ent|ierende)|kund(?:e|in)|mandant|patient(?:in)?|"
    r"mitglied|konto|vertrag|cliente|paciente|socio|cuenta|afiliado|adh[eé]rent|compte|conto|paziente|conta|klant|"
    r"客户|会员|患者|账户|顧客|会員|клиент|пациент|сч[её]т", re.IGNORECASE,
)  # fmt: skip
#: Years in a row are no numbers of rows.
_YEARS = (1800, 2100)
#: No measurement has so many digits.
_LONG = 1e15
#: Few have so many, and all the same number of them: account numbers, article numbers.
_FIXED = 10
#: Seconds since 1970, of 1990 to 2040, have ten digits, and milliseconds thirteen.
_MOMENTS = (6.3e8, 2.2e9)


def is_key_name(name: str) -> bool:
    """Whether a column is called like a key: ``id``, ``customer_id``, ``userId``, ``row``, ``编号``."""
    return bool(_NAMES.fullmatch(name.strip()) or _CAMEL.fullmatch(name.strip()))


def _is_number_name(name: str) -> bool:
    """Whether it is called like a number of something: ``no.``, ``order number``."""
    return bool(_NUMBERS.fullmatch(name.strip()) or _CAMEL_NUMBERS.fullmatch(name.strip()))


def key_reason(name: str, values: np.ndarray) -> str | None:
    """Why the numbers (n,) of a column of this name are a key, None if they are not."""
    n, named = len(values), is_key_name(name)
    if n < 2 or np.isnan(values[0]) or values[0] != np.rint(values[0]):
        return None
    if np.isnan(values).any() or not (values == np.rint(values)).all():
        return None
    distinct = len(np.unique(values))
    if n >= ENOUGH and values.min() > _LONG and distinct > 0.95 * n:  # floats round some of them alike
        return "whole numbers of more than 15 digits, all different"
    if distinct < n:
        return "called like a key, and seldom the same twice" if named and distinct > max(n / 2, ENOUGH) else None
    if n >= ENOUGH and (reason := _counts_rows(values, named)) is not None:
        return reason
    filed = _FILED.fullmatch(name.strip()) is not None and values.min() > 0
    if named or (n >= ENOUGH and (filed or _is_number_name(name))):
        return "called like a key, and all different"
    return _fixed_width(values) if n >= ENOUGH else None


def counted_from(values: np.ndarray) -> int | None:
    """The first of consecutive whole numbers (n,) of which each is there once, in whatever order; None of others."""
    n = len(values)
    if n < ENOUGH or np.isnan(values).any():
        return None
    low = float(values.min())
    whole = low in (0.0, 1.0) and float(values.max()) == low + n - 1 and bool((values == np.rint(values)).all())
    return int(low) if whole and len(np.unique(values)) == n else None


def _counts_rows(values: np.ndarray, named: bool) -> str | None:
    """Whether whole numbers go up, or down, by one step from row to row."""
    steps = np.diff(values)
    years = _YEARS[0] <= values.min() and values.max() <= _YEARS[1]
    if steps.max() != steps.min() or (years and not named):
        return None
    first, last, step = int(values[0]), int(values[-1]), abs(int(steps[0]))
    by = "each once" if step == 1 else f"in steps of {step:,}"
    return f"whole numbers {first} to {last}, {by}, in the order of the rows: a row number"


def _fixed_width(values: np.ndarray) -> str | None:
    """Whether different whole numbers all have the same number of digits, ten or more, and are not rounded."""
    low, high = float(values.min()), float(values.max())
    width = len(str(int(low))) if low > 0 else 0
    moments = any(_MOMENTS[0] * unit <= low and high <= _MOMENTS[1] * unit for unit in (1.0, 1e3))
    if width < _FIXED or len(str(int(high))) != width or moments or (np.mod(values, 10) == 0).all():
        return None
    return f"whole numbers of {width} digits, all different"
