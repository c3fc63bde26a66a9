"""A line of units under the names of a text table: kg, cm, EUR."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .cells.missing import is_marker
from .text_cells import is_value

__all__ = ["CELLS", "are_units", "find_units", "numeric_columns", "units_note"]

#: At most this many cells of a record are examined.
CELLS = 200
_UNIT = re.compile(
    r"\[.*\]|\(.*\)|[-%‰°\u2103$€£¥￥#1]|deg|°[CFK]"
    r"|([munkcdpMGTµμ]?(m|g|s|A|V|W|J|N|Pa|Hz|K|mol|L|l|bar|B|eV|Wh|Ohm|Ω)|kg|cm|mm|km|min|h|d|ft|in|lb|lbs|oz|yd|mi|mph"
    r"|hPa|ppm|ppb|EUR|USD|GBP|CHF|JPY|CNY|dB|rad|C|F|mmHg|atm|psi|sec|mins?|hrs?|hours?|days?|weeks?|months?|yrs?|years?"
    r"|pcs?|pieces?|items?|Stk|Stück|cells?|counts?|percent|pct|gram(me)?s?|kilograms?|(centi|milli|kilo)?met(er|re)s?|inch(es)?|pounds?"
    r"|[千毫公万]?[克米元升里]|厘米|公斤|吨|岁|年|月|天|小时|分钟?|秒|个|人|次)"
    r"([-+^]?[23²³])?([/ *·](m|s|g|kg|h|l|L|d|min|km|cm|mm|mol|ml|mL|K|year)([-+^]?[23²³])?)*"
)


def are_units(record: Sequence[str], numeric: Sequence[int]) -> bool:
    """Whether the cells are units of the columns, of which those ``numeric`` hold numbers.

    Columns without a unit may be empty: then a unit stands over numbers, and nothing else does.
    """
    filled = [cell for cell in record if cell]
    units = [_UNIT.fullmatch(cell) is not None for cell in filled]
    if len(filled) >= len(record) - 1:
        return bool(filled) and sum(units) > 0.6 * len(filled)
    over = [cell for j in numeric if j < len(record) and (cell := record[j]) and not is_marker(cell)]
    return bool(over) and all(map(_UNIT.fullmatch, over)) and sum(units) > 0.6 * len(filled)


def find_units(sample: Sequence[tuple[int, list[str]]]) -> int | None:
    """The line of units under the names, which are the first record of ``sample``."""
    records = [[cell.strip() for cell in record[:CELLS]] for _, record in sample]
    if len(records) < 3:
        return None
    numeric = numeric_columns(records, len(sample[0][1]))
    above = [is_value(records[1][j], commas=True) for j in numeric if j < len(records[1])]
    return sample[1][0] if True not in above and are_units(records[1], numeric) else None


def numeric_columns(records: list[list[str]], width: int) -> list[int]:
    """Columns in whose lower half nearly every cell is a number."""
    lower = [record for record in records[len(records) // 2 :] if len(record) == min(width, CELLS)]
    columns = []
    for j in range(min(width, CELLS)):
        kinds = [is_value(record[j], commas=True) for record in lower[:100]]
        if kinds.count(True) > 9 * kinds.count(False):
            columns.append(j)
    return columns


def units_note(line: int, record: Sequence[str]) -> str:
    """What is said of a line of units."""
    shown = ", ".join([cell for cell in record if cell][:3])
    return f"line {line} looks like units under the names ({shown}) and is left out"
