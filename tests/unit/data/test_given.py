"""What is a table, what is texts, and what is numbers already; the same from every container."""

import datetime
import decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse as sp
import torch

from deepkmeans import InputSpec
from deepkmeans.data.given import given_input, given_rows, given_table
from deepkmeans.exceptions import InvalidDataError

TEXTS = ["red apple", None, "blue sky"]
AS_TEXTS = ["red apple", "", "blue sky"]
B = np.arange(6.0).reshape(3, 2)


@pytest.mark.parametrize(
    "X",
    [
        TEXTS, tuple(TEXTS), np.array(TEXTS, dtype=object), pd.Series(TEXTS), pd.Series(TEXTS, dtype="category"),
        pd.Series(["red apple", np.nan, "blue sky"]), ["red apple", float("nan"), np.str_("blue sky")],
        ["red apple", pd.NA, "blue sky"], pl.Series(TEXTS), pa.array(TEXTS), pa.chunked_array([TEXTS]),
        np.array(AS_TEXTS), np.array(AS_TEXTS, dtype=np.dtypes.StringDType()), pd.Index(TEXTS),
    ],
    ids=lambda X: f"{type(X).__module__}.{type(X).__name__}",
)  # fmt: skip
def test_texts(X: object) -> None:
    given = given_input(X, InputSpec())
    assert given is not None and given.kind == "text" and given.rows == AS_TEXTS and given.shape == (3, 1)
    assert given.take(np.array([2, 0])).rows == ["blue sky", "red apple"]
    assert given_input(X, InputSpec(kind="text")).rows == AS_TEXTS  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "X",
    [
        B, B.tolist(), torch.tensor(B), sp.csr_matrix(B), pd.DataFrame(B), pd.DataFrame(B).astype(object), np.ones(3),
        pd.Series([1.0, 2.0, 3.0]), [1.0, None], [None, None], [], "data.csv", None, [[1.0, {}], [2.0, "a"]],
        np.array([[1.0, [1]], [2.0, "a"]], dtype=object), np.ones((3, 4, 4)), ["a", 1.0], [b"a", b"b"],
        B.astype(str), [["1", "2"]], pd.DataFrame(index=range(3)), pd.DataFrame({"a": []}),
        pd.DataFrame({"a": pd.arrays.SparseArray([0.0, 1.0])}), [["a"], ["b", "c"]], [[datetime.date(2020, 1, 1), 1.0]],
    ],
    ids=lambda X: f"{type(X).__name__} {str(X)[:12]!r}",
)  # fmt: skip
def test_what_stays_on_the_path_of_numbers(X: object) -> None:
    assert given_input(X, InputSpec()) is None


FRAME = pd.DataFrame({
    "n": [1.5, None, 2.0], "k": [1, 2, 3], "s": ["x", None, "y"],
    "d": pd.to_datetime(["2020-01-01", None, "2021-05-06"]), "b": [True, False, True],
})  # fmt: skip


@pytest.mark.parametrize(
    "X", [FRAME, pl.from_pandas(FRAME), pa.Table.from_pandas(FRAME)], ids=["pandas", "polars", "Arrow"]
)
def test_frames_become_the_same_pandas_frame(X: object) -> None:
    given = given_input(X, InputSpec())
    assert given is not None and given.kind == "table" and given.names == ["n", "k", "s", "d", "b"]
    rows = given.rows
    np.testing.assert_array_equal(rows["n"].to_numpy(float), [1.5, np.nan, 2.0])
    assert rows["k"].tolist() == [1, 2, 3] and rows["b"].tolist() == [True, False, True]
    assert [None if pd.isna(cell) else cell for cell in rows["s"]] == ["x", None, "y"]
    assert rows["d"].dtype.kind == "M" and rows["d"].isna().tolist() == [False, True, False]
    assert given.take(np.array([2, 0])).rows["k"].tolist() == [3, 1]


def test_polars_types_that_pandas_does_not_have() -> None:
    frame = pl.DataFrame({
        "c": pl.Series(["x", None, "y"], dtype=pl.Categorical),
        "e": pl.Series(["u", "v", "u"], dtype=pl.Enum(["u", "v"])),
        "m": [decimal.Decimal("1.5"), None, decimal.Decimal("2.5")],
        "b": [True, None, False], "l": [["a", "b"], None, []],
        "t": pl.Series([datetime.datetime(2020, 1, 1)] * 3).dt.replace_time_zone("Europe/Rome"),
    })  # fmt: skip
    rows = given_input(frame, InputSpec()).rows  # type: ignore[union-attr]
    assert [str(kind) for kind in rows.dtypes[["c", "e", "m"]]] == ["category", "category", "float64"]
    assert rows["b"].tolist() == [True, None, False] and rows["l"].tolist() == [["a", "b"], None, []]
    assert rows["t"].iloc[0] == pd.Timestamp("2020-01-01", tz="Europe/Rome")


@pytest.mark.parametrize(
    "X", [[["a", 1.0], ["b", None]], np.array([["a", 1.0], ["b", None]], dtype=object), [("a", 1.0), ("b", None)]],
    ids=["list", "array", "tuples"],
)  # fmt: skip
def test_rows_of_cells(X: object) -> None:
    given = given_input(X, InputSpec())
    assert given is not None and given.names is None and given.labels is None and given.shape == (2, 2)
    assert given.rows[1].dtype == np.float64 and given.rows[0].tolist() == ["a", "b"]


def test_names_that_are_no_strings_are_kept_as_texts() -> None:
    given = given_input(pd.DataFrame([["a", 1], ["b", 2]], columns=[2020, 2021]), InputSpec())
    assert given is not None and given.names == given.labels == ["2020", "2021"] == list(given.rows.columns)


def test_a_spec_says_what_the_input_is() -> None:
    assert given_input(B, InputSpec(columns={"0": "category"})).kind == "table"  # type: ignore[union-attr]
    assert given_input(["1", "2"], InputSpec(kind="table")).shape == (2, 1)  # type: ignore[union-attr]
    assert given_input([1, 2, None], InputSpec(kind="text")).rows == ["1", "2", ""]  # type: ignore[union-attr]
    assert given_input(pd.DataFrame({"t": TEXTS}), InputSpec(kind="text")).rows == AS_TEXTS  # type: ignore[union-attr]
    with pytest.raises(InvalidDataError, match="kind='text'.* Got a table of 5 columns instead"):
        given_input(FRAME, InputSpec(kind="text"))
    with pytest.raises(InvalidDataError, match=r"kind='text'.* Got ndarray of shape \(3, 2\) instead"):
        given_input(B, InputSpec(kind="text"))
    with pytest.raises(InvalidDataError, match="X is a table. Got csr_matrix"):
        given_input(sp.csr_matrix(B), InputSpec(kind="table"))


def test_rows_for_a_model_of_a_table() -> None:
    assert given_table(B, 2).shape == (3, 2)  # type: ignore[union-attr]
    assert given_table([[1, "a"]], 2).shape == (1, 2)  # type: ignore[union-attr]
    assert given_table(["a", "b"], 1).shape == (2, 1)  # type: ignore[union-attr]
    assert given_table(["a", "b"], 2) is None and given_table(3.0, 2) is None
    named = given_table(B, 2).named(["p", "q"])  # type: ignore[union-attr]
    assert named.names == ["p", "q"] and list(named.rows.columns) == ["p", "q"]
    assert list(named.named(None).rows.columns) == [0, 1]


def test_rows_for_a_transformer_stay_what_they_are() -> None:
    frame = pl.from_pandas(FRAME)
    assert given_rows(frame).rows is frame and given_rows(frame).names == list(FRAME.columns)
    assert given_rows(B).rows is B and given_rows(B).shape == (3, 2)
    assert given_rows(pd.Series(TEXTS)).rows == AS_TEXTS
    assert isinstance(given_rows(pa.Table.from_pandas(FRAME)).rows, pd.DataFrame)
    assert given_rows([{"a": 1}, {"a": 2}]).shape == (2, 1)
