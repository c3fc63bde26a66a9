"""Where a user called the package from, so that a warning points to their line."""

from __future__ import annotations

import sys

__all__ = ["caller_level"]

#: Of the package, and of what wraps its methods.
_INSIDE = ("deepkmeans", "contextlib", "sklearn")


def caller_level() -> int:
    """The ``stacklevel`` by which a warning of the function that asks names the first line outside the package."""
    frame, level = sys._getframe(1), 1
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] in _INSIDE:
        frame, level = frame.f_back, level + 1
    return level
