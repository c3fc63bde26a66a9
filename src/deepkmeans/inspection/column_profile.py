"""What the cells of one column are inside a cluster and in all other rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .histograms import Histogram
from .summaries import NumberSummary

__all__ = ["ColumnProfile", "LevelShare", "level_shares"]

#: Levels of a category, items and words that a profile lists.
_MOST_LEVELS = 10


@dataclass(frozen=True)
class LevelShare:
    """A level, an item of lists or a word: shares of the rows whose cell is there, and the first over the second.

    ``lift`` is None where no other row has it.
    """

    level: str
    inside: float
    outside: float
    lift: float | None


@dataclass(frozen=True)
class ColumnProfile:
    """One column of a cluster.

    Attributes
    ----------
    column, kind, unit : str
        As in :class:`.original.OriginalColumn`; units that stand in the column's name are recognised.
    missing_inside, missing_outside : float
        Shares of empty cells.
    inside, outside : NumberSummary or None
        Of numbers, ordered levels (by rank) and dates (in days), of the cluster and of all other rows.
    typical_inside, typical_outside : str
        The medians or most frequent levels, as a person reads them; "" without cells.
    standardized_difference : float or None
        Between the means, in standard deviations within.
    levels : tuple of LevelShare
        Of all other kinds, and of ordered levels: those of the largest share inside, at most ten.
    histogram : Histogram or None
    """

    column: str
    kind: str
    unit: str
    missing_inside: float
    missing_outside: float
    inside: NumberSummary | None = None
    outside: NumberSummary | None = None
    typical_inside: str = ""
    typical_outside: str = ""
    standardized_difference: float | None = None
    levels: tuple[LevelShare, ...] = ()
    histogram: Histogram | None = None


def level_shares(
    names: tuple[str, ...], inside: np.ndarray, outside: np.ndarray, *, ordered: bool
) -> tuple[LevelShare, ...]:  # fmt: skip
    """The levels of most rows inside, in their order where they are ``ordered``; shares (m,)."""
    kept = np.argsort(-inside, kind="stable")[:_MOST_LEVELS]
    kept = np.sort(kept) if ordered else kept[inside[kept] > 0]
    here, there = inside.tolist(), outside.tolist()
    return tuple(
        LevelShare(names[i], here[i], there[i], here[i] / there[i] if there[i] > 0 else None) for i in kept.tolist()
    )
