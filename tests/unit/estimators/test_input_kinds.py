"""What Python users hold and is no number: dates, text, other objects, missing cells; refused or taken, and said."""

import datetime
import decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from deepkmeans import KMeans
from deepkmeans.data import check_input
from deepkmeans.exceptions import InvalidDataError
from tests.unit.estimators.held import AN_EMPTY_CELL, DATES, DAYS, B, cells, frame, masked

DATED = {
    "datetime64": (lambda: np.full((12, 2), "2020-01-01", dtype="M8[D]"), DATES + r".*\[D\]\) in column 0, 1"),
    "timedelta64": (lambda: np.ones((12, 2), dtype="m8[s]"), DATES),
    "pictures of dates": (lambda: np.ones((3, 8, 8), dtype="M8[s]").reshape(3, -1), "in column 0, 1, 2 and 61 more"),
    "frame of dates": (lambda: pd.DataFrame({"when": DAYS, "then": DAYS}), DATES + ".*in column 'when', 'then'"),
    "date beside floats": (lambda: frame(when=DAYS), DATES + ".*in column 'when'"),
    "time zone": (lambda: frame(when=DAYS.tz_localize("UTC")), DATES + ".*in column 'when'"),
    "duration": (lambda: frame(lasted=DAYS - DAYS[0]), DATES + ".*in column 'lasted'"),
    "period": (lambda: frame(month=DAYS.to_period("M")), DATES + ".*in column 'month'"),
    "categories of dates": (lambda: frame(when=pd.Categorical(DAYS)), DATES + ".*in column 'when'"),
    "categories of periods": (lambda: frame(month=pd.Categorical(DAYS.to_period("D"))), DATES + ".*in column 'month'"),
    "arrow timestamp": (lambda: frame(when=pd.Series(DAYS).astype("timestamp[ns][pyarrow]")), DATES + ".*'when'"),
    "arrow date": (
        lambda: frame(when=pd.Series([*DAYS.date]).astype("date32[pyarrow]")),
        "'when'.* is a date|dates .*'when'",
    ),
    "objects": (lambda: frame(when=[*DAYS.date]), "row 0, column 'when'.*datetime.date.2020, 1, 1. is a date"),
    "one timestamp": (lambda: cells(pd.Timestamp("2020-01-01")), "row 5, column 1 .*Timestamp.* is a date"),
    "one NaT": (lambda: cells(pd.NaT), "row 5, column 1 .*NaT is a date"),
    "one datetime64": (lambda: cells(np.datetime64("2020-01-01")), "row 5, column 1 .*is a date"),
    "one timedelta64": (lambda: cells(np.timedelta64(5, "s")), "row 5, column 1 .*is a date"),
    "list of datetimes": (lambda: [[1.0, datetime.datetime(2020, 1, 1)]] * 12, "row 0, column 1 .*is a date"),
    "polars date": (lambda: pl.DataFrame({"a": B[:, 0], "when": [*DAYS.date]}), DATES + ".*Date.* in column 'when'"),
    "polars datetime": (lambda: pl.DataFrame({"when": [*DAYS.to_pydatetime()]}), DATES + ".*in column 'when'"),
    "polars duration": (lambda: pl.DataFrame({"lasted": [datetime.timedelta(1)] * 12}), DATES + ".*'lasted'"),
    "polars time": (lambda: pl.DataFrame({"at": [datetime.time(1)] * 12}), DATES + ".*'at'"),
    "Arrow table, date": (lambda: pa.table({"a": B[:, 0], "when": [*DAYS.date]}), "row 0, column 'when'.*is a date"),
    "Arrow table, timestamp": (lambda: pa.table({"when": [*DAYS.to_pydatetime()]}), DATES + ".*in column 'when'"),
}

TEXTS = {
    "array": (lambda: np.array([["x", "y"]] * 12), "row 0, column 0 .*the text 'x' is not a number.*Column 1 holds"),
    "array of spelt numbers": (lambda: B.astype(str), r"row 0, column 0 .*the number '1.76.* is stored as text"),
    "bytes": (lambda: B.astype("S8"), "the number b'1.76.* is stored as text"),
    "numpy strings": (lambda: B.astype(np.dtypes.StringDType()), "is stored as text"),
    "list": (lambda: [[1.0, "a"], [2.0, "b"]] * 6, "row 0, column 1 .*the text 'a' is not a number"),
    "list of spelt numbers": (lambda: [["1", "2"]] * 12, "the number '1' is stored as text"),
    "one cell": (lambda: cells("abc"), r"X, row 5, column 1 \(counted from 0\): the text 'abc' is not a number"),
    "one cell with digits": (lambda: cells("1_0"), "row 5, column 1 .*'1_0' is stored as text"),
    "one cell of bytes": (lambda: cells(b"x"), "row 5, column 1 .*the text b'x' is not a number"),
    "a missing word": (lambda: cells("NA"), "row 5, column 1 .*the text 'NA' is not a number"),
    "column": (lambda: frame(city=["Rome"] * 12), "row 0, column 'city' .*the text 'Rome' is not a number"),
    "two columns": (lambda: frame(x=["u"] * 12, y=["v"] * 12), "column 'x' .*Column 'y' holds such cells, too"),
    "five columns": (
        lambda: frame(**{f"t{i}": ["u"] * 12 for i in range(5)}),
        "column 't0' .*Columns 't1', 't2', 't3' and 1 more hold such cells, too",
    ),
    "column of spelt numbers": (lambda: frame(zip=["0123"] * 12), "column 'zip' .*'0123' is stored as text"),
    "objects": (lambda: frame(n=pd.Series([1.0] * 11 + ["?"], dtype=object)), "row 11, column 'n' .*the text '\\?'"),
    "categories": (lambda: frame(kind=pd.Categorical(["x", "y"] * 6)), "row 0, column 'kind' .*the text 'x'"),
    "arrow strings": (lambda: frame(s=pd.Series(["x"] * 12, dtype="string[pyarrow]")), "column 's' .*the text 'x'"),
    "polars": (lambda: pl.DataFrame({"a": B[:, 0], "s": ["x"] * 12}), "row 0, column 's' .*the text 'x'"),
    "polars categories": (lambda: pl.DataFrame({"s": pl.Series(["x"] * 12, dtype=pl.Categorical)}), "column 's' .*'x'"),
    "Arrow": (lambda: pa.table({"a": B[:, 0], "s": ["x"] * 12}), "row 0, column 's' .*the text 'x'"),
    "Arrow dictionary": (
        lambda: pa.table({"s": pa.array(["x"] * 12).dictionary_encode()}),
        "column 's' .*the text 'x'",
    ),
    "long": (lambda: cells("x" * 500), r"the text 'x{30,36}\.\.\. is not a number"),
}

OTHERS = {
    "complex": (lambda: B + 1j, "Complex data not supported"),
    "complex column": (lambda: frame(z=B[:, 0] * 1j), "Complex data not supported: column 'z' of X"),
    "complex cell": (lambda: cells(1j), "row 5, column 1 .*1j is complex"),
    "NumPy's complex cell": (lambda: cells(np.complex128(1j)), "row 5, column 1 .*is complex"),
    "dict": (lambda: cells({"foo": "bar"}), "row 5, column 1 .*'foo'.* is of type dict.*; give each of its fields a c"),
    "list in a cell": (lambda: cells([1, 2]), "row 5, column 1 .*is of type list.*; give each of its elements a"),
    "array in a cell": (lambda: frame(v=[np.ones(2)] * 12), "row 0, column 'v' .*is of type ndarray.*; give each"),
    "interval": (lambda: frame(v=pd.interval_range(0, 12)), "row 0, column 'v' .*type Interval.*; give its middle or"),
    "polars list": (lambda: pl.DataFrame({"v": [[1], [2, 3]] * 6}), "row 0, column 'v' .*is of type list"),
    "polars array": (
        lambda: pl.DataFrame({"v": pl.Series([[1, 2]] * 12, dtype=pl.Array(pl.Int8, 2))}),
        "'v' .*type list",
    ),
    "polars struct": (lambda: pl.DataFrame({"v": [{"q": 1}] * 12}), "row 0, column 'v' .*is of type dict"),
    "polars object": (lambda: pl.DataFrame({"v": pl.Series([object()] * 12, dtype=pl.Object)}), "'v' .*type object"),
    "polars lazy": (lambda: pl.DataFrame({"v": B[:, 0]}).lazy(), "lazy frame.*collect"),
    "a number too large": (lambda: cells(10**400), "row 5, column 1 .*does not fit a float64"),
    "a signalling NaN": (lambda: cells(decimal.Decimal("sNaN")), "row 5, column 1 .*does not fit a float64"),
    "records": (lambda: np.zeros(12, dtype=[("p", float), ("q", int)]), "structured array with the fields 'p', 'q'"),
    "masked records": (lambda: np.ma.zeros(12, dtype=[("p", float)]), "structured array with the fields 'p'"),
    "bytes of no kind": (lambda: np.zeros((12, 2), dtype="V8"), "not of numbers"),
    "ragged arrays": (
        lambda: [np.ones((9, 2)), np.ones((8, 2))] * 6,
        r"row 0 is .*\(9, 2\), row 1 one of \(8, 2\) .*same",
    ),
    "ragged": (lambda: [[1.0, 2.0], [1.0]] * 6, "X is no table: .*same length"),
    "ragged objects": (lambda: np.fromiter([[1.0], [1.0, 2.0]] * 6, object, 12), r"row 0 .*\[1.0\] is of type list"),
    "None": (lambda: None, "X must be an array, got None"),
    "path": (lambda: "data.csv", "X must be an array, got 'data.csv'"),
    "dictionary": (lambda: {"a": [1.0]}, "X must be an array, got"),
    "generator": (lambda: (row for row in B), "X must be an array, got"),
    "class": (lambda: pd.DataFrame, "X must be an array, got"),
    "0-d": (lambda: np.array(1.0), "X must be an array, got"),
    "0-d object": (lambda: np.array(None), "X must be an array, got"),
    "1-d": (lambda: B[:, 0], "Reshape your data"),
    "series": (lambda: pd.Series(B[:, 0]), "Reshape your data"),
    "polars series": (lambda: pl.Series(B[:, 0]), "Reshape your data"),
    "chunks": (lambda: pa.chunked_array([B[:, 0]]), "Reshape your data"),
    "3-d": (lambda: B[None], "Found array with dim 3"),
    "names twice": (lambda: pd.DataFrame(B, columns=["a", "a", "b"]), r"'a' \(2 times\)"),
    "numbers twice as names": (lambda: pd.DataFrame(B, columns=[5, 5, 7]), r"5 \(2 times\)"),
    "names twice in Arrow": (
        lambda: pa.Table.from_arrays([pa.array(B[:, 0])] * 2, names=["a", "a"]),
        r"'a' \(2 times\)",
    ),
    "mixed names": (lambda: pd.DataFrame(B, columns=["a", 1, 2]), r"some are not, such as 1 \(int\).*astype\(str\)"),
    "no name": (lambda: pd.DataFrame(B, columns=["a", "b", None]), "some are not, such as"),
    "no columns": (lambda: pd.DataFrame(index=range(12)), r"0 feature\(s\) \(shape=\(12, 0\)\)"),
    "no polars columns": (lambda: pl.DataFrame(), r"0 (sample|feature)\(s\)"),
    "no rows": (lambda: pd.DataFrame({"a": []}), r"0 sample\(s\)"),
    "no rows of text": (lambda: pd.DataFrame({"a": pd.Series([], dtype=object)}), r"0 sample\(s\)"),
}

MISSING = {
    "masked": lambda: masked(B),
    "masked whole numbers": lambda: masked((B * 10).astype(np.int64)),
    "masked small whole numbers": lambda: masked((B * 10).astype(np.int8)),
    "masked booleans": lambda: masked(B > 0),
    "masked text": lambda: masked(cells("unknown", (3, 1))),
    "list of masked rows": lambda: [*masked(B)],
    "None": lambda: cells(None),
    "NA": lambda: cells(pd.NA),
    "masked constant": lambda: cells(np.ma.masked),
    "nullable integer": lambda: frame(w=pd.array([None] + [1] * 11, dtype="Int64")),
    "nullable float": lambda: frame(w=pd.array([None] + [1.5] * 11, dtype="Float32")),
    "nullable boolean": lambda: frame(w=pd.array([None] + [True] * 11, dtype="boolean")),
    "Arrow column": lambda: frame(w=pd.array([None] + [1] * 11, dtype="int64[pyarrow]")),
    "categories of numbers": lambda: frame(w=pd.Categorical([None] + [1, 2, 3] * 3 + [1, 2])),
    "polars integer": lambda: pl.DataFrame({"a": B[:, 0], "w": [None] + [1] * 11}),
    "polars boolean": lambda: pl.DataFrame({"a": B[:, 0], "w": [None] + [True] * 11}),
    "polars decimal": lambda: pl.DataFrame({"a": B[:, 0], "w": [None] + [decimal.Decimal("1.5")] * 11}),
    "Arrow table": lambda: pa.table({"a": B[:, 0], "w": [None] + [1] * 11}),
    "sparse column": lambda: frame(w=pd.arrays.SparseArray([np.nan] + [1.0] * 11)),
}


@pytest.mark.parametrize(("make", "words"), [*DATED.values()], ids=[*DATED])
def test_dates_are_refused(make, words):
    with pytest.raises(InvalidDataError, match=words):
        KMeans(2).fit(make())


@pytest.mark.parametrize(("make", "words"), [*TEXTS.values()], ids=[*TEXTS])
def test_text_is_refused_whatever_it_looks_like(make, words):
    with pytest.raises(InvalidDataError, match=words):
        KMeans(2).fit(make())


@pytest.mark.parametrize(("make", "words"), [*OTHERS.values()], ids=[*OTHERS])
def test_what_else_is_no_table_of_numbers(make, words):
    with pytest.raises(InvalidDataError, match=words):
        KMeans(2).fit(make())


@pytest.mark.parametrize("make", [*MISSING.values()], ids=[*MISSING])
def test_what_is_masked_or_null_is_missing(make):
    with pytest.raises(InvalidDataError, match=AN_EMPTY_CELL + ".*The first is in row"):
        KMeans(2).fit(make())
    rows = check_input(make(), "DeepKMeans", missing="impute").X
    assert np.isnan(rows).sum() == 1 and rows.dtype in (np.float32, np.float64)
