"""The sentences of distinctions, and the few words that stand for them in a name."""

from __future__ import annotations

import math

from .column_profile import ColumnProfile
from .column_words import ColumnWords
from .conditions import Condition
from .formatting import share_text
from .original import OriginalColumn
from .typical_values import shown_number

__all__ = ["of_levels", "of_missing", "of_numbers", "short_level"]

_MOST_LETTERS = 40
#: What lies beyond an end.
_SIDES = {"date": ("before", "later"), "ordinal": ("below", "above")}
_YES, _NO = ("yes", "true", "1", "y", "on", "ja", "oui", "是"), ("no", "false", "0", "n", "off", "nein", "non", "否")


def of_missing(words: ColumnWords, condition: Condition) -> tuple[str, str]:
    """Text and phrase of cells that are missing, or given, more often than elsewhere."""
    name, inside, outside = words.words, condition.inside, condition.outside
    if condition.direction == "missing":
        how = "never given" if inside == 1 else "rarely given" if inside >= 0.5 else "sometimes missing"
        phrase = f"no {name} given" if inside >= 0.5 else f"{name} sometimes missing"
    else:
        inside, outside = 1 - inside, 1 - outside
        how = "always given" if inside == 0 else "mostly given"
        phrase = f"{name} given"
    if how in ("never given", "always given"):
        return f"{name} {how} (elsewhere missing in {share_text(outside)})", phrase
    return f"{name} {how}: missing in {share_text(inside)} (elsewhere {share_text(outside)})", phrase


def of_levels(
    kind: str, words: ColumnWords, names: list[str], condition: Condition, ambiguous: frozenset[str]
) -> tuple[str, str]:  # fmt: skip
    """Text and phrase of levels, items and words."""
    said, inside = " or ".join(names), condition.inside
    if condition.direction == "rarely":
        how = "never" if inside == 0 else "rarely"
    else:
        how = "always" if inside == 1 else "mostly" if inside >= 0.5 else "often"
    verb = {"list": "with ", "text": "mentions "}.get(kind, "")
    text = f"{words.words} {how} {verb}{said}"
    text += "" if inside in (0, 1) else f": {share_text(inside)}"
    text += f" (elsewhere {share_text(condition.outside)})"
    rarely = condition.direction == "rarely"
    if kind == "text":
        return text, f"mentions {said}"
    if kind == "boolean" and names[0].lower() in (*_YES, *_NO):
        return text, words.if_so(so=names[0].lower() in _YES)
    if any(name in ambiguous or _says_little(name) for name in names):
        verb = " is" if len(words.words) < 3 and words.words.isascii() else ""
        return text, f"{words.words}{verb} {'not ' if rarely else ''}{said}"
    if kind == "list":
        return text, f"{'without' if rarely else 'with'} {said}"
    return text, f"not {said}" if rarely else said


def _says_little(name: str) -> bool:
    """Whether a level means nothing without its column: yes, 3, A."""
    little = (*_YES, *_NO, "other", "others", "none", "unknown")
    return (len(name) < 3 and name.isascii()) or name.lower() in little or name[:1].isdigit()


def of_numbers(column: OriginalColumn, words: ColumnWords, profile: ColumnProfile, condition: Condition) -> str:
    """Text of a range: by the medians where these tell, else by what lies in it."""
    assert profile.inside is not None and profile.outside is not None
    direction, here, there = condition.direction, profile.inside.median, profile.outside.median
    of_dates = column.kind == "date"
    said = {"high": "late", "low": "early"}.get(direction, direction) if of_dates else direction
    if direction in ("high", "low") and column.kind == "number":
        said = words.adjective(high=direction == "high")
    agrees = (direction == "high" and here > there) or (direction == "low" and here < there)
    if agrees and profile.typical_inside != profile.typical_outside:
        return f"{words.words} {said}: typically {profile.typical_inside} (elsewhere {profile.typical_outside})"
    shares = f"{share_text(condition.inside)} (elsewhere {share_text(condition.outside)})"
    near = profile.outside if direction == "extreme" else profile.inside
    apart = near.upper_quartile - near.lower_quartile or abs(here - there) or abs(here)

    def end(value: float, *, unit: bool = True) -> str:
        return shown_number(column, value, apart, unit=unit)

    less, more = _SIDES.get(column.kind, ("less", "more"))
    if direction == "extreme":
        return f"{words.words} extreme: {end(condition.low)} or {less}, or {end(condition.high)} or {more}, in {shares}"
    if math.isinf(condition.low):
        return f"{words.words} {said}: {end(condition.high)} or {less} in {shares}"
    if math.isinf(condition.high):
        return f"{words.words} {said}: {end(condition.low)} or {more} in {shares}"
    low, high = end(condition.low, unit=False), end(condition.high)
    if end(condition.low) == high:
        return f"{words.words} {said}: {high} in {shares}"
    if of_dates:
        return f"{words.words} between {low} and {high}: {shares}"
    return f"{words.words} {said}: {low} to {high} in {shares}"


def short_level(name: str) -> str:
    name = " ".join(name.split())
    return name if len(name) <= _MOST_LETTERS else f"{name[: _MOST_LETTERS - 1]}…"
