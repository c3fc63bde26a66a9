"""Decoded values come back in the words and units of the cells."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from deepkmeans.data.cells.given_back import given_back
from deepkmeans.data.cells.kind import Column


@pytest.mark.parametrize(
    ("kind", "options", "values", "cells"),
    [
        ("ordinal", {"levels": ["low", "mid", "high"]}, [-0.2, 0.6, 2.4], ["low", "mid", "high"]),
        ("boolean", {"true": ["yes", "Yes"], "false": ["no"]}, [1.0, 0.2, -0.0], ["yes", "no", "no"]),
        ("number", {"duration": True}, [3725.4, 59.6, -90.0, 0.0], ["1:02:05", "0:01:00", "-0:01:30", "0:00:00"]),
        ("date", {"clock": True}, np.array([52200, 300, 45], "datetime64[s]"), ["14:30", "00:05", "00:00:45"]),
        ("number", {"unit": "kg"}, [1.5, 2.0], [1.5, 2.0]),
    ],
    ids=["levels", "yes and no", "lengths of time", "times of day", "numbers"],
)  # fmt: skip
def test_in_the_words_of_the_cells(kind: str, options: dict[str, Any], values: Any, cells: list[Any]) -> None:
    assert list(given_back(values, Column("c", kind, "", options))) == cells


def test_no_truth_is_minus_zero() -> None:
    back = given_back(np.array([-0.0, 1.0, 0.25]), Column("c", "boolean", ""))
    assert not np.signbit(back).any()
    np.testing.assert_array_equal(back, [0, 1, 0.25])
