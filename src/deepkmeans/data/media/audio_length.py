"""How many bytes of samples a file of a recording announces, and how many are there: one that was cut short lacks some.

Readers take what there is without a word. Headers are read of the containers that tell the length in bytes: wav, AIFF,
AU and CAF.
"""

from __future__ import annotations

import os
import stat
import struct
from pathlib import Path
from typing import BinaryIO

__all__ = ["announced_bytes", "lacks_samples"]

#: What programs write that do not know the length yet, as into a pipe: 0, the largest number, or one about 2^31.
_UNKNOWN = 0x7FFF0000
#: Lacking so little, of all, is a sloppy header: the length of the whole file, or a last block that was not filled.
_TRIFLE_BYTES, _TRIFLE_SHARE = 64, 0.01
_MOST_CHUNKS = 1000
#: By the first four bytes: bytes before the first chunk, how its name and length are packed, its name, bytes between
#: which chunks begin.
_CONTAINERS = {
    b"RIFF": (12, "<4sI", b"data", 2), b"RIFX": (12, ">4sI", b"data", 2), b"FORM": (12, ">4sI", b"SSND", 2),
    b"caff": (8, ">4sq", b"data", 1),
}  # fmt: skip


def lacks_samples(announced: int, there: int) -> bool:
    """Whether fewer are there than were announced, by more than a trifle."""
    return announced - there > max(_TRIFLE_BYTES, _TRIFLE_SHARE * announced)


def announced_bytes(path: Path) -> tuple[int, int] | None:
    """Bytes of samples that the header announces, and those that are there; None where it does not tell."""
    if not stat.S_ISREG(os.stat(path).st_mode):  # what is read of a pipe is gone
        return None
    with open(path, "rb") as file:
        length = _of_samples(file)
        if length is None or not 0 < length < _UNKNOWN:
            return None
        return length, os.fstat(file.fileno()).st_size - file.tell()


def _of_samples(file: BinaryIO) -> int | None:
    """The announced length; the file is then where the samples begin."""
    kind = file.read(4)
    if kind == b".snd":
        start = file.read(8)
        if len(start) < 8:
            return None
        begin, length = struct.unpack(">II", start)
        file.seek(begin)
        return int(length)
    if kind not in _CONTAINERS:
        return None
    first, form, wanted, even = _CONTAINERS[kind]
    file.seek(first)
    for _ in range(_MOST_CHUNKS):
        head = file.read(struct.calcsize(form))
        if len(head) < struct.calcsize(form):
            return None
        name, length = struct.unpack(form, head)
        if name == wanted:
            return int(length)
        if length < 0:
            return None
        file.seek(length + length % even, os.SEEK_CUR)
    return None
