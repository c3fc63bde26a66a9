"""Files that a verb is to write, looked at before anything is read: free, and none of those that it reads."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
from collections.abc import Collection, Mapping
from pathlib import Path

from ..exceptions import InvalidParameterError, OutputError

__all__ = ["check_apart", "check_free", "check_place", "source", "taken"]


def check_free(path: Path, *, force: bool) -> None:
    """Refuse to write over a file that exists; a device or a pipe is written to."""
    if path.is_dir():
        raise InvalidParameterError(f"--out {path} is a folder; give the name of a file")
    if path.is_file() and not force:
        raise taken(f"{path} exists; give another --out, or replace it with --force")
    if not path.exists():
        check_place(path, path.absolute().parent)


def check_apart(
    path: Path, inputs: Mapping[str, Path | int | None], *, option: str = "--out", because: str | None = None,
    run_files: Collection[str] = (),
) -> None:  # fmt: skip
    """Refuse to write over a file that is read, by whatever link or spelling it is named, ``--force`` or not.

    Parameters
    ----------
    path : Path
    inputs : mapping
        What is read, as messages call it: a path, an open descriptor, or None where nothing is.
    option : str
        The option that named ``path``.
    because : str or None
        Why ``path`` is written, where ``option`` does not name it.
    run_files : collection of str
        Names of the files that are part of the run in whose folder they are: no other verb replaces one.

    Raises
    ------
    OutputError
        With ``errno`` EEXIST.
    """
    for what, read in inputs.items():
        if read is not None and _is_same(path, read):
            reason = f"{path} is {what}, and {because}" if because else f"{option} {path} is {what}"
            raise taken(f"{reason}: it would be replaced; give another {option}")
    place = Path(os.path.realpath(path))
    if place.name in run_files and place.is_file() and place.with_name("run.json").is_file():
        raise taken(f"{option} {path} is a file of the run in {place.parent}; give another {option}")


def source(data: Path) -> Path | int | None:
    """DATA for :func:`check_apart`: a path, or the descriptor of standard input; None where that has none."""
    if str(data) != "-":
        return data
    try:
        return sys.stdin.fileno()
    except (AttributeError, OSError, ValueError):
        return None


def check_place(path: Path, folder: Path) -> None:
    """Refuse to begin where ``folder``, which is to hold ``path``, cannot be written."""
    if not folder.is_dir():
        code = errno.ENOTDIR if folder.exists() else errno.ENOENT
    elif not os.access(folder, os.W_OK | os.X_OK):
        code = errno.EACCES
    else:
        return
    from ..storage import output_error

    raise output_error(path, OSError(code, os.strerror(code), str(path)))


def taken(message: str) -> OutputError:
    """The error of an output that may not be replaced."""
    return OutputError(errno.EEXIST, message)


def _is_same(path: Path, read: Path | int) -> bool:
    """Whether both are one regular file."""
    with contextlib.suppress(OSError, ValueError):
        found = os.stat(path)
        return stat.S_ISREG(found.st_mode) and os.path.samestat(found, os.stat(read))
    return False
