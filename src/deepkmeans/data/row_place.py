"""How messages on files name a row: as labels.csv numbers it, from 0, and by its line in the file, from 1."""

from __future__ import annotations

__all__ = ["row_place"]


def row_place(row: int, line: int | None = None) -> str:
    """``row 16 (counted from 0; line 18)``; of files that have no lines, without the line."""
    return f"row {row} (counted from 0{'' if line is None else f'; line {line}'})"
