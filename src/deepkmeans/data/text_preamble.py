"""Lines above the table: titles, comments and metadata over its names, and units under them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from .text_cells import is_value
from .text_units import CELLS, are_units, numeric_columns, units_note

__all__ = ["find_preamble"]

#: At most this many lines above a table are recognised.
_MOST = 30


def find_preamble(sample: Sequence[tuple[int, list[str]]]) -> tuple[int, int | None, list[str]]:
    """The line where the table begins (1 if it is the first record), the line of units under its names, and notes.

    The names are the last record of texts alone above the first record of values, in the columns that are numbers
    further down. A table without such a column is judged by how many cells of a line are filled.
    """
    records = [[cell.strip() for cell in record[:CELLS]] for _, record in sample]
    width = Counter(len(record) for _, record in sample[-200:]).most_common(1)[0][0]
    numeric = numeric_columns(records, width)
    above = next((i for i in range(len(records)) if _is_data(records[i], numeric, sample[i][1], width)), 0)
    if above == 0 or above > _MOST:
        return _begin(sample, _short_lines(sample, records))
    heads = zip(sample[:above], records[:above], strict=True)
    texts = [len(record) == width and _are_texts(cells) for (_, record), cells in heads]
    units = above > 1 and texts[above - 2] and are_units(records[above - 1], numeric)
    names = above - 2 if units else max((i for i in range(above) if texts[i]), default=None)
    if names is None:
        return _begin(sample, _short_lines(sample, records))
    # Texts in the first row are more likely wrong cells than names, where the first line can hold the names.
    first = texts[0] and not (width == 2 and names > 1) and not units
    unsaid = first and names > 0
    begin, under, notes = _begin(sample, 0 if unsaid else names)
    if unsaid and len({records[names][j] for j in numeric}) >= max(2, len(numeric)):
        line = sample[names][0]
        notes.append(f"line {line} holds texts above numbers, as line 1 does; if it holds the names, header={line}")
    if units:
        under = sample[names + 1][0]
        notes.append(units_note(under, records[names + 1]))
    return begin, under, notes


def _begin(sample: Sequence[tuple[int, list[str]]], names: int) -> tuple[int, int | None, list[str]]:
    if names == 0:
        return 1, None, []
    line = sample[names][0]
    above = "line 1 stands" if line == 2 else f"lines 1 to {line - 1} stand"
    return (
        line,
        None,
        [
            f"{above} above the table, which begins in line {line} with {len(sample[names][1])} cells, and "
            f"{'is' if line == 2 else 'are'} left out; header=True reads the first line as names"
        ],
    )


def _is_data(record: list[str], numeric: list[int], cells: list[str], width: int) -> bool:
    """Whether most columns of numbers hold one."""
    if not numeric or len(cells) != width:
        return False
    kinds = [is_value(record[j], commas=True) for j in numeric]
    return kinds.count(True) > kinds.count(False) or (False not in kinds and sum(map(bool, record)) > 1)


def _are_texts(record: list[str]) -> bool:
    """Whether the cells can be names: no value, and one empty at most."""
    kinds = [is_value(cell) for cell in record if cell]
    return len(kinds) >= max(1, len(record) - 1) and True not in kinds


def _short_lines(sample: Sequence[tuple[int, list[str]]], records: list[list[str]]) -> int:
    """How many records with hardly any filled cell stand above full ones."""
    filled = [sum(map(bool, record)) for record in records]
    full = sorted(filled)[len(filled) // 2]
    if full < 3 or filled[0] > full / 2:
        return 0
    begin = next(i for i, number in enumerate(filled) if number >= full - 1)
    names = [is_value(cell) for cell in records[begin] if cell].count(False)
    if len(sample[0][1]) > 1 and names <= full / 2:
        return 0  # more likely, names are missing
    return begin if begin <= _MOST and all(number <= full / 2 for number in filled[:begin]) else 0
