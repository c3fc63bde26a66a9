"""How messages refer to a row of a file: by its number in labels.csv, from 0, and its line in the file, from 1."""

from __future__ import annotations

__all__ = ["row_reference"]


def row_reference(row: int, line: int | None = None) -> str:
    """``row 16 (counted from 0; line 18)``, or without the line for files that have no lines."""
    return f"row {row} (counted from 0{'' if line is None else f'; line {line}'})"
