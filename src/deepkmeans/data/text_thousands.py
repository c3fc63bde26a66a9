"""Detect points between thousands, ``1.500`` for 1500, which would silently be read as decimals."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import numpy as np

from .text_records import Layout

__all__ = ["grouped_columns", "has_decimal_commas", "may_be_grouped"]

_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}(\.[0-9]{3})+")
_SMALL = re.compile(r"[+-]?[0-9]{1,3}")
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]*,[0-9]+")
_SURELY_DECIMAL = re.compile(r"[+-]?[0-9]*,(?:[0-9]{1,2}|[0-9]{4,})")
_SURELY_POINT = re.compile(r"[+-]?[0-9]*\.(?:[0-9]{1,2}|[0-9]{4,})")
_POINT = re.compile(r"[+-]?[0-9]*\.[0-9]*([eE][+-]?[0-9]+)?")


def has_decimal_commas(layout: Layout) -> bool:
    """Whether a cell of the first rows, of any column, is written with a decimal comma.

    Where commas separate cells, or other cells have decimal points, one may as well stand between thousands, unless
    the digits are not three.
    """
    cells = [cell.strip() for cells in layout.sample for cell in cells]
    if any(_SURELY_DECIMAL.fullmatch(cell) for cell in cells):
        return True
    points = layout.decimal is None and any(_SURELY_POINT.fullmatch(cell) for cell in cells)
    return layout.commas and not points and any(_DECIMAL_COMMA.fullmatch(cell) for cell in cells)


def may_be_grouped(layout: Layout, columns: Mapping[int, np.ndarray]) -> list[int]:
    """Positions of ``columns`` whose numbers could be thousands written with a point: their texts need a check."""
    shown = {j: {cells[j].strip() for cells in layout.sample if j < len(cells)} for j in columns}
    seen = {j: any(_GROUPED.fullmatch(cell) for cell in cells) for j, cells in shown.items()}
    return [j for j, values in columns.items() if _could_be(values, seen=seen[j])]


def _could_be(values: np.ndarray, *, seen: bool) -> bool:
    """Whether all are below 1000 with at most three decimals; unless ``seen`` in a text, one must use the third."""
    with np.errstate(all="ignore"):
        if (np.abs(values) >= 1000).any():
            return False
        thousandths = values[np.isfinite(values)].astype(np.float64) * 1000
        if (np.abs(thousandths - np.rint(thousandths)) > 0.05).any():
            return False
        return seen or bool((np.abs(thousandths / 10 - np.rint(thousandths / 10)) > 0.05).any())


def grouped_columns(layout: Layout, candidates: Iterable[int]) -> dict[int, tuple[int, str]]:
    """Columns whose every point stands before three digits, ``0.5`` in none of them, with line and text of one cell.

    A whole number above 999 without a point speaks against it.
    """
    left = dict.fromkeys(candidates, (0, ""))
    for line, cells in layout.rows():
        if not left:
            break
        for j in list(left):
            text = cells[j].strip() if j < len(cells) else ""
            if _GROUPED.fullmatch(text):
                left[j] = left[j] if left[j][0] else (line, text)
            elif any(letter.isdigit() for letter in text) and not _SMALL.fullmatch(text):
                del left[j]
    grouped = {j: cell for j, cell in left.items() if cell[0]}
    others = (cell.strip() for cells in layout.sample for j, cell in enumerate(cells) if j not in grouped)
    if grouped and not has_decimal_commas(layout) and any(_POINT.fullmatch(cell) for cell in others):
        return {}  # another column has points that are decimal
    return grouped
