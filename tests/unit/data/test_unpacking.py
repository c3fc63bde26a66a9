"""Compressed files: read as what they hold; bombs, cuts, several members and rubbish are refused in one line."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import tempfile
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from deepkmeans.data.files import read_labels, read_row_names, read_table
from deepkmeans.exceptions import InvalidParameterError
from tests.unit.data.given_files import cells, file_of, holds, refused

TEXT = b"row,kind,a\n0,x,1.5\n1,y,2.5\n"


def _zip(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return stream.getvalue()


PACKED = {
    "x.csv.gz": gzip.compress(TEXT), "x.csv.bz2": bz2.compress(TEXT), "x.csv.xz": lzma.compress(TEXT),
    "x.gz": gzip.compress(TEXT), "x.zip": _zip(table__csv=TEXT),
}  # fmt: skip


@pytest.mark.parametrize("name", PACKED)
def test_table_labels_and_row_names(tmp_path: Path, name: str) -> None:
    path = file_of(tmp_path, PACKED[name], name)
    assert cells(read_table(path)) == {"row": [0, 1], "kind": ["x", "y"], "a": [1.5, 2.5]}
    holds(read_table(path, columns=["a"]), [[1.5], [2.5]], ["a"])
    assert read_table(path).path == path
    assert read_labels(path, "kind").tolist() == ["x", "y"]
    assert read_row_names(path) == ["0", "1"]


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    read_table(file_of(tmp_path, PACKED["x.zip"], "x.zip"))
    refused(file_of(tmp_path, gzip.compress(b"a,b\n1,2,3\n"), "y.csv.gz"), "line 2 has 3 cells")
    assert [*scratch.iterdir()] == []


def test_several_members(tmp_path: Path) -> None:
    path = file_of(tmp_path, _zip(a__csv=TEXT, b__csv=b"u\n1\n2\n", read__md=b"about"), "x.zip")
    refused(path, "holds 2 files that can be read ('a.csv', 'b.csv'); name one with member=")
    holds(read_table(path, member="b.csv"), [[1], [2]], ["u"])
    refused(path, "member 'c.csv' that can be read; it holds 'a.csv', 'b.csv'", InvalidParameterError, member="c.csv")
    table = read_table(file_of(tmp_path, _zip(b__csv=b"u\n1\n2\n", read__md=b"about"), "y.zip"))
    assert table.notes == ["of its 2 members, 'b.csv' is read"]
    refused(file_of(tmp_path, _zip(read__md=b"about"), "z.zip"), "holds no file that can be read ('read.md')")
    refused(file_of(tmp_path, TEXT), "member= is for .zip; got customers.csv", InvalidParameterError, member="a")


@pytest.mark.parametrize("kind", ["gz", "zip"])
def test_bombs_take_no_memory(tmp_path: Path, kind: str) -> None:
    content = b"a,b\n" + b"1,2\n" * 5_000_000
    packed = gzip.compress(content, 1) if kind == "gz" else _zip(a__csv=content)
    path = file_of(tmp_path, packed, f"x.csv.{kind}" if kind == "gz" else "x.zip")
    del content
    tracemalloc.start()
    try:
        refused(path, "unpacks to more than 4.0 MiB", max_memory=4 * 2**20)
        assert tracemalloc.get_traced_memory()[1] < 16 * 2**20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", PACKED)
def test_cut_short_or_damaged(tmp_path: Path, name: str) -> None:
    whole = PACKED[name]
    for cut in (len(whole) - 3, len(whole) // 2, 7):
        refused(file_of(tmp_path, whole[:cut], name), "is damaged or not what its name says")
    noise = random.Random(0).randbytes(500)
    refused(file_of(tmp_path, whole[:6] + noise, name), name)
    refused(file_of(tmp_path, noise, name), "is damaged or not a")


def test_what_cannot_be_packed(tmp_path: Path) -> None:
    refused(file_of(tmp_path, gzip.compress(b""), "x.csv.gz"), "holds nothing")
    refused(file_of(tmp_path, gzip.compress(b"a,b\n"), "x.csv.gz"), "a header and no rows")
    refused(file_of(tmp_path, gzip.compress(gzip.compress(TEXT)), "x.csv.gz.gz"), "unpack it first")
    refused(file_of(tmp_path, gzip.compress(b"\x93NUMPY" + bytes(99)), "x.gz"), "unpack it first")
