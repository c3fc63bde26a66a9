"""Files of recordings as rows: those that can be read, in the order of their names, which become the index."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from ..._quoting import short
from ...exceptions import InvalidDataError
from ..request import Request
from .audio_files import AUDIO_SUFFIXES, recordings_in
from .pictures import listed

__all__ = ["read_recording_files"]


def read_recording_files(request: Request, preprocessor: Any = None) -> dict[str, Any]:
    """The readable recordings of a folder, or one recording, as a preprocessor makes rows of them; None fits one.

    Raises
    ------
    InvalidDataError
        If there are none, or none can be read.
    MissingDependencyError
        For a file that needs soundfile, which is not installed.
    """
    from ..preprocessing.audio import read_recordings

    paths, others = _files(request.path)
    names = [path.relative_to(request.path).as_posix() if request.path.is_dir() else path.name for path in paths]
    recordings = read_recordings(paths, preprocessor).named(names)
    kept = recordings.readable()
    if not len(kept):
        raise InvalidDataError(f"{request.file}: no recording can be read ({listed(recordings.skipped)})")
    if recordings.skipped:
        request.notes.append(
            f"{len(recordings.skipped):,} of {len(recordings):,} recordings cannot be read and are left out "
            f"({listed(recordings.skipped)})"
        )
    if others:
        request.notes.append(f"{others:,} {'file is' if others == 1 else 'files are'} no recording and not read")
    lost = {each["row"] for each in recordings.skipped}
    index = np.array([name for row, name in enumerate(names) if row not in lost], dtype=object)
    return {"X": kept, "feature_names": None, "labels": None, "index": index, "columns": []}


def _files(path: Path) -> tuple[list[Path], int]:
    """The recordings of a folder, and how many other files it holds; or the one file."""
    if not os.path.isdir(path):
        return [path], 0
    paths, others = recordings_in(path)
    if not paths:
        raise InvalidDataError(f"The folder {short(path)} holds no recordings ({', '.join(AUDIO_SUFFIXES)}).")
    return paths, others
