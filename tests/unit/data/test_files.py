"""Files as people have them: what is read, what is noted, and the one line that says what is wrong where."""

from __future__ import annotations

import contextlib
import datetime
import importlib
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from deepkmeans.data.files import Table, read_labels, read_table
from deepkmeans.exceptions import InvalidDataError, InvalidParameterError, MissingDependencyError

NAN = np.nan


def _file(folder: Path, content: str | bytes, name: str = "customers.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def _is(table: Table, X: Any, names: list[str] | None) -> None:
    assert table.X.dtype == np.float32
    assert table.X.flags.c_contiguous
    np.testing.assert_array_equal(table.X, np.array(X, dtype=np.float32))
    assert table.feature_names == names


def _refused(path: Path, words: str, error: type[Exception] = InvalidDataError, **options: Any) -> str:
    with pytest.raises(error) as caught:
        read_table(path, **options)
    message = str(caught.value)
    assert words in message
    assert path.name in message or error is InvalidParameterError
    assert "\n" not in message
    return message


class TestCleanText:
    def test_by_hand(self, tmp_path: Path) -> None:
        table = read_table(_file(tmp_path, "age,income\n1,2.5\n-3,4e2\n"))
        _is(table, [[1, 2.5], [-3, 400]], ["age", "income"])
        assert table.labels is None
        assert table.index is None
        assert table.notes == []
        assert table.path == tmp_path / "customers.csv"

    def test_tabs(self, tmp_path: Path) -> None:
        _is(read_table(_file(tmp_path, "a\tb c\n1\t2\n", "x.TSV")), [[1, 2]], ["a", "b c"])

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_line_ends_blank_lines_and_no_last_end(self, tmp_path: Path, end: str) -> None:
        _is(read_table(_file(tmp_path, f"{end}a,b{end}1,2{end}{end}3,4")), [[1, 2], [3, 4]], ["a", "b"])

    def test_quotes_spaces_and_one_column(self, tmp_path: Path) -> None:
        _is(read_table(_file(tmp_path, '"a, b" , c\n "1", 2 \n3 ,4\n')), [[1, 2], [3, 4]], ["a, b", "c"])
        _is(read_table(_file(tmp_path, "a\n1\n2\n")), [[1], [2]], ["a"])

    @pytest.mark.parametrize(
        "token", ["", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NULL", "null", "None", " NA "]
    )
    def test_missing(self, tmp_path: Path, token: str) -> None:
        _is(read_table(_file(tmp_path, f"a,b\n1,{token}\n{token},4\n")), [[1, NAN], [NAN, 4]], ["a", "b"])

    def test_booleans(self, tmp_path: Path) -> None:
        table = read_table(_file(tmp_path, "a,b,c\n1,True,FALSE\n2,false,true\n3,,true\n"))
        _is(table, [[1, 1, 0], [2, 0, 1], [3, NAN, 1]], ["a", "b", "c"])

    def test_semicolons_and_decimal_commas(self, tmp_path: Path) -> None:
        table = read_table(_file(tmp_path, "a;b\n1,5;2\n-2,25e1;3\n;4,0\n"))
        _is(table, [[1.5, 2], [-22.5, 3], [NAN, 4]], ["a", "b"])
        assert "separated by ';'" in table.notes[0]
        assert table.notes[1] == "the columns 'a', 'b' are read with decimal commas"

    def test_a_separator_at_the_end_of_every_line(self, tmp_path: Path) -> None:
        _is(read_table(_file(tmp_path, "a,b,\n1,2,\n3,4,\n")), [[1, 2], [3, 4]], ["a", "b"])

    def test_names_that_are_empty_or_twice(self, tmp_path: Path) -> None:
        table = read_table(_file(tmp_path, ",a,a,a.1\n0,1,2,3\n1,4,5,6\n"))
        _is(table, [[0, 1, 2, 3], [1, 4, 5, 6]], ["column_1", "a", "a.2", "a.1"])
        assert "drop=['column_1']" in table.notes[0]
        assert "'a.2'" in table.notes[1]

    def test_no_header(self, tmp_path: Path) -> None:
        table = read_table(_file(tmp_path, "1.5,2\n3,4\n"))
        _is(table, [[1.5, 2], [3, 4]], None)
        assert "the columns have no names" in table.notes[0]
        _is(read_table(_file(tmp_path, "1.5,2\n3,4\n"), drop=["0"]), [[2], [4]], None)
        _is(read_table(_file(tmp_path, "0,1\n3,4\n")), [[3, 4]], ["0", "1"])  # pandas writes such names

    def test_a_column_that_float32_cannot_resolve_is_noted(self, tmp_path: Path) -> None:
        table = read_table(_file(tmp_path, "time,b,constant\n1700000000,2,5\n1700000050,3,5\n"))
        assert len(table.notes) == 1
        assert "'time' is large compared with its range" in table.notes[0]

    @settings(max_examples=60, deadline=None)
    @given(data=st.data())
    def test_any_numbers_round_trip(self, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
        n, d = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 4))
        cell = st.floats(width=32, allow_infinity=False) | st.integers(-(10**6), 10**6).map(float)
        X = np.array(data.draw(st.lists(st.lists(cell, min_size=d, max_size=d), min_size=n, max_size=n)))
        X[0, -1] = 1.0  # a row of one empty cell is a blank line
        X[:, 0] = np.nan_to_num(X[:, 0]) if d == 1 else X[:, 0]
        path = tmp_path_factory.getbasetemp() / "any.csv"
        pd.DataFrame(X, columns=[f"c{i}" for i in range(d)]).to_csv(path, index=False)
        table = read_table(path)
        kept = X[slice(None) if table.rows is None else table.rows][:, table.columns]  # what holds a value
        np.testing.assert_allclose(table.X, kept.astype(np.float32), rtol=3e-7)
        assert np.isnan(np.delete(X, table.columns, axis=1)).all()


class TestEncodings:
    @pytest.mark.parametrize(
        "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"]
    )
    def test_detected_and_noted(self, tmp_path: Path, encoding: str) -> None:
        table = read_table(_file(tmp_path, "größe,b\n1,2\n3,4\n", encoding=encoding))
        _is(table, [[1, 2], [3, 4]], ["größe", "b"])
        assert len(table.notes) == (not encoding.startswith("utf-8"))

    def test_latin_letters_far_into_the_file(self, tmp_path: Path) -> None:
        path = _file(tmp_path, ("a,b\n" + "1,x\n" * 5000 + "2,\xe9\n").encode("latin-1"))
        table = read_table(path, label_column="b")
        assert len(table.X) == 5001
        assert table.labels is not None
        assert table.labels[-1] == "é"
        assert "Windows-1252" in table.notes[0]

    @pytest.mark.parametrize(
        ("magic", "words"),
        [(b"PK\x03\x04", "spreadsheet"), (b"\x1f\x8b", "gunzip"), (b"PAR1\x15", ".parquet"), (b"\x93NUMPY", ".npy")],
    )
    def test_other_kinds_under_the_wrong_name(self, tmp_path: Path, magic: bytes, words: str) -> None:
        _refused(_file(tmp_path, magic + b"\0" * 50), words)

    def test_binary(self, tmp_path: Path) -> None:
        _refused(_file(tmp_path, bytes(range(256)) * 20), "zero bytes")


class TestBadCells:
    def test_one_stray_text(self, tmp_path: Path) -> None:
        rows = "".join(f"{i},{2 * i}\n" for i in range(16))
        message = _refused(_file(tmp_path, f"age,income\n{rows}3,n/a?\n1,2\n"), "customers.csv")
        assert message == (
            "customers.csv: row 16 (counted from 0; line 18), column 'income': the text 'n/a?' is not a number; "
            "drop the column with drop=['income'] or correct the cell"
        )

    def test_lines_are_those_of_the_file(self, tmp_path: Path) -> None:
        path = _file(tmp_path, '\n"a\nb",c\n\n1,2\n\n3,x\n')
        _refused(path, "row 1 (counted from 0; line 7), column 'c': the text 'x'")

    def test_text_columns_are_counted_and_the_cure_works(self, tmp_path: Path) -> None:
        path = _file(tmp_path, "age,city,full name\n1,Paris,A\n2,Rome,B\n")
        message = _refused(path, "row 0 (counted from 0; line 2), column 'city': the text 'Paris' is not a number")
        assert "2 columns hold text ('city', 'full name'): drop them with drop=['city', 'full name']" in message
        _is(read_table(path, drop=["city", "full name"]), [[1], [2]], ["age"])

    def test_a_text_column_that_may_be_the_answer(self, tmp_path: Path) -> None:
        path = _file(tmp_path, "age,species\n1,setosa\n2,virginica\n")
        _refused(path, "if it is the known class, use label_column='species'")
        table = read_table(path, label_column="species")
        _is(table, [[1], [2]], ["age"])
        assert table.labels is not None
        assert table.labels.tolist() == ["setosa", "virginica"]

    def test_without_names(self, tmp_path: Path) -> None:
        path = _file(tmp_path, "1,2\n3,x\n")
        _refused(path, "row 1 (counted from 0; line 2), column 1 (counted from 0): the text 'x'")

    @pytest.mark.parametrize("text", ["inf", "-inf", "1e300", "Infinity"])
    def test_infinite(self, tmp_path: Path, text: str) -> None:
        path = _file(tmp_path, f"a,b,c\n1,2,3\n4,{text},{text}\n5,{text},6\n")
        message = _refused(path, "column 'b' has 2 infinite values")
        assert "the first in row 1 (counted from 0; line 3)" in message
        assert "1 more columns" in message
        assert "drop=['b']" in message
        _is(read_table(path, drop=["b", "c"]), [[1], [4], [5]], ["a"])

    def test_rows_that_are_too_long(self, tmp_path: Path) -> None:
        for text in ("a,b\n1,2\n3,4,5\n", "a,b\n1,2\n3,4,5\n6,7,8\n"):
            _refused(_file(tmp_path, text), "line 3 has 3 cells and the first line 2")
        _refused(_file(tmp_path, "a,b\n1,2,9\n3,4,5\n"), "line 2 has 3 cells and the first line 2")

    def test_too_long_where_the_column_is_not_used(self, tmp_path: Path) -> None:
        path = _file(tmp_path, "a,name,b\n1,x,2\n3,Smith, John,4\n")
        _refused(path, "line 3 has 4 cells", drop=["name"])

    def test_rows_that_are_too_short_are_noted(self, tmp_path: Path) -> None:
        table = read_table(_file(tmp_path, "a,b\n1,2\n3\n4,\n"))
        _is(table, [[1, 2], [3, NAN], [4, NAN]], ["a", "b"])
        assert "1 row has fewer cells than the first line (the first is line 3)" in table.notes[0]

    def test_open_quote(self, tmp_path: Path) -> None:
        _refused(_file(tmp_path, 'a,b\n1,"2\n3,4\n'), "check its quotes")


class TestNoFile:
    def test_missing_with_a_near_name(self, tmp_path: Path) -> None:
        _file(tmp_path, "a\n1\n")
        _refused(tmp_path / "costumers.csv", "did you mean 'customers.csv'?")
        _refused(tmp_path / "no" / "x.csv", "no such file")
        _refused(tmp_path / "customers.csv" / "x.csv", "no such file")

    def test_folder_and_unknown_extension(self, tmp_path: Path) -> None:
        (tmp_path / "x.csv").mkdir()
        _refused(tmp_path / "x.csv", "is a folder")
        _refused(_file(tmp_path, "x", "x.xlsx"), "accepted are .csv, .tsv, .parquet, .npy, .npz")
        _refused(_file(tmp_path, "x", "x"), "the extension '' is not known")

    @pytest.mark.parametrize("name", ["x.csv", "x.tsv", "x.parquet", "x.npy", "x.npz"])
    def test_empty(self, tmp_path: Path, name: str) -> None:
        _refused(_file(tmp_path, "", name), "the file is empty")

    def test_header_only_and_blank(self, tmp_path: Path) -> None:
        _refused(_file(tmp_path, "a,b\n"), "a header and no rows")
        _refused(_file(tmp_path, "a,b"), "a header and no rows")
        _refused(_file(tmp_path, "\n\n \n"), "empty")
        _refused(_file(tmp_path, '"'), "no table in it")


class TestColumns:
    TEXT = "age,income,label\n1,2,7\n3,4,8\n"

    def test_kept_in_the_order_asked_for(self, tmp_path: Path) -> None:
        path = _file(tmp_path, self.TEXT)
        _is(read_table(path, columns=["income", "age"]), [[2, 1], [4, 3]], ["income", "age"])
        _is(read_table(path, columns=[1, 0, 1]), [[2, 1], [4, 3]], ["income", "age"])
        _is(read_table(path, columns=["income", "age"], drop=["age"]), [[2], [4]], ["income"])

    def test_labels_are_kept_out(self, tmp_path: Path) -> None:
        path = _file(tmp_path, self.TEXT)
        table = read_table(path, label_column="label", labels_required=True)
        _is(table, [[1, 2], [3, 4]], ["age", "income"])
        assert table.labels is not None
        assert table.labels.dtype.kind == "i"
        assert table.labels.tolist() == [7, 8]
        assert table.notes == []
        _is(read_table(path, columns=["label", "age"], label_column="label"), [[1], [3]], ["age"])

    def test_a_column_that_looks_like_labels_is_noted(self, tmp_path: Path) -> None:
        table = read_table(_file(tmp_path, self.TEXT))
        assert table.labels is None
        assert "label_column='label'" in table.notes[0]

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            ({"drop": ["incme"]}, "no column 'incme' (did you mean 'income'?), which drop= asks for"),
            ({"columns": ["Age"]}, "did you mean 'age'?"),
            ({"label_column": "lable"}, "(did you mean 'label'?), which label_column= asks for"),
            ({"columns": [3]}, "positions from 0 to 2"),
            ({"columns": [-4]}, "positions from 0 to 2"),
            ({"columns": [True]}, "Got True"),
            ({"columns": "age"}, "write ['age']"),
            ({"drop": ["age", "income", "label"]}, "no column of 3 is left"),
        ],
    )
    def test_wrong_wishes(self, tmp_path: Path, options: dict[str, Any], words: str) -> None:
        _refused(_file(tmp_path, self.TEXT), words, InvalidParameterError, **options)

    def test_labels_required(self, tmp_path: Path) -> None:
        _refused(_file(tmp_path, self.TEXT), "label_column=", labels_required=True)


class TestArrays:
    @pytest.mark.parametrize("dtype", ["uint8", "int64", "float16", "float64", "bool", ">f4"])
    def test_npy(self, tmp_path: Path, dtype: str) -> None:
        X = np.array([[0, 1], [1, 0], [1, 1]]).astype(dtype)
        np.save(tmp_path / "x.npy", np.asfortranarray(X))
        _is(read_table(tmp_path / "x.npy"), X, None)
        _is(read_table(tmp_path / "x.npy", columns=["1"]), X[:, 1:], None)

    def test_images_and_labels(self, tmp_path: Path) -> None:
        images = np.arange(3 * 2 * 2 * 3, dtype=np.uint8).reshape(3, 2, 2, 3)
        np.savez_compressed(tmp_path / "x.npz", X=images, y=np.array([4, 5, 6]), other=1)
        table = read_table(tmp_path / "x.npz", labels_required=True)
        _is(table, images.reshape(3, 12), None)
        assert table.labels is not None
        assert table.labels.tolist() == [4, 5, 6]
        assert table.notes == ["3 images of 2 x 2 x 3 values are flattened to 12 columns"]

    def test_label_column_of_an_array(self, tmp_path: Path) -> None:
        np.save(tmp_path / "x.npy", np.array([[1, 2, 9], [3, 4, 8]]))
        for wish in (2, -1, "2"):
            table = read_table(tmp_path / "x.npy", label_column=wish)
            _is(table, [[1, 2], [3, 4]], None)
            assert table.labels is not None
            assert table.labels.tolist() == [9, 8]
        _refused(tmp_path / "x.npy", "positions from 0 to 2", InvalidParameterError, drop=["age"])

    def test_missing_stays_and_infinite_is_refused(self, tmp_path: Path) -> None:
        np.save(tmp_path / "x.npy", np.array([[1, np.nan], [2, 3]]))
        _is(read_table(tmp_path / "x.npy"), [[1, np.nan], [2, 3]], None)
        np.save(tmp_path / "x.npy", np.array([[1, np.nan], [2, 1e39]]))
        _refused(tmp_path / "x.npy", "column 1 (counted from 0) has 1 infinite value (")

    def test_sparse(self, tmp_path: Path) -> None:
        dense = np.array([[0, 2.5, 0, 1], [0, 0, 3, 0], [0, 0, 0, 0]])
        for kind in ("csr", "csc", "coo", "bsr"):
            sp.save_npz(tmp_path / "x.npz", sp.coo_array(dense).asformat(kind))
            table = read_table(tmp_path / "x.npz", drop=[0], label_column=3)
            assert sp.issparse(table.X)
            assert table.X.format == "csr"
            assert table.X.dtype == np.float32
            np.testing.assert_array_equal(table.X.toarray(), dense[:, 1:3])
            assert table.labels is not None
            assert table.labels.tolist() == [1, 0, 0]
        sp.save_npz(tmp_path / "x.npz", sp.csr_array(np.array([[0, np.inf], [1, 0]])))
        _refused(tmp_path / "x.npz", "column 1 (counted from 0) has 1 infinite value")

    @pytest.mark.parametrize("indices", [[0, 9], [0, -1]])
    def test_forged_sparse_indices_do_not_reach_compiled_code(self, tmp_path: Path, indices: list[int]) -> None:
        parts = {"data": np.ones(2), "indptr": np.array([0, 1, 2]), "shape": np.array([2, 2])}
        np.savez(tmp_path / "x.npz", indices=np.array(indices), format=np.array("csr"), **parts)
        _refused(tmp_path / "x.npz", "damaged")

    @pytest.mark.parametrize(
        ("arrays", "words"),
        [
            ({"x": np.ones((2, 2))}, "no array is called 'X' (did you mean"),
            ({"a": np.ones(2), "b": np.ones(2)}, "it holds 'a', 'b'"),
            ({"X": np.ones((2, 2)), "y": np.ones(3)}, "'X' has 2 rows and 'y' has 3"),
            ({"X": np.ones((2, 2)), "y": np.ones((2, 2))}, "labels 'y' have the shape (2, 2)"),
            ({"X": np.ones(3)}, "X.reshape(-1, 1)"),
            ({"X": np.ones((0, 3))}, "at least one row"),
            ({"X": np.array(["a", "b"])[:, None]}, "the dtype <U1"),
            ({"X": np.ones((2, 2), dtype=complex)}, "the dtype complex128"),
            ({"X": np.array([["2020-01-01"]], dtype="datetime64[D]")}, "the dtype datetime64"),
        ],
    )
    def test_wrong_arrays(self, tmp_path: Path, arrays: dict[str, np.ndarray], words: str) -> None:
        np.savez(tmp_path / "x.npz", **arrays)  # type: ignore[arg-type]
        _refused(tmp_path / "x.npz", words)

    def test_pickles_are_never_loaded(self, tmp_path: Path) -> None:
        class Bomb:
            def __reduce__(self) -> Any:
                return (Path.touch, (tmp_path / "exploded",))

        objects = np.array([[Bomb(), 1]], dtype=object)
        np.save(tmp_path / "x.npy", objects, allow_pickle=True)
        np.savez(tmp_path / "x.npz", X=objects)
        np.savez(tmp_path / "y.npz", X=np.ones((1, 2)), y=objects[0])
        (tmp_path / "raw.npy").write_bytes(pickle.dumps(Bomb()))
        for name in ("x.npy", "x.npz", "y.npz", "raw.npy"):
            _refused(tmp_path / name, "Python objects")
        assert not (tmp_path / "exploded").exists()

    def test_one_in_the_clothes_of_the_other(self, tmp_path: Path) -> None:
        np.savez(tmp_path / "x.npz", X=np.ones((2, 2)))
        (tmp_path / "x.npz").rename(tmp_path / "x.npy")
        _refused(tmp_path / "x.npy", "rename it to .npz")
        np.save(tmp_path / "y.npy", np.ones((2, 2)))
        (tmp_path / "y.npy").rename(tmp_path / "y.npz")
        _refused(tmp_path / "y.npz", "rename it to .npy")


class TestParquet:
    def _write(self, folder: Path, columns: dict[str, Any], **options: Any) -> Path:
        pq.write_table(pa.table(columns), folder / "x.parquet", **options)
        return folder / "x.parquet"

    def test_kinds_and_nulls(self, tmp_path: Path) -> None:
        columns = {
            "i": pa.array([1, None, 3], pa.int64()),
            "f": pa.array([0.5, np.nan, None], pa.float32()),
            "b": pa.array([True, None, False]),
            "d": pa.array([1, 2, None]).cast(pa.decimal128(21, 2)),
            "n": pa.nulls(3),
            "g": pa.array([7, 8, 7], pa.uint8()).dictionary_encode(),
        }
        table = read_table(self._write(tmp_path, columns, row_group_size=2))
        _is(table, [[1, 0.5, 1, 1, 7], [NAN, NAN, NAN, 2, 8], [3, NAN, 0, NAN, 7]], ["i", "f", "b", "d", "g"])
        assert table.notes == ["the column 'n' holds no value and is left out"]

    def test_columns_labels_and_index(self, tmp_path: Path) -> None:
        frame = pd.DataFrame({"a": [1, 2], "b": [3.0, 4.0], "kind": ["x", "y"]}, index=["first", "second"])
        frame.to_parquet(tmp_path / "x.parquet")
        table = read_table(tmp_path / "x.parquet", columns=["b", "a"], label_column="kind")
        _is(table, [[3, 1], [4, 2]], ["b", "a"])
        assert table.labels is not None
        assert table.index is not None
        assert table.labels.tolist() == ["x", "y"]
        assert table.index.tolist() == ["first", "second"]

    def test_what_is_not_a_number(self, tmp_path: Path) -> None:
        path = self._write(tmp_path, {"a": [1], "t": [datetime.date(2020, 1, 1)], "s": ["x"], "l": [[1, 2]]})
        message = _refused(path, "column 't' holds date32[day], not numbers; 3 columns are not numeric: 't', 's', 'l'")
        assert "drop=['t', 's', 'l']" in message
        _is(read_table(path, drop=["t", "s", "l"]), [[1]], ["a"])

    def test_infinite_empty_and_damaged(self, tmp_path: Path) -> None:
        _refused(self._write(tmp_path, {"a": [1.0, 1e300]}), "column 'a' has 1 infinite value")
        _refused(self._write(tmp_path, {"a": pa.array([], pa.float32())}), "no rows")
        _refused(_file(tmp_path, "a,b\n1,2\n", "y.parquet"), "not a Parquet file")
        whole = self._write(tmp_path, {"a": [1.0, 2.0]}).read_bytes()
        _refused(_file(tmp_path, whole[:40] + whole[60:], "z.parquet"), "z.parquet")

    def test_without_pyarrow(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = self._write(tmp_path, {"a": [1.0]})
        real = importlib.import_module

        def missing(name: str, *rest: Any) -> Any:
            if name.startswith("pyarrow"):
                raise ImportError("No module named 'pyarrow'")
            return real(name, *rest)

        monkeypatch.setattr("deepkmeans._optional.importlib.import_module", missing)
        with pytest.raises(MissingDependencyError, match=r"pip install 'deepkmeans\[parquet\]'"):
            read_table(path)


class TestLabels:
    def test_archives_and_arrays(self, tmp_path: Path) -> None:
        np.savez(tmp_path / "x.npz", X=np.ones((2, 2)), y=np.array(["a", "b"]), z=np.array([[1], [2]]))
        assert read_labels(tmp_path / "x.npz").tolist() == ["a", "b"]
        assert read_labels(tmp_path / "x.npz", "z").tolist() == [1, 2]
        np.save(tmp_path / "y.npy", np.array([3, 4]))
        assert read_labels(tmp_path / "y.npy").tolist() == [3, 4]
        np.save(tmp_path / "m.npy", np.array([[3, 4], [5, 6]]))
        assert read_labels(tmp_path / "m.npy", 1).tolist() == [4, 6]
        with pytest.raises(InvalidDataError, match="shape"):
            read_labels(tmp_path / "m.npy")
        with pytest.raises(InvalidParameterError, match="no array is called 'w'"):
            read_labels(tmp_path / "x.npz", "w")

    @pytest.mark.parametrize("name", ["label", "Labels", "target", "y", "CLASS"])
    def test_by_name(self, tmp_path: Path, name: str) -> None:
        path = _file(tmp_path, f"row,{name}\n0,a\n1,b\n")
        assert read_labels(path).tolist() == ["a", "b"]
        assert read_labels(path, "row").tolist() == [0, 1]

    def test_only_column_with_and_without_header(self, tmp_path: Path) -> None:
        assert read_labels(_file(tmp_path, "cluster\n0\n1\n")).tolist() == [0, 1]
        assert read_labels(_file(tmp_path, "0\n1\n1\n")).tolist() == [0, 1, 1]
        assert read_labels(_file(tmp_path, "cluster\nNA\nNone\n")).tolist() == ["NA", "None"]

    def test_parquet(self, tmp_path: Path) -> None:
        pq.write_table(pa.table({"a": [1, 2], "target": ["x", "y"]}), tmp_path / "x.parquet")
        assert read_labels(tmp_path / "x.parquet").tolist() == ["x", "y"]

    def test_not_to_be_told(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidDataError, match="no labels were found; name the column with label_column="):
            read_labels(_file(tmp_path, "a,b\n1,2\n"))
        with pytest.raises(InvalidDataError, match=r"several columns may hold the labels \(label, y\)"):
            read_labels(_file(tmp_path, "label,y\n1,2\n"))
        with pytest.raises(InvalidParameterError, match="did you mean 'label'"):
            read_labels(_file(tmp_path, "label,y\n1,2\n"), "lable")
        with pytest.raises(InvalidDataError, match="no such file"):
            read_labels(tmp_path / "no.csv")


_pieces = st.sampled_from(
    ["1", "-2.5", "x", "", ",", ",", ";", "\n", "\n", "\r\n", '"', " ", "NA", "inf", "é", "\0", "true", "a,b\n"]
)


class TestAnything:
    """Whatever a file holds, it ends in a table or in one of our errors, and quickly."""

    @settings(max_examples=150, deadline=None)
    @given(
        content=st.lists(_pieces, max_size=30).map("".join), encoding=st.sampled_from(["utf-8", "latin-1", "utf-16"])
    )
    def test_text(self, tmp_path_factory: pytest.TempPathFactory, content: str, encoding: str) -> None:
        self._read(_file(tmp_path_factory.getbasetemp(), content, "any.csv", encoding))

    @settings(max_examples=100, deadline=None)
    @given(content=st.binary(max_size=100), suffix=st.sampled_from([".csv", ".tsv", ".npy", ".npz", ".parquet"]))
    def test_bytes(self, tmp_path_factory: pytest.TempPathFactory, content: bytes, suffix: str) -> None:
        self._read(_file(tmp_path_factory.getbasetemp(), content, "any" + suffix))

    @settings(max_examples=150, deadline=None)
    @given(data=st.data())
    def test_damaged(self, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
        folder = tmp_path_factory.getbasetemp()
        kind = data.draw(st.sampled_from(["npy", "npz", "sparse.npz", "parquet"]))
        path = folder / f"damaged.{kind}"
        X = np.arange(12.0).reshape(4, 3)
        if kind == "npy":
            np.save(path, X)
        elif kind == "npz":
            np.savez(path, X=X, y=np.arange(4))
        elif kind == "sparse.npz":
            sp.save_npz(path, sp.csr_array(X))
        else:
            pq.write_table(pa.table({"a": X[:, 0], "b": X[:, 1]}), path)
        content = bytearray(path.read_bytes())
        for _ in range(data.draw(st.integers(1, 3))):
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
        path.write_bytes(bytes(content))
        self._read(path)

    def _read(self, path: Path) -> None:
        with contextlib.suppress(InvalidDataError, InvalidParameterError, MemoryError):
            table = read_table(path)
            assert table.X.dtype == np.float32
            assert len(table.X.shape) == 2
            assert min(table.X.shape) > 0
            values = table.X if isinstance(table.X, np.ndarray) else table.X.data
            assert not np.isinf(values).any()
            assert table.feature_names is None or len(set(table.feature_names)) == table.X.shape[1]
