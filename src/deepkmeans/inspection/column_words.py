"""The name of a column as words and a unit, and the adjectives that go with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["ColumnWords", "column_called", "column_words"]

_UNITS = {
    **{unit.lower(): unit for unit in (
        "EUR", "USD", "GBP", "CHF", "CNY", "JPY", "kg", "mg", "cm", "mm", "km", "ms", "kWh", "mph", "ml", "lb", "lbs",
        "GHz", "MHz", "Hz", "kB", "MB", "GB", "ft",
    )},
    "pct": "%", "percent": "%", "sqm": "m²", "sqft": "sq ft",
}  # fmt: skip
_TIMES = {"years", "months", "weeks", "days", "hours", "minutes", "seconds"}
_LASTING = {"age", "tenure", "duration", "length", "time", "delay"}
#: In brackets one letter is a unit, too.
_IN_BRACKETS = {*_UNITS, *_TIMES, "m", "g", "s", "h", "l", "t", "k", "v", "a", "w"}
_BRACKETS = re.compile(r"(.+?)\s*[(\[]\s*([^()\[\]]{1,12}?)\s*[)\]]\s*")
_SYMBOL = re.compile("[%°/²³€$£¥µμ]")
_COUNTED = re.compile(r"(?:n|no|nr|num|number of|count of) (.+)", flags=re.IGNORECASE)
_PLURAL = re.compile("[a-z]{2}(?<!s)(?<!u)(?<!i)s$|children$|people$")
#: Ends of words that say how something is, not what.
_QUALITY = re.compile("(?:ed|ive|ing|able|ible|al|ent|ous|ful|ic)$")
#: Low and high of what is measured so.
_SIZES = ("length", "width", "height", "area", "size", "diameter", "perimeter", "depth", "radius", "distance")
_ADJECTIVES = {
    **dict.fromkeys(_SIZES, ("small", "large")),
    **dict.fromkeys(("duration", "time", "tenure", "delay"), ("short", "long")),
}


@dataclass(frozen=True)
class ColumnWords:
    """What a person calls a column.

    Attributes
    ----------
    words : str
        ``annual income`` of "annual_income_eur", ``petal length`` of "petal length (cm)".
    unit : str
        The unit that the name holds: "EUR", "cm"; "" if none.
    """

    words: str
    unit: str = ""

    def adjective(self, *, high: bool) -> str:
        """``high`` or ``low``, or what is said of lengths and times instead."""
        return _ADJECTIVES.get(self.words.lower().rpartition(" ")[2], ("low", "high"))[high]

    def phrase(self, direction: str, *, counted: bool) -> str:
        """``high income``, ``few visits``, ``young``: words for a name, the first letter small."""
        words = _lower(self.words)
        if direction in ("high", "low"):
            if words.lower() in ("age", "customer age"):
                return ("young", "old")[direction == "high"]
            if counted and (nouns := _nouns(words)):
                return f"{('few', 'many')[direction == 'high']} {nouns}"
            direction = self.adjective(high=direction == "high")
        return f"{direction} {words}"

    def moment(self, typical: str, direction: str) -> str:
        """``joined late``, ``signup May 2024`` of dates."""
        words = re.sub(" (?:date|at|on|time)$", "", _lower(self.words), flags=re.IGNORECASE)
        late = {"high": "late", "low": "early"}.get(direction)
        return f"{words} {late}" if late and words.endswith("ed") else f"{words} {typical}"


    def if_so(self, *, so: bool) -> str:
        """``member`` or ``no member``, ``active`` or ``not active`` of columns of yes and no."""
        words = re.sub("^(?:has|have|is|was) ", "", _lower(self.words))
        if so:
            return words
        return f"{'not' if _QUALITY.search(words) else 'no'} {words}"


@lru_cache(maxsize=4096)
def column_words(name: str, *, measured: bool = True) -> ColumnWords:
    """Words and unit of a column's name; only names of what is ``measured`` in numbers hold units."""
    unit, text = "", name
    inside = _BRACKETS.fullmatch(name) if measured else None
    if inside is not None and (inside[2].lower() in _IN_BRACKETS or _SYMBOL.search(inside[2])):
        text, unit = inside[1], _UNITS.get(inside[2].lower(), inside[2])
    if " " not in text:
        text = re.sub(r"(?<=[a-z]{2})(?=[A-Z][a-z])", " ", text)
    tokens = [token for token in re.split(r"[_\s]+", text) if token]
    if measured and not unit and len(tokens) > 1:
        last = tokens[-1].lower()
        if last in _UNITS or (last in _TIMES and tokens[-2].lower() in _LASTING):
            unit = _UNITS.get(last, last)
            tokens.pop()
    words = " ".join(tokens)
    if not words or words.isdigit():
        words = f"column {words}" if words else f"column {name!r}"
    return ColumnWords(words, unit)


def column_called(name: str) -> str:
    """A column's own name, ``column 1`` where it is but a number, for sentences."""
    return f"column {name.strip()}" if name.strip().isdigit() else name


def _nouns(words: str) -> str | None:
    """The plural that is counted, if the words are one: ``visits`` of "n visits"."""
    prefix = _COUNTED.fullmatch(words)
    if prefix is not None:
        return prefix[1]
    return words if _PLURAL.search(words.split(" per ")[0]) else None


def _lower(words: str) -> str:
    """Capitalised and shouted words in small letters; short ones in capitals are abbreviations."""
    return " ".join(
        token.lower() if token.istitle() or (token.isupper() and token.isalpha() and len(token) > 4) else token
        for token in words.split(" ")
    )
