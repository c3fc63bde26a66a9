"""The cells of one column, whatever held them: numbers, moments, lists, or distinct texts."""

from __future__ import annotations

import decimal
import numbers
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .missing import MISSING, is_missing

__all__ = ["ColumnCells", "label", "number_as_text", "numeric_cells", "text_cells"]

#: Byte-order marks and blanks of no width.
_UNSEEN = re.compile("[\ufeff\u200b]")
_TRAILING = re.compile(r"([+-]?(?:0|[1-9][0-9]*))\.0+")


@dataclass(frozen=True)
class ColumnCells:
    """The cells of one column.

    Attributes
    ----------
    holds : {"number", "boolean", "date", "list", "text"}
        What the type of the column says.
    values : ndarray of shape (n,), or list
        float64 of numbers and booleans (NaN where missing), datetime64[s] of dates, tuples of lists; of texts nothing.
    texts : sequence of str
        The distinct texts, in order of appearance, without blanks around them and without those that mean "missing".
    index : ndarray of shape (n,)
        Of each row the position in ``texts``, -1 where missing.
    categories : sequence of str or None
        Of a categorical column, in its order.
    ordered : bool
        Whether that order means something.
    marks : mapping of str to int
        Texts that were taken for "missing", other than those that programs write, and their rows.
    infinite : int
        Cells that were infinite, and are missing.
    """

    holds: str
    values: Any = None
    texts: Sequence[str] = ()
    index: Any = ()
    categories: Sequence[str] | None = None
    ordered: bool = False
    marks: Mapping[str, int] = field(default_factory=dict)
    infinite: int = 0

    def __len__(self) -> int:
        return len(self.index) if self.holds == "text" else len(self.values)

    @property
    def counts(self) -> np.ndarray:
        """Rows of each distinct text."""
        return np.bincount(self.index[self.index >= 0], minlength=len(self.texts))

    def per_row(self, of_texts: np.ndarray, missing: Any) -> np.ndarray:
        """A value for each distinct text as a value for each row."""
        return np.append(of_texts, np.array([missing], dtype=of_texts.dtype))[self.index]

    def as_text(self) -> ColumnCells:
        """The same cells as texts: of numbers, 5 for 5.0."""
        import pandas as pd

        if self.holds == "text":
            return self
        lists = self.holds == "list"
        values = np.array(["; ".join(cell) for cell in self.values], dtype=object) if lists else self.values
        index, distinct = pd.factorize(values)
        if lists:
            return text_cells(list(distinct), index)
        if self.holds == "date":
            return ColumnCells("text", texts=list(map(str, np.datetime_as_string(distinct))), index=index)
        shown = number_as_text if self.holds == "number" else _truth_as_text
        return ColumnCells("text", texts=[shown(value) for value in distinct.tolist()], index=index)

    def as_labels(self) -> ColumnCells:
        """As texts, of which those of whole numbers have no point, as if the column had held numbers."""
        cells = self.as_text()
        shorter = [label(text) for text in cells.texts]
        return cells if shorter == cells.texts else text_cells(shorter, cells.index)


def numeric_cells(values: np.ndarray, holds: str = "number") -> ColumnCells:
    """Numbers (n,), NaN where missing; infinite ones are missing, too."""
    infinite = np.isinf(values)
    count = int(infinite.sum())
    return ColumnCells(holds, np.where(infinite, np.nan, values) if count else values, infinite=count)


def text_cells(distinct: Sequence[str], index: np.ndarray) -> ColumnCells:
    """Texts that differ, and which of them each row has (-1: none): blanks and missing marks are taken away."""
    cleaned = [text.strip() for text in distinct]
    joined = "".join(cleaned)
    if not joined.isascii() and (_UNSEEN.search(joined) or not unicodedata.is_normalized("NFC", joined)):
        cleaned = [text if text.isascii() else _composed(text) for text in cleaned]
    missing = [position for position, text in enumerate(cleaned) if is_missing(text)]
    if not missing and len(set(cleaned)) == len(cleaned):
        return ColumnCells("text", texts=cleaned, index=np.asarray(index, dtype=np.intp))
    counts = np.bincount(index[index >= 0], minlength=len(cleaned))
    lacking = set(missing)
    marks: dict[str, int] = {}
    for position in missing:
        if cleaned[position] not in MISSING and counts[position]:
            marks[cleaned[position]] = marks.get(cleaned[position], 0) + int(counts[position])
    first: dict[str, int] = {}
    moved = np.full(len(cleaned) + 1, -1, dtype=np.intp)
    for position, text in enumerate(cleaned):
        if position not in lacking:
            moved[position] = first.setdefault(text, len(first))
    return ColumnCells("text", texts=list(first), index=moved[index], marks=marks)


def label(text: str) -> str:
    """``5`` for ``5.0``, and any other text as it is: what is 5 in a frame may be 5.0 in a file."""
    match = _TRAILING.fullmatch(text)
    return text if match is None else match[1]


def number_as_text(value: Any) -> str:
    """A number as the shortest text that is that number; whole ones without a point."""
    if isinstance(value, numbers.Integral):
        return str(int(value))
    number = float(value) if not isinstance(value, decimal.Decimal) or value.is_finite() else float("nan")
    return str(int(number)) if number.is_integer() and abs(number) < 1e16 else repr(number)


def _truth_as_text(value: Any) -> str:
    return str(bool(value))


def _composed(text: str) -> str:
    """Letters with their accents as one, and without byte-order marks, so that what looks alike is alike."""
    return unicodedata.normalize("NFC", _UNSEEN.sub("", text).strip())
