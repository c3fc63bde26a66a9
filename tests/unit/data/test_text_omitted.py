"""Lines inside a table that are no rows: rules, and the names once more."""

from __future__ import annotations

from pathlib import Path

import pytest

from deepkmeans.data.files import read_table
from tests.unit.data.given_files import cells, file_of

ROWS = [f"{i}.5,{i % 3},{'RUO'[i % 3]}lm" for i in range(12)]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("| a | b |\n|---|--:|\n" + "".join(f"| {i} | x{i % 2} |\n" for i in range(6)), "line 2 is a rule"),
        (" a | b \n---+----\n" + "".join(f" {i} | x{i % 2}\n" for i in range(6)) + "(6 rows)\n", "line 2 is a rule"),
        (
            "+---+----+\n| a | b  |\n+---+----+\n" + "".join(f"| {i} | x{i % 2} |\n" for i in range(6)) + "+---+---+",
            "lines 1, 3, 10 are rules",
        ),
    ],
)
def test_rules(tmp_path: Path, text: str, lines: str) -> None:
    table = read_table(file_of(tmp_path, text, "x.txt"), kind="table")
    assert table.X["a"].tolist() == [*range(6)] and table.X["b"].tolist() == ["x0", "x1"] * 3
    assert any(note.startswith(lines) and "comment='' reads" in note for note in table.notes)


def test_dashes_that_are_cells(tmp_path: Path) -> None:
    assert read_table(file_of(tmp_path, "a,b\n1,2\n---,---\n3,4\n")).n_file_rows == 3


@pytest.mark.parametrize("repeats", [[7], [3, 8, 10], [2, 4, 6, 8, 10, 12]])
def test_the_names_once_more(tmp_path: Path, repeats: list[int]) -> None:
    lines = ["v,n,city", *ROWS]
    for line in repeats:
        lines.insert(line - 1, "v,n,city")
    text = "\n".join(lines) + "\n"
    table = read_table(file_of(tmp_path, text))
    assert cells(table)["v"] == [i + 0.5 for i in range(12)] and cells(table)["n"] == [i % 3 for i in range(12)]
    (note,) = table.notes
    assert note.startswith(f"line{'s' * (len(repeats) > 1)} {', '.join(map(str, repeats[:4]))}")
    assert "repeat" in note and "comment='' reads" in note
    assert read_table(file_of(tmp_path, text), comment="", header=True).n_file_rows == 12 + len(repeats)


def test_the_names_far_below(tmp_path: Path) -> None:
    table = read_table(file_of(tmp_path, ("x,z\n" + "".join(f"{i},{i % 7}\n" for i in range(1500))) * 2))
    assert table.X.shape == (3000, 2)
    assert table.notes == ["line 1502 repeats the names and is left out; comment='' reads it as a row"]


@pytest.mark.parametrize("text", ["a,b\nred,round\na,b\nblue,flat\n", "yes,no\n" * 3 + "no,yes\n" * 3])
def test_texts_alone_may_be_rows(tmp_path: Path, text: str) -> None:
    table = read_table(file_of(tmp_path, text))
    assert table.n_file_rows >= text.count("\n") - 1
    assert not any("repeat" in note for note in table.notes)


def test_a_copy_with_a_column_more_in_the_first_names(tmp_path: Path) -> None:
    lines = ["v,n,city,cluster", *(f"{row},0" for row in ROWS[:6]), "v,n,city", *(f"{row},1" for row in ROWS[6:])]
    assert read_table(file_of(tmp_path, "\n".join(lines))).X.shape == (12, 4)
