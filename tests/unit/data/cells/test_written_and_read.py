"""What is written in any of many ways is read as what it was, and nothing that is written ends in a traceback."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepkmeans.data.schema import Schema


def _swapped(text: str) -> str:
    return text.translate(str.maketrans(",.", ".,"))


def _mixed_units(value: float, row: int) -> str:
    return f"{value / 1000:.6f} kg" if row % 2 else f"{value:.3f} g"


#: How a number of three decimals, at least 0, is written in a row.
WAYS: dict[str, Callable[[float, int], str]] = {
    "plain": lambda value, row: f"{value:.3f}",
    "German": lambda value, row: _swapped(f"{value:,.3f}"),
    "dollars": lambda value, row: f"${value:,.3f}",
    "euros": lambda value, row: f"{_swapped(f'{value:,.3f}')} €",
    "thousands": lambda value, row: f"{value / 1000:.6f}k",
    "millions of dollars": lambda value, row: f"${value / 1e6:.9f}M",
    "a unit": lambda value, row: f"{value:.3f} mmol/l",
    "a unit without blank": lambda value, row: f"{value:.3f}kg",
    "two units": _mixed_units,
    "percent, some plain": lambda value, row: f"{value:.3f}%" if row % 2 else f"{value:.3f}",
    "limits": lambda value, row: f"{'<' if row % 5 == 0 else ''}{value:.3f}",
    "limits and a unit": lambda value, row: f"{'> ' if row % 5 == 0 else ''}{value:.3f} mg",
    "about": lambda value, row: f"{('~', 'ca. ', '', 'about ')[row % 4]}{value:.3f}",
    "give or take": lambda value, row: f"{value:.3f} ± {row % 7}.5",
    "or more": lambda value, row: f"{value:,.3f}+",
    "with a note": lambda value, row: f"{value:.3f}{'*' if row % 3 == 0 else ''}",
    "with a spread": lambda value, row: f"{value:.3f} ({row % 9}.1)",
    "out of": lambda value, row: f"{value:.3f}/1000",
    "exponent": lambda value, row: f"{value:.6e}" if value < 1000 else f"{value:.3f}",
}


@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=8, deadline=None)
@given(values=st.lists(st.integers(0, 10**7), min_size=8, max_size=40), gaps=st.booleans())
def test_numbers(way: str, values: list[int], gaps: bool) -> None:
    numbers = np.array([0.125, 4.25, 1234.567, *(value / 1000 for value in values)])
    cells: list[Any] = [WAYS[way](value, row) for row, value in enumerate(numbers.tolist())]
    if gaps:
        cells, numbers = [*cells, None, ""], np.append(numbers, [np.nan, np.nan])
    frame = pd.DataFrame({"x": cells})
    schema = Schema.recognise(frame)
    assert schema.columns[0].kind == "number", (way, schema.columns[0])
    scale = 1000 if schema.columns[0].options.get("unit") == "kg" and way == "two units" else 1
    np.testing.assert_allclose(schema.parse(frame)["x"] * scale, numbers, rtol=1e-6, atol=1e-9)


def _days(value: int) -> str:
    return f"{value // 86400} days {value // 3600 % 24:02d}:{value // 60 % 60:02d}:{value % 60:02d}"


LENGTHS: dict[str, Callable[[int], str]] = {
    "words": lambda value: f"{value // 3600}h {value // 60 % 60}m {value % 60}s",
    "days": _days,
    "minutes": lambda value: f"{value // 60}:{value % 60:02d}",
    "hours": lambda value: f"{value // 3600}:{value // 60 % 60:02d}:{value % 60:02d}",
    "ISO 8601": lambda value: f"PT{value // 3600}H{value // 60 % 60}M{value % 60}S",
    "several units": lambda value: f"{value / 60:.6f} min" if value % 2 else f"{value} s",
}


@settings(max_examples=8, deadline=None)
@given(values=st.lists(st.integers(0, 10**6), min_size=8, max_size=40))
@pytest.mark.parametrize("way", LENGTHS)
def test_lengths_of_time(way: str, values: list[int]) -> None:
    values = [90, 3700, 90_061, *values]
    frame = pd.DataFrame({"duration": [LENGTHS[way](value) for value in values]})
    schema = Schema.recognise(frame)
    assert schema.columns[0].kind == "number"
    unit = {"h": 3600, "min": 60}.get(schema.columns[0].options.get("unit", "s"), 1)
    np.testing.assert_allclose(schema.parse(frame)["duration"] * unit, values, rtol=1e-6, atol=1e-4)


@settings(max_examples=10, deadline=None)
@given(pairs=st.lists(st.tuples(st.integers(0, 999), st.integers(0, 999)), min_size=6, max_size=30, unique=True))
@pytest.mark.parametrize("between", ["/", " x ", "; ", " | ", " to "])
def test_two_numbers_in_a_cell(between: str, pairs: list[tuple[int, int]]) -> None:
    pairs = [*pairs, (120, 80), (700, 31), (3, 999)]
    frame = pd.DataFrame({"x": [f"{a}{between}{b}" for a, b in pairs]})
    schema = Schema.recognise(frame)
    if {column.kind for column in schema.columns} != {"number"}:  # of ranges that do not overlap the order is known
        assert schema.columns[0].kind == "ordinal"
        return
    parsed = schema.parse(frame)
    np.testing.assert_array_equal(np.column_stack([parsed["x (1)"], parsed["x (2)"]]), pairs)


PIECES = st.sampled_from([
    *"0123456789.,-+/:;%()<>~'\" ", "½", "±", "kg", "g", "h", "min", "m", "$", "€", "k", "M", "1/2", "ca. ", "Q3", "FY",
    "PM", "2024", "12", "-", "x", "[", "]", "#", "0x", "e5", "1e999", "T", "days", "²", "٣", "三", "\u200b", "n/a",
    "NaN", "true", "v1.2",
])  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    texts=st.lists(st.lists(PIECES, max_size=6).map("".join), min_size=1, max_size=12), copies=st.integers(1, 5),
    name=st.sampled_from(["x", "id", "time", "date", "duration", "code"]),
)  # fmt: skip
def test_nothing_that_is_written_ends_in_a_traceback(texts: list[str], copies: int, name: str) -> None:
    frame = pd.DataFrame({name: pd.Series(texts * copies, dtype=object)})
    schema = Schema.recognise(frame)
    assert Schema.from_document(json.loads(json.dumps(schema.to_document()))) == schema
    assert schema.lines()
    for values in schema.parse(frame).values():
        assert len(values) == len(frame)
    schema.parse(pd.DataFrame({name: ["5", "", "?", *texts[::-1]]}))
