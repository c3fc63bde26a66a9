"""A path where rows are wanted: what is wrong with it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from .._quoting import short
from ..exceptions import InvalidDataError
from .media.folders import PICTURES, RECORDINGS

__all__ = ["lost_path", "refuse_path"]

#: What no text ends with that is one row, and paths do.
_ENDS = (*PICTURES, *RECORDINGS)


def lost_path(X: Any) -> str | None:
    """What is wrong with a path to nothing; None for what leads somewhere, and for a text that may be no path."""
    if not isinstance(X, (str, os.PathLike)) or os.path.exists(X) or not _looks_like_path(X):
        return None
    return f"is {short(os.fspath(X))}, and there is no such folder or file as seen from {short(Path.cwd())}"


def refuse_path(X: Any, name: str = "X") -> None:
    """Refuse a path where an array is wanted; a text that is none, and all else, is for others to refuse.

    Raises
    ------
    InvalidDataError
    """
    if (problem := lost_path(X)) is not None:
        raise InvalidDataError(f"{name} {problem}: check the path.")
    if isinstance(X, (str, os.PathLike)) and os.path.exists(X):
        kind = "folder" if os.path.isdir(X) else "file"
        raise InvalidDataError(
            f"{name} is the {kind} {short(os.fspath(X))}, not rows: give an array of numbers, one row per sample."
        )


def _looks_like_path(X: Any) -> bool:
    if not isinstance(X, str):
        return True
    return "/" in X or os.sep in X or X.lower().endswith(_ENDS)
