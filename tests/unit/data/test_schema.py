"""One table, many frames: typed or text, with names or without, in any order, all of it or a part."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from deepkmeans import InputSpec
from deepkmeans.data.schema import Schema
from deepkmeans.exceptions import InvalidDataError, InvalidParameterError
from deepkmeans.storage.schema import MismatchError

N = 240
KINDS = {
    "customer_id": "identifier", "age": "number", "income": "number", "ratio": "number", "member": "boolean",
    "city": "category", "size": "ordinal", "since": "date", "note": "text", "tags": "list", "country": "constant",
    "nothing": "empty", "picture": "image", "site": "link", "mail": "identifier",
}  # fmt: skip


def table(n: int = N) -> pd.DataFrame:
    """A typed frame with a column of every kind."""
    rng = np.random.RandomState(3)
    words = ("please", "send", "the", "red", "parcel", "again", "today", "without", "paper", "and", "call", "me")
    ratio = rng.normal(size=n)
    ratio[rng.choice(n, n // 10, replace=False)] = np.nan
    return pd.DataFrame({
        "customer_id": 1000 + np.arange(n),
        "age": rng.randint(18, 90, n),
        "income": np.exp(rng.normal(10, 0.7, n)).round(2),
        "ratio": ratio,
        "member": rng.rand(n) < 0.4,
        "city": rng.choice(["Berlin", "Paris", "北京", "São Paulo"], n),
        "size": pd.Categorical(rng.choice(["S", "M", "L"], n), categories=["S", "M", "L"], ordered=True),
        "since": pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.randint(0, 1500, n), unit="D"),
        "note": [" ".join(rng.choice(words, 7)) + f" {row}" for row in range(n)],
        "tags": ["; ".join(rng.choice(["a", "b", "c", "d"], rng.randint(1, 4), replace=False)) for _ in range(n)],
        "country": "DE",
        "nothing": np.full(n, np.nan),
        "picture": [f"photos/{row}.jpg" for row in range(n)],
        "site": [f"https://example.org/{row}" for row in range(n)],
        "mail": [f"user{row}@example.org" for row in range(n)],
    })  # fmt: skip


def as_text(frame: pd.DataFrame) -> pd.DataFrame:
    """The same frame as a csv reader gives it that recognises nothing."""
    return frame.astype(object).where(frame.notna(), "").map(lambda cell: cell if isinstance(cell, str) else str(cell))


def kinds(schema: Schema) -> dict[str, str]:
    return {column.name: column.kind for column in schema.columns}


def assert_same(one: dict[str, Any], other: dict[str, Any], rows: Any = slice(None)) -> None:
    assert list(one) == list(other)
    for name, values in one.items():
        if isinstance(values, list):
            assert [values[row] for row in np.arange(len(values))[rows]] == other[name], name
        else:
            np.testing.assert_array_equal(np.asarray(values)[rows], np.asarray(other[name]), err_msg=name)


class TestOneTable:
    def test_a_column_of_every_kind(self) -> None:
        schema = Schema.recognise(table())
        assert kinds(schema) == KINDS
        assert schema.named
        assert not schema.all_numeric()
        assert {column.kind for column in schema.dropped} == {"identifier", "constant", "empty", "image", "link"}

    def test_text_is_read_as_types_are(self) -> None:
        typed, text = table(), as_text(table())
        schema = Schema.recognise(text)
        assert kinds(schema) == KINDS
        assert_same(Schema.recognise(typed).parse(typed), schema.parse(text))
        assert_same(schema.parse(typed), schema.parse(text))

    @pytest.mark.parametrize("engine", ["numpy_nullable", "pyarrow"])
    def test_every_kind_of_frame(self, engine: str) -> None:
        if engine == "pyarrow":
            pytest.importorskip("pyarrow")
        typed = table()
        other = typed.convert_dtypes(dtype_backend=engine)
        schema = Schema.recognise(other)
        assert kinds(schema) == KINDS
        assert_same(Schema.recognise(typed).parse(typed), schema.parse(other))

    def test_without_names(self) -> None:
        for named in (table(), as_text(table())):
            frame = named.copy()
            frame.columns = range(frame.shape[1])
            schema = Schema.recognise(frame)
            assert not schema.named
            assert list(kinds(schema).values()) == list(KINDS.values())
            values = Schema.recognise(named).parse(named)
            assert_same(dict(zip(schema.parse(frame), values.values(), strict=True)), schema.parse(frame))

    def test_rows_and_columns_in_any_order(self) -> None:
        rng = np.random.RandomState(1)
        for frame in (table(), as_text(table())):
            schema = Schema.recognise(frame)
            rows, columns = rng.permutation(len(frame)), rng.permutation(frame.columns)
            moved = frame.iloc[rows][columns]
            assert kinds(Schema.recognise(moved)) == KINDS
            assert_same(schema.parse(frame), schema.parse(moved), rows)

    def test_a_part_of_the_rows_is_enough(self) -> None:
        frame = as_text(table(2000))
        rows = np.random.RandomState(0).permutation(2000)[:300]
        assert kinds(Schema.recognise(frame.iloc[rows])) == kinds(Schema.recognise(frame)) == KINDS

    def test_a_file_of_the_model(self) -> None:
        frame = table()
        schema = Schema.recognise(frame)
        document = json.loads(json.dumps(schema.to_document()))
        assert Schema.from_document(document) == schema
        assert_same(Schema.from_document(document).parse(frame), schema.parse(frame))

    def test_what_is_said(self) -> None:
        lines = Schema.recognise(table()).lines()
        assert "numbers: 'age', 'income', 'ratio'" in lines
        assert any("left out, keys of rows" in line and "'customer_id'" in line for line in lines)
        assert "InputSpec(columns=" in lines[-1]


class TestNewRows:
    def test_columns_that_are_left_out_may_be_absent(self) -> None:
        frame = table()
        schema = Schema.recognise(frame)
        kept = frame[[column.name for column in schema.kept][::-1]]
        assert_same(schema.parse(frame), schema.parse(kept))

    def test_one_row_and_rows_without_a_cell(self) -> None:
        frame = as_text(table())
        schema = Schema.recognise(frame)
        assert_same(schema.parse(frame), schema.parse(frame.iloc[[7]]), [7])
        empty = schema.parse(pd.DataFrame({name: ["", None] for name in frame}))
        assert empty["note"] == ["", ""]
        assert empty["tags"] == [(), ()]
        assert all(pd.isna(empty[name]).all() for name in empty if name not in ("note", "tags"))

    def test_a_new_category_stays_and_a_new_spelling_of_a_number_is_missing(self) -> None:
        frame = as_text(table())
        schema = Schema.recognise(frame)
        fresh = frame.iloc[:3].copy()
        fresh["city"] = ["Roma", "Paris", ""]
        fresh["age"] = ["old", "33", "4,5"]
        fresh["since"] = ["2031-02-03", "soon", "2020-01-01"]
        fresh["size"] = ["XL", "m", "L"]
        parsed = schema.read(fresh)
        assert list(parsed.columns["city"])[:2] == ["Roma", "Paris"]
        assert pd.isna(parsed.columns["city"][2])
        np.testing.assert_array_equal(parsed.columns["age"], [np.nan, 33, np.nan])
        np.testing.assert_array_equal(parsed.columns["size"], [np.nan, 1, 2])
        assert np.isnat(parsed.columns["since"]).tolist() == [False, True, False]
        notes = [str(cells) for cells in parsed.unread]
        assert any(note.startswith("2 cells of 'age' could not be read") for note in notes)
        assert any(note.startswith("1 cell of 'since' could not be read") for note in notes)

    def test_a_missing_column_is_named(self) -> None:
        schema = Schema.recognise(table())
        with pytest.raises(InvalidDataError, match=r"lacks the column 'age' \(did you mean 'ages'\?\): give"):
            schema.parse(table().rename(columns={"age": "ages"}))
        with pytest.raises(InvalidDataError, match="has no names of columns, which that of the fit had"):
            schema.parse(pd.DataFrame(table().to_numpy()))


class TestFilesOfModels:
    @pytest.mark.parametrize(
        "change",
        [
            {"named": "yes"}, {"more": 1}, {"columns": [{"name": "a"}]}, {"columns": None},
            {"columns": [{"name": "a", "kind": "number", "reason": "", "options": {"eval": "x"}, "notes": []}]},
            {"columns": [{"name": "a", "kind": "nonsense", "reason": "", "options": {}, "notes": []}]},
            {"columns": [{"name": "a", "kind": "ordinal", "reason": "", "options": {}, "notes": []}]},
            {"columns": [{"name": "a", "kind": "list", "reason": "", "options": {"separator": ""}, "notes": []}]},
            {"columns": [{"name": "a", "kind": "number", "reason": "", "options": {}, "notes": []}] * 2},
        ],
    )  # fmt: skip
    def test_what_is_no_schema_is_refused(self, change: dict[str, Any]) -> None:
        document = Schema.recognise(table()).to_document() | change
        with pytest.raises(MismatchError):
            Schema.from_document(document)


class TestSaid:
    def test_kinds_as_the_user_says(self) -> None:
        frame = pd.DataFrame({"zip": [10115, 94110, 10115], "grade": ["b", "a", "c"], "when": ["2019", "2020", ""]})
        frame["x"] = [1, 2, 3]
        spec = InputSpec(columns={"zip": "category", "x": "ignored"}, levels={"grade": ["c", "b", "a"]})
        schema = Schema.recognise(frame, spec)
        assert kinds(schema) == {"zip": "category", "grade": "ordinal", "when": "number", "x": "ignored"}
        parsed = schema.parse(frame)
        assert list(parsed["zip"]) == ["10115", "94110", "10115"]
        np.testing.assert_array_equal(parsed["grade"], [1, 2, 0])
        text = schema.parse(frame.astype(str))
        assert list(text["zip"]) == list(parsed["zip"])
        assert list(schema.parse(frame.astype({"zip": float}).astype(str))["zip"]) == list(parsed["zip"])

    def test_a_key_can_be_kept(self) -> None:
        frame = table()
        schema = Schema.recognise(frame, InputSpec(columns={"customer_id": "number", "mail": "text"}))
        assert kinds(schema) == KINDS | {"customer_id": "number", "mail": "text"}

    def test_the_decimal_mark(self) -> None:
        frame = pd.DataFrame({"a": ["1,234", "2,500"], "b": ["1.234", "2.500"]})
        english, german = (Schema.recognise(frame, InputSpec(decimal=mark)) for mark in ".,")
        np.testing.assert_array_equal(np.column_stack([*english.parse(frame).values()]), [[1234, 1.234], [2500, 2.5]])
        np.testing.assert_array_equal(np.column_stack([*german.parse(frame).values()]), [[1.234, 1234], [2.5, 2500]])

    @pytest.mark.parametrize(
        ("spec", "message"),
        [
            (InputSpec(columns={"agee": "number"}), r"'agee', which is no column of .* \(did you mean 'age'\?\)"),
            (InputSpec(columns={"qqq": "number"}), "'qqq', which is no column of the table; they are 'customer_id'"),
            (InputSpec(columns={"city": "number"}), "'city' is 'number', but no cell is a number"),
            (InputSpec(columns={"city": "date"}), "'city' is 'date', but no cell is a date"),
            (InputSpec(columns={"age": "date"}), "neither seconds since 1970 nor days"),
            (InputSpec(columns={"city": "boolean"}), "it has 4 different values"),
            (InputSpec(columns={"city": "ordinal"}), r"the order is not known; give InputSpec\(levels="),
            (InputSpec(levels={"city": ["x", "y"]}), "none of the levels 'x', 'y' is in it"),
            (InputSpec(levels={"siz": ["S", "M"]}), r"'levels' parameter .* 'siz', which is no .* 'size'\?"),
        ],
    )
    def test_what_cannot_be_is_refused(self, spec: InputSpec, message: str) -> None:
        with pytest.raises(InvalidParameterError, match=message):
            Schema.recognise(table(), spec)

    def test_columns_of_one_name(self) -> None:
        with pytest.raises(InvalidDataError, match="several columns 'a'"):
            Schema.recognise(pd.DataFrame([[1, 2]], columns=["a", "a"]))
