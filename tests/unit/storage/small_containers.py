"""A small container, and what is made of it."""

from __future__ import annotations

import functools
import hashlib
import json
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from deepkmeans.exceptions import ModelFileError
from deepkmeans.storage import read_container, write_container
from deepkmeans.storage.archive import MANIFEST, TENSORS, Entry, frame


def small_tensors(path: Path) -> bytes:
    write_container(path, kind="model", document={"k": 2}, tensors={"c": torch.tensor([[1.0, 2.0]])})
    return path.read_bytes()


@functools.cache
def whole_file() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return small_tensors(Path(folder) / "whole")


def forge(
    path: Path, change: Callable[[dict[str, Any]], object] = lambda _: None, payload: bytes | None = None
) -> None:
    """A file whose checksums all hold, as somebody with this source could write it."""
    data = whole_file()
    entry_size = int.from_bytes(data[22:26], "little")
    start = 30 + len(MANIFEST)
    manifest = json.loads(data[start : start + entry_size])
    if payload is None:
        offset = start + entry_size + 30 + len(TENSORS)
        payload = data[offset : offset + manifest["parts"][TENSORS]["bytes"]]
    manifest["parts"][TENSORS] = {"bytes": len(payload), "sha256": hashlib.sha256(payload).hexdigest()}
    changed = change(manifest)
    text = changed if isinstance(changed, bytes) else json.dumps(manifest).encode()
    head, tail = frame(text, Entry(TENSORS, len(payload), zlib.crc32(payload)))
    path.write_bytes(head + payload + tail)


def refused(path: Path, words: str = "", error: type[Exception] = ModelFileError, kind: Any = "model") -> None:
    with pytest.raises(error) as caught:
        read_container(path, kind=kind)
    message = str(caught.value)
    assert type(caught.value) is error
    assert words in message
    assert message.startswith(str(path))
    assert "\n" not in message
    assert len(message) < 600 + len(str(path))
