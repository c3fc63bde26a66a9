r"""Lines of a text table end with ``\n``, ``\r`` or ``\r\n``; other line ends of Unicode do not count."""

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
    """Refuse a table whose first line continues with values after another line-end character: a row would be lost.

    A name may hold such a character, so only a last part that looks like the rows below is refused.
    """
    start = next((i for i, line in enumerate(lines) if line.strip()), 0)
    match = _OTHER.search(lines[start])
    if match is None:
        return
    first, *_, last = (_cells(part, delimiter) for part in _OTHER.split(lines[start]))
    below = next((_cells(line, delimiter) for line in lines[start + 1 :] if line.strip()), first)
    kinds = [is_value(cell, commas=delimiter != ",") for cell in last]
    if len(last) == len(below) and True in kinds and False not in kinds:
        raise InvalidDataError(
            f"{file}: line {start + 1} continues with values after the character U+{ord(match[0]):04X}, which does not "
            "end a line, so a row shares a line with the names or with another row; end every line with a line feed"
        )


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line.strip("\r\n")], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return []
