"""One writer a folder: a lock that ends with its process and says whose it is.

The lock is the operating system's, on a small file in the folder; the file's content (process, machine, since
when) is only for the message. A process that is killed holds nothing any more, so its file is simply taken over.
On file systems without such locks a lock counts as held while its process lives, on other machines always. On
Windows, where a folder with an open file cannot be renamed, nothing is locked.
"""

from __future__ import annotations

import errno
import json
import os
import platform
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from ..exceptions import OutputError
from .atomic import output_error

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

__all__ = ["LOCK", "FolderLock"]

#: The file in the folder.
LOCK = ".deepkmeans-lock"
_HELD = {errno.EAGAIN, errno.EACCES, errno.EWOULDBLOCK}


class FolderLock:
    """The right to write into a folder, until ``release`` or the end of the process; a context manager.

    Parameters
    ----------
    folder : Path
        Exists.
    shown : Path or None
        How messages name it.
    """

    def __init__(self, folder: Path, *, shown: Path | None = None) -> None:
        self.folder, self.shown = folder, shown or folder
        self._descriptor: int | None = None

    def acquire(self) -> FolderLock:
        """Take the lock.

        Raises
        ------
        OutputError
            If another process has it (``errno`` EBUSY; the message says which), or the folder cannot be written.
        """
        if fcntl is None:
            return self
        while self._descriptor is None:
            try:
                descriptor = os.open(self.folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
            except OSError as error:
                raise output_error(self.shown / LOCK, error) from error
            try:
                self._lock(descriptor)
                if self._is_the_file(descriptor):  # not removed by the owner before us in the meantime
                    self._descriptor = descriptor
                    self._sign(descriptor)
            finally:
                if self._descriptor is None:
                    os.close(descriptor)
        return self

    def release(self) -> None:
        """Give it back; the file is removed."""
        if self._descriptor is None:
            return
        descriptor, self._descriptor = self._descriptor, None
        try:
            if self._is_the_file(descriptor):
                os.unlink(self.folder / LOCK)
        except OSError:  # the folder went away, or may no longer be written: the lock ends all the same
            pass
        finally:
            os.close(descriptor)

    def adopt(self, other: FolderLock) -> None:
        """Hold what ``other`` holds, in the place of its own lock: the folder of ``other`` has got this one's name."""
        if self._descriptor is not None and other._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor, other._descriptor = other._descriptor, None

    def __enter__(self) -> FolderLock:
        return self.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, place: TracebackType | None
    ) -> None:
        self.release()

    def _lock(self, descriptor: int) -> None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            owner = _owner(descriptor)
            if error.errno in _HELD or _lives(owner):
                raise self._held(owner) from None

    def _is_the_file(self, descriptor: int) -> bool:
        try:
            return os.path.samestat(os.fstat(descriptor), os.stat(self.folder / LOCK, follow_symlinks=False))
        except OSError:
            return False

    def _sign(self, descriptor: int) -> None:
        owner = {"pid": os.getpid(), "host": platform.node(), "since": time.strftime("%Y-%m-%d %H:%M:%S")}
        try:
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, json.dumps(owner).encode(), 0)
        except OSError:  # a full disk: the lock holds without a name
            pass

    def _held(self, owner: dict[str, Any]) -> OutputError:
        who = "another process"
        if owner:
            who = f"process {owner.get('pid')} on {owner.get('host')}, since {owner.get('since')}"
        held = OutputError(f"{self.shown} is being written by {who}; wait until it ends, or name another folder")
        held.errno = errno.EBUSY
        return held


def _owner(descriptor: int) -> dict[str, Any]:
    """What the file says; {} where it says nothing that can be read."""
    try:
        owner = json.loads(os.pread(descriptor, 1000, 0))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(owner, dict):
        return {}
    return {name: " ".join(str(owner.get(name)).split())[:80] for name in ("pid", "host", "since")}


def _lives(owner: dict[str, Any]) -> bool:
    """Whether the owner may still be at work, where only the file can tell."""
    if not owner:
        return False
    if owner["host"] != platform.node():
        return True
    try:
        os.kill(int(owner["pid"]), 0)
    except (ProcessLookupError, ValueError, OverflowError):
        return False
    except OSError:
        return True
    return int(owner["pid"]) != os.getpid()
