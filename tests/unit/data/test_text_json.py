"""JSON and other kinds under the name of a text table are called by their kind, and tables in brackets are read."""

from __future__ import annotations

import bz2
import gzip
import json
from pathlib import Path

import pytest

from deepkmeans.data.files import read_labels, read_table
from deepkmeans.exceptions import InvalidDataError

RECORDS = [{"a": i, "b": [i, {"c": None}]} for i in range(30)]
ONE = {
    "object": '{"a":[1,2]}', "array": "[1, 2, 3]\n", "rows": "[[1,2],[3,4]]", "records": json.dumps(RECORDS),
    "indented": json.dumps(RECORDS, indent=2), "empty": "{}", "mark": '\ufeff\n  {"a": 1}', "NaN": '{"a": NaN}',
    "long": json.dumps(RECORDS * 3000), "long and indented": json.dumps(RECORDS * 300, indent=1), "one text": '["a,b"]',
    "cut": '{"a": [1, 2', "cut text": '{"a": "lo', "deep": "[" * 20_000,
}  # fmt: skip
LINES = {
    "records": "\n".join(map(json.dumps, RECORDS)), "arrays": "[1,2]\n[3,4]\n", "crlf": '{"a":1}\r\n{"a":2}\r\n',
    "long": "\n".join(map(json.dumps, RECORDS * 300)),
}  # fmt: skip


def _refusals(path: Path) -> list[str]:
    said = []
    for read in (read_table, read_labels):
        with pytest.raises(InvalidDataError) as caught:
            read(path)
        said.append(str(caught.value))
    return said


@pytest.mark.parametrize("name", ONE)
@pytest.mark.parametrize("suffix", [".csv", ".tsv"])
def test_one_json_text(name: str, suffix: str, tmp_path: Path) -> None:
    (tmp_path / f"x{suffix}").write_text(ONE[name], encoding="utf-8")
    for said in _refusals(tmp_path / f"x{suffix}"):
        assert said.startswith(f"x{suffix}: is not a text table but JSON; save it as .csv")
        assert "pandas.read_json(FILE).to_csv(" in said


@pytest.mark.parametrize("name", LINES)
def test_json_lines(name: str, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(LINES[name], encoding="utf-8")
    for said in _refusals(tmp_path / "x.csv"):
        assert "is not a text table but JSON lines;" in said and "read_json(FILE, lines=True)" in said


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_in_other_encodings(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text('{"a": [1, 2]}', encoding=encoding)
    assert all("but JSON;" in said for said in _refusals(tmp_path / "x.csv"))


@pytest.mark.parametrize("header", ["[m],[s]", "{a},{b}", "[1],[2]", '"[m]","[s]"', "[],{}", "[a,b"])
def test_names_in_brackets_are_names(header: str, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(f"{header}\n1,2.5\n3,4.5\n5,6.5\n")
    assert read_table(tmp_path / "x.csv").X.tolist() == [[1, 2.5], [3, 4.5], [5, 6.5]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<!DOCTYPE html><html></html>", "a web page"), ("\ufeff<!doctype HTML>\n<html>", "a web page"),
        ("\n\n  <html lang='en'>", "a web page"), ("<?xml version='1.0'?><a/>", "an XML file"),
        (r"{\rtf1\ansi a,b\par 1,2}", "a text with formats"),
    ],
)  # fmt: skip
def test_markup(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(text, encoding="utf-8")
    assert f"is not a text table but {words}" in _refusals(tmp_path / "x.csv")[0]


@pytest.mark.parametrize("name", ["par1", "PAR1", "BZh", "bzh9", "ARROW1", "arrow1"])
def test_names_that_begin_like_a_binary_kind_are_names(name: str, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(f"{name},b\n1,2.5\n3,4.5\n")
    assert read_table(tmp_path / "x.csv").feature_names == [name, "b"]


def test_binary_kinds_under_the_name_of_a_text(tmp_path: Path) -> None:
    for content, words in (
        (bz2.compress(b"a,b\n1,2\n"), "bunzip2"), (bz2.compress(b"a,b\n1,2\n", 1), "bunzip2"),
        (b"PAR1\x15\x04\x15", "a Parquet file"), (b"ARROW1\0\0", "Arrow"), (gzip.compress(b"a\n1\n"), "gunzip"),
    ):  # fmt: skip
        (tmp_path / "x.csv").write_bytes(content)
        assert words in _refusals(tmp_path / "x.csv")[0]
