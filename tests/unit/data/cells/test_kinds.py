"""Kinds and values of columns, worked out by hand: spellings of cells on the left, what they are on the right."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from deepkmeans.data.schema import Column, Schema

nan = float("nan")


def recognised(cells: Any, name: str = "c") -> tuple[Column, Any]:
    frame = pd.DataFrame({name: cells})
    schema = Schema.recognise(frame)
    return schema.columns[0], schema.parse(frame).get(name)


NUMBERS = [
    (["1.234,50 €", "5,00 €", "12 €"], [1234.5, 5, 12]),
    (["$1,234.50", "$5"], [1234.5, 5]),
    (["USD 12", "7.5 USD"], [12, 7.5]),
    (["R$ 5,50", "R$ 1.006,20"], [5.5, 1006.2]),
    (["￥1,200", "￥80"], [1200, 80]),
    (["12%", "13.5 %"], [12, 13.5]),
    (["3e5", "1E-2"], [3e5, 0.01]),
    (["(1,200)", "300"], [-1200, 300]),
    (["−5", "-4", "–3"], [-5, -4, -3]),
    (["1\u00a0234,5", "2,5"], [1234.5, 2.5]),
    (["1\u202f234,5", "2,5"], [1234.5, 2.5]),
    (["1 234 567", "12"], [1234567, 12]),
    (["1'234", "5"], [1234, 5]),
    (["1’234.5", "5"], [1234.5, 5]),
    (["1,23,456", "5"], [123456, 5]),
    (["1.234.567", "5"], [1234567, 5]),
    (["5 kg", "6kg", "7"], [5, 6, 7]),
    (["1 day", "2 days"], [1, 2]),
    (["5 m²", "6 m²"], [5, 6]),
    (["-3.5 °C", "12 °C"], [-3.5, 12]),
    (["5.5元", "6元"], [5.5, 6]),
    (["１，２００．５元", "６元"], [1200.5, 6]),
    (["1.2k", "3M", "950"], [1200, 3e6, 950]),
    (["1.2万", "3亿", "950"], [12000, 3e8, 950]),
    (["$1.2M", "$950k"], [1.2e6, 9.5e5]),
    (["+5", "-4"], [5, -4]),
    (["１２", "３．５"], [12, 3.5]),
    (["١٢", "٣٫٥"], [12, 3.5]),
    ([".5", "5."], [0.5, 5]),
    (["1", "2", "?", "NA", "不详", "k.A.", "unknown", "#DIV/0!"], [1, 2, *[nan] * 6]),
    (["1", "2", "inf", "-Infinity"], [1, 2, nan, nan]),
    (["0 days 01:00:00", "1 days 00:00:30"], [3600, 86430]),
    (["125:30:00", "0:00:10"], [451800, 10]),
    (["1999", "2005", "2001"], [1999, 2005, 2001]),
    ([1, 2, None], [1, 2, nan]),
    ([1, "2", None], [1, 2, nan]),
    ([3.5, np.inf, 4.0], [3.5, nan, 4]),
]


@pytest.mark.parametrize(("cells", "values"), NUMBERS, ids=lambda each: str(each[0]))
def test_numbers(cells: list[Any], values: list[float]) -> None:
    column, parsed = recognised(cells)
    assert column.kind == "number"
    np.testing.assert_array_equal(parsed, values)


TRUTHS = ["yes no", "Y N", "true false", "T F", "ja nein", "si no", "sí no", "oui non", "да нет",
          "是 否", "有 无", "はい いいえ", "on off", "wahr falsch", "✓ ✗", "TRUE FALSE", "예 아니요"]  # fmt: skip


@pytest.mark.parametrize("words", TRUTHS)
def test_yes_and_no(words: str) -> None:
    yes, no = words.split()
    column, parsed = recognised([yes, no, yes, "", no])
    assert column.kind == "boolean"
    np.testing.assert_array_equal(parsed, [1, 0, 1, nan, 0])


def test_truth_values_of_a_type() -> None:
    for cells in ([True, False, None], pd.array([True, False, None], dtype="boolean")):
        column, parsed = recognised(cells)
        assert column.kind == "boolean"
        np.testing.assert_array_equal(parsed, [1, 0, nan])


ORDERS = [
    "low; medium; high", "Low; Med; High", "very low; low; moderate; high; very high", "S; M; L; XL", "XS; S; XXL",
    "poor; fair; good; excellent", "Strongly disagree; Disagree; Neutral; Agree; Strongly agree",
    "none; mild; severe", "never; rarely; sometimes; often; always", "high school; bachelor's; master's; PhD",
    "11th; HS-grad; Some-college; Bachelors; Doctorate", "1st; 2nd; 3rd", "Q1; Q2; Q4", "Stage I; Stage II; Stage IV",
    "grade 2; grade 9; grade 10", "0-9; 10-19; 20+", "<18; 18-65; >65", "under 18; 18 to 30; 31 and over",
    "$0-$50k; $50k-$100k; $100k+", "[0, 10]; (10, 20]; (20, inf]", "0; 1; 2; 3+", "Jan; Feb; Mar; Nov",
    "January; June; December", "Mon; Wed; Sun", "Januar; März; Dezember", "niedrig; mittel; hoch",
    "faible; moyen; élevé", "bajo; medio; alto", "nunca; a veces; siempre", "低; 中; 高", "差; 一般; 良好; 优秀",
    "小学; 初中; 高中; 本科; 硕士; 博士",
    "非常不同意; 不同意; 同意; 非常同意", "一年级; 二年级; 三年级",
    "星期一; 星期三; 星期日",
    "一月; 五月; 十二月", "18岁以下; 18-30岁; 30岁以上", "C; B-; A; A+", "Bronze; Silver; Gold", "1级; 3级; 10级",
    "очень низкий; низкий; высокий", "5 stars; 10 stars; 20 stars",
]  # fmt: skip


@pytest.mark.parametrize("order", ORDERS)
def test_ordered_levels(order: str) -> None:
    levels = order.split("; ")
    column, parsed = recognised([*levels[::-1], *levels, ""])
    if column.kind == "number":  # of one unit: the order is that of the numbers
        assert order.startswith(("5 stars", "1级"))
        assert sorted(parsed[: len(levels)]) == list(parsed[len(levels) : -1])
        return
    assert column.kind == "ordinal"
    assert list(column.options["levels"]) == levels
    ranks = np.arange(len(levels), dtype=float)
    np.testing.assert_array_equal(parsed, [*ranks[::-1], *ranks, nan])


def test_months_and_days_of_the_week_come_round() -> None:
    assert recognised(["Mar", "Dec", "Jan"])[0].options["period"] == 12
    assert recognised(["Mo", "Di", "So"])[0].options["period"] == 7
    assert "period" not in recognised(["Q1", "Q2"])[0].options


def test_points_of_the_compass_are_directions_only_with_those_between_them() -> None:
    assert recognised(["N", "SE", "W", "NE"])[0].options["period"] == 8
    for parts in (["north", "south", "west"], ["N", "E", "S", "W"], ["northeast", "southeast", "southwest"]):
        assert recognised(parts * 5)[0].kind == "category"


def test_an_ordered_type_keeps_its_order() -> None:
    cells = pd.Categorical(["b", "a", "b"], categories=["b", "c", "a"], ordered=True)
    column, parsed = recognised(cells)
    assert column.kind == "ordinal"
    np.testing.assert_array_equal(parsed, [0, 2, 0])


DATES = [
    (["2024-12-31", "2024-01-05"], ["2024-12-31", "2024-01-05"]),
    (["2024/12/31", "2024/1/5"], ["2024-12-31", "2024-01-05"]),
    (["31/12/2024", "05/01/2024"], ["2024-12-31", "2024-01-05"]),
    (["12/31/2024", "01/05/2024"], ["2024-12-31", "2024-01-05"]),
    (["31.12.2024", "5.1.24"], ["2024-12-31", "2024-01-05"]),
    (["Dec 31, 2024", "January 5, 2024"], ["2024-12-31", "2024-01-05"]),
    (["31 Dec 2024", "5 January 2024"], ["2024-12-31", "2024-01-05"]),
    (["31-Dec-24", "05-Jan-24"], ["2024-12-31", "2024-01-05"]),
    (["31. Dezember 2024", "5. Januar 2024"], ["2024-12-31", "2024-01-05"]),
    (["31 de diciembre de 2024", "5 de enero de 2024"], ["2024-12-31", "2024-01-05"]),
    (["31 décembre 2024", "5 janvier 2024"], ["2024-12-31", "2024-01-05"]),
    (["Tue, 31 Dec 2024 10:00:00 +0100", "Fri, 5 Jan 2024 00:00:00 GMT"], ["2024-12-31T09:00:00", "2024-01-05"]),
    (["Tue Dec 31 10:00:00 2024", "Fri Jan  5 00:00:00 2024"], ["2024-12-31T10:00:00", "2024-01-05"]),
    (["2024年12月31日", "2024年1月5日"], ["2024-12-31", "2024-01-05"]),
    (["2024年12月31日 14:30", "2024年1月5日 下午2:05"], ["2024-12-31T14:30", "2024-01-05T14:05"]),
    (["2024-12-31T10:30:00Z", "2024-01-05 10:30:00+02:00"], ["2024-12-31T10:30", "2024-01-05T08:30"]),
    (["2024-12-31 10:30:00.123456", "2024-01-05 10:30:01"], ["2024-12-31T10:30", "2024-01-05T10:30:01"]),
    (["12/31/2024 2:30 PM", "1/5/2024 12:05 AM"], ["2024-12-31T14:30", "2024-01-05T00:05"]),
    (["14:30", "9:05"], ["1970-01-01T14:30", "1970-01-01T09:05"]),
    (["2:30 PM", "9:05 am"], ["1970-01-01T14:30", "1970-01-01T09:05"]),
    (["2024-12", "2024-01"], ["2024-12-01", "2024-01-01"]),
    (["Dec 2024", "May 2024"], ["2024-12-01", "2024-05-01"]),
    (["2024-Q4", "2024-Q1"], ["2024-10-01", "2024-01-01"]),
    (["1612-02-03", "2999-12-31"], ["1612-02-03", "2999-12-31"]),
    (["2024-12-31", "", "2024-01-05"], ["2024-12-31", "NaT", "2024-01-05"]),
    (pd.to_datetime(["2024-12-31", None]), ["2024-12-31", "NaT"]),
]


@pytest.mark.parametrize(("cells", "days"), DATES, ids=lambda each: str(each[0]))
def test_dates(cells: Any, days: list[str]) -> None:
    if "NaT" in days and len(days) == 2:
        cells, days = [*cells, pd.Timestamp("2024-01-05")], [*days, "2024-01-05"]
    column, parsed = recognised(cells)
    assert column.kind == "date"
    np.testing.assert_array_equal(parsed, np.array(days, dtype="datetime64[s]"))


OTHERS = [
    (["male", "female", "male"], "category"),
    (["red", "green", "blue", "red"], "category"),
    (["Berlin", "Paris", "Berlin", "Rom"], "category"),
    (["北京", "上海", "北京"], "category"),
    (["x", "", "x"], "category"),
    (["x", "x"], "constant"),
    (["3", "3"], "constant"),
    (["", "NA", "n/a", "-", "不详"], "empty"),
    ([None, None], "empty"),
    (["a.png", "b.JPG", "c/d.webp"], "image"),
    (["a.wav", "b.mp3"], "audio"),
    (["https://a.b/c", "http://d.e/f.png"], "link"),
    (["['a', 'b']", "['c']"], "list"),
    (['["a"]', '["b", "c"]'], "list"),
    ([["a"], ["b", "c"]], "list"),
    (["a; b", "b", "a; c", "c; a; b", "b; c"], "list"),
    (["Action|Comedy", "Comedy", "Action", "Drama|Action", "Drama|Comedy"], "list"),
    (["10115", "02134", "94110", "02134"], "category"),
    (["5 kg", "300 m", "7 kg", "200 m"], "category"),
    (["A", "B", "AB", "O", "A"], "category"),
    (["Madrid, Spain", "Paris, France", "Rome, Italy", "Lyon, France"] * 2, "category"),
    (["S", "M", "S", "M"], "category"),
    (["T1", "T2", "T3", "T1"], "category"),
    (["class 1", "class 2", "class 3", "class 1"], "category"),
    (["apple", "pear", "May", "apple"], "category"),
    (["a-1", "b-2", "a-1", "b-2"], "category"),
    (["192.168.0.1", "10.0.0.7", "192.168.0.1"], "category"),
    (["1.2.3", "1.2.4", "2.0.0", "1.2.3"], "category"),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "kind"), OTHERS, ids=lambda each: str(each))
def test_other_kinds(cells: list[Any], kind: str) -> None:
    assert recognised(cells)[0].kind == kind


@pytest.mark.parametrize(
    ("cells", "lists"),
    [
        (["['a', 'b']", "['c']", ""], [("a", "b"), ("c",), ()]),
        (['["a", 1]', "[]", "[2]"], [("a", "1"), (), ("2",)]),
        ([["a", 2.0], ["c"], None], [("a", "2"), ("c",), ()]),
        (["a; b", "b;", "a; b", "c; a; b", "b; c"], [("a", "b"), ("b",), ("a", "b"), ("c", "a", "b"), ("b", "c")]),
    ],
)
def test_lists(cells: list[Any], lists: list[tuple[str, ...]]) -> None:
    column, parsed = recognised(cells)
    assert column.kind == "list"
    assert parsed == lists


def test_free_text() -> None:
    things = [(verb, noun) for verb in ("sort", "read", "merge") for noun in ("list", "file", "row")]
    titles = [f"how to {verb} a {noun} in python" for verb, noun in things]
    for cells in (titles, [f"如何用某种语言{i}读取一个文件" for i in range(9)]):
        column, parsed = recognised([*cells, None])
        assert column.kind == "text"
        assert parsed == [*cells, ""]
