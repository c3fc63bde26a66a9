"""What a caller may give as the path of a file or folder."""

from __future__ import annotations

import os
from typing import Any

from .._quoting import short
from ..exceptions import InvalidParameterError

__all__ = ["file_path"]


def file_path(value: Any, name: str, owner: str) -> str:
    """``value`` as the text of a path: str, path-like, or bytes as the operating system gives them.

    Raises
    ------
    InvalidParameterError
        If it is something else (an open file, None), or text that no file system takes.
    """
    wrong = f"The {name!r} parameter of {owner} must be a path"
    try:
        path = os.fsdecode(value)
    except (TypeError, UnicodeError):
        raise InvalidParameterError(
            f"{wrong}, a str or pathlib.Path. Got {short(repr(value))[1:-1]}, a {type(value).__name__}, instead."
        ) from None
    try:
        os.fsencode(path)
    except UnicodeError:
        raise InvalidParameterError(
            f"{wrong}, and {short(path)} has letters that no file name can hold (halves of surrogate pairs); give "
            "another."
        ) from None
    if not path or "\0" in path:
        what = "has a NUL character, which no file name can hold" if path else "is empty"
        raise InvalidParameterError(f"{wrong}, and {short(path)} {what}; give another.")
    return path
