"""Quantities as people write them, worked out by hand: marks, units of one dimension, lengths of time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from deepkmeans import InputSpec
from deepkmeans.data.cells.units import convert, dimensions_of
from deepkmeans.data.schema import Column, Schema

nan = float("nan")


def recognised(cells: Any, name: str = "c", spec: InputSpec | None = None) -> tuple[Column, Any]:
    frame = pd.DataFrame({name: cells})
    schema = Schema.recognise(frame, spec)
    return schema.columns[0], schema.parse(frame).get(name)


MARKED = [
    (["<0.1", "0.25", "0.5", ">100"], [0.1, 0.25, 0.5, 100]),
    (["< 0,1", "0,25", "≥ 7,5"], [0.1, 0.25, 7.5]),
    (["~37", "36.5", "≈40"], [37, 36.5, 40]),
    (["ca. 37", "about 40", "circa 35", "38"], [37, 40, 35, 38]),
    (["约37", "大约40", "38"], [37, 40, 38]),
    (["34 ± 3", "36.5±2"], [34, 36.5]),
    (["34 +/- 3", "36 +/- 2.5"], [34, 36]),
    (["34 ± 3 mm", "36 ± 2 mm"], [34, 36]),
    (["12.5 (3.1)", "10.0 (2.9)"], [12.5, 10]),
    (["12.5 (10.2-14.1)", "10.0 [8.1, 12.0]"], [12.5, 10]),
    (["100+", "1,000+", "50+"], [100, 1000, 50]),
    (["5+ years", "10+ years"], [5, 10]),
    (["12-", "7", "5"], [-12, 7, 5]),
    (["1.5*", "2.5", "3.5†"], [1.5, 2.5, 3.5]),
    (["12.50 CR", "3.10 DR"], [12.5, -3.1]),
    (["36.5° S", "29.6° N"], [-36.5, 29.6]),
    (["7/10", "10/10", "8.5/10"], [7, 10, 8.5]),
    (["4.5 out of 5", "3 out of 5"], [4.5, 3]),
    (["1/2", "3 1/2", "2"], [0.5, 3.5, 2]),
    (["½", "1¼", "2"], [0.5, 1.25, 2]),
    (["1/2 cup", "2 cups", "1 1/2 cups"], [0.5, 2, 1.5]),
    (["<1 g", "2 g", "3.5 g"], [1, 2, 3.5]),
    (["$1.2M", "~$3M", "$950k"], [1.2e6, 3e6, 9.5e5]),
]


@pytest.mark.parametrize(("cells", "values"), MARKED, ids=lambda each: str(each[0]))
def test_numbers_with_marks(cells: list[str], values: list[float]) -> None:
    column, parsed = recognised([*cells, ""])
    assert column.kind == "number"
    np.testing.assert_allclose(parsed, [*values, nan], rtol=1e-15)


UNITS = [
    (["1.9 kg", "800 g", "2 kg"], [1.9, 0.8, 2], "kg"),
    (["180 cm", "1.75 m", "165 cm"], [180, 175, 165], "cm"),
    (["4 GB", "512 MB", "8GB"], [4, 0.512, 8], "GB"),
    (["856B", "5.8KB", "2KB"], [0.856, 5.8, 2], "KB"),
    (["20 °C", "50 °F", "10°C"], [20, 10, 10], "°C"),
    (["100 km/h", "25 m/s", "50 km/h"], [100, 90, 50], "km/h"),
    (["2 days", "1 week", "3 days"], [2, 7, 3], "day"),
    (["8h 6m", "45m", "2h"], [8.1, 0.75, 2], "h"),
    (["8 h", "90 min", "30 sec", "1 h"], [8, 1.5, 1 / 120, 1], "h"),
    (["2 days 3 hours", "1 day 12 hours"], [2.125, 1.5], "day"),
    (["1h30", "2h45"], [1.5, 2.75], "h"),
    (["5'11\"", "6'0\""], [5 + 11 / 12, 6], "'"),
    (["5 ft 6 in", "6 ft"], [5.5, 6], "ft"),
    (["1 lb 8 oz", "2 lb"], [1.5, 2], "lb"),
    (["1,5 kg", "800 g"], [1.5, 0.8], "kg"),
]


@pytest.mark.parametrize(("cells", "values", "unit"), UNITS, ids=lambda each: str(each)[:30])
def test_units_of_one_dimension_become_one(cells: list[str], values: list[float], unit: str) -> None:
    column, parsed = recognised(cells)
    assert column.kind == "number"
    assert column.options["unit"] == unit
    assert "turned into" in column.reason
    np.testing.assert_allclose(parsed, values, rtol=1e-12)


LENGTHS = [
    ("time", ["43:57", "59:30", "28:05"], [2637, 3570, 1685]),
    ("time", ["59:30", "1:02:15"], [3570, 3735]),
    ("time", ["1:57.70", "2:03.05"], [117.7, 123.05]),
    ("duration", ["3:45", "4:05"], [225, 245]),
    ("finish", ["03:45:10", "04:05:00"], [13510, 14700]),
    ("hours worked", ["37:30", "40:00"], [135000, 144000]),
    ("length", ["PT1H30M", "PT45M"], [5400, 2700]),
    ("song", [f"{2 + row // 10}:{row:02d}" for row in range(40)], [60 * (2 + row // 10) + row for row in range(40)]),
]


@pytest.mark.parametrize(("name", "cells", "values"), LENGTHS, ids=lambda each: str(each)[:20])
def test_lengths_of_time_are_seconds(name: str, cells: list[str], values: list[float]) -> None:
    column, parsed = recognised(cells, name)
    assert column.kind == "number"
    assert column.reason == "lengths of time, in seconds"
    np.testing.assert_allclose(parsed, values, rtol=1e-12)


@pytest.mark.parametrize(
    ("name", "cells", "times"),
    [
        ("time", ["14:30", "9:05"], ["14:30", "09:05"]), ("time", ["4 PM", "11 am"], ["16:00", "11:00"]),
        ("time", ["16h30", "9h", "8h05"], ["16:30", "09:00", "08:05"]),
        ("departure", ["3:45", "4:05"], ["03:45", "04:05"]),
    ],
)  # fmt: skip
def test_times_of_day(name: str, cells: list[str], times: list[str]) -> None:
    column, parsed = recognised(cells, name)
    assert column.kind == "date"
    assert column.reason == "times of day"
    np.testing.assert_array_equal(parsed, np.array([f"1970-01-01T{time}" for time in times], dtype="datetime64[s]"))


PERIODS = [
    (["Sep-18", "Mar-21"], ["2018-09-01", "2021-03-01"]), (["Mar '99", "Dec '05"], ["1999-03-01", "2005-12-01"]),
    (["2021Q3", "2020Q4"], ["2021-07-01", "2020-10-01"]), (["Q3 '21", "Q1 '20"], ["2021-07-01", "2020-01-01"]),
    (["3Q21", "1Q20"], ["2021-07-01", "2020-01-01"]), (["2021-W05", "2020-W53"], ["2021-02-01", "2020-12-28"]),
    (["KW 5/2021", "KW 6/2021"], ["2021-02-01", "2021-02-08"]), (["FY16", "FY2018"], ["2016-01-01", "2018-01-01"]),
    (["2020H1", "2021 H2"], ["2020-01-01", "2021-07-01"]), (["2008/09", "2016/17"], ["2008-07-01", "2016-07-01"]),
    (["1648-10-24", "0800-12-25"], ["1648-10-24", "0800-12-25"]),
    (["24 Oct 1648", "4 July 1776"], ["1648-10-24", "1776-07-04"]),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "days"), PERIODS, ids=lambda each: str(each))
def test_months_quarters_weeks_and_years(cells: list[str], days: list[str]) -> None:
    column, parsed = recognised(cells)
    assert column.kind == "date"
    np.testing.assert_array_equal(parsed, np.array(days, dtype="datetime64[s]"))


def test_yes_or_nothing_is_yes_or_no() -> None:
    for yes in (True, "checked", "Y", "yes", "ja", "是", "1", 1.0):
        column, parsed = recognised(pd.Series([yes, None, yes, None], dtype=object))
        assert column.kind == "boolean"
        np.testing.assert_array_equal(parsed, [1, 0, 1, 0])
        assert "an empty cell as no" in column.notes[0]
    for other in ("red", False):
        column, parsed = recognised(pd.Series([other, None, other], dtype=object))
        assert column.kind == "category"
        assert pd.isna(parsed[1])
    assert recognised([True, True])[0].kind == "constant"
    assert recognised(pd.Series([5.0, None, 5.0], dtype=object))[0].kind == "constant"


def test_enormous_whole_numbers_are_not_one() -> None:
    keys = [10**30 + row for row in range(50)]
    assert recognised(pd.Series(keys, dtype=object))[0].kind == "identifier"
    column, parsed = recognised(pd.Series([10**30, 1, 2], dtype=object))
    assert column.kind == "number"
    np.testing.assert_array_equal(parsed, [1e30, 1, 2])


def test_a_decimal_mark_that_does_not_fit_is_not_used() -> None:
    cells = ["1.50", "2.25", "10.07"]
    column, parsed = recognised(cells, spec=InputSpec(decimal=","))
    np.testing.assert_array_equal(parsed, [1.5, 2.25, 10.07])
    assert column.notes == ("written with '.', so that the decimal mark ',' that you gave is not used",)
    column, parsed = recognised(["1.500", "2.250"], spec=InputSpec(decimal=","))
    np.testing.assert_array_equal(parsed, [1500, 2250])
    assert column.notes == ()


def test_times_of_day_are_lengths_if_the_user_says_so() -> None:
    cells = ["14:30", "09:05", "23:59"]
    assert recognised(cells)[0].kind == "date"
    column, parsed = recognised(cells, spec=InputSpec(columns={"c": "number"}))
    assert column.kind == "number"
    np.testing.assert_array_equal(parsed, [870, 545, 1439])
    assert recognised(["3:45", "4:05"], "duration", InputSpec(columns={"duration": "date"}))[0].kind == "date"


def test_what_stands_beside_numbers_is_said() -> None:
    assert recognised(["<0.1", "0.25", "<0.1", "0.5"])[0].notes == (
        "2 cells such as '<0.1' are read as the number alone",
    )
    assert recognised(["~37", "36.5", "40"])[0].notes == ("1 cell, '~37', is read as the number alone",)
    assert recognised(["7/10", "9/10", "8/10"])[0].reason == "numbers out of 10"
    assert recognised(["1.9 kg", "800 g", "2 kg"])[0].reason == "weights, turned into kg"
    assert recognised(["5 days", "7 days"])[0].reason == "numbers in days"
    assert recognised(["$5/hr", "$7/hr"])[0].reason == "amounts in $/hr"
    assert recognised(["5 N", "7 N"])[0].reason == "numbers with 'N' beside them"


def test_units() -> None:
    assert dimensions_of("m") == {"lengths", "lengths of time"}
    assert dimensions_of("Hours") == {"lengths of time"}
    assert dimensions_of("stars") == frozenset()
    assert convert(300, "mm", "m", "lengths") == 0.3
    assert convert(1.5, "MW", "kW", "powers") == 1500
    assert convert(2, "mW", "W", "powers") == 0.002
    assert convert(-40, "°F", "°C", "temperatures") == pytest.approx(-40)
