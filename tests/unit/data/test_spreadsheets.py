"""Sheets as tables: the first that holds one, below its title; nothing in a workbook is executed."""

from __future__ import annotations

import datetime
import importlib
import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from deepkmeans.data.files import read_labels, read_table
from deepkmeans.exceptions import InvalidParameterError, MissingDependencyError
from tests.unit.data.given_files import cells, file_of, holds, refused

DAYS = [datetime.date(2024, 1, 31), datetime.date(2024, 2, 1)]
ROWS = [["name", "a", "when"], ["x", 1, DAYS[0]], ["y", 2.5, None], [None, 1e-7, DAYS[1]]]


def _book(folder: Path, name: str = "x.xlsx", **sheets: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(folder / name)
    return folder / name


EXPECTED = {"name": ["x", "y", None], "a": [1, 2.5, 1e-7], "when": ["2024-01-31", None, "2024-02-01"]}


def test_a_sheet(tmp_path: Path) -> None:
    path = _book(tmp_path, Data=ROWS)
    table = read_table(path)
    assert cells(table) == EXPECTED
    assert table.notes == []
    assert read_labels(path, "name").tolist()[:2] == ["x", "y"]
    holds(read_table(path, columns=["a"]), [[1], [2.5], [1e-7]], ["a"])


def test_titles_and_merged_cells_above_the_header(tmp_path: Path) -> None:
    path = _book(tmp_path, Data=[["Report of 2024"], [], *ROWS])
    book = openpyxl.load_workbook(path)
    book["Data"].merge_cells("A1:C1")
    book.save(path)
    table = read_table(path)
    assert cells(table) == EXPECTED
    assert "lines 1 to 2 stand above the table, which begins in line 3" in table.notes[0]


def test_the_first_sheet_with_a_table(tmp_path: Path) -> None:
    path = _book(tmp_path, About=[["made by x"]], Data=ROWS, More=[["u", "v"], [1, 2], [3, 4]])
    table = read_table(path)
    assert cells(table) == EXPECTED
    assert table.notes == ["of the sheets 'About', 'Data', 'More', 'Data' is read; sheet= names another"]
    for sheet in ("More", 3, "3"):
        holds(read_table(path, sheet=sheet), [[1, 2], [3, 4]], ["u", "v"])
    for sheet in (0, 4, "99"):
        refused(path, "give its number, from 1 to 3", InvalidParameterError, sheet=sheet)
    refused(path, "has no sheet 'Mor'; its sheets are 'About', 'Data', 'More'", InvalidParameterError, sheet="Mor")
    refused(file_of(tmp_path, "a\n1\n"), "sheet= is for .xlsx, ", InvalidParameterError, sheet="a")


def test_a_number_that_is_a_name(tmp_path: Path) -> None:
    path = _book(tmp_path, **{"2": [["u", "v"], [1, 2], [3, 4]], "x": [["a", "b"], [5, 6], [7, 8]]})
    holds(read_table(path, sheet=2), [[1, 2], [3, 4]], ["u", "v"])


@pytest.mark.parametrize("sheet", [None, 2, "Secret"])
def test_a_hidden_sheet_is_said(tmp_path: Path, sheet: str | int | None) -> None:
    path = _book(tmp_path, About=[["made by x"]], Secret=[["u", "v"], [1, 2], [3, 4]], More=[["u", "v"], [5, 6]])
    book = openpyxl.load_workbook(path)
    book["Secret"].sheet_state = "hidden"
    book.save(path)
    table = read_table(path, sheet=sheet)
    holds(table, [[5, 6]] if sheet is None else [[1, 2], [3, 4]], ["u", "v"])
    assert ("the sheet 'Secret' is hidden" in table.notes) == (sheet is not None)


def test_a_workbook_with_the_name_of_another_kind(tmp_path: Path) -> None:
    path = _book(tmp_path, Data=ROWS)
    refused(path.rename(tmp_path / "y.xls"), "is a spreadsheet of another kind; name it .xlsx")


def test_numbers_codes_and_texts(tmp_path: Path) -> None:
    rows = [["code", "n", "t", "b"], ["007", 0.1, "a\nb", True], ["010", 1 / 3, " c  d ", False]]
    table = read_table(_book(tmp_path, Data=rows))
    assert cells(table) == {"code": ["007", "010"], "n": [0.1, 1 / 3], "t": ["a b", "c d"], "b": ["True", "False"]}


def test_formulas_are_not_executed(tmp_path: Path) -> None:
    rows = [["a", "b"], [1, '=WEBSERVICE("http://localhost/x")'], [2, "=1+1"], [3, "='[other.xlsx]S'!A1"]]
    table = read_table(_book(tmp_path, Data=rows))  # which stores no values of formulas
    holds(table, [[1], [2], [3]], ["a"])
    assert "3 cells hold formulas without a stored value (column B)" in table.notes[0]
    assert "'b' holds no value" in table.notes[1]


def test_empty_and_damaged(tmp_path: Path) -> None:
    refused(_book(tmp_path, Data=[]), "no sheet holds a table")
    whole = _book(tmp_path, Data=ROWS).read_bytes()
    begin = whole.rindex(b"PK\x01\x02")  # of an entry in the list at the end
    broken = whole[:begin] + b"PK\x01\x03" + whole[begin + 4 :]
    for content in (whole[:200], whole[: len(whole) // 2], whole[:40] + bytes(400), broken):
        refused(file_of(tmp_path, content, "y.xlsx"), "not a spreadsheet")
    refused(file_of(tmp_path, b"\xd0\xcf\x11\xe0" + bytes(3000), "y.xls"), "locked by a password or not a spreadsheet")
    refused(file_of(tmp_path, b"a,b\n1,2\n", "y.xlsx"), "is damaged or not a spreadsheet")


def test_a_workbook_of_much_more_than_the_file(tmp_path: Path) -> None:
    stream = io.BytesIO(_book(tmp_path, Data=ROWS).read_bytes())
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet2.xml", " " * 20_000_000)
    path = file_of(tmp_path, stream.getvalue(), "y.xlsx")
    refused(path, "the unpacked workbook takes 19.1 MiB", max_memory=2**20)


def test_without_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.import_module

    def missing(name: str, *rest: Any) -> Any:
        if name.startswith("python_calamine"):
            raise ImportError("No module named 'python_calamine'")
        return real(name, *rest)

    path = _book(tmp_path, Data=ROWS)
    monkeypatch.setattr("deepkmeans._optional.importlib.import_module", missing)
    with pytest.raises(MissingDependencyError, match=r"pip install 'deepkmeans\[excel\]'"):
        read_table(path)


def test_cells_that_are_merged_over_rows(tmp_path: Path) -> None:
    path = _book(tmp_path, Data=[["region", "a"], ["north", 1], [None, 2], ["south", 3], [None, 4], [None, 5]])
    book = openpyxl.load_workbook(path)
    for cells_of_one in ("A2:A3", "A4:A6"):
        book["Data"].merge_cells(cells_of_one)
    book.save(path)
    table = read_table(path)
    assert cells(table)["region"] == ["north", "north", "south", "south", "south"]
    assert table.notes == ["3 merged cells are read with the value above"]


def test_formulas_without_values_are_said(tmp_path: Path) -> None:
    rows = [["a", "b", "sum"], *([i, 2 * i, f"=A{i + 2}+B{i + 2}"] for i in range(1, 6))]
    table = read_table(_book(tmp_path, About=[["made by x"]], Data=rows))
    assert any("5 cells hold formulas without a stored value (column C) and are empty" in note for note in table.notes)
