"""Cells that nobody expects: objects of all sorts, enormous numbers, very long texts. None ends in a traceback."""

from __future__ import annotations

import datetime
import decimal
import fractions
import json
import pathlib
import uuid
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from deepkmeans.data.schema import Schema
from deepkmeans.exceptions import InvalidDataError

POOL = [
    None, np.nan, pd.NA, pd.NaT, 1, 10**30, 1.5, float("inf"), 1e308, -1e308, True, np.bool_(False), np.float32(0.1),
    decimal.Decimal("1.1"), decimal.Decimal("sNaN"), decimal.Decimal("1e400"), fractions.Fraction(1, 3), "a", "", " 5 ",
    "5,5", "2024-01-01", "14:30", b"x", b"\xff", datetime.date(2024, 1, 1), datetime.datetime(1, 1, 1),
    datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC), datetime.time(3, 4), datetime.timedelta(1),
    np.datetime64("2024-01-01"), np.timedelta64(5, "h"), np.datetime64("NaT"),
    pd.Timestamp("2024-01-01", tz="Asia/Tokyo"),
    pd.Interval(0, 1), pd.Period("2024-01"), uuid.UUID(int=5), pathlib.Path("a.png"), [1, 2], (1, "a"), {"a": 1},
    {1, 2}, np.array([[1], [2]]), np.array(5), object, "\ud800", "x\ny", "½", "10²", "三", "1" * 400, "1e999", "+", "(",
    "(5", "$", "%", "1,2,3", "1__0", "0x1F", "1e", "∞", "-nan", "infinity",
]  # fmt: skip


def frame_of(cells: list[Any]) -> pd.DataFrame:
    column = np.empty(len(cells), dtype=object)
    for row, cell in enumerate(cells):
        column[row] = cell
    return pd.DataFrame({"a": pd.Series(column, dtype=object)})


def test_any_objects_together() -> None:
    rng = np.random.RandomState(0)
    for _ in range(400):
        chosen = [POOL[place] for place in rng.randint(0, len(POOL), rng.randint(1, 6))]
        frame = frame_of([chosen[place] for place in rng.randint(0, len(chosen), rng.randint(1, 30))])
        schema = Schema.recognise(frame)
        assert Schema.from_document(json.loads(json.dumps(schema.to_document()))) == schema
        assert all(len(values) == len(frame) for values in schema.parse(frame).values())
        assert schema.lines()


@pytest.mark.parametrize(
    "text", ["1" * 50_000, "a " * 20_000, "," * 5000, "1," * 9000, "1,000" * 5000, "1" + " " * 9000 + "1", "(-" * 5000,
             "A-" * 9000, "Ab " * 9000, "5 " + "kg " * 5000, "1-" * 5000, "一" * 9000, "[" * 9000],
    ids=lambda text: text[:8],
)  # fmt: skip
def test_very_long_texts(text: str) -> None:
    frame = pd.DataFrame({"a": [text, text + "x", text + "y", text]})
    schema = Schema.recognise(frame)
    assert schema.columns[0].kind in ("category", "text", "list")
    assert len(schema.parse(frame)["a"]) == 4


def test_complex_numbers_are_refused() -> None:
    with pytest.raises(InvalidDataError, match="'a' holds complex numbers: give real and imaginary part"):
        Schema.recognise(pd.DataFrame({"a": [1 + 2j, 3]}))


def test_objects_of_one_sort_are_of_that_type() -> None:
    for cells, kind, values in (
        ([decimal.Decimal("1.1"), None, decimal.Decimal("2")], "number", [1.1, np.nan, 2.0]),
        ([1, 10**400, fractions.Fraction(1, 2)], "number", [1, np.nan, 0.5]),
        ([datetime.timedelta(hours=1), np.timedelta64(2, "h"), None], "number", [3600, 7200, np.nan]),
        ([True, None, np.bool_(False)], "boolean", [1, np.nan, 0]),
    ):
        frame = frame_of(cells)
        schema = Schema.recognise(frame)
        assert schema.columns[0].kind == kind
        np.testing.assert_array_equal(schema.parse(frame)["a"], values)


def test_sparse_interval_and_period_types() -> None:
    frame = pd.DataFrame({
        "sparse": pd.arrays.SparseArray([0.0, 0.0, 2.5]),
        "interval": pd.arrays.IntervalArray.from_breaks([0, 1, 2, 5]),
        "period": pd.period_range("2024-01", periods=3, freq="M"),
        "zone": pd.date_range("2024-01-01", periods=3, tz="Asia/Tokyo"),
        "length": pd.to_timedelta(["1h", "2h", None]),
        "number": pd.Categorical([3, 1, 3]),
    })  # fmt: skip
    schema = Schema.recognise(frame)
    assert [each.kind for each in schema.columns] == ["number", "ordinal", "date", "date", "number", "category"]
    parsed = schema.parse(frame)
    np.testing.assert_array_equal(parsed["interval"], [0, 1, 2])
    assert parsed["period"][1] == np.datetime64("2024-02-01")
    assert parsed["zone"][0] == np.datetime64("2023-12-31T15:00")
    np.testing.assert_array_equal(parsed["length"], [3600, 7200, np.nan])
    assert list(parsed["number"]) == ["3", "1", "3"]


@pytest.mark.parametrize("kind", [pa.date32(), pa.date64(), pa.timestamp("ms"), pa.timestamp("us", "Europe/Berlin")])
def test_dates_of_arrow(kind: pa.DataType) -> None:
    day = datetime.datetime(2024, 3, 1, tzinfo=datetime.UTC if getattr(kind, "tz", None) else None)
    days = [day + datetime.timedelta(days=i % 9) for i in range(30)] + [None]
    frame = pd.DataFrame({"day": pd.array(pa.array(days).cast(kind), dtype=pd.ArrowDtype(kind))})
    schema = Schema.recognise(frame)
    assert [column.kind for column in schema.columns] == ["date"]
    cells = schema.parse(frame)["day"]
    assert cells[8] == np.datetime64("2024-03-09", "s") and np.isnat(cells[30])


def test_sentences_that_repeat_are_texts_and_few_answers_are_not() -> None:
    places = ("home", "shop", "friend", "bank")
    sentences = [f"please send the {thing} to my {place}" for thing in "abcdefg" for place in places]
    assert Schema.recognise(pd.DataFrame({"x": sentences * 4})).columns[0].kind == "text"
    assert Schema.recognise(pd.DataFrame({"x": sentences[:4] * 20})).columns[0].kind == "category"
