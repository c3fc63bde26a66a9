"""Numbers, shares and moments as a person reads them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from deepkmeans.data.cells.given_back import length_text
from deepkmeans.inspection.formatting import counted_rows, date_text, number_text, share_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (-0.0, "0"), (3.0, "3"), (2021.0, "2021"), (82341.7, "82,300"), (1234567.0, "1,230,000"),
        (12.345, "12.3"), (0.012345, "0.0123"), (9999.6, "10,000"), (-1234.5, "-1230"), (99.95, "100"), (1e-9, "1e-09"),
        (math.nan, "nothing"), (math.inf, "infinity"), (0.1 + 0.2, "0.3"),
    ],
)  # fmt: skip
def test_three_digits_say_a_number(value: float, text: str) -> None:
    assert number_text(value) == text


def test_units_and_all_digits() -> None:
    assert number_text(82341.5, "EUR", exact=True) == "82,341.5 EUR"
    assert number_text(12.0, "%") == "12%"
    assert number_text(2.45, exact=True) == "2.45"


@pytest.mark.parametrize(
    ("share", "text"), [(0.0, "0%"), (0.004, "under 1%"), (0.5, "50%"), (0.996, "over 99%"), (1.0, "100%")]
)
def test_shares(share: float, text: str) -> None:
    assert share_text(share) == text


def test_dates_are_as_exact_as_their_column_is_long() -> None:
    moment, day = np.datetime64("2024-05-03T14:05:00"), 86400.0
    assert date_text(moment) == "3 May 2024"
    assert date_text(moment, within=day) == "3 May 2024, 14:05"
    assert date_text(moment, within=3000 * day) == "May 2024"
    assert date_text(moment, within=20000 * day) == "2024"
    assert date_text(np.datetime64("NaT")) == "nothing"


def test_lengths_and_counts() -> None:
    assert length_text(3900.0) == "1:05:00"
    assert [counted_rows(count) for count in (1, 1.2, 2500.0)] == ["1 row", "1 row", "2,500 rows"]
