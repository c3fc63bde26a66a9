"""Dates in files, damaged Parquet, links, devices, and real text tables after an accident."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from deepkmeans.data.files import read_labels, read_table
from deepkmeans.exceptions import InvalidDataError, InvalidParameterError


def _refusal(path: Path, **options: Any) -> str:
    with pytest.raises(InvalidDataError) as caught:
        read_table(path, **options)
    assert "\n" not in str(caught.value)
    assert path.name in str(caught.value)
    return str(caught.value)


class TestDates:
    @pytest.mark.parametrize("dtype", ["datetime64[ns]", "datetime64[D]", "timedelta64[s]"])
    def test_in_arrays(self, tmp_path: Path, dtype: str) -> None:
        X = np.arange(6).reshape(3, 2).astype(dtype)
        np.save(tmp_path / "x.npy", X)
        np.savez(tmp_path / "x.npz", X=X)
        for name in ("x.npy", "x.npz"):
            assert f"the rows have the dtype {dtype}; dates and durations are no" in _refusal(tmp_path / name)

    @pytest.mark.parametrize(
        ("kind", "words"),
        [
            (pa.timestamp("ns"), "M"), (pa.date32(), "M"), (pa.duration("s"), "m"), (pa.time64("us"), "O"),
            (pa.dictionary(pa.int8(), pa.timestamp("s")), "M"),
        ],
        ids=str,
    )  # fmt: skip
    def test_in_parquet(self, tmp_path: Path, kind: Any, words: str) -> None:
        raw = pa.array([1, 2, None], pa.int64())
        when = raw.cast(pa.timestamp("s")).dictionary_encode() if pa.types.is_dictionary(kind) else None
        if when is None:
            when = raw.cast(pa.int32()).cast(kind) if kind == pa.date32() else raw.cast(kind)
        pq.write_table(pa.table({"a": [1, 2, 3], "when": when}), tmp_path / "x.parquet")
        X = read_table(tmp_path / "x.parquet").X
        assert X["a"].tolist() == [1, 2, 3]
        assert (X["when"].dtype.kind, X["when"].isna().tolist()) == (words, [False, False, True])
        assert read_table(tmp_path / "x.parquet", drop=["when"]).X.tolist() == [[1], [2], [3]]

    def test_texts_that_spell_numbers_are_text_in_parquet(self, tmp_path: Path) -> None:
        pq.write_table(pa.table({"a": [1, 2], "code": ["1", "2"]}), tmp_path / "x.parquet")
        assert read_table(tmp_path / "x.parquet").X["code"].tolist() == ["1", "2"]

    def test_an_index_of_dates_stays_one(self, tmp_path: Path) -> None:
        days = pd.date_range("2020-01-01", periods=2)
        pd.DataFrame({"a": [1, 2]}, index=days).to_parquet(tmp_path / "x.parquet")
        index = read_table(tmp_path / "x.parquet").index
        assert index is not None
        assert [str(day)[:10] for day in index.tolist()] == ["2020-01-01", "2020-01-02"]


class TestParquet:
    def _with_metadata(self, folder: Path, metadata: bytes) -> Path:
        table = pa.table({"a": [1, 2], "b": [3, 4]}).replace_schema_metadata({b"pandas": metadata})
        pq.write_table(table, folder / "x.parquet")
        return folder / "x.parquet"

    @pytest.mark.parametrize(
        "metadata",
        [
            b"", b"{", b"\xff\xfe", b"[]", b"3", b'"x"', b'{"index_columns": 3}', b'{"index_columns": [1]}',
            b'{"index_columns": {"a": 1}}', b'{"index_columns": [["a"]]}', b"[" * 5000, b'{"index_columns": null}',
        ],
    )  # fmt: skip
    def test_damaged_notes_of_pandas(self, tmp_path: Path, metadata: bytes) -> None:
        path = self._with_metadata(tmp_path, metadata)
        message = _refusal(path)
        assert "what pandas noted in the file is damaged" in message
        assert "write the file again" in message

    @pytest.mark.parametrize("stored", [[], ["c"], [{"kind": "range", "start": 0, "stop": 2, "step": 1}]])
    def test_sound_notes(self, tmp_path: Path, stored: list[Any]) -> None:
        path = self._with_metadata(tmp_path, json.dumps({"index_columns": stored}).encode())
        assert read_table(path).X.tolist() == [[1, 3], [2, 4]]

    def test_index_by_name(self, tmp_path: Path) -> None:
        table = read_table(self._with_metadata(tmp_path, b'{"index_columns": ["a"]}'))
        assert table.feature_names == ["b"]
        assert table.index is not None
        assert table.index.tolist() == [1, 2]

    def test_names_twice_with_points_and_nested(self, tmp_path: Path) -> None:
        pairs = pa.array([[("k", 1)], []], pa.map_(pa.string(), pa.int8()))
        nested = pa.array([{"x": 1, "y": [1, 2], "z": {"u": "v"}}] * 2)
        columns = [pa.array([1, 2]), nested, pairs, pa.array([3, 4]), pa.array([5, 6])]
        table = pa.Table.from_arrays(columns, names=["a", "s", "m", "a.b", "a"])
        pq.write_table(table, tmp_path / "x.parquet")
        assert read_table(tmp_path / "x.parquet", columns=["s", "m"]).X.to_numpy().tolist() == [
            ['{"x": 1, "y": [1, 2], "z": {"u": "v"}}', "('k', 1)"], ['{"x": 1, "y": [1, 2], "z": {"u": "v"}}', ""],
        ]  # fmt: skip
        found = read_table(tmp_path / "x.parquet", drop=["s", "m"], label_column="a.1")
        assert found.feature_names == ["a", "a.b"]
        assert found.X.tolist() == [[1, 3], [2, 4]]
        assert found.labels is not None and found.labels.tolist() == [5, 6]

    @pytest.mark.parametrize("suffix", ["parquet", "feather"])
    def test_lists(self, tmp_path: Path, suffix: str) -> None:
        columns = {"n": [[1, 2], [3], None], "t": [["a"], [], ["b", None]], "d": [[["u"]], [], [["v"], ["w"]]]}
        path = tmp_path / f"x.{suffix}"
        if suffix == "parquet":
            pq.write_table(pa.table(columns), path)
        else:
            with pa.ipc.new_file(path, pa.table(columns).schema) as writer:
                writer.write_table(pa.table(columns))
        frame = read_table(path).X
        assert [None if cell is None else list(cell) for cell in frame["n"]] == [["1", "2"], ["3"], None]
        assert [list(cell) for cell in frame["t"]] == [["a"], [], ["b", None]]
        assert frame["d"].tolist() == ["u", "", "v; w"]

    def test_labels_with_holes_over_row_groups(self, tmp_path: Path) -> None:
        kinds = ["x", None, "y", "x"]
        pq.write_table(pa.table({"a": [1, 2, 3, 4], "k": kinds}), tmp_path / "x.parquet", row_group_size=2)
        labels = read_table(tmp_path / "x.parquet", label_column="k").labels
        assert labels is not None
        assert [label if isinstance(label, str) else None for label in labels] == kinds

    def test_many_columns_are_read_some_at_a_time(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("deepkmeans.data.parquet_files._CELLS", 30)
        X = np.random.RandomState(0).randint(0, 9, (10, 20))
        pd.DataFrame(X, columns=[f"c{i}" for i in range(20)]).to_parquet(tmp_path / "x.parquet")
        table = read_table(tmp_path / "x.parquet", columns=["c7", "c3", "c12", "c1", "c0"])
        np.testing.assert_array_equal(table.X, X[:, [7, 3, 12, 1, 0]])

    @pytest.mark.parametrize("keep", [4, 100, 400, 0.5, 0.9, -1, -9])
    def test_cut_short(self, tmp_path: Path, keep: float) -> None:
        pq.write_table(pa.table({"a": np.arange(5000.0)}), tmp_path / "x.parquet")
        content = (tmp_path / "x.parquet").read_bytes()
        cut = int(keep * len(content)) if isinstance(keep, float) else int(keep)
        (tmp_path / "x.parquet").write_bytes(content[:cut])
        assert "is damaged or not a Parquet file" in _refusal(tmp_path / "x.parquet")


class TestPaths:
    def test_pipes_and_devices_are_not_opened(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "x.csv")
        assert "is not a regular file" in _refusal(tmp_path / "x.csv")  # opening it would wait for ever
        (tmp_path / "zero.csv").symlink_to("/dev/zero")
        assert "is not a regular file" in _refusal(tmp_path / "zero.csv")

    def test_links(self, tmp_path: Path) -> None:
        (tmp_path / "real.csv").write_text("a,b\n1,2\n")
        (tmp_path / "x.csv").symlink_to("real.csv")
        assert read_table(tmp_path / "x.csv").X.tolist() == [[1, 2]]
        (tmp_path / "y.csv").symlink_to("gone.csv")
        assert "as the link points to" in _refusal(tmp_path / "y.csv")
        (tmp_path / "z.csv").symlink_to("z.csv")
        assert "cannot be read" in _refusal(tmp_path / "z.csv")
        (tmp_path / "d.csv").symlink_to(tmp_path)
        assert "is a folder" in _refusal(tmp_path / "d.csv")

    @pytest.mark.parametrize("name", ["x" * 300 + ".csv", "nul\0.csv"])
    def test_impossible_names(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(InvalidDataError, match="cannot be read"):
            read_table(tmp_path / name)

    @pytest.mark.parametrize(
        ("content", "name", "words"),
        [
            (b"%PDF-1.7 ...", "x.csv", "a PDF"),
            (b"\x89HDF\r\n\x1a\n ...", "x.npy", "an HDF5 file"),
            (b"<!doctype html><html>", "x.csv", "a web page"),
            (b"version https://git-lfs.github.com/spec/v1\n", "x.parquet", "git lfs pull"),
            (b"PK\x03\x04 ...", "x.parquet", "spreadsheet"),
            (b"\x93NUMPY", "x.parquet", "rename it to .npy"),
            (b"PAR1", "x.npz", "rename it to .parquet"),
            (b"a,b\n1,2\n", "x.npz", "name it after its kind"),
            (b"a,b\n1,2\n", "x.parquet", "name it after its kind"),
            (b"\x28\xb5\x2f\xfd ...", "x.csv", "unzstd"),
        ],
    )
    def test_kinds_by_their_first_bytes(self, tmp_path: Path, content: bytes, name: str, words: str) -> None:
        (tmp_path / name).write_bytes(content)
        assert words in _refusal(tmp_path / name)


def _flowers() -> bytes:
    random = np.random.RandomState(0)
    rows = [f"{a:.1f},{b:.2f},{c},{'rose' if c % 2 else 'lily'}" for a, b, c in random.randint(1, 90, (40, 3))]
    return ("width,height,count,species\n" + "\n".join(rows) + "\n").encode()


def _ragged(content: bytes, random: np.random.RandomState) -> bytes:
    lines = content.split(b"\n")
    for place in random.randint(0, len(lines), 4):
        lines[place] = lines[place][: random.randint(0, len(lines[place]) + 1)]
    return b"\n".join(lines)


#: What happens to text tables on their way.
ACCIDENTS: dict[str, Callable[[bytes, np.random.RandomState], bytes]] = {
    "mark": lambda content, _: b"\xef\xbb\xbf" + content,
    "crlf": lambda content, _: content.replace(b"\n", b"\r\n"),
    "cr": lambda content, _: content.replace(b"\n", b"\r"),
    "quote": lambda content, random: _insert(content, b'"', random),
    "quotes": lambda content, random: _insert(_insert(content, b'"', random), b'"', random),
    "zero": lambda content, random: _insert(content, b"\0", random),
    "escape": lambda content, random: _insert(content, b"\x1b]0;x\x07", random),
    "long": lambda content, random: _insert(content, b"9" * 200_000, random),
    "latin": lambda content, random: _insert(content, b"\xe9", random),
    "comma": lambda content, random: _insert(content, b",", random),
    "end": lambda content, random: _insert(content, b"\n", random),
    "blank names": lambda content, _: content.replace(b"width,height", b",", 1),
    "same names": lambda content, _: content.replace(b"height", b"width", 1),
    "trailing": lambda content, _: content.replace(b"\n", b",\n"),
    "ragged": _ragged,
    "cut": lambda content, random: content[: random.randint(1, len(content))],
    "semicolons": lambda content, _: content.replace(b",", b";").replace(b".", b","),
    "utf-16": lambda content, _: content.decode("latin-1").encode("utf-16"),
    "twice": lambda content, _: content + content,
    "flip": lambda content, random: _insert(content, bytes([random.randint(256)]), random),
}


def _insert(content: bytes, piece: bytes, random: np.random.RandomState) -> bytes:
    place = random.randint(0, len(content) + 1)
    return content[:place] + piece + content[place:]


@pytest.mark.parametrize("accident", ACCIDENTS)
def test_a_text_table_after_accidents(tmp_path: Path, accident: str) -> None:
    """A table whose every number is in the file, or one line that names the file; never another error."""
    random = np.random.RandomState(list(ACCIDENTS).index(accident))
    path = tmp_path / "flowers.csv"
    for _ in range(8):
        content = ACCIDENTS[accident](_flowers(), random)
        other = list(ACCIDENTS.values())[random.randint(len(ACCIDENTS))]
        path.write_bytes(other(content, random) if random.rand() < 0.5 else content)
        for options in ({"label_column": "species"}, {"drop": [3]}, {}):
            try:
                table = read_table(path, **options)  # type: ignore[arg-type]
            except (InvalidDataError, InvalidParameterError) as error:
                assert "flowers.csv" in str(error)
                assert "\n" not in str(error)
                assert "\x1b" not in str(error)
                continue
            assert len(table.columns) == table.X.shape[1]
            if isinstance(table.X, np.ndarray):
                assert table.X.dtype == np.float32
                assert not np.isinf(table.X).any()
        try:
            assert read_labels(path, "species").ndim == 1
        except (InvalidDataError, InvalidParameterError) as error:
            assert "flowers.csv" in str(error)


def test_a_nan_of_damaged_bytes_is_one_like_any_other(tmp_path: Path) -> None:
    X = np.arange(12.0).reshape(6, 2)
    X.view(np.uint64)[3, 1] = 0x7FF0000000000001  # a signalling NaN: its conversion is "invalid" to the processor
    np.save(tmp_path / "rows.npy", X)
    np.savez(tmp_path / "rows.npz", X=X)
    for name in ("rows.npy", "rows.npz"):  # a warning would be an error here
        found = read_table(tmp_path / name).X
        assert np.isnan(found[3, 1]) and np.isnan(found).sum() == 1


@pytest.mark.parametrize("letter", ["x", "\x01"])
@pytest.mark.parametrize("wide", [50, 300, 6000])
def test_long_names_do_not_make_a_message_that_nobody_reads(tmp_path: Path, wide: int, letter: str) -> None:
    long, pair = "x" + letter * wide + "x", pa.array([b"x"] * 3)
    pq.write_table(pa.table({long: pair, long + "2": pair, "c": [1.0, 2.0, 3.0]}), tmp_path / "a.parquet")
    (tmp_path / "b.csv").write_text(f"{long},{long}2\n1,red\n2,green\n3,red\n")
    (tmp_path / "c.csv").write_text(f"{long},b\n?,1\n,2\n,3\n")
    for said in (_refusal(tmp_path / "a.parquet"), read_table(tmp_path / "c.csv").notes[0]):
        assert f"'x{letter * 9}"[:9] in said.replace("\\x01", letter) and len(said) < 600
    with pytest.raises(InvalidParameterError) as caught:
        read_table(tmp_path / "b.csv", columns=["d" * wide])
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize("name", ['"' * 130, "'" * 130, "$" * 130, "é" * 135])
def test_names_that_grow_in_quotes_do_not_either(tmp_path: Path, name: str) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    (tmp_path / "a.csv").write_text(f"{quoted},b\n?,1\n,2\n,3\n")
    assert len(read_table(tmp_path / "a.csv").notes[0]) < 600


def test_a_header_that_python_would_warn_of(tmp_path: Path) -> None:
    header = b"{'descr': '<f8', 'fortran_order': 0or 1, 'shape': (6, 3if 1else 2), }".ljust(117) + b"\n"
    (tmp_path / "a.npy").write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + bytes(144))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "a.npy" in _refusal(tmp_path / "a.npy")
