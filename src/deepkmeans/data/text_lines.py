r"""Lines of a text table end with ``\n``, ``\r`` or ``\r\n``; what else Unicode calls the end of a line ends none."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence

from ..exceptions import InvalidDataError
from .text_cells import is_value

__all__ = ["refuse_other_line_ends", "split_lines"]

_END = re.compile(r"\r\n|\r|\n")
#: Vertical tab, form feed, separators of files, groups and records, next line, and the separators U+2028 and U+2029.
_OTHER = re.compile("[\v\f\x1c-\x1e\x85\u2028\u2029]")


def split_lines(text: str) -> list[str]:
    """The lines of ``text`` without their ends."""
    return _END.split(text)


def refuse_other_line_ends(file: str, lines: Sequence[str], delimiter: str) -> None:
    """Refuse a table whose first line goes on with values behind another mark of a line's end: a row would be lost.

    A name may hold such a mark: only a last part that is a row like those below is refused.
    """
    place = next((i for i, line in enumerate(lines) if line.strip()), 0)
    found = _OTHER.search(lines[place])
    if found is None:
        return
    first, *_, last = (_cells(part, delimiter) for part in _OTHER.split(lines[place]))
    below = next((_cells(line, delimiter) for line in lines[place + 1 :] if line.strip()), first)
    kinds = [is_value(cell, commas=delimiter != ",") for cell in last]
    if len(last) == len(below) and True in kinds and False not in kinds:
        raise InvalidDataError(
            f"{file}: line {place + 1} goes on with values behind the character U+{ord(found[0]):04X}, which ends no "
            "line: a row stands in one line with the names or with another row; end every line with a line feed"
        )


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line.strip("\r\n")], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return []
