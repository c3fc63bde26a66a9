"""Values of a column as the user wrote them: levels, yes and no in words, times of day and lengths of time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from .kind import Column

__all__ = ["given_back", "length_text"]


def given_back(values: Any, column: Column) -> Any:
    """Values (n,) of a column, as the table decodes them, in the words and units of its cells."""
    options = column.options
    if column.kind == "ordinal":
        return _levels(values, options["levels"])
    if column.kind == "boolean":
        return _truths(values, options)
    if column.kind == "number" and options.get("duration"):
        return np.array([length_text(value) for value in np.asarray(values, dtype=np.float64).tolist()], dtype=object)
    if column.kind == "date" and options.get("clock"):
        seconds = np.asarray(values, dtype="datetime64[s]").astype(np.int64)
        return np.array([_clock(value % 86400) for value in seconds.tolist()], dtype=object)
    return values


def _levels(ranks: Any, levels: Any) -> np.ndarray:
    nearest = np.clip(np.round(np.asarray(ranks, dtype=np.float64)), 0, len(levels) - 1)
    return np.array(levels, dtype=object)[nearest.astype(np.int64)]


def _truths(values: Any, options: Mapping[str, Any]) -> np.ndarray:
    """The first words for yes and no; the numbers of what has none."""
    if options.get("true") and options.get("false"):
        yes = np.asarray(values, dtype=np.float64) >= 0.5
        return np.where(yes, np.array(options["true"][0], dtype=object), np.array(options["false"][0], dtype=object))
    return np.asarray(values, dtype=np.float64) + 0.0  # which makes 0.0 of -0.0


def length_text(seconds: float) -> str:
    """Hours, minutes and seconds, to a second."""
    if np.isnan(seconds):
        return ""
    whole = round(abs(seconds))
    minutes, second = divmod(whole, 60)
    hour, minute = divmod(minutes, 60)
    return f"{'-' if seconds < 0 and whole else ''}{hour}:{minute:02d}:{second:02d}"


def _clock(seconds: int) -> str:
    """A time of day, with seconds only if there are some."""
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02d}:{minute:02d}:{second:02d}" if second else f"{hour:02d}:{minute:02d}"
