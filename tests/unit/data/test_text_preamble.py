"""What stands above a text table, and units under its names, are told by the line."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from deepkmeans.data.files import read_table
from deepkmeans.exceptions import InvalidDataError

_ROWS = "".join(f"{i},{i + 2},{i * 3}\n" for i in range(6))
_PAIRS = "".join(f"{i}.5,{i + 2}\n" for i in range(6))


def _refusal(folder: Path, text: str) -> str:
    (folder / "x.csv").write_text(text)
    with pytest.raises(InvalidDataError) as caught:
        read_table(folder / "x.csv")
    return str(caught.value)


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
def test_the_advice_leaves_a_table_that_can_be_read(tmp_path: Path, text: str, line: int) -> None:
    message = _refusal(tmp_path, text)
    assert f"tail -n +{line} FILE > table.csv" in message
    assert "drop=" not in message
    rest = "".join(text.splitlines(keepends=True)[line - 1 :]).replace("kg,m,s\n", "")
    (tmp_path / "table.csv").write_text(rest)
    drop = ["name"] if rest.startswith("name") else None
    table = read_table(tmp_path / "table.csv", drop=drop)
    assert table.X.shape[0] == 6 and set(table.feature_names or ()) <= set("abc")


@pytest.mark.parametrize("units", ["kg,m,s", "[kg],[m],[s]", "EUR,%,1/s", "km/h,m^2,°C", "-,kg,mm"])
def test_units_under_the_names(tmp_path: Path, units: str) -> None:
    message = _refusal(tmp_path, f"a,b,c\n{units}\n{_ROWS}")
    assert "line 2 looks like units under the names" in message
    assert "drop=" not in message
    done = subprocess.run(["sed", "2d", tmp_path / "x.csv"], capture_output=True, text=True, check=True)
    (tmp_path / "table.csv").write_text(done.stdout)
    assert read_table(tmp_path / "table.csv").X.shape == (6, 3)


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
    message = _refusal(tmp_path, text)
    assert "row 0 (counted from 0; line 2)" in message
    assert "above" not in message


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
