"""The words by which cells are understood, in the languages of most users: ``words.json``, read once."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["Scale", "cycles", "month_of", "scales", "words"]

#: The place of every spelling of the levels of a scale, from 0.
Scale = dict[str, int]


@cache
def words(subject: str) -> Any:
    """The words of one subject, as the file has them."""
    return _read()[subject]


@cache
def scales() -> tuple[Scale, ...]:
    """Words that come in an order, lowest first."""
    return tuple(map(_scale, words("scales")))


@cache
def cycles() -> tuple[Scale, ...]:
    """The same of levels after whose last the first comes again."""
    return tuple(map(_scale, words("cycles")))


def month_of(word: str) -> int | None:
    """1 to 12 for the name of a month, None for another word."""
    return _months().get(word.lower().rstrip("."))


@cache
def _months() -> dict[str, int]:
    return {name: place for line in words("months") for place, name in enumerate(line.split(), start=1)}


@cache
def _read() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(files(__package__).joinpath("words.json").read_text("utf-8"))
    return document


def _scale(line: str) -> Scale:
    """A line such as ``low, medium/med, high``; ``/`` is between spellings of one level."""
    levels = enumerate(line.split(","))
    return {spelling.strip().replace("'", ""): place for place, level in levels for spelling in level.split("/")}
