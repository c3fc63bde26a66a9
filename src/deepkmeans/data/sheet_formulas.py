"""Formulas of an .xlsx sheet whose values were not stored: programs that do not calculate write such files."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

from .request import Request

__all__ = ["note_formulas"]

_CELL = re.compile(rb'<c r="([A-Z]{1,3})([0-9]+)"[^>]*>\s*<f[ >/]')
_SHEET = re.compile(r'<sheet [^>]*name="([^"]*)"[^>]*r:id="([^"]*)"')
_LINK = re.compile(r"<Relationship [^>]*>")
_TARGET = re.compile(r'Target="/?(?:xl/)?([^"]*)"')
#: Bytes of a sheet in which formulas are looked for.
_MOST = 2**27


def note_formulas(request: Request, path: Path, name: str, rows: list[list[Any]]) -> None:
    """Note cells of a sheet that hold formulas and are empty in ``rows``."""
    columns: dict[str, int] = {}
    for letters, row in _formulas(path, name):
        column = 0
        for letter in letters:
            column = 26 * column + ord(letter) - ord("A") + 1
        if row <= len(rows) and column <= len(rows[row - 1]) and rows[row - 1][column - 1] == "":
            columns[letters] = columns.get(letters, 0) + 1
    if columns:
        count, shown = sum(columns.values()), ", ".join([*columns][:8])
        request.notes.append(
            f"{count} {'cell holds a formula' if count == 1 else 'cells hold formulas'} without a stored value (column"
            f"{'s' if len(columns) > 1 else ''} {shown}) and {'is' if count == 1 else 'are'} empty; open the file in a "
            "spreadsheet program and save it, which stores the values"
        )


def _formulas(path: Path, name: str) -> list[tuple[str, int]]:
    """Column and row of each cell of a sheet that holds a formula; none where this cannot be found out."""
    try:
        with zipfile.ZipFile(path) as archive:
            book = archive.read("xl/workbook.xml").decode()
            links = archive.read("xl/_rels/workbook.xml.rels").decode()
            key = dict(_SHEET.findall(book)).get(name)
            link = next((each for each in _LINK.findall(links) if f'Id="{key}"' in each), "")
            target = _TARGET.search(link)
            if target is None:
                return []
            with archive.open(f"xl/{target[1]}") as sheet:
                content = sheet.read(_MOST)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, NotImplementedError):
        return []
    return [(letters.decode(), int(row)) for letters, row in _CELL.findall(content)]
