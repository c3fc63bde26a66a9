"""Where rows of encoders are cached."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import sys
from pathlib import Path
from typing import Any

__all__ = ["cache_folder"]

#: The variable that names the folder, and its values for none.
_VARIABLE, _OFF = "DEEPKMEANS_CACHE", ("", "0", "off", "none", "false")


def cache_folder(asked: Any = "auto") -> Path | None:
    """The folder to cache in: ``asked``, or with "auto" that of ``DEEPKMEANS_CACHE`` or the user's own; None for none.

    Parameters
    ----------
    asked : "auto", False or path
    """
    if asked is False or importlib.util.find_spec("_sqlite3") is None:  # Python can be built without SQLite
        return None
    if asked != "auto":
        return Path(asked).expanduser()
    named = os.environ.get(_VARIABLE)
    if named is not None:
        return None if named.strip().lower() in _OFF else Path(named).expanduser()
    with contextlib.suppress(RuntimeError):  # a user without a home folder
        return _user_folder() / "deepkmeans" / "embeddings"
    return None


def _user_folder() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
