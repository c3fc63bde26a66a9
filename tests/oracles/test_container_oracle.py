"""A model file in the hands of others: Python's zipfile and the safetensors library read what we wrote."""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
import torch

from deepkmeans.storage import write_container
from deepkmeans.storage.archive import MANIFEST, TENSORS, Entry, frame


def test_zipfile_and_safetensors_read_it(tmp_path: Path) -> None:
    path = tmp_path / "a.dkm"
    weights = torch.arange(6, dtype=torch.float64).reshape(2, 3)
    write_container(path, kind="model", document={"k": [1, "é"]}, tensors={"w": weights, "b": torch.tensor(True)})
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [MANIFEST, TENSORS]
        manifest, payload = archive.read(MANIFEST), archive.read(TENSORS)
        assert archive.comment.decode().endswith(hashlib.sha256(manifest).hexdigest())
        for entry in archive.infolist():
            assert entry.compress_type == zipfile.ZIP_STORED
            assert entry.date_time == (1980, 1, 1, 0, 0, 0)
            assert entry.external_attr >> 16 == 0o100644  # a plain file that nobody can execute
    assert json.loads(manifest)["document"] == {"k": [1, "é"]}
    record = json.loads(manifest)["parts"][TENSORS]
    assert record == {"bytes": len(payload), "sha256": hashlib.sha256(payload).hexdigest()}
    read = safetensors.numpy.load(payload)
    np.testing.assert_array_equal(read["w"], weights.numpy())
    assert read["b"] == np.array(True)


def test_zipfile_writes_the_same_bytes() -> None:
    manifest, payload = b'{"format":1}', b"tensors"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in ((MANIFEST, manifest), (TENSORS, payload)):
            entry = zipfile.ZipInfo(name)
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            archive.writestr(entry, data)
        archive.comment = b"deepkmeans, sha256 of manifest.json: " + hashlib.sha256(manifest).hexdigest().encode()
    head, tail = frame(manifest, Entry(TENSORS, len(payload), zipfile.crc32(payload)))  # type: ignore[attr-defined]
    assert head + payload + tail == buffer.getvalue()


@pytest.mark.skipif(os.name == "nt", reason="needs sparse files")
@pytest.mark.parametrize("size", [2**32 - 2, 2**32 - 1, 2**32, 5 * 2**30])
def test_parts_beyond_four_gibibytes_are_zip64(tmp_path: Path, size: int) -> None:
    path = tmp_path / "large.zip"
    head, tail = frame(b"{}", Entry(TENSORS, size, 0))
    with open(path, "wb") as file:  # a hole instead of the tensors: a few kilobytes on the disk
        file.write(head)
        file.seek(size, os.SEEK_CUR)
        file.write(tail)
    with zipfile.ZipFile(path) as archive:
        assert archive.read(MANIFEST) == b"{}"
        assert archive.getinfo(TENSORS).file_size == size
        with archive.open(TENSORS) as part:
            assert part.read(4) == b"\0" * 4
