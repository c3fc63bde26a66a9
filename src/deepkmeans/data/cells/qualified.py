"""Numbers among marks that say how sure they are, or of what: "<0.1", "~37", "34 ± 3", "100+", "7/10"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..._quoting import short
from .number_grammar import LETTER, plain_marks
from .valued import fractions_in, opposite_marks, plain_number

__all__ = ["bare_number", "marked_note", "marks_of_numbers"]

_WORDS = (
    "ca|approx|appr|approximately|circa|about|around|roughly|nearly|almost|over|under|above|below|up to|at least|"
    "at most|more than|less than|min|max|only|from|starting at|starting from|à partir de|desde|a partir de|"
    "etwa|ungefähr|rund|knapp|über|unter|bis|ab|env|environ|plus de|moins de|"
    "casi|más de|menos de|aprox"
)
_BEFORE = re.compile(
    rf"(?:[<>≤≥]=?|[~≈∼≃=]|(?:{_WORDS})\b\.?|大?[约約]|超过|[大小]于|近)\s*(?=[-+$£¥€]?\s?[.,]?\d)", re.IGNORECASE
)
_SPREAD = re.compile(r"\s*\(?\s*(?:±|\+/-|\+-)\s*[0-9][0-9.,]*\s*%?\)?")
_BRACKETED = re.compile(r"(?<=[\w%°])\s*[\[(](?:[-+\d.,;:%±~<>=/\s]|to|bis|sd|se|ci|n\b)*[\])]$", re.IGNORECASE)
_IN_OTHER_UNIT = re.compile(rf"(?<=[\w%°])\s*\(\s*[~≈]?\s?[0-9][0-9.,]*\s?{LETTER}{{1,6}}\.?\s*\)$")
_AFTER = re.compile(r"\s*(?:\+|[*†‡^]+|\s(?:approx|ca|est)\.?|\s(?:or more|or less|et plus|und mehr))$", re.IGNORECASE)
_PLUS = re.compile(r"(?<=\d)\s?\+(?=\s?[^\W\d_])")
_NO_CENTS = re.compile(r"(?<=\d)([.,])-{1,2}(?=$|\s?[€$£])")
_OUT_OF = re.compile(
    r"([0-9]+(?:[.,][0-9]+)?)\s?(?:/|out of|of|von|sur|de|из)\s?([1-9][0-9]{0,3})"
    r"(?:\s?(?:stars?|points?|sterne?n?|punkte?n?))?",
    re.IGNORECASE,
)
_LONGEST = 40


def marks_of_numbers(texts: Sequence[str]) -> dict[str, Any]:
    """Options by which :func:`bare_number` reads a column of the distinct ``texts``.

    ``marked`` always; ``of`` where all are out of one number, ``fractions`` where slashes divide, and ``opposite``
    where one letter after a number makes it negative.
    """
    options: dict[str, Any] = {"marked": True}
    plain = [plain_marks(text) for text in texts]
    whole = {match[2] for match in map(_OUT_OF.fullmatch, plain) if match is not None}
    if len(whole) == 1 and sum(_OUT_OF.fullmatch(text) is not None for text in plain) > 0.9 * len(plain):
        return options | {"of": int(whole.pop())}
    if fractions_in(plain):
        options["fractions"] = True
    if (negative := opposite_marks(plain)) is not None:
        options["opposite"] = negative
    return options


def bare_number(text: str, options: Mapping[str, Any]) -> str:
    """The text without what is not its number and unit; as it is where it is longer than any number."""
    if len(text) > _LONGEST or not any(map(str.isnumeric, text)):
        return text
    text = plain_marks(text)
    if "of" in options:
        match = _OUT_OF.fullmatch(text)
        return match[1] if match is not None and int(match[2]) == options["of"] else text
    return plain_number(_unqualified(text), options)


def marked_note(texts: Sequence[str], counts: np.ndarray, options: Mapping[str, Any]) -> tuple[str, ...]:
    """What to say of the distinct ``texts``, ``counts`` times each, of which some say more than the number."""
    if not options.get("marked") or "of" in options:
        return ()
    marked = [place for place, text in enumerate(texts) if _says_more(plain_marks(text))]
    count = int(counts[marked].sum())
    if not count:
        return ()
    shown = short(texts[marked[0]], 24)
    cells = f"{count:,} cells such as {shown} are" if count > 1 else f"1 cell, {shown}, is"
    return (f"{cells} read as the number alone",)


def _says_more(text: str) -> bool:
    return len(text) <= _LONGEST and _unqualified(text) != _NO_CENTS.sub(r"\g<1>00", text)


def _unqualified(text: str) -> str:
    """Without words and signs that say how sure the number is."""
    text = _BEFORE.sub("", text, count=1) if _BEFORE.match(text) else text
    text = _NO_CENTS.sub(r"\g<1>00", text)
    text = _IN_OTHER_UNIT.sub("", _BRACKETED.sub("", _SPREAD.sub("", text)))
    return _PLUS.sub("", _AFTER.sub("", text))
