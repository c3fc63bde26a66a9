"""NumPy and Parquet files as people have them."""

from __future__ import annotations

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

from deepkmeans.data.files import read_table
from deepkmeans.exceptions import InvalidParameterError, MissingDependencyError
from tests.unit.data.given_files import NAN, cells, file_of, holds, refused


class TestArrays:
    @pytest.mark.parametrize("dtype", ["uint8", "int64", "float16", "float64", "bool", ">f4"])
    def test_npy(self, tmp_path: Path, dtype: str) -> None:
        X = np.array([[0, 1], [1, 0], [1, 1]]).astype(dtype)
        np.save(tmp_path / "x.npy", np.asfortranarray(X))
        holds(read_table(tmp_path / "x.npy"), X, None)
        holds(read_table(tmp_path / "x.npy", columns=["1"]), X[:, 1:], None)

    def test_images_and_labels(self, tmp_path: Path) -> None:
        images = np.arange(3 * 2 * 2 * 3, dtype=np.uint8).reshape(3, 2, 2, 3)
        np.savez_compressed(tmp_path / "x.npz", X=images, y=np.array([4, 5, 6]), other=1)
        table = read_table(tmp_path / "x.npz", labels_required=True)
        holds(table, images.reshape(3, 12), None)
        assert table.labels is not None
        assert table.labels.tolist() == [4, 5, 6]
        assert table.notes == ["each of the 3 rows is an array of 2 x 2 x 3 values"]
        np.testing.assert_array_equal(table.rows_given, images)
        chosen = read_table(tmp_path / "x.npz", columns=[0, 11])
        np.testing.assert_array_equal(chosen.rows_given, images.reshape(3, 12)[:, [0, 11]])

    def test_label_column_of_an_array(self, tmp_path: Path) -> None:
        np.save(tmp_path / "x.npy", np.array([[1, 2, 9], [3, 4, 8]]))
        for wish in (2, -1, "2"):
            table = read_table(tmp_path / "x.npy", label_column=wish)
            holds(table, [[1, 2], [3, 4]], None)
            assert table.labels is not None
            assert table.labels.tolist() == [9, 8]
        refused(tmp_path / "x.npy", "positions from 0 to 2", InvalidParameterError, drop=["age"])

    def test_missing_stays_and_infinite_is_refused(self, tmp_path: Path) -> None:
        np.save(tmp_path / "x.npy", np.array([[1, np.nan], [2, 3]]))
        holds(read_table(tmp_path / "x.npy"), [[1, np.nan], [2, 3]], None)
        np.save(tmp_path / "x.npy", np.array([[1, np.nan], [2, 1e39]]))
        refused(tmp_path / "x.npy", "column 1 (counted from 0) has 1 infinite value (")

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
        refused(tmp_path / "x.npz", "column 1 (counted from 0) has 1 infinite value")

    @pytest.mark.parametrize("indices", [[0, 9], [0, -1]])
    def test_forged_sparse_indices_do_not_reach_compiled_code(self, tmp_path: Path, indices: list[int]) -> None:
        parts = {"data": np.ones(2), "indptr": np.array([0, 1, 2]), "shape": np.array([2, 2])}
        np.savez(tmp_path / "x.npz", indices=np.array(indices), format=np.array("csr"), **parts)
        refused(tmp_path / "x.npz", "damaged")

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
        refused(tmp_path / "x.npz", words)

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
            refused(tmp_path / name, "Python objects")
        assert not (tmp_path / "exploded").exists()

    def test_one_in_the_clothes_of_the_other(self, tmp_path: Path) -> None:
        np.savez(tmp_path / "x.npz", X=np.ones((2, 2)))
        (tmp_path / "x.npz").rename(tmp_path / "x.npy")
        refused(tmp_path / "x.npy", "rename it to .npz")
        np.save(tmp_path / "y.npy", np.ones((2, 2)))
        (tmp_path / "y.npy").rename(tmp_path / "y.npz")
        refused(tmp_path / "y.npz", "rename it to .npy")


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
        holds(table, [[1, 0.5, 1, 1, 7], [NAN, NAN, NAN, 2, 8], [3, NAN, 0, NAN, 7]], ["i", "f", "b", "d", "g"])
        assert table.notes == ["the column 'n' holds no value and is left out"]

    def test_columns_labels_and_index(self, tmp_path: Path) -> None:
        frame = pd.DataFrame({"a": [1, 2], "b": [3.0, 4.0], "kind": ["x", "y"]}, index=["first", "second"])
        frame.to_parquet(tmp_path / "x.parquet")
        table = read_table(tmp_path / "x.parquet", columns=["b", "a"], label_column="kind")
        holds(table, [[3, 1], [4, 2]], ["b", "a"])
        assert table.labels is not None
        assert table.index is not None
        assert table.labels.tolist() == ["x", "y"]
        assert table.index.tolist() == ["first", "second"]

    def test_what_is_not_a_number(self, tmp_path: Path) -> None:
        columns = {"a": [1], "t": [datetime.date(2020, 1, 1)], "s": ["x"], "l": [[1, 2]], "p": [{"x": 1}], "r": [b"x"]}
        path = self._write(tmp_path, columns)
        message = refused(path, "column 'r' holds binary, which is neither a number, a text nor a date")
        assert "drop=['r']" in message
        X = read_table(path, drop=["r"]).X
        assert [X[name].tolist()[0] for name in ("a", "t", "s")] == [1, pd.Timestamp(2020, 1, 1), "x"]
        assert list(X["l"][0]) == ["1", "2"] and X["p"].tolist() == ['{"x": 1}']
        holds(read_table(path, columns=["a"]), [[1]], ["a"])

    def test_infinite_empty_and_damaged(self, tmp_path: Path) -> None:
        assert cells(read_table(self._write(tmp_path, {"a": [1.0, 1e300, np.inf]}))) == {"a": [1, 1e300, np.inf]}
        refused(self._write(tmp_path, {"a": pa.array([], pa.float32())}), "no rows")
        refused(file_of(tmp_path, "a,b\n1,2\n", "y.parquet"), "not a Parquet file")
        whole = self._write(tmp_path, {"a": [1.0, 2.0]}).read_bytes()
        refused(file_of(tmp_path, whole[:40] + whole[60:], "z.parquet"), "z.parquet")

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
