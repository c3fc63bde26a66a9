"""Lines above the table: titles, comments and metadata over its names, and units under them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from ..exceptions import InvalidDataError
from .text_cells import is_value

__all__ = ["refuse_preamble"]

#: At most this many lines above a table are recognised; this many cells of a record are examined.
_MOST, _CELLS = 30, 200
_UNIT = re.compile(
    r"\[.*\]|\(.*\)|[-%‰°\u2103$€£#1]|deg|°[CFK]"
    r"|([munkcdpMGTµμ]?(m|g|s|A|V|W|J|N|Pa|Hz|K|mol|L|l|bar|B|eV|Wh|Ohm|Ω)|kg|cm|mm|km|min|h|d|ft|in|lb|lbs|oz|yd|mi|mph"
    r"|hPa|ppm|ppb|EUR|USD|GBP|CHF|dB|rad|C|F|mmHg|atm|psi|sec|hours?|days?|years?|cells?|counts?)"
    r"([-+^]?[23²³])?([/ *·](m|s|g|kg|h|l|L|d|min|km|cm|mm|mol|ml|mL|K|year)([-+^]?[23²³])?)*"
)


def refuse_preamble(file: str, sample: Sequence[tuple[int, list[str]]]) -> None:
    """Refuse a table whose names are not in its first line, with the line where it begins.

    The names are the last record of texts alone above the first record of values, in the columns that are numbers
    further down. A table without such a column is judged by how many cells of a line are filled.
    """
    records = [[cell.strip() for cell in record[:_CELLS]] for _, record in sample]
    width = Counter(len(record) for _, record in sample[-200:]).most_common(1)[0][0]
    numeric = _numeric_columns(records, width)
    above = next((i for i in range(len(records)) if _is_data(records[i], numeric, sample[i][1], width)), 0)
    if above == 0 or above > _MOST:
        _refuse_short(file, sample, records, width)
        return
    wide = [len(record) == width for _, record in sample[:above]]
    texts = [full and _are_texts(record) for full, record in zip(wide, records[:above], strict=True)]
    names = max((i for i in range(above) if texts[i]), default=None)
    if names is None:
        _refuse_short(file, sample, records, width)
        return
    units = names == above - 1 and names > 0 and texts[names - 1] and _are_units(records[names])
    line = sample[names][0]
    if units and names == 1:
        raise InvalidDataError(
            f"{file}: line {line} looks like units under the names ({', '.join(records[1][:3])}); remove it, for "
            f"example with: sed {line}d FILE > table.csv"
        )
    if names == 0:
        return
    titles = texts[0] and not records[0][0].startswith("#")
    if titles and not units and len({records[names][j] for j in numeric}) < max(2, len(numeric)):
        return  # the same text in every column, or a text in the only one, is more likely a wrong cell
    if names == 1 and titles:
        raise InvalidDataError(
            f"{file}: lines {sample[0][0]} and {line} both hold texts above the numbers; if the names are in line "
            f"{line}, remove what stands above it, for example with: tail -n +{line} FILE > table.csv; else remove "
            f"line {line}"
        )
    begin = sample[names - units][0]
    also = f", and line {line}, which looks like units" if units else ""
    raise InvalidDataError(_message(file, begin, width, also))


def _message(file: str, line: int, width: int, also: str = "") -> str:
    above = "line 1 stands" if line == 2 else f"lines 1 to {line - 1} stand"
    return (
        f"{file}: {above} above the table, which begins in line {line} with {width} cells; remove what stands "
        f"above it{also}, for example with: tail -n +{line} FILE > table.csv"
    )


def _numeric_columns(records: list[list[str]], width: int) -> list[int]:
    """Columns in whose lower half nearly every cell is a number."""
    lower = [record for record in records[len(records) // 2 :] if len(record) == min(width, _CELLS)]
    numeric_columns = []
    for j in range(min(width, _CELLS)):
        kinds = [is_value(record[j], commas=True) for record in lower[:100]]
        if kinds.count(True) > 9 * kinds.count(False):
            numeric_columns.append(j)
    return numeric_columns


def _is_data(record: list[str], numeric: list[int], cells: list[str], width: int) -> bool:
    """Whether most columns of numbers hold one."""
    if not numeric or len(cells) != width:
        return False
    kinds = [is_value(record[j], commas=True) for j in numeric]
    return kinds.count(True) > kinds.count(False) or False not in kinds


def _are_texts(record: list[str]) -> bool:
    """Whether the cells can be names: no value, and one empty at most."""
    kinds = [is_value(cell) for cell in record if cell]
    return len(kinds) >= max(1, len(record) - 1) and True not in kinds


def _are_units(record: list[str]) -> bool:
    cells = [cell for cell in record if cell]
    return bool(cells) and sum(_UNIT.fullmatch(cell) is not None for cell in cells) > 0.6 * len(cells)


def _refuse_short(file: str, sample: Sequence[tuple[int, list[str]]], records: list[list[str]], width: int) -> None:
    """Refuse lines with hardly any filled cell above full ones."""
    filled = [sum(map(bool, record)) for record in records]
    full = sorted(filled)[len(filled) // 2]
    if full < 3 or filled[0] > full / 2:
        return
    begin = next(i for i, number in enumerate(filled) if number >= full - 1)
    names = [is_value(cell) for cell in records[begin] if cell].count(False)
    if len(sample[0][1]) > 1 and names <= full / 2:
        return  # more likely, names are missing
    if 0 < begin <= _MOST and all(number <= full / 2 for number in filled[:begin]):
        raise InvalidDataError(_message(file, sample[begin][0], width))
