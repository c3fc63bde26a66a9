"""Labels beside rows, files that are none, and whatever Hypothesis thinks of."""

from __future__ import annotations

import contextlib
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from deepkmeans.data.file_kinds import SUFFIXES
from deepkmeans.data.files import read_labels, read_table
from deepkmeans.exceptions import InvalidDataError, InvalidParameterError
from tests.unit.data.given_files import file_of, refused


class TestNoFile:
    def test_missing_with_a_near_name(self, tmp_path: Path) -> None:
        file_of(tmp_path, "a\n1\n")
        refused(tmp_path / "costumers.csv", "did you mean 'customers.csv'?")
        refused(tmp_path / "no" / "x.csv", "no such file")
        refused(tmp_path / "customers.csv" / "x.csv", "no such file")

    def test_folder_and_unknown_extension(self, tmp_path: Path) -> None:
        (tmp_path / "x.csv").mkdir()
        refused(tmp_path / "x.csv", "is a folder")
        refused(file_of(tmp_path, "x", "x.docx"), "accepted are .csv, .tsv, ")
        refused(file_of(tmp_path, "x", "x"), "the extension '' is not known")

    @pytest.mark.parametrize("name", ["x.csv", "x.tsv", "x.parquet", "x.npy", "x.npz"])
    def test_empty(self, tmp_path: Path, name: str) -> None:
        refused(file_of(tmp_path, "", name), "the file is empty")

    def test_header_only_and_blank(self, tmp_path: Path) -> None:
        refused(file_of(tmp_path, "a,b\n"), "a header and no rows")
        refused(file_of(tmp_path, "a,b"), "a header and no rows")
        refused(file_of(tmp_path, "\n\n \n"), "empty")
        refused(file_of(tmp_path, '"'), "no table in it")


class TestLabels:
    def test_archives_and_arrays(self, tmp_path: Path) -> None:
        np.savez(tmp_path / "x.npz", X=np.ones((2, 2)), y=np.array(["a", "b"]), z=np.array([[1], [2]]))
        assert read_labels(tmp_path / "x.npz").tolist() == ["a", "b"]
        assert read_labels(tmp_path / "x.npz", "z").tolist() == [1, 2]
        np.save(tmp_path / "y.npy", np.array([3, 4]))
        assert read_labels(tmp_path / "y.npy").tolist() == [3, 4]
        np.save(tmp_path / "m.npy", np.array([[3, 4], [5, 6]]))
        assert read_labels(tmp_path / "m.npy", 1).tolist() == [4, 6]
        with pytest.raises(InvalidDataError, match="no labels were found"):
            read_labels(tmp_path / "m.npy")
        with pytest.raises(InvalidParameterError, match="no array is called 'w'"):
            read_labels(tmp_path / "x.npz", "w")

    @pytest.mark.parametrize("name", ["label", "Labels", "target", "y", "CLASS"])
    def test_by_name(self, tmp_path: Path, name: str) -> None:
        path = file_of(tmp_path, f"row,{name}\n0,a\n1,b\n")
        assert read_labels(path).tolist() == ["a", "b"]
        assert read_labels(path, "row").tolist() == [0, 1]

    def test_only_column_with_and_without_header(self, tmp_path: Path) -> None:
        assert read_labels(file_of(tmp_path, "cluster\n0\n1\n")).tolist() == [0, 1]
        assert read_labels(file_of(tmp_path, "0\n1\n1\n")).tolist() == [0, 1, 1]
        assert read_labels(file_of(tmp_path, "cluster\nNA\nNone\n")).tolist() == ["NA", "None"]

    def test_parquet(self, tmp_path: Path) -> None:
        pq.write_table(pa.table({"a": [1, 2], "target": ["x", "y"]}), tmp_path / "x.parquet")
        assert read_labels(tmp_path / "x.parquet").tolist() == ["x", "y"]

    def test_not_to_be_told(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidDataError, match="no labels were found; name the column with label_column="):
            read_labels(file_of(tmp_path, "a,b\n1,2\n"))
        with pytest.raises(InvalidDataError, match=r"several columns may hold the labels \(label, y\)"):
            read_labels(file_of(tmp_path, "label,y\n1,2\n"))
        with pytest.raises(InvalidParameterError, match="did you mean 'label'"):
            read_labels(file_of(tmp_path, "label,y\n1,2\n"), "lable")
        with pytest.raises(InvalidDataError, match="no such file"):
            read_labels(tmp_path / "no.csv")


_pieces = st.sampled_from(
    ["1", "-2.5", "x", "", ",", ",", ";", "\n", "\n", "\r\n", '"', " ", "NA", "inf", "é", "\0", "true", "a,b\n"]
    + ["# ", "'", "1.000", '"a": ', "{", "}", "[1]", "Total", "00", "\t"]
)


class TestAnything:
    """Whatever a file holds, it ends in a table or in one of our errors, and quickly."""

    @settings(max_examples=150, deadline=None)
    @given(
        content=st.lists(_pieces, max_size=30).map("".join),
        encoding=st.sampled_from(["utf-8", "latin-1", "utf-16"]), suffix=st.sampled_from([".csv", ".txt", ".jsonl"]),
    )  # fmt: skip
    def test_text(self, tmp_path_factory: pytest.TempPathFactory, content: str, encoding: str, suffix: str) -> None:
        self._read(file_of(tmp_path_factory.getbasetemp(), content, f"any{suffix}", encoding))

    @settings(max_examples=100, deadline=None)
    @given(content=st.binary(max_size=100), suffix=st.sampled_from([*SUFFIXES]))
    def test_bytes(self, tmp_path_factory: pytest.TempPathFactory, content: bytes, suffix: str) -> None:
        self._read(file_of(tmp_path_factory.getbasetemp(), content, "any" + suffix))

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
            if isinstance(table.X, list):
                assert table.X and all(text.strip() for text in table.X)
                return
            assert min(table.X.shape) > 0
            if not isinstance(table.X, pd.DataFrame):
                assert table.X.dtype == np.float32
                values = table.X if isinstance(table.X, np.ndarray) else table.X.data
                assert not np.isinf(values).any()
            assert table.feature_names is None or len(set(table.feature_names)) == table.X.shape[1]
