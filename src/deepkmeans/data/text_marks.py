"""Refuse separators and decimal marks that the caller says and the file does not have."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..exceptions import InvalidDataError, InvalidParameterError
from .column_choice import listed
from .request import Request
from .text_records import Layout
from .text_separator import BLANKS, ONE_COLUMN, cells_of

__all__ = ["refuse_absent", "refuse_other_decimals"]

_WITH = {
    mark: re.compile(rf"[-+]?[0-9]*{re.escape(mark)}(?:[0-9]{{1,2}}|[0-9]{{4,}})") for mark in (".", ",")
}  # fmt: skip


def refuse_absent(request: Request, separator: str, likely: str, lines: Sequence[str]) -> None:
    """Refuse a ``separator`` that stands in no line of a table whose cells are clearly separated by ``likely``.

    Raises
    ------
    InvalidParameterError
    """
    present = any((" " in line or "\t" in line) if separator == BLANKS else separator in line for line in lines)
    if present or likely == ONE_COLUMN:
        return
    widths = [len(record) for record in cells_of(lines, likely)]
    if widths and widths[0] > 1 and 10 * widths.count(widths[0]) >= 9 * len(widths):
        raise InvalidParameterError(
            f"{request.file} has no {separator!r}, which separator= asks for; its cells are separated by "
            f"{'blanks' if likely == BLANKS else repr(likely)}: leave out separator=."
        )


def refuse_other_decimals(layout: Layout, names: Sequence[str] | None) -> None:
    """Refuse a decimal mark that the caller says and no number of the first rows has, if others are decimal in some.

    Raises
    ------
    InvalidDataError
    """
    asked = layout.decimal
    if asked is None:
        return
    said, other = _WITH[asked], _WITH["." if asked == "," else ","]
    columns = [[cell for record in layout.sample if position < len(record) and (cell := record[position].strip())]
               for position in range(layout.n_named)]  # fmt: skip
    if any(said.fullmatch(cell) for cells in columns for cell in cells):
        return
    wrong = [position for position, cells in enumerate(columns) if cells and all(map(other.fullmatch, cells))]
    if wrong:
        shown = listed([names[position] if names else str(position) for position in wrong])
        raise InvalidDataError(
            f"{layout.file}: decimal={asked!r} says that numbers are written as 1{asked}5, but they are written as "
            f"{columns[wrong[0]][0]} ({shown}); leave out decimal="
        )
