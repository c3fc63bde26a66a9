"""The contributions of a row as the rest of a sentence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .._quoting import short
from .column_words import column_called
from .original import OriginalRows
from .typical import TypicalValues

__all__ = ["sentence"]

#: Columns that a sentence names at most, and what share of all that speaks for the cluster they are to cover.
_MOST, _ENOUGH = 3, 0.8
#: Parts of a series.
_SPANS = 8
#: Ninths of a picture.
_PLACES = (
    "top left", "top middle", "top right", "middle left", "middle", "middle right", "bottom left", "bottom middle",
    "bottom right",
)  # fmt: skip
#: The same of recordings: pitch and time.
_TIMES = ("at the beginning", "halfway", "at the end")
_SOUNDS = tuple(f"{pitch} pitch {when}" for pitch in ("high", "middle", "low") for when in _TIMES)


def sentence(
    columns: Sequence[str], values: np.ndarray, row: OriginalRows, typical: TypicalValues, second: int, called: str
) -> str:  # fmt: skip
    """``" because of income (82,000; typical of cluster 0: 31,000) and visits (12; typical: 3)"``; "" if nothing speaks
    for the cluster.

    Parameters
    ----------
    columns, values : c names and contributions
    row : OriginalRows of one row
    typical : TypicalValues
    second, called : int, str
        Number and name of the runner-up.
    """
    if row.pictures is not None:
        return _of_picture(values, row.pictures.shape[1:3], _PLACES if row.recordings is None else _SOUNDS)
    if row.series is not None:
        return _of_series(values, row.series.shape[1])
    chosen = _chosen(values)
    if not chosen:
        return ""
    if row.texts is not None:
        return _of_words([columns[at] for at in chosen], row.texts[0])
    known = {column.name: column for column in row.columns}
    parts = []
    for at in chosen:
        name = columns[at]
        if name not in known:
            parts.append(column_called(name))
            continue
        # What a missing cell was filled with is nothing that the user gave.
        here = "missing" if known[name].missing[0] else known[name].shown(known[name].values[0])
        there = typical.shown(known[name], second)
        if known[name].kind == "text":
            here = short(here, 60)
        of = f"typical of {called}: " if not any("typical" in part for part in parts) else "typical: "
        compared = f"; {of}{there}" if there and there != here else ""
        parts.append(f"{column_called(name)} ({here}{compared})")
    return f" because of {_listed(parts)}"


def _chosen(values: np.ndarray) -> list[int]:
    """The few columns that speak most for the cluster."""
    order = np.argsort(-values, kind="stable")
    speaking = values[order].clip(min=0.0)
    if not speaking.sum() > 0:
        return []
    enough = int(np.searchsorted(np.cumsum(speaking) / speaking.sum(), _ENOUGH)) + 1
    return [int(at) for at in order[: min(enough, _MOST)] if values[at] > 0]


def _of_words(words: Sequence[str], text: str) -> str:
    lower = text.lower()
    there = [f"“{word}”" for word in words if word.lower() in lower]
    lacking = [f"“{word}”" for word in words if word.lower() not in lower]
    said = [f"it mentions {_listed(there)}"] if there else []
    said += [f"{'' if there else 'it '}does not mention {_listed(lacking, 'or')}"] if lacking else []
    return f" because {_listed(said)}"


def _of_picture(values: np.ndarray, shape: tuple[int, ...], regions: Sequence[str]) -> str:
    grid = values.reshape(shape)
    sums = [
        float(part.sum()) for band in np.array_split(grid, 3) for part in np.array_split(band, 3, axis=1)
    ]  # fmt: skip
    chosen = _chosen(np.array(sums))[:2]
    return f" because of its {_listed([regions[at] for at in chosen])}" if chosen else ""


def _of_series(values: np.ndarray, times: int) -> str:
    """The eighths of a series that speak most for the cluster."""
    edges = np.linspace(0, times, min(_SPANS, times) + 1).astype(np.int64)
    sums = np.add.reduceat(values.reshape(times, -1).sum(axis=1), edges[:-1])
    spans = [f"{edges[at]} to {edges[at + 1] - 1}" for at in _chosen(sums)[:2]]
    return f" because of its times {_listed(spans)}" if spans else ""


def _listed(parts: Sequence[str], last: str = "and") -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {last} {parts[-1]}"
