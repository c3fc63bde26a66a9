"""What stands above a text table, and units under its names, are left out and said by the line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deepkmeans.data.files import Table, read_table

_ROWS = "".join(f"{i},{i + 2},{i * 3}\n" for i in range(6))
_PAIRS = "".join(f"{i}.5,{i + 2}\n" for i in range(6))


def _read(folder: Path, text: str, **options: Any) -> Table:
    (folder / "x.csv").write_text(text)
    return read_table(folder / "x.csv", **options)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("# comment\n# another, with comma\na,b,c\n" + _ROWS, 3),
        ("# one\n# two\n# three, four, five\n\na,b,c\n" + _ROWS, 5),
        ("# x,y,z\na,b,c\n" + _ROWS, 2),
        ("Station,Berlin\nUnit,mm\na,b\n" + _PAIRS, 3),
        ("Export;2024\n\na;b\n" + _PAIRS.replace(",", ";"), 3),
        ("Export;2024\n\na;b;c\n" + _ROWS.replace(",", ";"), 3),
        ("Title, with, commas, many, more\na,b,c\n" + _ROWS, 2),
        ("Title\na,b\n" + _PAIRS, 2),
        ("# comment\na\n" + "1\n2\n3\n4\n5\n6\n", 2),
        ("Station,Berlin\nUnit,mm\n\nname,a,b\n" + "".join(f"s{i},{i},{i + 1}\n" for i in range(6)), 4),
        ("Title\na,b,c\nkg,m,s\n" + _ROWS, 2),
    ],
)
def test_what_stands_above_is_left_out_and_said(tmp_path: Path, text: str, line: int) -> None:
    table = _read(tmp_path, text)
    rest = "".join(text.splitlines(keepends=True)[line - 1 :]).replace("kg,m,s\n", "")
    below = _read(tmp_path, rest)
    assert table.feature_names == below.feature_names
    assert table.n_samples == 6
    np.testing.assert_array_equal(np.asarray(table.X, dtype=object), np.asarray(below.X, dtype=object))
    said = [note for note in table.notes if "left out" in note or "are comments" in note]
    assert len(said) == 1 + ("kg,m,s" in text)


@pytest.mark.parametrize("units", ["kg,m,s", "[kg],[m],[s]", "EUR,%,1/s", "km/h,m^2,°C", "-,kg,mm"])
def test_units_under_the_names(tmp_path: Path, units: str) -> None:
    table = _read(tmp_path, f"a,b,c\n{units}\n{_ROWS}")
    assert "line 2 looks like units under the names" in table.notes[0]
    assert table.X.tolist() == [[*map(int, line.split(","))] for line in _ROWS.splitlines()]


@pytest.mark.parametrize(
    "text",
    [
        "name,a\nAnna,missing\n" + "".join(f"n{i},{i}\n" for i in range(6)),
        "a,b,c\nx,2,3\n" + _ROWS,
        "a,b,c\n1,2,bad\n" + _ROWS,
        "a,b,c\nunknown,unknown,unknown\n" + _ROWS,
    ],
)
def test_a_wrong_cell_in_the_first_row_is_no_preamble(tmp_path: Path, text: str) -> None:
    table = _read(tmp_path, text)
    assert table.n_file_rows == len(text.splitlines()) - 1
    assert not any("above" in note for note in table.notes)


def test_texts_in_the_first_row_may_be_names(tmp_path: Path) -> None:
    text = "a,b,c\nred,blue,green\n" + _ROWS
    table = _read(tmp_path, text)
    assert table.feature_names == ["a", "b", "c"] and table.n_samples == 7
    assert "line 2 holds texts above numbers, as line 1 does; if it holds the names, header=2" in table.notes
    assert _read(tmp_path, text, header=2).feature_names == ["red", "blue", "green"]
    assert _read(tmp_path, text, header=True).notes == []


@pytest.mark.parametrize(
    "text",
    [
        "# a,b,c\n" + _ROWS,
        "a,b,c\n,,\n" + _ROWS,
        "a,b,c\nNA,?,-\n" + _ROWS,
        _ROWS,
        "a,b,c\n1,2\n" + _ROWS,
        "2001,2002,2003\n" + _ROWS,
        "a\n" + "1\n2\n3\n",
    ],
)
def test_tables_without_anything_above(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.csv").write_text(text)
    assert len(read_table(tmp_path / "x.csv").X) >= 3


_PEOPLE = "id,weight,height,sex\n{}\n" + "".join(f"P{i},{50 + i},{160 + 2 * i}.5,{'fm'[i % 2]}\n" for i in range(9))


@pytest.mark.parametrize("header", [None, True])
def test_units_of_some_columns(tmp_path: Path, header: bool | None) -> None:
    table = _read(tmp_path, _PEOPLE.format(",kg,cm,"), header=header)
    assert any("line 2 looks like units under the names (kg, cm) and is left out" in note for note in table.notes)
    assert table.X["weight"].tolist() == [50 + i for i in range(9)] and table.X["sex"].tolist()[0] == "f"


@pytest.mark.parametrize("row", [",,,m", "P,51,,m", ",heavy,cm,"])
def test_a_row_with_holes_is_no_line_of_units(tmp_path: Path, row: str) -> None:
    table = _read(tmp_path, _PEOPLE.format(row))
    assert table.n_file_rows == 10 and not any("units" in note for note in table.notes)
