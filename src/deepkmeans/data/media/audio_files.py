"""Recordings as they are given: a folder, a file, a list of paths, or arrays with their rates."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from ..._quoting import printable, short
from ...exceptions import InvalidDataError
from ..given_frames import pandas_frame
from ..given_texts import is_missing, one_dimension
from .folders import RECORDINGS, refuse_empty_path, visible_files
from .sampled_audio import FORM, is_sampled, looks_sampled, sampled_recording

__all__ = ["Recording", "given_recordings", "recordings_in", "shown_recording"]

#: A recording: a path, or its rate and samples; None where it is missing.
Recording = Path | tuple[int, np.ndarray] | None
#: Names beside recordings that say something of them.
_NOTES = (".csv", ".json", ".jsonl", ".md", ".parquet", ".rst", ".toml", ".tsv", ".txt", ".xml", ".yaml", ".yml")


def given_recordings(X: Any, *, asked: bool = False) -> list[Recording] | None:
    """``X`` as recordings; None for what is none.

    Parameters
    ----------
    X : str, Path, or list, tuple, series or array of one dimension
        A folder that holds more recordings than other files, those in its own folders included; the path of a
        recording; paths that end as files
        of recordings do; pairs (rate, samples) of a whole number and an array (n,) or (n, channels), paths among them
        too. None and NaN are missing recordings.
    asked : bool
        Whether ``X`` is said to be recordings: a folder of which less than half are some, paths of any end, samples in
        lists of floats, all of them missing, a frame of one column.

    Raises
    ------
    InvalidDataError
        For a row that is no recording among pairs, which it names, and others that can only be meant as recordings;
        with ``asked`` for everything else, too.
    """
    refuse_empty_path(X)
    if isinstance(X, (str, os.PathLike)):
        return _of_path(Path(X), asked)
    if is_sampled(X) and not any(map(is_missing, X)):
        raise InvalidDataError(f"X is a single (rate, samples): {FORM}, [X] of one.")
    frame = pandas_frame(X) if asked else None
    cells = one_dimension(X if frame is None or frame.shape[1] != 1 else frame.iloc[:, 0])
    if not cells:
        if asked:
            raise _no_recordings(X)
        return None
    there = [cell for cell in cells if not _is_missing(cell)]
    of_paths = bool(there) and all(_is_path(cell) and _is_audio(cell) for cell in there)
    if asked or of_paths or any(map(is_sampled, there)) or (there and all(map(looks_sampled, there))):
        return [_recording(cell, row, asked) for row, cell in enumerate(cells)]
    return None


def recordings_in(folder: Path) -> tuple[list[Path], int]:
    """Recordings in a folder and in its own folders, in the order of their names; and how many other files there are.

    Hidden files, and those that say something of the recordings (tables, texts), count as none.
    """
    recordings, others = [], 0
    for path in visible_files(folder):
        if _is_audio(path):
            recordings.append(path)
        elif path.suffix.lower() not in _NOTES:
            others += 1
    return recordings, others


def shown_recording(recording: Recording, row: int) -> str:
    """What messages and reports call it: the name of its file, or its row."""
    return printable(recording.name) if isinstance(recording, Path) else f"row {row}"


def _of_path(path: Path, asked: bool) -> list[Recording] | None:
    if os.path.isdir(path):
        return _of_folder(path, asked)
    if os.path.exists(path) and (asked or _is_audio(path)):
        return [path]
    if asked:
        raise InvalidDataError(f"There is no folder or recording {short(path)}; check the path.")
    return None


def _of_folder(folder: Path, asked: bool) -> list[Recording] | None:
    recordings, others = recordings_in(folder)
    if not recordings and asked:
        raise InvalidDataError(
            f"The folder {short(folder)} holds no recordings ({', '.join(RECORDINGS)}) among {others:,} others."
        )
    return [*recordings] if asked or len(recordings) > others else None


def _is_audio(path: Any) -> bool:
    return os.path.splitext(os.fspath(path))[1].lower() in RECORDINGS


def _is_path(cell: Any) -> bool:
    return isinstance(cell, (str, os.PathLike))


def _is_missing(cell: Any) -> bool:
    return is_missing(cell) or (isinstance(cell, str) and not cell)


def _recording(cell: Any, row: int, asked: bool) -> Recording:
    if _is_missing(cell):
        return None
    if not _is_path(cell):
        return sampled_recording(cell, f"X[{row}]")
    if not asked and not _is_audio(cell):
        raise InvalidDataError(
            f"X[{row}] is {short(cell)}, no path of a recording ({', '.join(RECORDINGS)}), among (rate, samples): "
            "leave it out, or give None; preprocessor=InputSpec(kind='audio') reads files of any name."
        )
    return Path(cell)


def _no_recordings(X: Any) -> InvalidDataError:
    shape = f" of shape {np.shape(X)}" if hasattr(X, "shape") else ""
    return InvalidDataError(
        "X must be recordings: a folder, or a list of paths or of (rate, samples), None where one is missing. Got "
        f"{type(X).__name__}{shape} instead."
    )
