"""One writer per folder: a lock that ends with its process and names its holder.

It is a lock of the operating system on a small file in the folder; what the file says (process, machine, since when)
is only shown in messages. A killed process no longer holds the lock, so the next writer simply takes over its file.
On file systems without locks, a lock counts as held while its process lives, and always if it is on another machine.
On Windows, where a folder with an open file cannot be renamed, nothing is locked.
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
        An existing folder.
    shown : Path or None
        The folder's name in messages; by default ``folder``.
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
                if self._is_the_file(descriptor):  # the previous holder has not removed it in the meantime
                    self._descriptor = descriptor
                    self._sign(descriptor)
            finally:
                if self._descriptor is None:
                    os.close(descriptor)
        return self

    def release(self) -> None:
        """Release the lock and remove its file."""
        descriptor = self._give_up()
        if descriptor is None:
            return
        try:
            if self._is_the_file(descriptor):
                os.unlink(self.folder / LOCK)
        except OSError:  # the folder went away, or may no longer be written: the lock ends all the same
            pass
        finally:
            os.close(descriptor)

    def adopt(self, other: FolderLock) -> None:
        """Take over the lock of ``other``, whose folder has taken this one's name, and drop the old lock."""
        if self._descriptor is not None and other._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = other._give_up()

    def follow(self, folder: Path) -> None:
        """The locked folder has been renamed to ``folder``."""
        self.folder = folder

    def __enter__(self) -> FolderLock:
        return self.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def _give_up(self) -> int | None:
        """The descriptor of the lock, which is the caller's from now on."""
        descriptor, self._descriptor = self._descriptor, None
        return descriptor

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
        except OSError:  # the disk is full: the lock holds, its file does not name the holder
            pass

    def _held(self, owner: dict[str, Any]) -> OutputError:
        who = "another process"
        if owner:
            who = f"process {owner.get('pid')} on {owner.get('host')}, since {owner.get('since')}"
        held = OutputError(f"{self.shown} is being written by {who}; wait until it ends, or name another folder")
        held.errno = errno.EBUSY
        return held


def _owner(descriptor: int) -> dict[str, Any]:
    """Who holds the lock, by its file; {} if that cannot be read."""
    try:
        owner = json.loads(os.pread(descriptor, 1000, 0))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(owner, dict):
        return {}
    return {name: " ".join(str(owner.get(name)).split())[:80] for name in ("pid", "host", "since")}


def _lives(owner: dict[str, Any]) -> bool:
    """Whether the holder may still be running, judged from the lock file alone."""
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
