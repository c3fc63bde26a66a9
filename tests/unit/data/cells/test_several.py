"""Cells that hold several numbers become a column for each; what looks like it and is not stays as it is."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from deepkmeans.data.given import GivenInput
from deepkmeans.data.preprocessing.table import TablePreprocessor
from deepkmeans.data.schema import Schema
from deepkmeans.exceptions import InvalidDataError
from deepkmeans.runtime import Seeds
from deepkmeans.storage.schema import MismatchError

SEVERAL = [
    (["120/80", "135/90", "110/70", "142/95", "128/84", "99/60"], [[120, 80], [135, 90]]),
    (["15 x 20 x 3 cm", "7 x 9 x 2 cm", "15x21x3 cm", "1 × 2 × 3 cm", "4 x 4 x 4 cm", "9 x 8 x 7 cm"],
     [[15, 20, 3], [7, 9, 2]]),
    (["48.85, 2.35", "40.4, -3.7", "41.9, 12.5", "52.5, 13.4", "59.3, 18.1", "-1.3, 36.8"],
     [[48.85, 2.35], [40.4, -3.7]]),
    (["(48.85, 2.35)", "(40.4, -3.7)", "(41.9, 12.5)", "(52.5, 13.4)", "(59.3, 18.1)", "(-1.3, 36.8)"],
     [[48.85, 2.35], [40.4, -3.7]]),
    (["3-1", "0-2", "2-2", "1-0", "4-3", "5-0"], [[3, 1], [0, 2]]),
    (["$45K-$80K", "$37K-$66K", "$79K-$131K", "$50K-$60K", "$1K-$2K", "$99K-$132K"], [[45e3, 80e3], [37e3, 66e3]]),
    (["417 Nm @ 2900 rpm", "200 Nm @ 1500 rpm", "90 Nm @ 900 rpm", "1 Nm @ 2 rpm", "3 Nm @ 4 rpm", "5 Nm @ 6 rpm"],
     [[417, 2900], [200, 1500]]),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "first"), SEVERAL, ids=lambda each: str(each)[:20])
def test_a_column_for_each_number(cells: list[str], first: list[list[float]]) -> None:
    frame = pd.DataFrame({"m": [*cells, None], "other": [*"abcabcd"]})
    schema = Schema.recognise(frame)
    names = [f"m ({place})" for place in range(1, 1 + len(first[0]))]
    assert [column.name for column in schema.columns] == [*names, "other"]
    assert schema.sources == ("m", "other")
    parsed = schema.parse(frame)
    values = np.column_stack([parsed[name] for name in names])
    np.testing.assert_array_equal(values[:2], first)
    assert np.isnan(values[-1]).all()
    assert Schema.from_document(json.loads(json.dumps(schema.to_document()))) == schema


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("x", ["a-1", "b-2", "c-3", "d-4", "e-5", "f-6", "g-7"]), ("x", ["2/3", "4/5"] * 5),
        ("id", ["1-2", "1-3", "1-4", "1-5", "1-6", "1-7"]), ("x", [f"4521-{row}" for row in range(1000, 1030)]),
        ("x", [f"+49 30 {row}" for row in range(1_000_000, 1_000_030)]),
        ("x", ["0-9", "10-19", "20-29", "30-39", "40-49", "50-59"]),
        ("x", ["1.2.3", "1.3.0", "2.0.1", "2.0.2", "2.1.0", "3.0.0"]),
        ("x", ["10:30", "11:45", "23:15", "0:05", "9:30", "12:00"]),
    ],
)  # fmt: skip
def test_what_is_no_pair_of_measurements(name: str, cells: list[str]) -> None:
    assert [column.name for column in Schema.recognise(pd.DataFrame({name: cells})).columns] == [name]


def test_a_name_that_is_there_is_not_taken() -> None:
    frame = pd.DataFrame({"bp": SEVERAL[0][0], "bp (2)": [5, 6, 5, 7, 8, 9]})
    assert [column.name for column in Schema.recognise(frame).columns] == ["bp", "bp (2)"]


def test_they_are_numbers_of_a_table_like_any() -> None:
    rng = np.random.RandomState(0)
    frame = pd.DataFrame({
        "bp": [f"{high}/{low}" for high, low in zip(rng.randint(95, 180, 60), rng.randint(50, 110, 60), strict=True)],
        "ward": rng.choice(["a", "b", "c"], 60), "stay": [f"{row % 7}:{row:02d}:00" for row in range(60)],
    })  # fmt: skip
    fitted, X = TablePreprocessor.fit(GivenInput("table", frame, [*frame]), seeds=Seeds(0))
    np.testing.assert_array_equal(fitted.transform(GivenInput("table", frame[["ward", "stay", "bp"]])), X)
    document, tensors = fitted.to_parts()
    assert TablePreprocessor.check_parts(document, tensors)["n_given"] == 3
    back = fitted.inverse(X)
    assert list(back) == ["bp (1)", "bp (2)", "ward", "stay"]
    np.testing.assert_allclose(back["bp (1)"], [int(cell.split("/")[0]) for cell in frame["bp"]], atol=1e-3)
    assert back["stay"].tolist()[:2] == ["0:00:00", "1:01:00"]
    with pytest.raises(InvalidDataError, match="lacks the column 'bp'"):
        fitted.transform(GivenInput("table", frame[["ward", "stay"]]))


def test_a_part_that_no_cell_has_is_refused() -> None:
    document = Schema.recognise(pd.DataFrame({"bp": SEVERAL[0][0]})).to_document()
    for change in ({"part": 2}, {"split": None}):
        options = {
            name: value for name, value in {**document["columns"][0]["options"], **change}.items() if value is not None
        }
        with pytest.raises(MismatchError):
            Schema.from_document({**document, "columns": [{**document["columns"][0], "options": options}]})


@pytest.mark.parametrize(
    "write",
    [
        lambda row: "[" + ", ".join(row) + "]", lambda row: "; ".join(row), lambda row: "[" + "  ".join(row) + "]",
        list, tuple,
    ],
    ids=["json", "semicolons", "numpy", "lists", "tuples"],
)  # fmt: skip
def test_vectors_are_left_out_and_said(write: Callable[[list[str]], object]) -> None:
    numbers = np.random.default_rng(0).normal(size=(40, 6))
    cells = [write([f"{number:.4f}" for number in row]) for row in numbers]
    column, other = Schema.recognise(pd.DataFrame({"embedding": cells, "other": [*"abcd"] * 10})).columns
    assert (column.kind, column.reason) == ("ignored", "6 numbers in each cell") and other.kind == "category"
    assert column.notes == ("6 numbers in each cell are left out; to use them, give each a column of its own",)


@pytest.mark.parametrize(
    "cells", [["1; 2; 3; 4; 5", "2; 3", "1", "4; 5; 6; 7; 8; 9"] * 5, ["a; b; c; d; e"] * 9 + ["b"]]
)  # fmt: skip
def test_lists_of_tags_are_no_vectors(cells: list[str]) -> None:
    assert Schema.recognise(pd.DataFrame({"tags": cells, "n": range(len(cells))})).columns[0].kind != "ignored"
