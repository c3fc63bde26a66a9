"""The same table in more than forty spellings gives the same numbers to the last bit, categories and dates."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from deepkmeans.data.files import read_table as table_of
from deepkmeans.data.schema import Schema
from deepkmeans.datasets import read_table
from tests.unit.data.spellings import SPELLINGS, customers, flowers, penguins, spelled

TABLES = {
    "iris": lambda: flowers("iris"), "wine": lambda: flowers("wine"), "penguins": penguins, "customers": customers,
}  # fmt: skip
#: A column of row names stands before the others.
INDEXED = ("an index without a name", "names of rows")


@cache
def _table(name: str) -> pd.DataFrame:
    return TABLES[name]()


def _cells(parsed: Any) -> Any:
    """Values of one column to compare: floats as bits, dates and texts as such."""
    values = parsed.tolist() if hasattr(parsed, "tolist") else list(parsed)
    return [None if value is None or value != value else value for value in values]


def _parsed(frame: pd.DataFrame) -> tuple[list[str], list[Any]]:
    schema = Schema.recognise(frame)
    values = schema.parse(frame)
    return [column.kind for column in schema.kept], [_cells(values[column.name]) for column in schema.kept]


@cache
def _expected(name: str, folder: Path) -> tuple[list[str], list[Any]]:
    return _parsed(read_table(spelled(_table(name), "plain", folder)))


def test_there_are_more_than_forty() -> None:
    assert len(SPELLINGS) > 40


@pytest.mark.parametrize("name", TABLES)
def test_the_plain_spelling_is_what_was_written(tmp_path: Path, name: str) -> None:
    kinds, values = _expected(name, tmp_path)
    frame = _table(name)
    assert len(kinds) == frame.shape[1]
    for kind, cells, column in zip(kinds, values, frame, strict=True):
        if frame[column].dtype.kind == "f":
            assert kind == "number"
            assert cells == _cells(frame[column])
        elif frame[column].dtype.kind == "M":
            assert kind == "date"
            assert [cell and pd.Timestamp(cell) for cell in cells] == _cells(frame[column])
    wanted = {
        "penguins": {"category", "number", "boolean"},
        "customers": {"category", "number", "date", "ordinal", "boolean"},
    }
    assert set(kinds) <= wanted.get(name, {"number"})


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("name", TABLES)
def test_every_spelling_is_read_alike(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, name: str, spelling: str
) -> None:
    kinds, values = _expected(name, tmp_path_factory.getbasetemp())
    path = spelled(_table(name), spelling, tmp_path)
    frame = read_table(path)
    notes = frame.attrs["notes"]
    if spelling in INDEXED:
        assert frame.columns[0] == "column_1"
        frame = frame.iloc[:, 1:]
    assert frame.shape == _table(name).shape
    if spelling == "no header":
        assert all(isinstance(column, int) for column in frame.columns)
    else:
        assert [*frame.columns] == [*_table(name).columns]
    assert all(isinstance(note, str) for note in notes) and json.dumps(notes)
    found_kinds, found = _parsed(frame)
    assert found_kinds == kinds
    for column, cells, wanted in zip(frame, found, values, strict=True):
        assert cells == wanted, column


@pytest.mark.parametrize("spelling", [*SPELLINGS])
def test_numbers_alone_are_the_same_float32_rows(tmp_path: Path, spelling: str) -> None:
    table = table_of(spelled(_table("wine"), spelling, tmp_path))
    if spelling in INDEXED:
        table = table_of(table.path, drop=[table.feature_names[0]] if table.feature_names else None)
    rows = np.asarray(table.X, dtype=np.float32)
    np.testing.assert_array_equal(rows, _table("wine").to_numpy(np.float32))
