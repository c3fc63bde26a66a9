"""Cells as spreadsheets export what they are to leave alone: ``="1.76"`` and ``'1.76``."""

from __future__ import annotations

from pathlib import Path

import pytest

from deepkmeans.data.files import read_table
from tests.unit.data.given_files import cells, file_of


@pytest.mark.parametrize(
    ("cell", "said"), [('="{}"', "begin with '='"), ("'{}", "begin with an apostrophe"), (' ="{}"', "begin with '='")]
)
def test_numbers(tmp_path: Path, cell: str, said: str) -> None:
    rows = "".join(f"{cell.format(i + 0.25)},{i % 3},Rom\n" for i in range(9))
    table = read_table(file_of(tmp_path, "v,n,city\n" + rows))
    assert cells(table)["v"] == [i + 0.25 for i in range(9)]
    assert said in table.notes[0]


def test_codes_stay_texts(tmp_path: Path) -> None:
    table = read_table(file_of(tmp_path, "zip;n\n" + "".join(f'="0{i}123";{i}\n' for i in range(5))))
    assert cells(table)["zip"] == [f"0{i}123" for i in range(5)]


def test_an_apostrophe_that_is_a_quote(tmp_path: Path) -> None:
    table = read_table(file_of(tmp_path, "'a','b'\n" + "".join(f"'{i},5','x'\n" for i in range(6))))
    assert cells(table)["a"] == [i + 0.5 for i in range(6)]


def test_other_formulas_are_texts(tmp_path: Path) -> None:
    table = read_table(file_of(tmp_path, "v,n\n" + "".join(f"=A{i}+1,{i}\n" for i in range(6))))
    assert cells(table)["v"][0] == "=A0+1"
