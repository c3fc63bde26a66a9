"""What belongs to a number besides its digits is read with it, or the column is none of numbers; worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from deepkmeans.data.cells.levels import level_key
from deepkmeans.data.schema import Column, Schema


def recognised(cells: Any, name: str = "c") -> tuple[Column, Any]:
    frame = pd.DataFrame({name: cells})
    schema = Schema.from_document(Schema.recognise(frame).to_document())
    return schema.columns[0], schema.parse(frame).get(name)


SIGNED = [
    (["-9º", "5º", "12º"], [-9, 5, 12]),
    (["-9,5º", "5,0º", "12,5º"], [-9.5, 5, 12.5]),
    (["−4ºC", "4ºC", "20ºC"], [-4, 4, 20]),
    (["minus 48", "23", "18"], [-48, 23, 18]),
    (["▲ 22.5%", "▼ 47.5%", "▼-1.5%"], [22.5, -47.5, -1.5]),
    (["347,00- €", "472,00 €"], [-347, 472]),
    (["347,00-", "472,00"], [-347, 472]),
    (["$(347)", "$472", "$1,000"], [-347, 472, 1000]),
    (["472,50 H", "347,50 S", "1.347,50 S"], [472.5, -347.5, -1347.5]),
    (["22.5N", "47.5S"], [22.5, -47.5]),
    (["22.5 E", "147.5 W"], [22.5, -147.5]),
    (["12.50 Cr", "3.10 Dr"], [12.5, -3.1]),
]
VALUED = [
    (["3½", "-5½", "7"], [3.5, -5.5, 7]),
    (["5½", "6½"], [5.5, 6.5]),
    (["1¼ kg", "1¾ kg", "2 kg"], [1.25, 1.75, 2]),
    (['5½"', '6½"', '7"'], [5.5, 6.5, 7]),
    (["10³", "10²", "5 × 10⁻³"], [1000, 100, 0.005]),
    (["0.55 × 10^3", "1.5x10^-3", "2·10-4"], [550, 0.0015, 2e-4]),
    (["1.5 Lakh", "2 Lakhs", "0.5 Crore"], [1.5e5, 2e5, 5e6]),
    (["10 € / kg", "12.5 € / kg"], [10, 12.5]),
    (["from $79", "$85.5"], [79, 85.5]),
    (["60 kW (81 PS)", "75.5 kW (102 PS)"], [60, 75.5]),
    (["5 m²", "7.5 m²"], [5, 7.5]),
    (["5 g CO₂", "7.5 g CO₂"], [5, 7.5]),
    (["12 kg/m³", "7.5 kg/m³"], [12, 7.5]),
]


@pytest.mark.parametrize(("cells", "values"), [*SIGNED, *VALUED], ids=lambda each: str(each[0]))
def test_what_carries_value_is_read(cells: list[str], values: list[float]) -> None:
    column, parsed = recognised(cells)
    assert column.kind == "number"
    np.testing.assert_allclose(parsed, values, rtol=1e-15)


@pytest.mark.parametrize(
    "cells", [["12-ABC", "15-ABC"], ["5²", "6²", "7³"], ["3①", "4①", "5②"], ["000½", "100½", "1,000½"]], ids=str
)
def test_what_carries_value_and_is_not_understood_is_no_number(cells: list[str]) -> None:
    assert recognised(cells)[0].kind == "category"


def test_only_what_is_not_read_is_noted() -> None:
    for cells, _ in SIGNED:
        assert recognised(cells)[0].notes == () or "decimal mark" in recognised(cells)[0].notes[0]
    assert recognised(["3½", "5½", "7"])[0].notes == ()
    assert recognised(["60 kW (81 PS)", "75 kW (102 PS)"])[0].notes == (
        "2 cells such as '60 kW (81 PS)' are read as the number alone",
    )


def test_reasons_are_words() -> None:
    assert recognised(["22.5 in", "47.5 in"])[0].reason == "numbers in inches"
    assert recognised(["21 € VB", "84 € VB"])[0].reason == "amounts in € VB"
    assert recognised(["-9º", "5º"])[0].reason == "numbers in degrees"


def test_single_marks_of_time_stay_hours_and_seconds() -> None:
    assert recognised(["472 S", "30 S", "10 MIN"])[0].reason.startswith("lengths of time")
    assert recognised(["5 h", "30 s"])[0].reason.startswith("lengths of time")


@pytest.mark.parametrize("before", ["Level ", "level ", "Stage ", "Stufe ", "Phase "])
def test_levels_below_zero(before: str) -> None:
    levels = [f"{before}{number}" for number in range(-3, 4)]
    column, parsed = recognised([*levels[::-1]] * 2)
    assert column.options["levels"] == levels
    assert parsed[:7].tolist() == [6, 5, 4, 3, 2, 1, 0]


def test_a_hyphen_is_no_sign() -> None:
    assert level_key("Stage-3") == level_key("stage 3") == "stage 3"
    assert level_key("Level -3") == level_key("level −3") == "level -3"
    assert recognised(["1º", "2º", "3º"] * 5)[0].options["levels"] == ["1º", "2º", "3º"]


def test_bins_below_zero() -> None:
    assert recognised(["0 to 10", "-10 to 0", "-20 to -10", "10 to 20"] * 2)[0].options["levels"] == [
        "-20 to -10", "-10 to 0", "0 to 10", "10 to 20",
    ]  # fmt: skip
    assert recognised(["5+ years", "<1 year", "1-3 years", "3-5 years"] * 2)[0].options["levels"] == [
        "<1 year", "1-3 years", "3-5 years", "5+ years",
    ]  # fmt: skip
    assert recognised(["20-40 m²", "0-20 m²", "40+ m²"] * 3)[0].options["levels"] == ["0-20 m²", "20-40 m²", "40+ m²"]
