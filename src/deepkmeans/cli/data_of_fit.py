"""The data file or folder of a fit, found again by its SHA-256: where it was, or where its project has moved to."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..data.file_kinds import shown_path
from ..exceptions import InvalidDataError, InvalidParameterError
from ..persistence.run_document import fingerprint
from .console import Console

__all__ = ["find_data", "find_elsewhere", "is_data_of_fit"]

#: So many folders above a run, and so many last parts of the old path, are tried.
_ABOVE, _PARTS = 4, 4


def find_data(console: Console, source: Mapping[str, Any], run: Path, given: Path, *, again: str) -> Path:
    """The file of the fit of ``run``, whose bytes are those of the fit, said in words.

    Parameters
    ----------
    console : Console
    source : mapping
        ``data`` of run.json; empty if there is none.
    run : Path
        The folder.
    given : Path
        What the user calls it.
    again : str
        What to do where there is no such file.

    Raises
    ------
    InvalidParameterError
        If no file could be said.
    InvalidDataError
        If it has changed, or is gone.
    """
    if not source:
        raise InvalidParameterError(f"{given} does not say which rows it was fitted on; {again}")
    said, sha = source.get("path"), source.get("sha256")
    if said is None or sha is None:
        raise InvalidParameterError(f"the rows of {given} came from standard input; {again}")
    path = Path(said)
    is_there = _can_be_read(path)
    if is_there and fingerprint(path) == sha:
        console.note(f"{shown_path(path)}: the data of the fit, unchanged")
        return path
    if (moved := find_elsewhere(console, source, run)) is not None:
        return moved
    if not is_there:
        raise InvalidDataError(f"{path}, the data of the fit, is not there any more; {again}")
    raise InvalidDataError(
        f"{path} has changed since the fit (its SHA-256 is another one); put the old file back, or {again}"
    )


def find_elsewhere(console: Console, source: Mapping[str, Any], run: Path) -> Path | None:
    """A file with the SHA-256 of the fit, named as then, in or near the folder of the run, or in the current one."""
    said = source.get("path")
    for path in () if not said else _places(Path(said), run):
        if _can_be_read(path) and fingerprint(path) == source.get("sha256"):
            then = shown_path(Path(str(said)))
            console.note(f"{shown_path(path)}: the data of the fit, by its SHA-256; it was {then} then")
            return path
    return None


def is_data_of_fit(source: Mapping[str, Any], data: Path) -> bool | None:
    """Whether a file has the bytes of the data of the fit; None where nobody can say."""
    if source.get("sha256") is None or not _can_be_read(data):
        return None
    return fingerprint(data) == source["sha256"]


def _can_be_read(path: Path) -> bool:
    """Whether it is a file or a folder: a pipe would be empty then."""
    return path.is_file() or path.is_dir()


def _places(old: Path, run: Path) -> Iterator[Path]:
    """Where the file may be: the end of its old path, from the run, the folders above it and the current one."""
    above = Path(os.path.realpath(run))
    seen = {old}
    for folder in (above, *above.parents[:_ABOVE], Path.cwd()):
        for length in range(1, min(len(old.parts), _PARTS + 1)):
            path = folder.joinpath(*old.parts[-length:])
            if path not in seen:
                seen.add(path)
                yield path
