"""What a text cell means: a number, a truth value, a missing value, or something else.

A number is written in ASCII digits with a decimal point, ``-2``, ``.5``, ``1e-3``, or is ``inf``; blanks around it do
not count. What else Python's ``float`` accepts (``1_000``, digits of other scripts) is text. Empty cells and
:data:`~.cells.missing.MISSING` are missing values. In a column whose other cells are numbers, these are read as well,
with a note:

- ``true`` and ``false`` in any case, where all cells of the column are one of them;
- decimal commas, where the separator of the cells is no comma and no cell of the column has a point;
- :data:`~.cells.missing.MARKERS` such as ``?``, ``-`` and ``.``, as missing values.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from .cells.missing import MISSING, is_marker

__all__ = ["ColumnTally", "is_padded", "is_plain_number", "is_value", "labels_from", "to_numbers"]

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_WORDS = re.compile(r"[+-]?(inf|infinity|nan)", re.IGNORECASE)
_COMMA = re.compile(r"[+-]?[0-9]*,[0-9]+([eE][+-]?[0-9]+)?")
_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")
_DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([ T]\d{1,2}:\d{2}.*)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}([ T]\d{1,2}:\d{2}.*)?"
    r"|\d{1,3}:\d{2}(:\d{2}(\.\d+)?)?|-?\d+ days?.*",
    re.ASCII,
)
_TRUTH = {"true": 1.0, "false": 0.0}
_PADDED = re.compile(r"0[0-9]+")
_WHOLE = re.compile(r"[+-]?[0-9]+")
#: Digits of a whole number that fits into 64 bits; longer ones stay text, as floats may round them alike.
_DIGITS = 18


@dataclass
class ColumnTally:
    """Counts of what the cells of one column are."""

    numbers: int = 0
    points: bool = False
    truths: int = 0
    commas: int = 0
    grouped: bool = True
    texts: int = 0
    markers: Counter[str] = field(default_factory=Counter)

    def add_numbers(self, count: int, *, points: bool) -> None:
        """Count numbers, with a decimal point in one of them or not."""
        self.numbers += count
        self.points |= points

    def add_truth(self) -> None:
        """Count a truth value."""
        self.truths += 1

    def add_comma(self, *, grouped: bool) -> None:
        """Count a number with a comma, which may as well stand between thousands (``grouped``) or not."""
        self.commas += 1
        self.grouped &= grouped

    def add_text(self) -> None:
        """Count a cell that is none of these."""
        self.texts += 1

    @property
    def may_be_grouped(self) -> bool:
        """Whether all commas may stand between thousands."""
        return self.commas > 0 and self.grouped

    @property
    def is_numeric(self) -> bool:
        """Whether all are numbers or missing: no text, no truth value among numbers, no comma beside a point."""
        mixed = (self.truths and (self.numbers or self.commas)) or (self.commas and self.points)
        return not self.texts and not mixed


def to_numbers(cells: Sequence[str], tally: ColumnTally, *, commas: bool) -> np.ndarray:
    """Cells of one column as float64, NaN for other cells; ``tally`` counts them.

    ``commas`` says that a decimal comma is possible.
    """
    joined = "".join(cells)
    if joined.isascii() and "_" not in joined:
        try:
            values = np.array(cells, dtype=np.float64)
        except ValueError:
            pass
        else:
            tally.add_numbers(len(cells) - int(np.isnan(values).sum()), points="." in joined)
            return values
    values = np.full(len(cells), np.nan)
    for offset, cell in enumerate(cells):
        text = cell.strip()
        if _NUMBER.fullmatch(text):
            values[offset] = float(text)
            tally.add_numbers(1, points="." in text)
        elif text not in MISSING:
            values[offset] = _other(text, tally, commas)
    return values


def _other(text: str, tally: ColumnTally, commas: bool) -> float:
    lowered = text.lower()
    if lowered in _TRUTH:
        tally.add_truth()
        return _TRUTH[lowered]
    if _WORDS.fullmatch(text):
        tally.add_numbers(int(lowered.endswith(("y", "f"))), points=False)
        return float(text)
    if commas and _COMMA.fullmatch(text):
        tally.add_comma(grouped=_GROUPED.fullmatch(text) is not None)
        return float(text.replace(",", "."))
    if is_marker(text):
        tally.markers[text] += 1
        return np.nan
    tally.add_text()
    return np.nan


def is_plain_number(text: str) -> bool:
    """Whether a cell is a number in the spelling of programs; leading zeros make it a code."""
    infinite = _WORDS.fullmatch(text) is not None and text[-1] not in "nN"
    return infinite or (_NUMBER.fullmatch(text) is not None and not is_padded(text))


def is_padded(text: str) -> bool:
    """Whether a whole number has leading zeros, as postcodes have, and numbers of articles."""
    return _PADDED.fullmatch(text) is not None


def is_value(text: str, *, commas: bool = False) -> bool | None:
    """Whether a cell is a value (number, truth value, date) rather than a name; None for a missing value."""
    text = text.strip()
    if is_marker(text):
        return None
    return bool(
        _NUMBER.fullmatch(text)
        or _WORDS.fullmatch(text)
        or text.lower() in _TRUTH
        or _DATE.fullmatch(text)
        or (commas and _COMMA.fullmatch(text))
    )


def labels_from(cells: Sequence[str]) -> np.ndarray:
    """Classes in the dtype that their texts suggest: whole numbers, numbers, truth values or text; NaN where empty."""
    texts = [cell.strip() for cell in cells]
    different = set(texts)
    known = different - {""}
    long = any(len(text) > _DIGITS and _WHOLE.fullmatch(text) for text in known)
    if known and not long and "" not in different and all(_WHOLE.fullmatch(text) for text in known):
        return np.array([int(text) for text in texts], dtype=np.int64)
    if known and not long and all(_NUMBER.fullmatch(text) for text in known):
        return np.array([float(text) if text else np.nan for text in texts])
    if known and all(text.lower() in _TRUTH for text in known) and "" not in different:
        return np.array([text.lower() == "true" for text in texts])
    if "" in different:
        return np.array([text if text else np.nan for text in texts], dtype=object)
    return np.array(texts)
