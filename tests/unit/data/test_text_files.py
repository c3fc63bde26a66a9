"""Texts, one a line or one a file; and tables with the extension of texts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from deepkmeans.data.files import read_table
from deepkmeans.datasets import read_texts
from deepkmeans.exceptions import InvalidDataError
from tests.unit.data.given_files import cells, file_of, holds, refused

TITLES = "How to sort a list?\nSorting, grouping and counting rows\nWhat is a monad\nfast code, in Rust, for ARM\n"


@pytest.mark.parametrize(
    "text",
    [
        TITLES, "rose\nlily\nrose\n", TITLES.replace("\n", "\r\n"), "\ufeff" + TITLES, "今天天气很好\n我们去公园\n",
        "a b\nc d\ne f\n", "one text alone", "Hello, world\nA, or the, B\nnot so, my dear friend\n" * 3,
    ],
)  # fmt: skip
def test_lines_are_texts(tmp_path: Path, text: str) -> None:
    table = read_table(file_of(tmp_path, text, "x.txt"))
    assert table.X == text.lstrip("\ufeff").splitlines()
    assert table.n_samples == len(table.X)
    assert table.rows_given is table.X
    assert table.notes == ["its lines are read as texts, one each; kind='table' cuts them into columns"]


@pytest.mark.parametrize(
    "text",
    ["a b\n1 2\n3 4\n", "name\tcity\nx\tu v w\ny\tz a b\n", "a,b\nx,1\ny,2\n", "x;some words\ny;more words of it\n"],
)
def test_tables_are_tables(tmp_path: Path, text: str) -> None:
    assert read_table(file_of(tmp_path, text, "x.txt")).X.shape[1] == 2


def test_numbers_are_a_table(tmp_path: Path) -> None:
    holds(read_table(file_of(tmp_path, "1\n2\n3\n", "x.txt")), [[1], [2], [3]], None)


def test_said_outright(tmp_path: Path) -> None:
    path = file_of(tmp_path, "a,b\nx,1\ny,2\n", "x.txt")
    assert read_table(path, kind="text").X == ["a,b", "x,1", "y,2"]
    path = file_of(tmp_path, TITLES, "y.txt")
    assert cells(read_table(path, kind="table", separator="\t", header=False)) == {"0": TITLES.splitlines()}
    assert read_table(path, separator="\t", header=False).X.shape == (4, 1)
    refused(file_of(tmp_path, "a\n1\n"), "texts are read from .txt, one a line, or a folder of .txt", kind="text")


def test_blank_lines_and_encodings(tmp_path: Path) -> None:
    table = read_table(file_of(tmp_path, "Blüten und Blätter\n\n  \nein Wort\n", "x.txt", "latin-1"))
    assert table.X == ["Blüten und Blätter", "ein Wort"]
    assert "2 blank lines are left out" in table.notes
    assert any("Windows-1252" in note for note in table.notes)


def test_a_folder(tmp_path: Path) -> None:
    for name, text in (("b.txt", "second\n"), ("a.txt", "first\nof all"), ("c.TXT", " "), ("d.csv", "a\n1\n")):
        file_of(tmp_path, text, name)
    texts = read_texts(tmp_path)
    assert texts.to_dict() == {"a": "first\nof all", "b": "second", "c": ""}
    assert texts.attrs["notes"] == ["1 of 3 files is empty"]
    table = read_table(tmp_path)
    assert table.index is not None
    assert table.index.tolist() == ["a", "b", "c"]


def test_read_texts(tmp_path: Path) -> None:
    texts = read_texts(file_of(tmp_path, TITLES, "x.txt"))
    assert texts.tolist() == TITLES.splitlines() and texts.index.tolist() == [0, 1, 2, 3]
    assert texts.attrs["notes"] == []


def test_nothing_to_read(tmp_path: Path) -> None:
    refused(file_of(tmp_path, "\n \n", "x.txt"), "empty", kind="text")
    (tmp_path / "none").mkdir()
    refused(tmp_path / "none", "is a folder; name a file in it")
    file_of(tmp_path / "none", " ", "a.txt")
    refused(tmp_path / "none", "none of 1 files holds a text")


@pytest.mark.parametrize("zeros", [True, False])
@pytest.mark.parametrize("name", ["x.txt", "x.csv"])
def test_what_is_no_text(tmp_path: Path, name: str, zeros: bool) -> None:
    content = bytes(np.random.RandomState(0).randint(0 if zeros else 1, 256, 4000, dtype=np.uint8))
    what = "text" if name == "x.txt" else "a text table"
    refused(file_of(tmp_path, content, name), f"{name}: is not {what} (it holds ")
    (tmp_path / "texts").mkdir()
    file_of(tmp_path / "texts", "one text", "a.txt")
    file_of(tmp_path / "texts", content, "b.txt")
    with pytest.raises(InvalidDataError, match=r"^texts/b\.txt: is not text"):
        read_texts(tmp_path / "texts")
