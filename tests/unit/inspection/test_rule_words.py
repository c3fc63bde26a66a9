"""Thresholds and conditions as a person would say them."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepkmeans.inspection.design import DesignFeature
from deepkmeans.inspection.original import OriginalColumn
from deepkmeans.inspection.plain_threshold import plain_threshold
from deepkmeans.inspection.rule_words import Condition, conditions_in_words, joined_with_and


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (51_873.2, 52_611.0, 52_000.0), (3.0, 4.0, 3.0), (1.9, 3.0, 2.0), (-1.0, 2.0, 0.0), (-0.35, -0.31, -0.33),
        (0.123, 0.124, 0.123), (1e-7, 3e-7, 2e-7), (999.0, 1001.0, 1000.0), (5.0, 5.0, 5.0), (2.0, math.inf, 2.0),
    ],
)  # fmt: skip
def test_the_shortest_number_between(low: float, high: float, said: float) -> None:
    assert plain_threshold(low, high) == pytest.approx(said, rel=1e-12)


@given(st.floats(-1e12, 1e12), st.floats(-1e12, 1e12))
def test_it_divides_the_two_values(a: float, b: float) -> None:
    low, high = min(a, b), max(a, b)
    for kind in ("number", "length", "date"):
        if kind == "date" and abs(low) + abs(high) > 1e5:
            continue
        said = plain_threshold(low, high, kind)
        assert low <= said and (said < high or low == high)


def test_dates_and_lengths_of_time_come_whole() -> None:
    def day(text: str) -> float:
        return float(np.datetime64(text, "D").astype(int))

    assert plain_threshold(day("2023-11-02"), day("2024-03-01"), "date") == day("2023-12-31")
    assert plain_threshold(day("2024-04-28"), day("2024-05-04"), "date") == day("2024-04-30")
    assert plain_threshold(day("2024-05-03") + 0.4, day("2024-05-06"), "date") == day("2024-05-05")
    assert plain_threshold(3400.0, 4100.0, "length") == 3600.0


def conditions(feature: DesignFeature, *sides: tuple[float, bool], whole: bool = False) -> list[Condition]:
    return [Condition(feature, threshold, above, False, whole=whole) for threshold, above in sides]


def test_conditions_on_one_column_become_one() -> None:
    income = DesignFeature(OriginalColumn("income", "number", np.zeros(1), unit="EUR"))
    visits = DesignFeature(OriginalColumn("visits", "number", np.zeros(1)))
    path = [
        *conditions(income, (52_000, True)), *conditions(visits, (9, False), (3, True), whole=True),
        *conditions(income, (20_000, True)),
    ]  # fmt: skip
    assert conditions_in_words(path) == ("income above 52,000 EUR", "visits between 4 and 9")
    assert conditions_in_words(conditions(visits, (3, True), (4, False), whole=True)) == ("visits is 4",)
    assert conditions_in_words(conditions(income, (20_000, True), (35_000, False))) == (
        "income between 20,000 EUR and 35,000 EUR",
    )
    assert joined_with_and(["a", "b", "c"]) == "a, b and c"
    assert joined_with_and([]) == "all rows"


def test_levels_of_one_column_become_one() -> None:
    column = OriginalColumn("city", "category", np.array(["Bern"], dtype=object))
    bern, basel, rome = (DesignFeature(column, level) for level in ("Bern", "Basel", "Rome"))
    lacking = [*conditions(basel, (0.5, False)), *conditions(rome, (0.5, False))]
    assert conditions_in_words(lacking) == ("city is not Basel or Rome",)
    assert conditions_in_words([*lacking, *conditions(bern, (0.5, True))]) == ("city is Bern",)
    assert conditions_in_words([*lacking, *conditions(bern, (0.5, False))]) == ("city is not Basel, Rome or Bern",)
    known = [replace(condition, levels=("Basel", "Bern", "Rome")) for condition in lacking]
    assert conditions_in_words(known) == ("city is Bern",)
    size = OriginalColumn("size", "ordinal", np.zeros(1), levels=("small", "medium", "large", "huge"))
    feature = DesignFeature(size)
    assert conditions_in_words(conditions(feature, (0.5, True), (2.5, False))) == ("size between medium and large",)
    assert conditions_in_words(conditions(feature, (0.5, True), (1.5, False))) == ("size is medium",)
