"""The shape of a number in a text: signs, marks between thousands, the decimal mark, powers of ten, a unit."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import numpy as np

from .units import is_currency

__all__ = ["LETTER", "NUMBER", "SPACES", "THOUSANDS", "infinity", "plain_marks", "power_of", "unit_name", "unit_of"]

#: Blanks of typography, which stand between thousands and before units.
SPACES = "\u00a0\u2007\u2008\u2009\u200a\u202f\u3000"
_QUOTES = "\u2019\u02bc\u2032"
_MINUS = "\u2212\u2010\u2011\u2012\u2013\uff0d\ufe63"
_PLAIN: dict[int, Any] = {ord(mark): ascii_ for marks, ascii_ in ((SPACES, " "), (_MINUS, "-"), (_QUOTES, "'"))
                          for mark in marks} | {0x066B: ".", 0x066C: ",", 0xFFE5: "¥", 0xFFE1: "£"}  # fmt: skip
#: Full-width letters, digits and marks.
_PLAIN |= {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if code not in _PLAIN}
_DIGIT = re.compile(r"(?![0-9])\d")

_CURRENCIES = (
    "USD|EUR|GBP|CNY|RMB|JPY|CHF|AUD|CAD|NZD|HKD|SGD|TWD|KRW|INR|BRL|MXN|RUB|SEK|NOK|DKK|PLN|CZK|HUF|TRY|ZAR|ILS|THB"
)
#: A letter, and no sign that is part of the number: ½, ², ①.
LETTER = r"[^\W\d_²³¹¼-¾⁰-₉⅐-↉①-⓿❶-➓]"
_SYMBOL = r"[A-Za-z]{0,3}[$\u00a2-\u00a5\u20a0-\u20bf]"
_UNIT = rf"{LETTER}|[%‰°µ/*·$\u00a2-\u00a5\u20a0-\u20bf]"
_ODD_UNIT = rf"[lL] ?/ ?100 ?km|(?:{_UNIT}){{1,6}}/\([^()]{{1,12}}\)"
#: Powers of ten by which a number is multiplied.
POWERS = {
    "k": 3, "K": 3, "M": 6, "Mio": 6, "Mio.": 6, "mn": 6, "mln": 6, "million": 6, "B": 9, "bn": 9, "Mrd": 9, "Mrd.": 9,
    "billion": 9, "Tsd": 3, "Tsd.": 3, "thousand": 3, "T": 12, "trillion": 12, "千": 3, "万": 4, "萬": 4, "亿": 8,
    "億": 8, "万亿": 12, "백만": 6, "만": 4, "억": 8, "lakh": 5, "Lakh": 5, "lac": 5, "Lac": 5, "crore": 7, "Crore": 7,
}  # fmt: skip
_OF_MONEY = {"m": 6, "b": 9, "bln": 9, "tn": 12}
#: For each decimal mark what stands between thousands, as an expression, by three digits, or by two as in India.
THOUSANDS = {
    mark: rf"[1-9][0-9]{{0,2}}(?:{other}[0-9]{{3}})+|[1-9][0-9]{{0,2}}(?:[ '][0-9]{{3}})+"
          rf"|[1-9][0-9]?(?:{other}[0-9]{{2}})*{other}[0-9]{{3}}"
    for mark, other in ((".", ","), (",", r"\."))
}  # fmt: skip
#: A number by its decimal mark, of a text without blanks around it and in :func:`plain_marks`.
NUMBER = {
    mark: re.compile(
        rf"(?P<open>\()?(?P<sign>[-+])?\s?(?P<before>{_SYMBOL}|(?:{_CURRENCIES}|Rs\.?|kr\.?)(?![A-Za-z]))?\s?"
        rf"(?P<sign2>[-+])?(?P<whole>[0-9]+|{THOUSANDS[mark]})?(?:{re.escape(mark)}(?P<part>[0-9]*))?"
        rf"(?P<power>[eE][+-]?[0-9]+)?\s?(?P<after>{_ODD_UNIT}|"
        rf"(?:{_UNIT})(?:{_UNIT}|\.|(?<=[^\W\d_])\^?(?:[23](?![0-9])|⁻?[¹²³]|[₀-₉])|\s(?=[^\W\d_])){{0,15}}|''|[\"'])?"
        r"(?P<close>\))?"
    )
    for mark in (".", ",")
}
_INFINITY = {"inf": np.inf, "infinity": np.inf, "∞": np.inf}


def plain_marks(text: str) -> str:
    """ASCII digits, marks and signs for those of other scripts and of typography; no blanks around."""
    if text.isascii():
        return text.strip()
    text = text.translate(_PLAIN).strip()
    return text if text.isascii() else _DIGIT.sub(lambda match: str(unicodedata.decimal(match[0])), text)


def power_of(head: str, currency: str | None) -> int | None:
    """The power of ten that a word behind a number stands for; of money "m" is a million, too."""
    head = unit_name(head)  # "2 Lakhs"
    if head in POWERS:
        return POWERS[head]
    return _OF_MONEY.get(head) if currency and is_currency(currency) else None


def unit_of(text: str, decimal: str) -> str | None:
    """The unit of a number, "" without one, None for what is no number."""
    match = NUMBER[decimal].fullmatch(plain_marks(text))
    if match is None:
        return None if np.isnan(infinity(text)) else ""
    if not (match["whole"] or match["part"]) or (match["open"] is None) != (match["close"] is None):
        return None
    return " ".join(unit_name(unit) for unit in (match["after"], match["before"]) if unit and unit.strip())


def unit_name(unit: str) -> str:
    """A unit without blanks around it and without the "s" of the plural."""
    unit = unit.strip()
    if len(unit) > 4 and unit.endswith(("ches", "shes", "xes")):
        return unit[:-2]
    return unit[:-1] if len(unit) > 3 and unit.endswith("s") and unit.isascii() and unit.isalpha() else unit


def infinity(text: str) -> float:
    """Infinity by name, NaN for any other text."""
    bare = text.strip().lower()
    return -np.inf if bare[:1] in "-−" and bare[1:] in _INFINITY else _INFINITY.get(bare.removeprefix("+"), np.nan)
