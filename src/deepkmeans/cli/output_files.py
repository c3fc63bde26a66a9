"""Files that a verb is to write, looked at before anything is read: free, and none of those that it reads."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from collections.abc import Collection, Mapping
from pathlib import Path

from ..exceptions import InvalidParameterError
from ..persistence.run_layout import RUN_REPLACES
from ..storage import check_writable, exists_error

__all__ = ["check_apart", "check_free", "check_run_apart", "source"]


def check_free(path: Path, *, force: bool, option: str = "--out") -> None:
    """Refuse to write over a file that exists; a device or a pipe is written to."""
    if path.is_dir():
        raise InvalidParameterError(f"{option} {path} is a folder; give the name of a file")
    if path.is_file() and not force:
        raise exists_error(f"{path} exists; give another {option}, or replace it with --force")
    if not path.exists():
        check_writable(path, path.absolute().parent)


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
            raise exists_error(f"{reason}: it would be replaced; give another {option}")
    place = Path(os.path.realpath(path))
    if place.name in run_files and place.is_file() and place.with_name("run.json").is_file():
        raise exists_error(f"{option} {path} is a file of the run in {place.parent}; give another {option}")


def check_run_apart(run: Path, inputs: Mapping[str, Path | int | None]) -> None:
    """Refuse a run folder in which a run would replace one of the ``inputs`` of :func:`check_apart`."""
    for name in RUN_REPLACES:
        check_apart(run / name, inputs, because=f"a run writes {name} into --out {run}")


def source(data: Path) -> Path | int | None:
    """DATA for :func:`check_apart`: a path, or the descriptor of standard input; None where that has none."""
    if str(data) != "-":
        return data
    try:
        return sys.stdin.fileno()
    except (AttributeError, OSError, ValueError):
        return None


def _is_same(path: Path, read: Path | int) -> bool:
    """Whether both are one regular file."""
    with contextlib.suppress(OSError, ValueError):
        there = os.stat(path)
        return stat.S_ISREG(there.st_mode) and os.path.samestat(there, os.stat(read))
    return False
