"""The order of an ordered category: scales in words, numbered levels, intervals."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .intervals import interval_order
from .labelled import labels_in_order, numbers_with_labels
from .number_grammar import plain_marks
from .words import cycles, month_of, scales

__all__ = ["Levels", "level_key", "levels_in_order"]

_NUMBERED = re.compile(
    r"(?P<before>(?:stage|level|lvl|grade|tier|phase|rank|year|yr|week|wk|quarter|step|round|season|semester|term|"
    r"stufe|jahr|woche|phase|niveau|nivel|étape|grado|第|q)?)[ .]?"
    r"(?P<number>-?[0-9]{1,4}|[ivx]{1,5}|[一二三四五六七八九十]{1,3})"
    r"(?P<after>(?:st|nd|rd|th|º|ª|er|ère|e|级|年级|期|季度|"
    r"星|档|类|等|线|名|学期|岁|班| stars?| grade| year| level)?)"
)
#: Blanks, slashes between words, and hyphens, but for the sign of a negative number: "level -3", not "stage-3".
_APART = re.compile(r"(?:[\s_]|(?<=[^\W\d_])/(?=[^\W\d_])|(?<=[^\s_])-|-(?![0-9]))+")
_ROMAN = {"i": 1, "v": 5, "x": 10}
_HAN = {letter: place for place, letter in enumerate("一二三四五六七八九十", start=1)}
_MOST = 60
#: Places of the cycle that begins in the north.
_COMPASS = 8


class Levels:
    """Levels of a column in their order, lowest first, and how many steps lead round, 0 where none do."""

    def __init__(self, names: Sequence[str], period: int = 0) -> None:
        self.names, self.period = list(names), period


def level_key(text: str) -> str:
    """What two spellings of one level have in common."""
    return _APART.sub(" ", plain_marks(text.replace("\u2212", " -")).lower().replace("'", "")).strip()


def levels_in_order(texts: Sequence[str]) -> Levels | None:
    """The distinct ``texts`` of a column in their order; None if they have none that is known."""
    if not 2 <= len(texts) <= _MOST:
        return None
    for find in (_of_scale, _of_cycle, _numbered):
        known = find(texts)
        if known is not None:
            return known
    names = interval_order(texts) or labels_in_order(texts, _names) or numbers_with_labels(texts, _names)
    return None if names is None else Levels(names)


def _names(texts: Sequence[str]) -> list[str] | None:
    known = _of_scale(texts) or _numbered(texts)
    return None if known is None else known.names


def _of_scale(texts: Sequence[str]) -> Levels | None:
    # Signs count in grades, "A-", and nowhere else.
    for keys in (str.lower, level_key):
        keyed = {text: keys(text) for text in texts}
        for scale in scales():
            if all(key in scale for key in keyed.values()):
                ranks = {scale[key] for key in keyed.values()}
                letters = all(len(key) <= 2 and key.isascii() for key in keyed.values())
                if len(ranks) < 2 or (letters and not _are_letters(set(keyed.values()), len(ranks))):
                    continue
                return Levels(sorted(texts, key=lambda text: (scale[keyed[text]], texts.index(text))))
    return None


def _are_letters(keys: set[str], count: int) -> bool:
    """Whether letters are sizes or grades, not names: an X or three sizes, a sign, or levels such as A1."""
    signed = any(key[-1:] in "+-" for key in keys)
    sized = any(key in ("xs", "xl") for key in keys) or {"s", "m", "l"} <= keys
    digits = all(key[-1:].isdigit() for key in keys)
    roman = count > 2 and all(set(key) <= set("ivx") for key in keys)
    return signed or sized or roman or (digits and count > 2)


def _of_cycle(texts: Sequence[str]) -> Levels | None:
    months = {text: month_of(text) for text in texts}
    if len(texts) > 2 and all(months.values()):
        return Levels(sorted(texts, key=lambda text: months[text] or 0), 12)
    keyed = {text: level_key(text).rstrip(".") for text in texts}
    for cycle in cycles():
        if len(texts) > 2 and all(key in cycle for key in keyed.values()):
            length = 1 + max(cycle.values())
            if length == _COMPASS and not _are_directions({cycle[key] for key in keyed.values()}):
                continue
            return Levels(sorted(texts, key=lambda text: cycle[keyed[text]]), length)
    return None


def _are_directions(points: set[int]) -> bool:
    """Whether points of the compass are directions, as of the wind: north, south and west alone are parts of a country,
    as are its corners."""
    return any(point % 2 for point in points) and any(point % 2 == 0 for point in points)


def _numbered(texts: Sequence[str]) -> Levels | None:
    known = {text: _NUMBERED.fullmatch(level_key(text)) for text in texts}
    ranks: dict[str, int] = {}
    shapes = set()
    for text, match in known.items():
        if match is None:
            return None
        after = "th" if match["after"] in ("st", "nd", "rd", "th") else match["after"]
        shapes.add((match["before"], after))
        ranks[text] = _rank(match["number"])
    if min(ranks.values()) < 0 and any(after in ("º", "ª") for _, after in shapes):  # degrees, not "5th"
        return None
    if len(shapes) > 1 or shapes == {("", "")} or len(set(ranks.values())) < 2:
        return None
    return Levels(sorted(texts, key=ranks.__getitem__))


def _rank(number: str) -> int:
    if number.isascii() and number.lstrip("-").isdigit():
        return int(number)
    if number[0] in _HAN:
        tens, known, ones = number.partition("十")
        return (_HAN.get(tens, 1) * 10 if known else 0) + (_HAN.get(ones if known else number, 0))
    values = [_ROMAN[letter] for letter in number]
    return sum(-value if value < max(values[place:]) else value for place, value in enumerate(values))
