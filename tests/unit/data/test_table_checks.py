"""Rows and columns without a value, columns that number the rows, fills of masked arrays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from deepkmeans.data.files import read_table
from deepkmeans.data.identifiers import identifier_columns
from deepkmeans.exceptions import InvalidDataError

NAN = np.nan


def _file(folder: Path, text: str) -> Path:
    path = folder / "x.csv"
    path.write_text(text, encoding="utf-8")
    return path


class TestEmptyRows:
    def test_left_out_counted_and_numbered(self, tmp_path: Path) -> None:
        table = read_table(_file(tmp_path, "a,b,k\n1,2,x\n,,y\n,5,x\n\n,NA,z\n3,4,y\n"), label_column="k")
        np.testing.assert_array_equal(table.X, np.float32([[1, 2], [NAN, 5], [3, 4]]))
        assert table.rows is not None
        assert table.rows.tolist() == [0, 2, 4]
        assert table.n_file_rows == 5
        assert table.labels is not None
        assert table.labels.tolist() == ["x", "x", "y"]
        assert table.notes == [
            "2 rows have no value in these columns and are left out; the first is row 1 (counted from 0; line 3); "
            "the others keep their numbers"
        ]

    def test_in_all_kinds_of_files(self, tmp_path: Path) -> None:
        X = np.array([[1, NAN], [NAN, NAN], [3, 4]])
        np.save(tmp_path / "x.npy", X)
        np.savez(tmp_path / "x.npz", X=X, y=[5, 6, 7])
        pd.DataFrame(X, columns=["a", "b"], index=["p", "q", "r"]).to_parquet(tmp_path / "x.parquet")
        for kind in ("npy", "npz", "parquet"):
            table = read_table(tmp_path / f"x.{kind}")
            np.testing.assert_array_equal(table.X, np.float32([[1, NAN], [3, 4]]))
            assert table.rows is not None
            assert table.rows.tolist() == [0, 2]
            assert "1 row has no value" in table.notes[-1]
            if kind == "npz":
                assert table.labels is not None
                assert table.labels.tolist() == [5, 7]
            if kind == "parquet":
                assert table.index is not None
                assert table.index.tolist() == ["p", "r"]

    def test_also_far_down_and_for_a_model(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("deepkmeans.data.table_checks._CHUNK_CELLS", 10)
        X = np.random.RandomState(0).randn(100, 2)
        X[[57, 91]] = NAN
        X[3, 0] = NAN
        np.save(tmp_path / "x.npy", X)
        table = read_table(tmp_path / "x.npy", for_model=True)
        assert table.rows is not None
        assert table.rows.tolist() == [i for i in range(100) if i not in (57, 91)]

    def test_none_left(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidDataError, match="none of its 2 columns holds a value"):
            read_table(_file(tmp_path, "a,b\n,\nNA,?\n"))


class TestEmptyColumns:
    def test_left_out(self, tmp_path: Path) -> None:
        table = read_table(_file(tmp_path, "a,b,c\n,1,\n,2,NA\n"))
        assert table.feature_names == ["b"]
        assert table.X.tolist() == [[1], [2]]
        assert (table.columns, table.empty_columns) == ([1], [0, 2])
        assert table.notes == ["the columns 'a', 'c' hold no value and are left out"]

    def test_a_model_keeps_its_columns(self, tmp_path: Path) -> None:
        table = read_table(_file(tmp_path, "a,b\n,1\n,2\n"), columns=["a", "b"], for_model=True)
        np.testing.assert_array_equal(table.X, np.float32([[NAN, 1], [NAN, 2]]))

    def test_positions_where_there_are_no_names(self, tmp_path: Path) -> None:
        np.save(tmp_path / "x.npy", np.array([[1, NAN, 2, 3], [4, NAN, 5, 6]]))
        table = read_table(tmp_path / "x.npy", drop=[2])
        assert table.X.tolist() == [[1, 3], [4, 6]]
        assert table.columns == [0, 3]
        assert table.notes == ["the column 1 (counted from 0) holds no value and is left out"]


class TestIdentifiers:
    ROWS = np.arange(30)
    RANDOM = np.random.RandomState(0)

    @pytest.mark.parametrize(
        ("values", "reason"),
        [
            (ROWS + 1, "whole numbers in equal steps"),
            (RANDOM.permutation(ROWS) * 10 + 7, "whole numbers in equal steps"),
            (RANDOM.permutation(1000)[:30], "whole numbers that are all different"),
            (ROWS / 10, None),
            (ROWS % 5, None),
            (RANDOM.randn(30), None),
            (np.full(30, 3), None),
            (np.where(ROWS == 3, NAN, ROWS), None),  # a key has no holes
        ],
    )
    def test_by_value(self, values: np.ndarray, reason: str | None) -> None:
        X = np.stack([values, self.RANDOM.randn(30)], axis=1).astype(np.float32)
        assert identifier_columns(X, ["size", "x"]) == ([] if reason is None else [(0, reason)])
        assert identifier_columns(X, None) == ([] if reason is None else [(0, reason)])

    def test_few_rows_may_differ_by_chance(self) -> None:
        assert identifier_columns(np.float32([[1, 7], [2, 3], [3, 5]]), ["size", "x"]) == []

    @pytest.mark.parametrize("name", ["id", "ID", "customer_id", "userId", "index", "Unnamed: 0", "row", "key"])
    def test_by_name(self, name: str) -> None:
        assert identifier_columns(np.float32([[4, 0], [4, 1], [9, 0]]), [name, "x"]) == [(0, "the name of a key")]

    @pytest.mark.parametrize("name", ["width", "humidity", "idle", "paid", "age", "turkey", "grid"])
    def test_other_names(self, name: str) -> None:
        assert identifier_columns(np.float32([[4, 0], [4, 1], [9, 0]]), [name, "x"]) == []

    def test_warned_with_the_flag(self, tmp_path: Path) -> None:
        rows = "".join(f"{i},{i % 3}\n" for i in range(25))
        path = _file(tmp_path, rows)
        assert read_table(path).warnings == [
            "the column 0 (counted from 0) may number the rows instead of measuring them (whole numbers in equal "
            "steps); if so, leave it out with drop=[0]"
        ]
        assert read_table(path, drop=[0]).warnings == []
        assert read_table(path, for_model=True).warnings == []
        assert read_table(_file(tmp_path, "nr x,b\n" + rows)).warnings == []  # estimators leave out what has a name


class TestMaskedArrays:
    def test_the_fill_of_numpy_is_noted(self, tmp_path: Path) -> None:
        X: Any = np.ma.masked_invalid(np.array([[1.0, NAN], [3, 4], [NAN, 6]]))
        np.savez(tmp_path / "x.npz", X=X.filled())
        assert read_table(tmp_path / "x.npz").notes == [
            "2 rows hold 1e+20, with which NumPy fills masked cells: store X.filled(numpy.nan) instead"
        ]
        np.savez(tmp_path / "x.npz", X=X.filled(NAN))
        np.testing.assert_array_equal(read_table(tmp_path / "x.npz").X, np.float32([[1, NAN], [3, 4], [NAN, 6]]))
