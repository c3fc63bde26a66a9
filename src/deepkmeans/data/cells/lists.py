"""Several values in one cell: "a; b; c", "['a', 'b']", JSON arrays."""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

__all__ = ["BRACKETS", "SEPARATORS", "list_separator", "split_lists", "split_vector", "vector_width"]

_IN_BRACKETS = re.compile(r"\[.*\]|\(.*,.*\)|\{.*\}", re.DOTALL)
#: What is between the entries of lists; :data:`BRACKETS` stands for lists as Python and JSON write them.
SEPARATORS = (";", "|", ",", "、", "，", "；", "/")
BRACKETS = "["
#: Marks that are seldom anywhere else.
_SURE = (";", "|", "；")
#: Marks that are between entries even where all cells have as many.
_COMMAS = (",", "、", "，")
_BETWEEN_NUMBERS = re.compile(r"[\s,;|]+")
_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[Nn]a[Nn]")
#: Fewest numbers of a vector, and the share of the cells that have as many.
_FEWEST, _ALIKE = 5, 0.95
#: Longest part that is an entry of a list rather than part of a sentence, in letters.
_LONGEST = 30


def list_separator(texts: Sequence[str], counts: np.ndarray) -> str | None:
    """What separates the entries of lists in a column of texts, "[" for brackets; None if it holds no lists."""
    total = int(counts.sum())
    bracketed = np.fromiter((_IN_BRACKETS.fullmatch(text) is not None for text in texts), dtype=bool, count=len(texts))
    if counts[bracketed].sum() >= 0.95 * total and any("," in text or "'" in text or '"' in text for text in texts):
        return BRACKETS
    for mark in SEPARATORS:
        if _is_list(texts, counts, mark):
            return mark
    return None


def _is_list(texts: Sequence[str], counts: np.ndarray, mark: str) -> bool:
    """Whether parts between marks are short, come again in other cells, and differ in number."""
    with_mark = np.fromiter((mark in text for text in texts), dtype=bool, count=len(texts))
    total = int(counts.sum())
    if counts[with_mark].sum() < 0.2 * total or with_mark.sum() < 2:
        return False
    parts = [[part.strip() for part in text.split(mark)] for text in texts]
    if any(len(part) > _LONGEST for row in parts for part in row):
        return False
    tally = Counter(part for row in parts for part in row if part)
    entries = sum(tally.values())
    sizes = {sum(bool(part) for part in row) for row in parts}
    # Whole words in one order, "City, Country", are no list: there the parts of one place are never those of another.
    leading = {row[0] for row in parts if len(row) > 1}
    following = {part for row in parts for part in row[1:]}
    mixed = len(leading & following) >= 0.3 * min(len(leading), len(following))
    if mark in _SURE:
        alone = {row[0] for row in parts if len(row) == 1}
        return entries > 1.5 * len(tally) and (mixed or (len(alone & (leading | following)) >= 0.5 * len(alone) > 0))
    if len(sizes) == 1:  # "Drama, Kids": as tags are sorted, each two are in one order
        pairs = {tuple(row) for row in parts}
        return mark in _COMMAS and entries >= 2 * len(tally) and mixed and not any(row[::-1] in pairs for row in pairs)
    return entries >= 2 * len(tally) and mixed


def split_lists(texts: Sequence[str], counts: np.ndarray, separator: str | None) -> list[tuple[str, ...]]:
    """The entries of cells, without blanks around them and without empty ones.

    Without a ``separator``, of a fit of lists, texts are those of such lists: in brackets, or with what seems to be
    between their entries, or one entry each.
    """
    if separator is None:
        bare = [place for place, text in enumerate(texts) if _IN_BRACKETS.fullmatch(text) is None]
        left = [texts[place] for place in bare]
        known = list_separator(left, counts[bare]) if left else None
        separator = known or next((mark for mark in _SURE if any(mark in text for text in left)), None)
    return [_entries(text, separator) for text in texts]


def _entries(text: str, separator: str | None) -> tuple[str, ...]:
    if separator == BRACKETS or (text[:1] == "[" and text[-1:] == "]"):
        return _bracketed(text)
    if separator is None:
        return _bracketed(text) if _IN_BRACKETS.fullmatch(text) else (text,)
    return tuple(entry for part in text.split(separator) if (entry := part.strip()))


def _bracketed(text: str) -> tuple[str, ...]:
    for read in (json.loads, ast.literal_eval):
        try:
            value = read(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
        if isinstance(value, dict):
            return tuple(f"{name}: {value}" for name, value in value.items())
        if isinstance(value, (set, frozenset)):
            return tuple(sorted(map(str, value)))
        return tuple(map(str, value)) if isinstance(value, (list, tuple)) else (str(value),)
    inner = text.strip().strip("[](){}")
    return tuple(entry for part in inner.split(",") if (entry := part.strip().strip("'\"")))


def vector_width(rows: Sequence[Sequence[str]]) -> int | None:
    """How many numbers each cell holds, where nearly all hold as many, five at least; None of other lists."""
    if not rows:
        return None
    width, count = Counter(map(len, rows)).most_common(1)[0]
    if width < _FEWEST or count < _ALIKE * len(rows):
        return None
    alike = [row for row in rows if len(row) == width]
    numbers = sum(all(map(_NUMBER.fullmatch, row)) for row in alike)
    return width if numbers >= _ALIKE * len(rows) else None


def split_vector(text: str) -> list[str]:
    """The parts of a cell of numbers, in brackets or not."""
    inner = text.strip().strip("[](){}").strip()
    return _BETWEEN_NUMBERS.split(inner) if inner else []
