"""Files of pictures as rows: those that can be read, in the order of their names, which become the index."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..request import Request
from .folders import PICTURES
from .picture_files import given_pictures
from .pictures import read_pictures
from .readable import readable_rows

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
    kept = readable_rows(request, pictures, "picture", PICTURES)
    names = np.array([item.name for item in kept.items], dtype=object)
    return {"X": kept, "feature_names": None, "labels": None, "index": names, "columns": []}
