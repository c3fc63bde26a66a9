"""Ranges of numbers as levels: "0-9", "10 to 19", "20+", "under 18", "(0, 10]"."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from .number_grammar import LETTER

__all__ = ["interval_order"]

_NUMBER = r"[$€£¥]?\s?([-+]?[0-9][0-9.,' ]*?)\s?([kKmM万千])?\s?[$€£¥%]?"
_UNIT = rf"(?:\s?(?!(?:to|bis|a|à)\b){LETTER}{{1,8}}[²³]?\.?)?"
_RANGE = re.compile(rf"{_NUMBER}{_UNIT}\s?(?:-|–|—|~|～|to|bis|a|à|至|到|\.\.\.?)\s?{_NUMBER}{_UNIT}")
_BRACKET = re.compile(r"(?=\[|.*\])[\[(]\s*([-+]?[0-9.eE+-]+|-inf)\s*,\s*([-+]?[0-9.eE+-]+|\+?inf)\s*[\])]")
_FROM = re.compile(
    rf"(?:>=?|≥|over|above|more than|from|ab|über|más de|plus de|大于|超过)\s?{_NUMBER}{_UNIT}|"
    rf"{_NUMBER}{_UNIT}\s?(?:\+|and over|and above|or more|and more|plus|and older|und mehr|y más|et plus|以上|及以上)|"
    rf"{_NUMBER}\s?\+{_UNIT}",
    re.I,
)
_TO = re.compile(
    rf"(?:<=?|≤|under|below|less than|up to|unter|bis|menos de|moins de|小于|不足)\s?{_NUMBER}{_UNIT}|"
    rf"{_NUMBER}{_UNIT}\s?(?:or less|and under|and below|or fewer|and younger|以下|及以下|以内)",
    re.I,
)
_SINGLE = re.compile(_NUMBER + _UNIT)
_TIMES = {"k": 1e3, "K": 1e3, "m": 1e6, "M": 1e6, "万": 1e4, "千": 1e3}
#: So many numbers are counted before "and more".
_COUNTED = 10


def interval_order(texts: Sequence[str]) -> list[str] | None:
    """Ranges that do not overlap, lowest first; None if a text is neither a range nor a number, or all are numbers.

    So are limits such as "<0.1" among numbers.
    """
    ends = [_ends(text) for text in texts]
    if any(pair is None for pair in ends):
        return None
    known = [pair for pair in ends if pair is not None]
    if not any(low < high for low, high in known) or any(low > high for low, high in known):
        return None
    if _are_limits(known):
        return None
    order = sorted(range(len(texts)), key=lambda place: known[place])
    for before, after in zip(order, order[1:], strict=False):
        if known[after][0] < known[before][1] or known[after] == known[before]:
            return None
    return [texts[place] for place in order]


def _are_limits(known: Sequence[tuple[float, float]]) -> bool:
    """Whether these are numbers, "<0.1" for one too small to measure: not "0", "1", "2", "3 and more"."""
    singles = sorted(low for low, high in known if low == high)
    bounded = sum(-math.inf < low < high < math.inf for low, high in known)
    counted = all(low == singles[0] + step and low == math.floor(low) for step, low in enumerate(singles))
    return bool(singles) and not bounded and (len(singles) > _COUNTED or not counted)


def _ends(text: str) -> tuple[float, float] | None:
    text = text.strip()
    for pattern in (_BRACKET, _RANGE, _FROM, _TO, _SINGLE):
        match = pattern.fullmatch(text)
        if match is None:
            continue
        if pattern is _BRACKET:
            low, high = (_float(end) for end in match.groups())
        else:
            groups = [group for group in zip(match.groups()[::2], match.groups()[1::2], strict=True) if group[0]]
            values = [_float(number) * _TIMES.get(times or "", 1.0) for number, times in groups]
            if pattern is _RANGE and not groups[0][1] and groups[1][1]:  # "0-50k"
                values[0] *= _TIMES[groups[1][1]]
            low, high = {_FROM: (values[0], math.inf), _TO: (-math.inf, values[0])}.get(
                pattern, (values[0], values[-1])
            )
        return None if low != low or high != high else (low, high)
    return None


def _float(text: str) -> float:
    digits = re.sub(r"[ '](?=\d{3})|,(?=\d{3}(?!\d))", "", text.strip()).replace(",", ".")
    try:
        return float(digits)
    except ValueError:
        return math.nan
