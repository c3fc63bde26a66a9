"""What one column of a table is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["CONSTANT_NUMBER", "EMPTY", "ONE_NUMBER", "ONE_VALUE", "Column", "missing_note"]

#: Why columns are left out.
EMPTY = "no cell has a value"
CONSTANT_NUMBER = "one number in all rows"
#: Of columns of which some cells are empty, and all others the same.
ONE_NUMBER = "one number, or nothing"
ONE_VALUE = "one value, or nothing"


@dataclass(frozen=True)
class Column:
    """One column of the table of the fit.

    Attributes
    ----------
    name : str
        As in the frame; the position as text where the frame has no names.
    kind : str
        One of :data:`~deepkmeans.data.input_spec.COLUMN_KINDS`.
    reason : str
        Why, as part of a sentence.
    options : mapping
        How its cells are read, as JSON.
    notes : tuple of str
        What may surprise, without the column's name.
    """

    name: str
    kind: str
    reason: str
    options: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """The column of the frame whose cells are read; another one only where a cell holds several numbers."""
        return str(self.options.get("column", self.name))


def missing_note(count: int, what: str) -> str:
    """``5 cells are <what> and count as missing``."""
    if count == 1:
        return f"1 cell is {what} and counts as missing"
    return f"{count:,} cells are {what} and count as missing"
