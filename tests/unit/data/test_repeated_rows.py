"""Keys stay keys in tables of which some rows are there twice."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from deepkmeans import InputSpec
from deepkmeans.data.repeated_rows import first_of_each
from deepkmeans.data.schema import Schema

rng = np.random.RandomState(0)
N = 120
TABLE = pd.DataFrame({
    "row": np.arange(N),
    "customer_id": [f"C{number:05d}" for number in rng.permutation(N)],
    "order_no": rng.permutation(N) + 5000,
    "mail": [f"user{number}@example.org" for number in range(N)],
    "age": rng.randint(18, 90, N),
    "segment": rng.choice(["a", "b", "c"], N),
    "tags": [["x", "y"], ["z"]] * (N // 2),
})  # fmt: skip


def kinds(frame: pd.DataFrame, spec: InputSpec | None = None) -> dict[str, str]:
    return {column.name: column.kind for column in Schema.recognise(frame, spec).columns}


@pytest.mark.parametrize("count", [1, 5, 12])
def test_keys_are_judged_without_the_repeated_rows(count: int) -> None:
    again = pd.concat([TABLE, TABLE[:count]])
    assert kinds(again) == kinds(TABLE)
    assert kinds(again)["order_no"] == kinds(again)["row"] == "identifier"
    assert [column.name for column in Schema.recognise(again).columns] == [*TABLE]


def test_what_the_user_says_counts() -> None:
    again = pd.concat([TABLE, TABLE[:5]])
    assert kinds(again, InputSpec(columns={"order_no": "number"}))["order_no"] == "number"


def test_counts_in_notes_are_those_of_all_rows() -> None:
    frame = pd.DataFrame({"a": ["<5", *map(str, range(5, 40))], "b": rng.permutation(36)})
    again = pd.concat([frame, frame[:1]])
    assert Schema.recognise(again).columns[0].notes == ("2 cells such as '<5' are read as the number alone",)


def test_first_of_each() -> None:
    frame = pd.DataFrame({"a": [1, 2, 2, 3, 2, *range(10, 40)], "b": [["x"], ["y"], ["y"], ["x"], ["z"], *[None] * 30]})
    first = first_of_each(frame)
    assert first is not None
    assert first.tolist() == [0, 1, *range(3, 35)]
    assert first_of_each(frame[["a"]]) is None
    assert first_of_each(frame.iloc[[0, 1, 3]]) is None
    assert first_of_each(pd.concat([frame, frame])) is None  # no few rows
    missing = pd.DataFrame({"a": [np.nan, np.nan, *range(30)], "b": [None, None, *"abcde" * 6]})
    assert (first := first_of_each(missing)) is not None
    assert first.tolist() == [0, *range(2, 32)]
