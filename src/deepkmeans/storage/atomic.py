"""Files that are written whole or not at all.

A result is written to a temporary in the target's folder, flushed to the disk and renamed over the target,
so that at every moment, a power cut included, the target holds either the old bytes or the new ones.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ..exceptions import OutputError

try:
    import fcntl
except ImportError:  # Windows: temporaries of killed processes are then not swept
    fcntl = None  # type: ignore[assignment]

__all__ = ["atomic_write", "output_error", "remove_temporaries", "sync_folder", "write_text"]

_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
#: Longest file name, in bytes, that the name of a temporary repeats; longer ones are replaced by their digest.
_LONGEST_NAME = 120
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
_NO_FOLDER_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.EACCES, errno.EBADF}


@contextlib.contextmanager
def atomic_write(path: str | os.PathLike[str], *, needed: int | None = None) -> Iterator[BinaryIO]:
    """Open ``path`` for binary writing; it changes only when the ``with`` block ends without an error.

    Parameters
    ----------
    path : path-like
        The file to create or replace. A symbolic link is followed and stays a link; the permissions of a
        file that is replaced are kept.
    needed : int or None
        Bytes that will be written, when known; the message about a full disk shows them.

    Yields
    ------
    file : binary file object
        A temporary in the same folder; for a device or a pipe (``/dev/stdout``, a process substitution of the shell),
        which cannot be replaced, the device or pipe itself.

    Raises
    ------
    OutputError
        If the target cannot be written (disk full, no permission, missing folder, the target is a folder).
        ``errno`` is that of the operating system, the old file is intact and the temporary is gone.
    """
    target = Path(os.path.realpath(path))
    name = _short(target.name)
    temporary = target.with_name(f".{name}.{secrets.token_hex(6)}.tmp")
    written = 0
    try:
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, "is a folder", str(path))
        if _is_stream(path):
            with open(path, "wb", buffering=0) as stream:
                yield stream
            return
        remove_temporaries(target.parent, re.escape(name))
        file = _create(temporary, like=target)
        try:
            yield file
            file.flush()
            written = file.tell()
            os.fsync(file.fileno())
            if os.name == "nt":  # an open file cannot be renamed there
                file.close()
            os.replace(temporary, target)
        except BaseException:
            with contextlib.suppress(OSError, ValueError):
                written = max(written, os.fstat(file.fileno()).st_size)
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise
        finally:
            with contextlib.suppress(OSError):  # after an error, closing tries to flush once more
                file.close()
        sync_folder(target.parent)
    except OutputError:
        raise
    except OSError as error:
        raise output_error(path, error, needed=needed, written=written) from error


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write ``text`` as UTF-8 atomically, with its line ends unchanged; errors as :func:`atomic_write`.

    Characters that UTF-8 cannot encode (undecodable bytes of a file name) are written as ``\\udcNN``, which JSON reads.
    """
    data = text.encode("utf-8", "backslashreplace")
    with atomic_write(path, needed=len(data)) as file:
        file.write(data)


def output_error(
    path: str | os.PathLike[str], error: OSError, *, needed: int | None = None, written: int = 0
) -> OutputError:
    """The :class:`OutputError` that says in one line why ``path`` cannot be written and what to do."""
    shown = os.fspath(path)
    folder = os.path.dirname(os.path.realpath(path))
    if error.errno in _FULL and _is_stream(path):
        words = f"no space is left on the device {shown}; name a file instead"
    elif error.errno in _FULL:
        size = f"the file needs {needed:,} bytes" if needed else f"{written:,} bytes were written before it was"
        free = ""
        with contextlib.suppress(OSError):
            free = f", {shutil.disk_usage(folder).free:,} are free in {folder}"
        limit = " (or the limit on file sizes is reached)" if error.errno != errno.ENOSPC else ""
        words = f"the disk is full{limit}: {size}{free}; free some space or choose another folder"
    elif error.errno in _FORBIDDEN:
        words = f"no permission to write in {folder}; choose another folder or change its permissions"
    elif error.errno == errno.EISDIR:
        words = "it is a folder; name a file in it"
    elif error.errno == errno.ENOENT and os.path.isdir(folder):
        words = f"nothing can be made in {folder}; choose another folder"
    elif error.errno == errno.ENOENT:
        words = f"the folder {folder} does not exist; create it or choose another"
    elif error.errno == errno.ENOTDIR:
        words = f"{folder} is not a folder; choose another path"
    elif error.errno == errno.ENAMETOOLONG:
        words = "the name is too long for this file system; choose a shorter one"
    else:
        words = f"{error.strerror or error}; choose another folder"
    raised = OutputError(f"cannot write {shown!r}: {words}")
    raised.errno = error.errno  # set afterwards, so that str() is the sentence alone
    return raised


def remove_temporaries(folder: Path, name: str) -> None:
    """Remove the temporaries that killed processes left in ``folder``: those on which nobody holds a lock.

    Parameters
    ----------
    folder : Path
    name : str
        Regular expression of the whole name of the files that were to be written.
    """
    if fcntl is None:
        return
    pattern = re.compile(rf"\.(?:{name})\.[0-9a-f]{{12}}\.tmp")
    with contextlib.suppress(OSError):
        for entry in os.scandir(folder):
            if not pattern.fullmatch(entry.name):
                continue
            with contextlib.suppress(OSError):
                descriptor = os.open(entry.path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    os.unlink(entry.path)
                finally:
                    os.close(descriptor)


def _short(name: str) -> str:
    """The target's part in the name of its temporary: its own name, or the digest of a very long one."""
    import hashlib

    data = os.fsencode(name)
    return name if len(data) <= _LONGEST_NAME else hashlib.sha256(data).hexdigest()[:32]


def _is_stream(path: str | os.PathLike[str]) -> bool:
    """Whether ``path`` is a device, a pipe or a socket."""
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def _create(temporary: Path, *, like: Path) -> BinaryIO:
    """A new file, locked while this process lives, with the permissions of the file it will replace."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(temporary, flags, 0o666)
    try:
        if fcntl is not None:
            with contextlib.suppress(OSError):  # some network file systems have no locks
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            if not os.fstat(descriptor).st_nlink:  # another process removed it as a leftover before it was locked
                os.close(descriptor)
                return _create(temporary, like=like)
        if os.name != "nt":
            with contextlib.suppress(OSError):
                os.fchmod(descriptor, stat.S_IMODE(os.stat(like).st_mode))
        return os.fdopen(descriptor, "wb")
    except BaseException:
        with contextlib.suppress(OSError):
            os.close(descriptor)
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def sync_folder(folder: Path) -> None:
    """Make a rename in ``folder`` survive a power cut, where the platform can."""
    if os.name == "nt":
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:  # a folder may be writable and not readable
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise
    finally:
        os.close(descriptor)


def check_writable(path: Path, folder: Path) -> None:
    """Refuse to begin where ``folder``, which is to hold ``path``, cannot be written.

    Raises
    ------
    OutputError
    """
    if not folder.is_dir():
        code = errno.ENOTDIR if folder.exists() else errno.ENOENT
    elif not os.access(folder, os.W_OK | os.X_OK):
        code = errno.EACCES
    else:
        return
    raise output_error(path, OSError(code, os.strerror(code), str(path)))


def exists_error(message: str) -> OutputError:
    """The error of an output that may not be replaced: its ``errno`` is EEXIST."""
    return OutputError(errno.EEXIST, message)
