"""Cells that the fit of a table tells nothing about: those that cannot be read, new categories, entries of lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .._quoting import short
from .cells.column import ColumnCells
from .cells.missing import is_marker
from .cells.summary import PLURAL

__all__ = ["UnknownCells", "new_categories", "new_entries", "unread_cells"]

_SHOWN = 3


@dataclass(frozen=True)
class UnknownCells:
    """Such cells of one column; they count as missing ones, or as lists without entries.

    Attributes
    ----------
    column : str
    kind : str
        Of the column, one of :data:`~.input_spec.COLUMN_KINDS`.
    count : int
        Rows.
    examples : tuple of str
        Different texts of theirs, at most three.
    """

    column: str
    kind: str
    count: int
    examples: tuple[str, ...]

    def __str__(self) -> str:
        one = self.count == 1
        cells, counts = f"{self.count:,} cell{'' if one else 's'} of {short(self.column)}", f"count{'s' if one else ''}"
        said = f"could not be read as {PLURAL[self.kind]} and {counts} as missing"
        if self.kind == "category":
            are = "is a category" if one else "are categories"
            said = f"{are} that the fit has not seen and {counts} as missing"
        if self.kind == "list":
            said = f"{'is a list' if one else 'are lists'} without any entry that the fit uses"
        examples = ", ".join(short(text, 30) for text in self.examples)
        return f"{cells} {said}{f', such as {examples}' if examples else ''}"


def unread_cells(name: str, kind: str, cells: ColumnCells, values: np.ndarray, count: int) -> UnknownCells:
    """The ``count`` cells (n,) of a column of which ``values`` (n,), NaN or NaT where missing, could not be made."""
    missing = np.isnat(values) if values.dtype.kind == "M" else np.isnan(values)
    texts = cells.as_text()
    lost = texts.index[missing & (texts.index >= 0)]
    shown = [text for text in (texts.texts[place] for place in _different(lost)) if not is_marker(text)]
    return UnknownCells(name, kind, count, tuple(shown[:_SHOWN]) or (("inf",) if cells.infinite else ()))


def new_categories(name: str, values: Any, known: Sequence[str]) -> UnknownCells | None:
    """The cells of a ``pandas.Categorical`` (n,) that are none of the ``known`` ones; None if there are none."""
    levels, there = [str(level) for level in values.categories], set(known)
    new = np.array([level not in there for level in levels] + [False])[values.codes]
    if not new.any():
        return None
    shown = [levels[code] for code in _different(values.codes[new])]
    return UnknownCells(name, "category", int(new.sum()), tuple(shown[:_SHOWN]))


def new_entries(name: str, values: Sequence[Sequence[str]], known: Sequence[str]) -> UnknownCells | None:
    """The cells of lists (n,) of which none has an entry of the ``known`` ones; None if one has, or all are missing.

    Single cells without any are no news: the fit leaves out what is rare.
    """
    entries = dict.fromkeys(entry for cell in values for entry in cell)
    if not entries or not entries.keys().isdisjoint(known):
        return None
    return UnknownCells(name, "list", sum(map(bool, values)), tuple(list(entries)[:_SHOWN]))


def _different(index: np.ndarray) -> list[int]:
    """Different numbers in order of appearance."""
    values, first = np.unique(index, return_index=True)
    return [int(value) for value in values[np.argsort(first)]]
