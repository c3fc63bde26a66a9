"""Numbers among marks that say how sure they are, or of what: "<0.1", "~37", "34 ± 3", "100+", "3 1/2", "7/10"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..._quoting import short
from .number_grammar import plain_marks

__all__ = ["bare_number", "marked_note", "marks_of_numbers"]

_WORDS = (
    "ca|approx|appr|approximately|circa|about|around|roughly|nearly|almost|over|under|above|below|up to|at least|"
    "at most|more than|less than|min|max|only|etwa|ungefähr|rund|knapp|über|unter|bis|ab|env|environ|plus de|moins de|"
    "casi|más de|menos de|aprox"
)
_BEFORE = re.compile(
    rf"(?:[<>≤≥]=?|[~≈∼≃=]|(?:{_WORDS})\b\.?|大?[约約]|超过|[大小]于|近)\s*(?=[-+$£¥€]?\s?[.,]?\d)", re.IGNORECASE
)
_SPREAD = re.compile(r"\s*\(?\s*(?:±|\+/-|\+-)\s*[0-9][0-9.,]*\s*%?\)?")
_BRACKETED = re.compile(r"(?<=[\w%°])\s*[\[(](?:[-+\d.,;:%±~<>=/\s]|to|bis|sd|se|ci|n\b)*[\])]$", re.IGNORECASE)
_AFTER = re.compile(r"\s*(?:\+|[*†‡^]+|\s(?:approx|ca|est)\.?|\s(?:or more|or less|et plus|und mehr))$", re.IGNORECASE)
_PLUS = re.compile(r"(?<=\d)\s?\+(?=\s?[^\W\d_])")
_NO_CENTS = re.compile(r"(?<=\d)([.,])-{1,2}(?=$|\s?[€$£])")
_MINUS = re.compile(r"([0-9][0-9.,' ]*)\s?-")
_SIDE = re.compile(r"([0-9][0-9.,]*(?:\s?°|(?<=[.,]\d\d)))\s?([NSEW])")
_ACCOUNT = re.compile(r"(.*\d)\s?(CR|DR)\.?", re.IGNORECASE)
_FRACTION = re.compile(r"(-?)(?:(\d+)(?:\s+|-))?(\d{1,3})\s?[/⁄]\s?(\d{1,2})(?![\d/.,])")
_GLYPH = re.compile(r"(\d*)\s?([¼-¾⅐-⅞])")
_OUT_OF = re.compile(
    r"([0-9]+(?:[.,][0-9]+)?)\s?(?:/|out of|of|von|sur|de|из)\s?([1-9][0-9]{0,3})"
    r"(?:\s?(?:stars?|points?|sterne?n?|punkte?n?))?",
    re.IGNORECASE,
)
#: What halves, thirds and the inches of carpenters are divided by.
_DIVISORS = frozenset((2, 3, 4, 5, 6, 8, 10, 12, 16, 32, 64))
_HALVED = frozenset((2, 4, 8, 16, 32, 64))
_LONGEST = 40


def marks_of_numbers(texts: Sequence[str]) -> dict[str, Any]:
    """Options by which :func:`bare_number` reads a column of the distinct ``texts``.

    ``marked`` always; ``of`` where all are out of one number, ``fractions`` where whole numbers stand beside them, or
    halves and quarters alone, and what is over a slash is less than what is under it. Other slashes divide nothing.
    """
    options: dict[str, Any] = {"marked": True}
    plain = [plain_marks(text) for text in texts]
    whole = {match[2] for match in map(_OUT_OF.fullmatch, plain) if match is not None}
    if len(whole) == 1 and sum(_OUT_OF.fullmatch(text) is not None for text in plain) > 0.9 * len(plain):
        return options | {"of": int(whole.pop())}
    matches = [match for match in map(_FRACTION.match, plain) if match is not None]
    divided = {(int(match[3]), int(match[4])) for match in matches}
    mixed = len(matches) < len(plain) or any(match[2] for match in matches)
    halved = all(under in _HALVED for _, under in divided)
    if divided and (mixed or halved) and all(over < under and under in _DIVISORS for over, under in divided):
        options["fractions"] = True
    return options


def bare_number(text: str, options: Mapping[str, Any]) -> str:
    """The text without what is not its number and unit; as it is where it is longer than any number."""
    if len(text) > _LONGEST or not any(map(str.isnumeric, text)):
        return text
    point = options.get("decimal", ".")
    text = _GLYPH.sub(lambda match: _decimal(int(match[1] or 0) + unicodedata.numeric(match[2]), point), text)
    text = plain_marks(text)
    if "of" in options:
        match = _OUT_OF.fullmatch(text)
        return match[1] if match is not None and int(match[2]) == options["of"] else text
    text = _BEFORE.sub("", text, count=1) if _BEFORE.match(text) else text
    text = _NO_CENTS.sub(r"\g<1>00", text)
    text = _PLUS.sub("", _AFTER.sub("", _BRACKETED.sub("", _SPREAD.sub("", text))))
    if (match := _MINUS.fullmatch(text)) is not None:
        return f"-{match[1].strip()}"
    if (match := _SIDE.fullmatch(text)) is not None:
        return f"{'-' if match[2] in 'SW' else ''}{match[1].rstrip('° ')}"
    if (match := _ACCOUNT.fullmatch(text)) is not None:
        return f"{'-' if match[2].upper() == 'DR' else ''}{match[1]}"
    if options.get("fractions") and (match := _FRACTION.match(text)) is not None and int(match[4]):
        value = int(match[2] or 0) + int(match[3]) / int(match[4])
        return f"{match[1]}{_decimal(value, point)}{text[match.end() :]}"
    return text.strip()


def marked_note(texts: Sequence[str], counts: np.ndarray, options: Mapping[str, Any]) -> tuple[str, ...]:
    """What to say of the distinct ``texts``, ``counts`` times each, of which some have marks beside the number."""
    if not options.get("marked") or "of" in options:
        return ()
    marked = [place for place, text in enumerate(texts) if bare_number(text, options) != plain_marks(text)]
    count = int(counts[marked].sum())
    if not count:
        return ()
    shown = short(texts[marked[0]], 24)
    cells = f"{count:,} cells such as {shown} are" if count > 1 else f"1 cell, {shown}, is"
    return (f"{cells} read as the number alone",)


def _decimal(value: float, point: str) -> str:
    return repr(value).replace(".", point)
