"""Rows of encoders, kept by the content of their texts: one SQLite file an encoder.

SQLite writes a batch whole or not at all, also when the process is killed, and lets several processes read and write
one file. Each row has a checksum, so that one that a disk has damaged is encoded again. A cache is only ever a gain of
time: where its folder cannot be read or written, is locked or full, texts are encoded as if there was none.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["EmbeddingCache"]

#: All files of a folder together; the encoders that were used longest ago make room.
_MOST_BYTES = 4 * 2**30
#: Keys per query: SQLite takes 999 in every release.
_KEYS = 900
_CHECKSUM = 8
#: Seconds to wait for another process that writes.
_PATIENCE = 10.0
_SUFFIX = ".sqlite"
_JOURNALS = ("-journal", "-wal", "-shm")


@dataclass(frozen=True)
class EmbeddingCache:
    """The rows of one encoder.

    Attributes
    ----------
    folder : Path
        It is made when the first row is kept.
    encoder : str
        The digest of all that its rows depend on.
    most_bytes : int
        Of all encoders in the folder.
    """

    folder: Path
    encoder: str
    most_bytes: int = _MOST_BYTES

    @property
    def path(self) -> Path:
        return self.folder / f"{self.encoder}{_SUFFIX}"

    def read(self, texts: Sequence[str]) -> dict[str, np.ndarray]:
        """The rows (p,), float32, of those texts that have an intact one."""
        if not self.path.is_file():
            return {}
        by_key = {self._key(text): text for text in texts}
        rows: dict[str, np.ndarray] = {}

        def find(connection: Any) -> None:
            for keys in _blocks(list(by_key), _KEYS):
                marks = ",".join("?" * len(keys))
                for key, stored in connection.execute(f"SELECT key, row FROM rows WHERE key IN ({marks})", keys):
                    row = _unpacked(key, stored)
                    if row is not None and key in by_key:
                        rows[by_key[key]] = row

        self._work(find)
        return rows

    def write(self, texts: Sequence[str], rows: np.ndarray) -> bool:
        """Keep ``rows`` (n, p), float32, of these texts; whether it could."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not self._has_room(rows.nbytes):
                return False
        except OSError:
            return False

        def keep(connection: Any) -> None:
            connection.execute("CREATE TABLE IF NOT EXISTS rows (key BLOB PRIMARY KEY, row BLOB)")
            connection.executemany(
                "INSERT OR REPLACE INTO rows VALUES (?, ?)",
                ((key, _packed(key, row)) for key, row in zip(map(self._key, texts), rows, strict=True)),
            )

        return self._work(keep)

    def _key(self, text: str) -> bytes:
        return hashlib.sha256(f"{self.encoder}\0{text}".encode("utf-8", "surrogatepass")).digest()

    def _work(self, work: Callable[[Any], None]) -> bool:
        """Do ``work`` on a connection, as one transaction; whether that could be done.

        A file that is no database any more is removed.
        """
        import sqlite3

        try:
            with contextlib.closing(sqlite3.connect(self.path, timeout=_PATIENCE)) as connection:
                connection.execute("PRAGMA trusted_schema = OFF")
                with connection:
                    work(connection)
            os.utime(self.path)  # when it was used last
        except (sqlite3.OperationalError, OSError):  # locked, full, not writable
            return False
        except sqlite3.DatabaseError:
            self._remove(self.path)
            return False
        return True

    def _has_room(self, n_bytes: int) -> bool:
        """Whether so much may be added, after others have made room."""
        held = {path: path.stat() for path in self.folder.glob(f"*{_SUFFIX}")}
        total = sum(each.st_size for each in held.values()) + n_bytes
        for path in sorted(held.keys() - {self.path}, key=lambda path: held[path].st_mtime):
            if total > self.most_bytes:
                self._remove(path)
                total -= held[path].st_size
        return total <= self.most_bytes

    @staticmethod
    def _remove(path: Path) -> None:
        for suffix in (*_JOURNALS, ""):  # a journal that outlives its file would be applied to the next one
            with contextlib.suppress(OSError):
                os.unlink(f"{path}{suffix}")


def _packed(key: bytes, row: np.ndarray) -> bytes:
    data = np.ascontiguousarray(row, dtype="<f4").tobytes()
    return data + hashlib.blake2b(key + data, digest_size=_CHECKSUM).digest()


def _unpacked(key: Any, stored: Any) -> np.ndarray | None:
    """The row, or None if it is not what was written."""
    if not isinstance(key, bytes) or not isinstance(stored, bytes) or len(stored) <= _CHECKSUM:
        return None
    data, checksum = stored[:-_CHECKSUM], stored[-_CHECKSUM:]
    if len(data) % 4 or hashlib.blake2b(key + data, digest_size=_CHECKSUM).digest() != checksum:
        return None
    return np.frombuffer(data, dtype="<f4").astype(np.float32)


def _blocks(items: list[Any], size: int) -> Iterator[list[Any]]:
    return (items[start : start + size] for start in range(0, len(items), size))
