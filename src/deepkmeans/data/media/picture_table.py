"""Files of pictures as rows: those that can be read, in the order of their names, which become the index."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...exceptions import InvalidDataError
from ..file_kinds import TEXTS
from ..request import Request
from .folders import files_in
from .picture_files import given_pictures
from .pictures import listed, read_pictures

__all__ = ["read_picture_files"]


def read_picture_files(request: Request, shape: tuple[int, int, int] | None = None) -> dict[str, Any]:
    """The readable pictures of a folder, or one picture, at a shape (height, width, channels) or their common one.

    Raises
    ------
    InvalidDataError
        If there are none, or none can be read.
    MissingDependencyError
    """
    given = given_pictures(request.path, asked=True)
    assert given is not None  # a path is one or is refused
    pictures = read_pictures(given, shape)
    kept = pictures.readable()
    if not len(kept):
        raise InvalidDataError(f"{request.file}: no picture can be read ({listed(pictures.skipped)})")
    if pictures.skipped:
        request.notes.append(
            f"{len(pictures.skipped):,} of {len(pictures):,} pictures cannot be read and are left out "
            f"({listed(pictures.skipped)})"
        )
    others = len(files_in(request.path, TEXTS)) if request.path.is_dir() else 0
    if others:
        request.notes.append(f"{others:,} {'file is' if others == 1 else 'files are'} no picture and not read")
    names = np.array([item.name for item in kept.items], dtype=object)
    return {"X": kept, "feature_names": None, "labels": None, "index": names, "columns": []}
