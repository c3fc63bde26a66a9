"""What beside its digits belongs to a number: fractions, powers of ten, arrows, "minus", debit and credit, N and S."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["fractions_in", "opposite_marks", "plain_number"]

_MONEY = r"[$€£¥₹]"
_MINUS = re.compile(rf"({_MONEY}?\s?[0-9][0-9.,' ]*?)\s?-(\s?{_MONEY}|\s?(?:EUR|USD|GBP|CHF))?")
_MINUS_WORD = re.compile(r"(?:minus|negative|moins|menos|meno|负|負|マイナス)\s*(?=[$€£¥]?\s?[.,]?\d)", re.IGNORECASE)
_ACCOUNTED = re.compile(rf"({_MONEY})\s?\((\s?[0-9][^()]*)\)")
_UP, _DOWN = "▲△↑⬆🔺", "▼▽↓⬇🔻"
_ARROW = re.compile(
    rf"(?P<before>[{_UP}{_DOWN}])?\ufe0f?\s*(?P<rest>[^{_UP}{_DOWN}]+?)\s*(?P<after>[{_UP}{_DOWN}])?\ufe0f?"
)
_SIDE = re.compile(r"([0-9][0-9.,]*(?:\s?°|(?<=[.,]\d\d)))\s?([NSEW])")
_ACCOUNT = re.compile(r"(.*\d)\s?(CR|DR)\.?", re.IGNORECASE)
_FRACTION = re.compile(r"(-?)(?:(\d+)(?:\s+|-))?(\d{1,3})\s?[/⁄]\s?(\d{1,2})(?![\d/.,])")
_GLYPH = re.compile(r"(?<![\d.,])(\d*)\s?([¼-¾⅐-⅞])(?![¼-¾⅐-⅞])")
_POWER = re.compile(
    r"(?P<sign>[-+]?)(?:(?P<digits>[0-9]+(?:[.,][0-9]+)?)\s?[x×X·*⋅]\s?)?10(?:\^\s?(?P<plain>[-+]?[0-9]{1,3})|"
    r"(?P<raised>[⁺⁻]?[⁰¹²³⁴-⁹]{1,3})|(?<=[x×X·*⋅]10)(?P<minus>-[0-9]{1,3})|(?<=[x×X·*⋅] 10)(?P<apart>-[0-9]{1,3}))"
)
_RAISED = str.maketrans("⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "+-0123456789")
_PER = re.compile(r"(?<=[^\s\d/]) ?/ (?=[^\W\d_])|(?<=[^\s\d/]) /(?=[^\W\d_])")
_MARKED = re.compile(r"([-+]?[0-9][0-9.,' ]*)\s?([A-Z])")
#: Letters after a number of which the second makes it negative, and the largest number that both may follow.
_OPPOSITE = (("H", "S", float("inf")), ("N", "S", 90.0), ("E", "W", 180.0))
#: What halves, thirds and the inches of carpenters are divided by.
_DIVISORS = frozenset((2, 3, 4, 5, 6, 8, 10, 12, 16, 32, 64))
_HALVED = frozenset((2, 4, 8, 16, 32, 64))


def fractions_in(plain: Sequence[str]) -> bool:
    """Whether slashes divide: whole numbers stand beside fractions, or these are halves and quarters alone.

    What is over a slash is then less than what is under it. Other slashes divide nothing.
    """
    matches = [match for match in map(_FRACTION.match, plain) if match is not None]
    divided = {(int(match[3]), int(match[4])) for match in matches}
    mixed = len(matches) < len(plain) or any(match[2] for match in matches)
    halved = all(under in _HALVED for _, under in divided)
    return bool(divided) and (mixed or halved) and all(a < b and b in _DIVISORS for a, b in divided)


def opposite_marks(texts: Sequence[str]) -> str | None:
    """The letter that makes a number negative, where another one makes it positive: "S" of Haben and Soll, of N and S.

    Each has to be there, in capitals, and no other unit.
    """
    marks: set[str] = set()
    largest, decimals = 0.0, False
    for text in texts:
        match = _MARKED.fullmatch(text)
        if match is not None:
            marks.add(match[2])
            whole = re.split(r"[.,]", match[1])[0]
            largest = max(largest, float(re.sub(r"[^0-9]", "", whole) or 0))
            decimals = decimals or re.search(r"[.,]", match[1]) is not None
        elif re.search(r"[^\W\d_]", text):
            return None
    for plus, minus, most in _OPPOSITE:
        if marks == {plus, minus} and largest <= most and (decimals or most == float("inf")):
            return minus
    return None


def plain_number(text: str, options: Mapping[str, Any]) -> str:
    """A text, in plain marks, with its sign before its digits and its fraction as decimals."""
    point = options.get("decimal", ".")
    text = _GLYPH.sub(lambda match: _decimal(int(match[1] or 0) + unicodedata.numeric(match[2]), point), text)
    if (match := _POWER.fullmatch(text)) is not None:
        raised = (match["raised"] or "").translate(_RAISED)
        power = match["plain"] or raised or match["minus"] or match["apart"]
        return f"{match['sign']}{match['digits'] or 1}e{power}"
    text = _MINUS_WORD.sub("-", text, count=1) if _MINUS_WORD.match(text) else text
    text = _PER.sub("/", _ACCOUNTED.sub(r"(\1\2)", text))
    match = _ARROW.fullmatch(text)
    if match is not None and bool(match["before"]) != bool(match["after"]):
        text = match["rest"] if match["rest"][0] in "+-" else _signed(match["rest"], (match[1] or match[3]) in _DOWN)
    if (match := _MINUS.fullmatch(text)) is not None:
        return f"-{match[1].strip()}{match[2] or ''}"
    if (match := _MARKED.fullmatch(text)) is not None and "opposite" in options:
        return _signed(match[1].strip(), match[2] == options["opposite"])
    if (match := _SIDE.fullmatch(text)) is not None:
        return _signed(match[1].rstrip("° "), match[2] in "SW")
    if (match := _ACCOUNT.fullmatch(text)) is not None:
        return _signed(match[1], match[2].upper() == "DR")
    if options.get("fractions") and (match := _FRACTION.match(text)) is not None and int(match[4]):
        value = int(match[2] or 0) + int(match[3]) / int(match[4])
        return f"{match[1]}{_decimal(value, point)}{text[match.end() :]}"
    return text.strip()


def _signed(number: str, negative: bool) -> str:
    """The number with the other sign, if ``negative``."""
    if not negative:
        return number
    return number[1:] if number.startswith("-") else f"-{number.removeprefix('+')}"


def _decimal(value: float, point: str) -> str:
    return repr(value).replace(".", point)
