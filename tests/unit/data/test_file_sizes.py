"""What a file declares is compared with what is there, and with a limit, before memory is taken for it."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import scipy.sparse as sp

from deepkmeans.data import memory_limit
from deepkmeans.data.files import read_labels, read_table
from deepkmeans.data.memory_limit import MemoryLimit, free_memory, size_text
from deepkmeans.exceptions import InvalidDataError

MIB = 2**20


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit of 4 MiB instead of 1 GiB, so that small files go beyond it."""
    monkeypatch.setattr(memory_limit, "LEAST", 4 * MIB)


def _refused_cheaply(path: Path, words: str, **options: Any) -> str:
    """The refusal, for which a few MiB were taken."""
    tracemalloc.start()
    try:
        with pytest.raises(InvalidDataError, match=words) as caught:
            read_table(path, **options)
        assert tracemalloc.get_traced_memory()[1] < 8 * MIB
    finally:
        tracemalloc.stop()
    return str(caught.value)


def _header(shape: tuple[int, ...], dtype: str = "<f8", *, fortran: bool = False) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": dtype, "fortran_order": fortran, "shape": shape})  # type: ignore[no-untyped-call]
    return file.getvalue()


def _npz(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for key, content in members.items():
            archive.writestr(f"{key}.npy", content)
    return path


class TestLimit:
    def test_by_size_of_the_file(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(memory_limit, "free_memory", lambda: 2**36)
        assert MemoryLimit("x", 10).allowed == 2**30
        assert MemoryLimit("x", 2**30).allowed == 10 * 2**30
        monkeypatch.setattr(memory_limit, "free_memory", lambda: 2**29)
        assert MemoryLimit("x", 2**30).allowed == 2**29
        monkeypatch.setattr(memory_limit, "free_memory", lambda: 0)  # an estimate: small tables are always read
        assert MemoryLimit("x", 2**30).allowed == 2**28
        monkeypatch.setattr(memory_limit, "free_memory", lambda: None)
        assert MemoryLimit("x", 2**30).allowed == 10 * 2**30
        assert MemoryLimit("x", 2**30, 5).allowed == 5

    def test_free_memory_is_known_here(self) -> None:
        free = free_memory()
        assert free is None or free > 0

    def test_sizes_said(self) -> None:
        assert [size_text(n) for n in (5, 2**10, 3 * 2**29, 2**42)] == ["5 bytes", "1.0 KiB", "1.5 GiB", "4.0 TiB"]

    def test_raised_by_the_user(self, tmp_path: Path) -> None:
        np.savez_compressed(tmp_path / "x.npz", X=np.ones((1000, 300), dtype=np.int8))
        message = _refused_cheaply(tmp_path / "x.npz", "takes 1.1 MiB of memory and the limit is 1.0", max_memory=MIB)
        assert message.endswith("raise the limit with max_memory=2 * 2**20")
        assert read_table(tmp_path / "x.npz", max_memory=2 * MIB).X.shape == (1000, 300)


class TestArrays:
    @pytest.mark.usefixtures("small")
    def test_an_archive_of_much_more_than_the_file(self, tmp_path: Path) -> None:
        # The stored size agrees with the header, as in a real archive of zeros.
        path = _npz(tmp_path / "x.npz", X=_header((20_000, 1000), "|i1") + bytes(20_000_000))
        assert path.stat().st_size < 50_000
        _refused_cheaply(path, r"the array 'X' of 20000 x 1000 of int8 takes 76\.3 MiB of memory and the limit is 4\.0")

    @pytest.mark.parametrize(
        "shape", [(10**9, 10**6), (2**62, 4), (10**30, 2)], ids=["petabytes", "overflow", "beyond 64 bits"]
    )
    @pytest.mark.parametrize("suffix", [".npy", ".npz"])
    def test_a_header_that_claims_more_than_there_is(self, tmp_path: Path, shape: tuple[int, ...], suffix: str) -> None:
        content = _header(shape) + bytes(1000)
        path = tmp_path / f"x{suffix}"
        if suffix == ".npy":
            path.write_bytes(content)
        else:
            _npz(path, X=content)
        message = _refused_cheaply(path, "is damaged or cut short")
        assert "and holds 1,000" in message
        with pytest.raises(InvalidDataError):
            read_labels(path)

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (_header((-1, 2)) + bytes(16), "its shape is"),
            (_header((10**12,), "<U0"), "declares 1000000000000 of <U0 in no bytes"),
            (_header((2, 2), "|O") + bytes(32), "Python objects"),
            (_header((0, 3)), "at least one row"),
            (_header((3, 2)) + bytes(40), "cut short"),
            (b"\x93NUMPY\x02\x00" + (60000).to_bytes(4, "little") + b"(" * 60000, "damaged or not a NumPy file"),
            (b"\x93NUMPY\x09\x00" + bytes(50), "damaged or not a NumPy file"),
            (b"\x93NUMPY\x01", "damaged or not a NumPy file"),
            (_header((2, 2), "[('a', '<f4'), ('b', '<f4')]".replace("'", "'")), "damaged or not a NumPy file"),
        ],
    )
    def test_odd_headers(self, tmp_path: Path, content: bytes, words: str) -> None:
        (tmp_path / "x.npy").write_bytes(content)
        _refused_cheaply(tmp_path / "x.npy", words)
        _refused_cheaply(_npz(tmp_path / "x.npz", X=content), words)

    def test_records(self, tmp_path: Path) -> None:
        np.save(tmp_path / "x.npy", np.zeros(3, dtype=[("größe", "f4"), ("b", "i4")]))
        _refused_cheaply(tmp_path / "x.npy", "records with named fields")
        np.save(tmp_path / "x.npy", np.zeros(3, dtype=[("a", "f4"), ("b", "i4")]))
        _refused_cheaply(tmp_path / "x.npy", "records with named fields")

    @pytest.mark.usefixtures("small")
    def test_labels_of_long_texts(self, tmp_path: Path) -> None:
        content = _header((300,), "<U10000") + bytes(300 * 40_000)
        path = _npz(tmp_path / "x.npz", X=_header((300, 1)) + bytes(2400), y=content)
        _refused_cheaply(path, r"the labels 'y' of 300 of <U10000 takes 11\.4 MiB")

    @pytest.mark.parametrize(
        "parts",
        [
            {"format": "coo", "shape": [10**12, 10], "row": [0, 1], "col": [0, 1]},
            {"format": "csr", "shape": [2, 10**11], "indices": [0, 1], "indptr": [0, 1, 2]},
            {"format": "csc", "shape": [10**12, 2], "indices": [0, 1], "indptr": [0, 1, 2]},
        ],
        ids=["coo", "csr", "csc"],
    )
    def test_sparse_shapes(self, tmp_path: Path, parts: dict[str, Any]) -> None:
        np.savez(tmp_path / "x.npz", data=np.ones(2), **{key: np.array(value) for key, value in parts.items()})
        _refused_cheaply(tmp_path / "x.npz", "a sparse matrix of .* with 2 entries takes")

    @pytest.mark.parametrize("shape", [[2], [2, 2, 2], [-1, 2], [[2, 2]], [0.5, 2.0]])
    def test_sparse_shapes_that_are_none(self, tmp_path: Path, shape: Any) -> None:
        indices, indptr = np.array([0, 1]), np.array([0, 1, 2])
        np.savez(
            tmp_path / "x.npz", shape=np.array(shape), format=np.array("csr"), data=np.ones(2), indices=indices,
            indptr=indptr,
        )  # fmt: skip
        _refused_cheaply(tmp_path / "x.npz", "not a pair of sizes")

    def test_parts_of_an_archive_that_nobody_asked_for(self, tmp_path: Path) -> None:
        names = np.array(["a", None], dtype=object)
        np.savez(tmp_path / "x.npz", X=np.ones((2, 2)), names=names, huge=np.ones(3))
        assert read_table(tmp_path / "x.npz").X.shape == (2, 2)

    @pytest.mark.parametrize("order", ["C", "F"])
    @pytest.mark.parametrize("shape", [(50, 7), (50, 3, 4)])
    def test_block_by_block_is_the_whole(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, order: Any, shape: tuple[int, ...]
    ) -> None:
        monkeypatch.setattr("deepkmeans.data.array_files._BLOCK", 400)
        X = np.random.RandomState(0).randint(0, 99, shape)
        np.savez_compressed(tmp_path / "x.npz", X=np.array(X, order=order, dtype=">i2"))
        expected = X.reshape(50, -1)
        np.testing.assert_array_equal(read_table(tmp_path / "x.npz").X, expected)
        table = read_table(tmp_path / "x.npz", columns=[2, 0], label_column=1)
        np.testing.assert_array_equal(table.X, expected[:, [2, 0]])
        np.testing.assert_array_equal(table.labels, expected[:, 1])

    def test_a_damaged_block_is_found_by_its_checksum(self, tmp_path: Path) -> None:
        np.savez(tmp_path / "x.npz", X=np.ones((50, 7)))
        content = bytearray((tmp_path / "x.npz").read_bytes())
        content[1000] ^= 1
        (tmp_path / "x.npz").write_bytes(content)
        _refused_cheaply(tmp_path / "x.npz", "is damaged or not a NumPy file .*CRC")

    def test_sparse_as_before(self, tmp_path: Path) -> None:
        X = sp.random_array((20, 30), density=0.1, random_state=np.random.RandomState(0), format="csr")
        sp.save_npz(tmp_path / "x.npz", X)
        np.testing.assert_allclose(read_table(tmp_path / "x.npz").X.toarray(), X.toarray(), rtol=1e-6)


class TestTables:
    @pytest.mark.usefixtures("small")
    def test_short_lines_under_a_long_one(self, tmp_path: Path) -> None:
        (tmp_path / "x.csv").write_text(",".join(f"c{i}" for i in range(1000)) + "\n" + "1\n" * 2000)
        _refused_cheaply(tmp_path / "x.csv", r"a table of 2000 rows and 1000 columns takes 15\.3 MiB")
        assert read_table(tmp_path / "x.csv", columns=["c0", "c1"]).X.shape == (2000, 1)

    def test_blank_lines_are_no_rows(self, tmp_path: Path) -> None:
        (tmp_path / "x.csv").write_text("a,b\n1,2\n" + "\n" * 200_000 + "3,4\n")
        assert read_table(tmp_path / "x.csv", max_memory=100_000).X.tolist() == [[1, 2], [3, 4]]

    def test_very_many_columns(self, tmp_path: Path) -> None:
        X = np.arange(3 * 30_000).reshape(3, -1) % 97
        lines = [",".join(f"c{i}" for i in range(30_000)), *(",".join(map(str, row)) for row in X)]
        (tmp_path / "x.csv").write_text("\n".join(lines) + "\n")
        np.testing.assert_array_equal(read_table(tmp_path / "x.csv").X, X)

    @pytest.mark.usefixtures("small")
    def test_parquet_of_much_more_than_the_file(self, tmp_path: Path) -> None:
        pq.write_table(pa.table({"a": np.zeros(500_000), "b": np.zeros(500_000)}), tmp_path / "x.parquet")
        assert (tmp_path / "x.parquet").stat().st_size < 50_000
        _refused_cheaply(tmp_path / "x.parquet", r"a table of 500000 rows and 2 columns takes 15\.3 MiB")

    @pytest.mark.usefixtures("small")
    def test_parquet_texts_that_repeat(self, tmp_path: Path) -> None:
        n = 3000
        texts = pa.DictionaryArray.from_arrays(pa.array(np.zeros(n, dtype=np.int32)), pa.array(["x" * 10_000]))
        pq.write_table(pa.table({"a": np.arange(n) % 7, "kind": texts}), tmp_path / "x.parquet", store_schema=False)
        words = "the column 'kind' of texts of up to 10000 letters"
        _refused_cheaply(tmp_path / "x.parquet", words, label_column="kind")
