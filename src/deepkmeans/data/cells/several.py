"""Several numbers in one cell, as many in each: "120/80", "15 x 20 cm", "48.85, 2.35". They become a column each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from .column import ColumnCells, text_cells
from .identifiers import is_key_name
from .kind import Column
from .missing import is_marker
from .number_grammar import LETTER, plain_marks
from .row_names import naming_reason
from .written import sample_of, written_numbers

__all__ = ["SPLITS", "part_cells", "several_numbers"]

#: What stands between the numbers, by its name in a file.
SPLITS = {
    "/": r"\s*/\s*", "x": r"\s*[x×X*]\s*", ";": r"\s*;\s*", "|": r"\s*\|\s*", "@": r"\s*@\s*", ":": r"\s*:\s*",
    ",": r",\s*", "to": r"\s+(?:to|by|bis)\s+", "-": r"(?<=[^-\s])\s*-\s*", " ": r"\s+",
}  # fmt: skip
_SPLITS = {name: re.compile(pattern) for name, pattern in SPLITS.items()}
_NUMBER = re.compile(
    r"[$€£¥]?\s?[-+]?(?:0|[1-9][0-9]{0,2}(?:,[0-9]{3})+|[1-9][0-9]{0,5})(?:\.[0-9]+)?\s?"
    rf"(?:{LETTER}{{1,10}}[²³]?\.?|[%°\"'])?"
)
_DIGITS = re.compile(r"[-+]?[0-9]+(?:\.[0-9]+)?")
_SHARE = 0.95
#: Fewer different cells are categories; more parts than this are a list.
_FEWEST, _PARTS = 6, 4
_LONGEST = 60
_ORDINALS = ("first", "second", "third", "fourth")


def several_numbers(column: Column, cells: ColumnCells) -> list[Column]:
    """The columns of numbers into which a column of texts falls apart; the column itself, if it does not."""
    if cells.holds != "text" or cells.categories is not None or len(cells.texts) < _FEWEST:
        return [column]
    texts, counts = cells.texts, cells.counts
    present = int(counts.sum())
    if (is_key_name(column.name) and len(texts) == present) or naming_reason(texts, counts, present) is not None:
        return [column]
    part = sample_of(texts)
    split = _split_of(texts[part], counts[part])
    if split is None:
        return [column]
    separator, parts = split
    columns = []
    for place in range(parts):
        options = {"column": column.name, "split": separator, "part": place, "parts": parts}
        number = written_numbers(f"{column.name} ({place + 1})", part_cells(cells, options), ".")
        if number is None or number.kind not in ("number", "constant"):
            return [column]
        kind = "" if number.reason == "numbers" else f", {number.reason}"
        words = f"the {_ORDINALS[place]} of {parts} numbers in each cell{kind}"
        notes = tuple(note for note in number.notes if "as missing" in note)
        columns.append(replace(number, reason=words, options={**number.options, **options}, notes=notes))
    return columns


def part_cells(cells: ColumnCells, options: Mapping[str, Any]) -> ColumnCells:
    """The cells of one of the numbers, as :func:`several_numbers` names it in the ``options`` of its column."""
    texts, place = cells.as_text(), options["part"]
    pieces = [_pieces(text, options["split"]) for text in texts.texts]
    distinct = [each[place] if len(each) == options["parts"] else "" for each in pieces]
    return text_cells(distinct, texts.index)


def _pieces(text: str, separator: str) -> list[str]:
    text = plain_marks(text)
    if text[:1] in "([" and text[-1:] in ")]":
        text = text[1:-1].strip()
    return _SPLITS[separator].split(text) if len(text) <= _LONGEST else []


def _split_of(texts: Sequence[str], counts: np.ndarray) -> tuple[str, int] | None:
    """What stands between the numbers of nearly all cells, and how many there are; None of other cells."""
    known = [(text, count) for text, count in zip(texts, counts.tolist(), strict=True) if not is_marker(text)]
    total = sum(count for _, count in known)
    for separator in SPLITS:
        sizes: dict[int, int] = {}
        for text, count in known:
            pieces = _pieces(text, separator)
            pattern = _DIGITS if separator == " " else _NUMBER
            if all(map(pattern.fullmatch, pieces)):
                sizes[len(pieces)] = sizes.get(len(pieces), 0) + count
        best = max(sizes, key=sizes.__getitem__, default=0)
        if 2 <= best <= _PARTS and sizes[best] >= _SHARE * total:
            return separator, best
    return None
