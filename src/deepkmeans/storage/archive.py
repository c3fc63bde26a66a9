"""The bytes around the two parts of a model file: a zip archive that can be written in one way only.

A model file is::

    local header    "manifest.json"          stored, no time, CRC-32
    manifest
    local header    "tensors.safetensors"    stored, no time, CRC-32, 64-bit sizes from 4 GiB on
    tensors
    central directory, end record, comment   the comment holds the SHA-256 of the manifest

Everything but the two parts follows from them. A reader rebuilds it and compares, so no byte of the file can be
changed unnoticed, and the archive cannot unpack to something else in another tool. Any zip tool opens it.
(Format: PKWARE APPNOTE 6.3.9, sections 4.3 and 4.5.3.)
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from dataclasses import dataclass

__all__ = ["MANIFEST", "TENSORS", "Entry", "frame", "read_local_header", "why_foreign"]

MANIFEST = "manifest.json"
TENSORS = "tensors.safetensors"

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_END64 = struct.Struct("<4sQ2H2I4Q")
_LOCATOR64 = struct.Struct("<4sIQI")
_EXTRA64 = struct.Struct("<2H2Q")

_MAX32 = 0xFFFFFFFF
_DATE = (1 << 5) | 1  # 1 January 1980, the first day that zip knows: the file depends on its content alone
_MADE_BY_UNIX = 3 << 8
_MODE = (0o100644 << 16) & _MAX32


@dataclass(frozen=True)
class Entry:
    """One stored part: its name, its size and its CRC-32."""

    name: str
    size: int
    crc: int

    @property
    def large(self) -> bool:
        return self.size >= _MAX32

    @property
    def version(self) -> int:
        return 45 if self.large else 20

    @property
    def shown(self) -> int:
        return _MAX32 if self.large else self.size

    def local_header(self) -> bytes:
        name, extra = self.name.encode("ascii"), self._extra()
        fields = (b"PK\x03\x04", self.version, 0, 0, 0, _DATE, self.crc, self.shown, self.shown, len(name), len(extra))
        return _LOCAL.pack(*fields) + name + extra

    def central_header(self, offset: int) -> bytes:
        name, extra = self.name.encode("ascii"), self._extra()
        made_by = _MADE_BY_UNIX | self.version
        start = (b"PK\x01\x02", made_by, self.version, 0, 0, 0, _DATE, self.crc, self.shown, self.shown)
        return _CENTRAL.pack(*start, len(name), len(extra), 0, 0, 0, _MODE, offset) + name + extra

    def _extra(self) -> bytes:
        return _EXTRA64.pack(1, 16, self.size, self.size) if self.large else b""


def frame(manifest: bytes, tensors: Entry) -> tuple[bytes, bytes]:
    """All bytes before the tensors, the manifest included, and all bytes after them."""
    first = Entry(MANIFEST, len(manifest), zlib.crc32(manifest))
    second_at = len(first.local_header()) + len(manifest)
    head = first.local_header() + manifest + tensors.local_header()
    directory_at = len(head) + tensors.size
    directory = first.central_header(0) + tensors.central_header(second_at)
    comment = b"deepkmeans, sha256 of manifest.json: " + hashlib.sha256(manifest).hexdigest().encode("ascii")
    end64 = b""
    if directory_at >= _MAX32:
        fields = (b"PK\x06\x06", _END64.size - 12, _MADE_BY_UNIX | 45, 45, 0, 0, 2, 2, len(directory), directory_at)
        locator = (b"PK\x06\x07", 0, directory_at + len(directory), 1)
        end64 = _END64.pack(*fields) + _LOCATOR64.pack(*locator)
    end = (b"PK\x05\x06", 0, 0, 2, 2, len(directory), min(directory_at, _MAX32), len(comment))
    return head, directory + end64 + _END.pack(*end) + comment


def read_local_header(data: bytes) -> Entry | None:
    """The part whose local header ``data`` begins with, or None if it is not one that :class:`Entry` writes.

    Only for small parts (32-bit sizes): the manifest.
    """
    if len(data) < _LOCAL.size or data[:4] != b"PK\x03\x04":
        return None
    fields = _LOCAL.unpack_from(data)
    name = data[_LOCAL.size : _LOCAL.size + fields[9]]
    if not name.isascii():
        return None
    entry = Entry(name.decode("ascii"), fields[8], fields[6])
    return entry if data.startswith(entry.local_header()) else None


def why_foreign(start: bytes) -> str | None:
    """Why a file that begins with ``start`` cannot be a model file, or None; the rest of the file is not read."""
    if not start:
        return "the file is empty; write it again with save()"
    entry = read_local_header(start)
    if entry is not None and entry.name == MANIFEST:
        return None
    if start[:2] == b"PK" or MANIFEST.encode("ascii") in start:
        what = "its first header is not that of a deepkmeans file"
        return f"the file is damaged ({what}); copy it again or restore it from a backup"
    return "it is not a deepkmeans file; name a file that save() wrote"
