"""Spreadsheets (extra ``excel``) as text tables: the values of one sheet, as the program that wrote it left them.

Read by python-calamine: it reads .xlsx, .xlsm, .xlsb, .xls and .ods, many times faster than openpyxl and with less
memory. Nothing in a workbook is executed: macros, formulas and links to other files are not even looked at.
"""

from __future__ import annotations

import csv
import datetime
import zipfile
from pathlib import Path
from typing import Any

from .._optional import require
from .._quoting import short
from ..exceptions import DeepKMeansError, InvalidDataError, InvalidParameterError
from .column_choice import listed, one_line
from .file_kinds import kind_of_content
from .request import Request
from .sheet_formulas import note_formulas

__all__ = ["sheet_as_text"]

#: Bytes that a cell may take while its sheet is read.
_CELL = 64


def sheet_as_text(request: Request, path: Path, folder: Path) -> tuple[Path, str]:
    """The cells of a sheet as ``.csv`` in ``folder``, one line a row: the first with a table, unless one is named."""
    calamine = require("python_calamine", extra="excel", purpose="Reading spreadsheets")
    _check_size(request, path)
    try:
        with calamine.CalamineWorkbook.from_path(str(path)) as book:
            name = _sheet_name(request, book)
            sheet = book.get_sheet_by_name(name)
            rows = sheet.to_python(skip_empty_area=False)
        note_formulas(request, path, name, rows)
        _fill_merged(request, rows, getattr(sheet, "merged_cell_ranges", None) or [])
        return _written(rows, folder / "sheet.csv"), name
    except (DeepKMeansError, MemoryError):
        raise
    except BaseException as error:  # a panic of Rust is no Exception
        if isinstance(error, (KeyboardInterrupt, SystemExit, GeneratorExit)):
            raise
        other = kind_of_content(path)
        if {other, path.suffix.lower()} == {".xls", ".xlsx"}:
            raise InvalidDataError(f"{request.file}: is a spreadsheet of another kind; name it {other}") from error
        raise InvalidDataError(
            f"{request.file}: is damaged, locked by a password or not a spreadsheet ({one_line(error)}); save it again"
        ) from error


def _check_size(request: Request, path: Path) -> None:
    """Refuse an archive whose parts are much larger than the file, before they are unpacked."""
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeError) as error:
        raise InvalidDataError(
            f"{request.file}: is damaged or not a spreadsheet ({one_line(error)}); save it again"
        ) from error
    request.limit.check(size, "the unpacked workbook")


def _sheet_name(request: Request, book: Any) -> str:
    names, wanted = list(book.sheet_names), request.format.sheet
    if wanted is not None:
        name = str(wanted)
        if name not in names:
            number = int(name) if name.isdecimal() else 0
            if not 1 <= number <= len(names):
                raise InvalidParameterError(
                    f"{request.file} has no sheet {wanted!r:.60}; its sheets are {listed(names)}: name one, or give "
                    f"its number, from 1 to {len(names)}."
                )
            name = str(names[number - 1])
        if name not in _visible(book):
            request.notes.append(f"the sheet {short(name)} is hidden")
        return name
    visible = _visible(book)
    sizes = {name: book.get_sheet_by_name(name) for name in visible or names}
    tables = [name for name, sheet in sizes.items() if sheet.height > 1 and sheet.width > 1]
    filled = tables or [name for name, sheet in sizes.items() if sheet.height > 1]
    if not filled:
        raise InvalidDataError(f"{request.file}: no sheet holds a table ({listed(names)}); at least one row is needed")
    for name in filled:
        sheet = sizes[name]
        request.limit.check(_CELL * (sheet.end[0] + 1) * (sheet.end[1] + 1), f"the sheet {name!r}")
        break
    if len(names) > 1:
        request.notes.append(f"of the sheets {listed(names)}, {filled[0]!r} is read; sheet= names another")
    if filled[0] not in visible:
        request.notes.append(f"the sheet {short(filled[0])} is hidden")
    return str(filled[0])


def _visible(book: Any) -> list[str]:
    """The sheets of cells that are not hidden."""
    return [
        str(sheet.name) for sheet in book.sheets_metadata
        if str(sheet.visible).endswith("Visible") and str(sheet.typ).endswith("WorkSheet")
    ]  # fmt: skip


def _fill_merged(request: Request, rows: list[list[Any]], ranges: list[Any]) -> None:
    """Give every cell of those merged in one column the value that is shown for all of them."""
    count = 0
    for (top, left), (bottom, right) in ranges:
        if left != right or bottom >= len(rows) or left >= len(rows[top]):
            continue  # a title over several columns
        for row in rows[top + 1 : bottom + 1]:
            if row[left] == "":
                row[left] = rows[top][left]
                count += 1
    if count:
        request.notes.append(f"{count} merged {'cell is' if count == 1 else 'cells are'} read with the value above")


def _written(rows: list[list[Any]], path: Path) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
        for row in rows:
            cells = [_text(cell) for cell in row]
            if any(cells):
                writer.writerow(cells)
            else:
                file.write("\n")  # rows keep their numbers
    return path


def _text(cell: Any) -> str:
    """A cell as text from which the same number or moment is read again."""
    if isinstance(cell, str):
        return " ".join(cell.replace("\0", "").split())
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 2**53 else repr(cell)
    if isinstance(cell, datetime.datetime):
        midnight = cell.time() == datetime.time()
        return cell.date().isoformat() if midnight else cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, datetime.timedelta):
        seconds = int(cell.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return str(cell)
