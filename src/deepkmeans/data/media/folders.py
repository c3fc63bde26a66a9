"""Folders whose files are the rows: pictures, recordings."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ...exceptions import InvalidDataError

__all__ = [
    "PICTURES", "RECORDINGS", "count_others", "digested_files", "files_in", "folder_kind", "kind_of_rows",
    "refuse_empty_path", "visible_files",
]  # fmt: skip

PICTURES = (
    ".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".tif", ".tiff", ".bmp", ".dib", ".gif",
)  # fmt: skip
RECORDINGS = (".wav", ".wave", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".aifc", ".au", ".caf")
_KINDS = {"image": PICTURES, "audio": RECORDINGS}


def refuse_empty_path(X: Any) -> None:
    """Refuse "", of which a path would be the current folder: a variable may be unset.

    Raises
    ------
    InvalidDataError
    """
    if isinstance(X, (str, bytes)) and not X:
        raise InvalidDataError("X is an empty text, not rows: give a folder or a path, '.' for the current folder.")


def files_in(folder: Path, suffixes: Sequence[str]) -> list[Path]:
    """Files that are named so, in a folder and the folders in it, in the order of their names; no hidden ones."""
    return [path for path in visible_files(folder) if path.suffix.lower() in suffixes]


def count_others(folder: Path, suffixes: Sequence[str]) -> int:
    """How many files in a folder and the folders in it are named otherwise; no hidden ones."""
    return sum(path.suffix.lower() not in suffixes for path in visible_files(folder))


def folder_kind(folder: Path) -> str | None:
    """ "image" or "audio", of which a folder and the folders in it hold more files; None where they hold neither."""
    counts = dict.fromkeys(_KINDS, 0)
    for path in visible_files(folder):
        suffix = path.suffix.lower()
        for kind, suffixes in _KINDS.items():
            counts[kind] += suffix in suffixes
    most = max(counts, key=counts.__getitem__)
    return most if counts[most] else None


def digested_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Names, relative to the folder, and paths of all files that may be rows, texts too."""
    for path in visible_files(folder):
        if path.suffix.lower() in (*PICTURES, *RECORDINGS, ".txt"):
            yield path.relative_to(folder).as_posix(), path


def kind_of_rows(X: Any) -> str:
    """What rows in memory are that were read from files, such as "image"; "table" of all others."""
    return str(X.kind) if type(X).__module__.startswith(__package__) else "table"  # a column may be called kind


def visible_files(folder: Path) -> list[Path]:
    """All files in a folder and the folders in it, in the order of ``sorted(folder.rglob("*"))``; no hidden ones."""
    files: list[Path] = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith((".", "__MACOSX"))]
        files += [Path(place, name) for name in names if not name.startswith(".")]
    return sorted(files)
