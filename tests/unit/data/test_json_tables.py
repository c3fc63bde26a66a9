"""JSON as tables: in every form that programs write, and refused in one line where it is none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from deepkmeans.data.files import read_table
from tests.unit.data.given_files import cells, file_of, holds, refused

RECORDS = [{"a": 1, "b": "x, y"}, {"a": 2.5, "b": None}, {"a": None, "b": 'say "hi"'}]
EXPECTED: dict[str, list[Any]] = {"a": [1, 2.5, None], "b": ["x, y", None, 'say "hi"']}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("x.jsonl", "\n".join(map(json.dumps, RECORDS))),
        ("x.ndjson", "\n\n".join(map(json.dumps, RECORDS)) + "\n"),
        ("x.json", json.dumps(RECORDS)),
        ("x.json", "\ufeff" + json.dumps(RECORDS, indent=2)),
        ("x.json", "\n".join(map(json.dumps, RECORDS))),
        ("x.json", json.dumps({"data": RECORDS, "n": 3})),
        ("x.json", json.dumps({"a": [1, 2.5, None], "b": EXPECTED["b"]})),
        ("x.json", json.dumps({name: dict(enumerate(column)) for name, column in EXPECTED.items()})),
        ("x.json", json.dumps({"columns": ["a", "b"], "index": [0, 1, 2], "data": [[*r.values()] for r in RECORDS]})),
    ],
)
def test_forms(tmp_path: Path, name: str, text: str) -> None:
    assert cells(read_table(file_of(tmp_path, text, name))) == EXPECTED


def test_inner_objects_lists_and_keys_that_are_missing(tmp_path: Path) -> None:
    records = [{"a": 1, "b": {"c": 2, "d": {"e": True}}}, {"a": 3, "f": ["x", "y"]}]
    table = read_table(file_of(tmp_path, "\n".join(map(json.dumps, records)), "x.jsonl"))
    assert cells(table) == {"a": [1, 3], "b.c": [2, None], "b.d.e": ["True", None], "f": [None, "x; y"]}


def test_rows_without_names(tmp_path: Path) -> None:
    holds(read_table(file_of(tmp_path, "[[1, 2], [3, 4]]", "x.json")), [[1, 2], [3, 4]], ["0", "1"])
    holds(read_table(file_of(tmp_path, "[1, 2]\n[3, 4]\n", "x.jsonl")), [[1, 2], [3, 4]], ["0", "1"])


def test_texts_that_look_like_a_header_a_comment_or_a_total_are_rows(tmp_path: Path) -> None:
    records = [{"a": "# x", "b": 1}, {"a": "a", "b": 2}, {"a": "'quoted'", "b": 3}, {"a": "Total", "b": 6}]
    table = read_table(file_of(tmp_path, json.dumps(records), "x.json"))
    assert cells(table) == {"a": ["# x", "a", "'quoted'", "Total"], "b": [1, 2, 3, 6]}
    assert table.notes == []


def test_numbers_keep_every_bit(tmp_path: Path) -> None:
    numbers = [0.1, 1e-300, 123456789.123456789, -2.5]
    records = [{"a": number, "b": "x", "c": 2**53 + 1} for number in numbers]
    X = read_table(file_of(tmp_path, json.dumps(records), "x.json")).X
    assert X["a"].tolist() == numbers and X["c"].tolist() == [2**53 + 1] * 4


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[" * 100_000, "nested too deeply"),
        ('{"a":' * 100_000 + "1" + "}" * 100_000, "nested too deeply"),
        ('{"a": 1}\n' + '{"a":' * 100_000 + "\n", "record 2 is nested too deeply"),
        ("[1, 2", "line 1 is not JSON"),
        ('{"a": 1}\n{"a":\n', "line 2 is not JSON"),
        ('[{"a": 1}, 3]', "record 2: 3 is no record"),
        ("3", "record 1: 3 is no record"),
        ("[]", "holds no record with a value"),
        ("{}", "holds no record with a value"),
        ("a,b\n1,2\n", "line 1 is not JSON"),
        (json.dumps([{f"k{i}": 1} for i in range(20_001)]), "more than 20000 different keys"),
    ],
)
@pytest.mark.parametrize("name", ["x.json", "x.jsonl"])
def test_what_is_none(tmp_path: Path, text: str, words: str, name: str) -> None:
    assert len(refused(file_of(tmp_path, text, name), words)) < 300


def test_other_encodings(tmp_path: Path) -> None:
    refused(file_of(tmp_path, b'{"a": "\xff"}', "x.json"), "is not UTF-8, as JSON is")
