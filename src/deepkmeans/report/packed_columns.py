"""The columns of the page's rows, small, in the order of their use, until the page is large enough."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from .quantised import pack_integers, quantise

__all__ = ["pack_columns", "pack_texts", "shortened"]

#: Characters that all columns together may take: with both maps, 10,000 rows stay under a megabyte.
_MOST = 560_000
_LONGEST_LEVEL, _LONGEST_TEXT = 60, 240
_DAY = 86400


def pack_columns(
    columns: Iterable[Any], kept: np.ndarray, *, used: int = 0
) -> tuple[list[dict[str, Any]], list[str]]:
    """What the script needs of ``OriginalColumn`` records in the rows ``kept``; and the names that found no room.

    ``used`` characters are taken already.
    """
    packed, without_room = [], []
    for column in columns:
        entry = _packed(column.take(kept))
        size = len(entry.get("data", "")) + sum(len(word.encode()) + 3 for word in entry.get("levels", ()))
        if used + size > _MOST:
            without_room.append(column.name)
            continue
        used += size
        packed.append({"name": column.name} | entry)
    return packed, without_room


def pack_texts(texts: Iterable[str], n_texts: int) -> list[str]:
    """Rows that are texts, each cut to its share of the room."""
    longest = int(np.clip(_MOST / max(n_texts, 1), 40, _LONGEST_TEXT))
    return [shortened(text, longest) for text in texts]


def shortened(text: str, longest: int) -> str:
    """One line of at most ``longest`` characters."""
    line = " ".join(text[: 4 * longest].split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def _packed(column: Any) -> dict[str, Any]:
    values = column.values
    if column.kind == "number":
        style = "length" if column.options.get("duration") else ""
        return {"coding": "number", "unit": column.unit, "style": style} | quantise(values).to_dict()
    if column.kind == "date":
        seconds = values.astype("datetime64[s]").astype(np.int64)
        present = ~np.isnat(values)
        each = 1 if (seconds[present] % _DAY).any() else _DAY
        style = "clock" if column.options.get("clock") else ""
        numbers = np.where(present, seconds / each, np.nan)
        return {"coding": "date", "seconds": each, "style": style} | quantise(numbers).to_dict()
    shown = [None if empty else column.shown(value) for value, empty in zip(values, column.missing, strict=True)]
    return _levels(shown, column.levels)


def _levels(words: list[str | None], order: tuple[str, ...] = ()) -> dict[str, Any]:
    """Words as numbers of a list of them; the largest number of the type stands for a missing one."""
    cut = [None if word is None else shortened(word, _LONGEST_LEVEL) for word in words]
    given = [shortened(word, _LONGEST_LEVEL) for word in order]
    levels = list(dict.fromkeys([*given, *(word for word in cut if word is not None)]))
    whole = np.uint8 if len(levels) < 255 else np.uint16 if len(levels) < 65535 else np.uint32
    index: dict[str | None, int] = {word: place for place, word in enumerate(levels)}
    index[None] = int(np.iinfo(whole).max)
    return {
        "coding": "levels",
        "levels": levels,
        **pack_integers(np.asarray([index[word] for word in cut], dtype=whole)),
    }
