"""What columns decide for one another, what is noted, and what real tables of numbers are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import datasets

from deepkmeans.data.schema import Schema


def column(frame: dict[str, Any], name: str = "a") -> tuple[Any, Any]:
    table = pd.DataFrame(frame)
    schema = Schema.recognise(table)
    return next(each for each in schema.columns if each.name == name), schema.parse(table).get(name)


class TestDecimals:
    def test_thousands_or_decimals_as_another_column_says(self) -> None:
        doubtful = {"a": ["1.234", "2.500"]}
        np.testing.assert_array_equal(column(doubtful)[1], [1.234, 2.5])
        np.testing.assert_array_equal(column(doubtful | {"b": ["0,5", "7,25"]})[1], [1234, 2500])
        np.testing.assert_array_equal(column(doubtful | {"b": ["0.5", "7.25"]})[1], [1.234, 2.5])
        doubtful = {"a": ["1,234", "2,500"]}
        np.testing.assert_array_equal(column(doubtful)[1], [1234, 2500])
        np.testing.assert_array_equal(column(doubtful | {"b": ["0,5", "7,25"]})[1], [1.234, 2.5])

    def test_a_doubt_is_said(self) -> None:
        for cells in (["1.234", "2.500"], ["1,234", "2,500"]):
            assert "InputSpec(decimal=',')" in column({"a": cells})[0].notes[0]
        assert column({"a": ["1234", "25"]})[0].notes == ()
        assert column({"a": ["1.2345", "25"]})[0].notes == ()

    def test_the_common_mark_is_kept_for_new_rows(self) -> None:
        frame = pd.DataFrame({"a": ["1", "2", "3"], "b": ["0,5", "7,25", "1,0"]})
        schema = Schema.recognise(frame)
        np.testing.assert_array_equal(schema.parse(frame.assign(a=["1,5", "1.000", "2"]))["a"], [1.5, 1000, 2])


class TestDays:
    def test_the_order_is_that_of_another_column(self) -> None:
        doubtful = {"a": ["01/02/2024", "03/04/2024"]}
        assert column(doubtful)[1][0] == np.datetime64("2024-01-02")
        assert column(doubtful | {"b": ["31/12/2023", "01/01/2024"]})[1][0] == np.datetime64("2024-02-01")
        assert column(doubtful | {"b": ["0,5", "7,25"]})[1][0] == np.datetime64("2024-02-01")
        assert "no cell tells the order of day and month" in column(doubtful)[0].notes[0]

    def test_the_day_of_months_is_the_first(self) -> None:
        months = range(1, 13)
        for cells in ([f"01/{month:02d}/2024" for month in months], [f"{month:02d}/01/2024" for month in months]):
            assert column({"a": cells})[1][2] == np.datetime64("2024-03-01")

    def test_one_row_among_many_decides(self) -> None:
        cells = [f"{1 + row % 12:02d}/{1 + row // 12 % 12:02d}/{1950 + row // 144}" for row in range(9000)]
        cells[8000] = "31/01/2020"
        assert column({"a": cells})[1][8000] == np.datetime64("2020-01-31")
        assert column({"a": cells})[0].options == {"order": "dmy"}


class TestMoments:
    def test_seconds_need_a_name(self) -> None:
        seconds = [1_500_000_000 + 1000 * row + row % 7 for row in range(10)]
        for name in ("timestamp", "created_at", "时间戳"):
            for cells in (seconds, [str(value) for value in seconds], [1000 * value for value in seconds]):
                kind, parsed = column({name: cells}, name)
                assert kind.kind == "date"
                assert parsed[0] == np.datetime64("2017-07-14T02:40:00")
        assert column({"a": seconds})[0].kind == "number"

    def test_days_as_numbers(self) -> None:
        kind, parsed = column({"date": [20241231, 20240105, 20240229]}, "date")
        assert kind.kind == "date"
        assert parsed[2] == np.datetime64("2024-02-29")
        assert column({"date": [20241231, 20240105, 20240299]}, "date")[0].kind == "number"


class TestNotes:
    def test_a_few_words_among_numbers_are_missing(self) -> None:
        cells = [str(value) for value in range(0, 200, 2)]
        cells[7] = "broken"
        kind, parsed = column({"a": cells})
        assert kind.kind == "number"
        assert kind.notes == ("1 cell is no number ('broken') and counts as missing",)
        assert np.isnan(parsed[7])

    def test_many_words_among_numbers_make_categories(self) -> None:
        words = ["red", "blue", "green"]
        cells = [words[row % 3] if row % 4 == 0 else str(row % 5) for row in range(100)]
        assert column({"a": cells})[0].kind == "category"

    def test_one_word_for_missing_beside_many_numbers(self) -> None:
        cells = ["ND" if row % 3 == 0 else str(row * 1.5) for row in range(99)]
        kind, parsed = column({"a": cells})
        assert kind.kind == "number"
        assert np.isnan(parsed[::3]).all()
        assert not np.isnan(parsed[1::3]).any()

    def test_marks_are_counted(self) -> None:
        kind, _ = column({"a": ["red", "?", "blue", "keine Angabe", "?", "red"]})
        assert kind.notes == (
            "2 cells are '?' and count as missing", "1 cell is 'keine Angabe' and counts as missing",
        )  # fmt: skip

    def test_unknown_is_missing_where_it_is_rare(self) -> None:
        rare, parsed = column({"a": ["red", "blue", "green"] * 20 + ["unknown"]})
        assert rare.notes == ("the rare 'unknown' counts as missing",)
        assert pd.isna(parsed[-1])
        often, parsed = column({"a": ["red", "blue", "unknown"] * 20})
        assert often.notes == ()
        assert parsed[2] == "unknown"

    def test_a_number_for_missing_is_only_noted(self) -> None:
        kind, parsed = column({"a": [3, 5, 4, -999, 6, -999]})
        assert "-999 may stand for a missing value" in kind.notes[0]
        assert parsed[3] == -999

    def test_infinite_numbers_are_counted(self) -> None:
        for cells in ([1.0, np.inf, 3.0, -np.inf], ["1", "inf", "3", "-inf"]):
            assert column({"a": cells})[0].notes == ("2 cells are infinite and count as missing",)


class TestNumbersAlone:
    @pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer", "digits", "diabetes"])
    def test_real_tables_are_numbers(self, name: str) -> None:
        loaded = getattr(datasets, f"load_{name}")()
        frame = pd.DataFrame(loaded.data, columns=[str(each) for each in loaded.feature_names])
        schema = Schema.recognise(frame)
        assert {each.kind for each in schema.columns} == {"number"}
        text = frame.astype(str)
        np.testing.assert_array_equal(np.column_stack([*Schema.recognise(text).parse(text).values()]), loaded.data)

    def test_one_value_and_none_stay_as_in_an_array(self) -> None:
        frame = pd.DataFrame({"a": [1.0, 2.0, 4.0], "b": 7, "c": np.nan})
        for table in (frame, frame.astype(str).replace("nan", "")):
            assert [each.kind for each in Schema.recognise(table).columns] == ["number"] * 3
            mixed = table.assign(d=["x", "y", "x"])
            recognised = [each.kind for each in Schema.recognise(mixed).columns]
            assert recognised == ["number", "constant", "empty", "category"]

    def test_no_columns_and_no_rows(self) -> None:
        assert Schema.recognise(pd.DataFrame(index=[0, 1])).columns == ()
        assert [each.kind for each in Schema.recognise(pd.DataFrame({"a": [], "b": []})).columns] == ["empty", "empty"]


LOCALES = {
    "English": lambda value: f"{value:,.3f}",
    "German": lambda value: f"{value:,.3f}".translate(str.maketrans(",.", ".,")),
    "French": lambda value: f"{value:,.3f}".translate(str.maketrans({",": "\u202f", ".": ","})),
    "Swiss": lambda value: f"{value:,.3f}".replace(",", "’"),
    "euros": lambda value: f"{value:,.3f} €".translate(str.maketrans(",.", ".,")),
    "dollars": lambda value: f"${value:,.3f}" if value >= 0 else f"(${-value:,.3f})",
    "percent": lambda value: f"{value:.3f} %",
    "minus": lambda value: f"{value:.3f}".replace("-", "−"),
    "full width": lambda value: f"{value:.3f}".translate({ord(each): ord(each) + 0xFEE0 for each in "0123456789.-"}),
    "plain": repr,
}  # fmt: skip


@pytest.mark.parametrize("locale", LOCALES)
@settings(max_examples=30, deadline=None)
@given(values=st.lists(st.integers(-(10**11), 10**11), min_size=1, max_size=12))
def test_what_is_written_is_read(locale: str, values: list[int]) -> None:
    numbers = [0.125, 1234567.25, *(value / 1000 for value in values)]
    kind, parsed = column({"a": [LOCALES[locale](value) for value in numbers]})
    assert kind.kind == "number"
    np.testing.assert_array_equal(parsed, numbers)


@pytest.mark.parametrize(
    "pattern", ["%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d %B %Y", "%b %d, %Y", "%Y年%m月%d日", "%d-%b-%y"]
)
@settings(max_examples=20, deadline=None)
@given(days=st.lists(st.dates(pd.Timestamp("1970-01-01").date(), pd.Timestamp("2060-12-31").date()), max_size=12))
def test_days_that_are_written_are_read(pattern: str, days: list[Any]) -> None:
    days = [*days, pd.Timestamp("2024-12-31").date(), pd.Timestamp("2023-01-25").date()]
    kind, parsed = column({"a": [day.strftime(pattern) for day in days]})
    assert kind.kind == "date"
    np.testing.assert_array_equal(parsed, np.array(days, dtype="datetime64[s]"))
