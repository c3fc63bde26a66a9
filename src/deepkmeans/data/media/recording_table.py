"""Files of recordings as rows: those that can be read, in the order of their names, which become the index."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from ..._quoting import short
from ...exceptions import InvalidDataError
from ..request import Request
from .audio_files import recordings_in
from .folders import RECORDINGS
from .readable import readable_rows

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

    paths = _files(request.path)
    names = [path.relative_to(request.path).as_posix() if request.path.is_dir() else path.name for path in paths]
    recordings = read_recordings(paths, preprocessor).named(names)
    kept = readable_rows(request, recordings, "recording", RECORDINGS)
    lost = {each["row"] for each in recordings.skipped}
    index = np.array([name for row, name in enumerate(names) if row not in lost], dtype=object)
    return {"X": kept, "feature_names": None, "labels": None, "index": index, "columns": []}


def _files(path: Path) -> list[Path]:
    """The recordings of a folder, or the one file."""
    if not os.path.isdir(path):
        return [path]
    paths, _ = recordings_in(path)
    if not paths:
        raise InvalidDataError(f"The folder {short(path)} holds no recordings ({', '.join(RECORDINGS)}).")
    return paths
