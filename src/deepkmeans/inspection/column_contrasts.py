"""One column against the clusters: the profile of its cells in each, and the conditions that set each apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .best_levels import best_gap, best_item, best_levels
from .best_range import best_range, ranges
from .column_profile import ColumnProfile, LevelShare, level_shares
from .column_words import column_words
from .conditions import Condition
from .division import Division
from .histograms import histograms
from .level_counts import item_counts, level_counts, level_numbers
from .original import OriginalColumn
from .sharpened import sharpened
from .summaries import summarize
from .typical_values import shown_pair
from .word_counts import WordCounts, count_words

__all__ = ["ColumnContrast", "contrast"]


@dataclass(frozen=True, eq=False)
class ColumnContrast:
    """A column in all clusters.

    Attributes
    ----------
    column : OriginalColumn
    profiles : list of ColumnProfile of length k
    conditions : list of tuple of Condition of length k
        On what is in the cells, and on whether something is.
    levels : tuple of str
        What conditions on levels count.
    words : WordCounts or None
        Of a text column.
    """

    column: OriginalColumn
    profiles: list[ColumnProfile]
    conditions: list[tuple[Condition, ...]]
    levels: tuple[str, ...] = ()
    words: WordCounts | None = None


def contrast(column: OriginalColumn, division: Division, family: float) -> ColumnContrast:
    """Compare each cluster with all other rows; ``family`` is the number of columns times that of clusters."""
    missing, k = column.missing, division.n_clusters
    absent = level_counts(missing.astype(np.int64) - 1, 1, np.ones_like(missing), division)
    gaps = best_gap(absent, family)
    shares = absent.inside[:, 0], absent.outside[:, 0]
    base: list[dict[str, Any]] = [
        {"column": column.name, "kind": column.kind, "unit": column.unit or _unit(column),
         "missing_inside": float(shares[0][i]), "missing_outside": float(shares[1][i])}
        for i in range(k)
    ]  # fmt: skip
    there = ~missing
    if column.kind in ("number", "ordinal", "date"):
        profiles, results = _numbers(column, there, division, base, family)
        return ColumnContrast(column, profiles, _both(results, gaps))
    words = None
    if column.kind == "text":
        words = count_words(column.values, division.group, division.weight, k)
        names, counts = words.terms, words.counts
        results = best_item(counts, family, absent=False)
    elif column.kind == "list":
        names, counts = item_counts(column, there, division)
        results = best_item(counts, family)
    else:
        which, names = level_numbers(column, division.weight)
        counts = level_counts(which, len(names), there, division)
        results = best_levels(counts, family)
    inside, outside = counts.inside, counts.outside
    profiles = []
    for i in range(k):
        levels = level_shares(names, inside[i], outside[i], ordered=column.kind == "boolean")
        typical = ["", ""]
        if column.kind in ("category", "boolean"):
            typical = [names[int(share.argmax())] if share.any() else "" for share in (inside[i], outside[i])]
        profiles.append(ColumnProfile(**base[i], typical_inside=typical[0], typical_outside=typical[1], levels=levels))
    return ColumnContrast(column, profiles, _both(results, gaps), names, words)


def _unit(column: OriginalColumn) -> str:
    return column_words(column.name).unit if column.kind == "number" else ""


def _both(results: list[Condition | None], gaps: list[Condition | None]) -> list[tuple[Condition, ...]]:
    return [tuple(one for one in pair if one is not None) for pair in zip(results, gaps, strict=True)]


def _numbers(
    column: OriginalColumn, there: np.ndarray, division: Division, base: list[dict[str, Any]], family: float
) -> tuple[list[ColumnProfile], list[Condition | None]]:  # fmt: skip
    k, numbers = division.n_clusters, column.numbers
    assert numbers is not None
    at = np.flatnonzero(there)
    at = at[np.argsort(numbers[at], kind="stable")]
    values, group, weight = numbers[at], division.group[at], division.weight[at]
    summaries = summarize(values, group, weight, k)
    charts = histograms(values, group, weight, k)
    results: list[Condition | None] = [None] * k
    shares: tuple[np.ndarray, np.ndarray] | None = None
    if len(values):
        which = np.zeros(len(there), dtype=np.int64)
        which[at], low, high = ranges(values, weight)
        counts = level_counts(which, len(low), there, division)
        results = [
            None if one is None else sharpened(one, i, values, group, weight, float(counts.present[i]))
            for i, one in enumerate(best_range(counts, low, high, family))
        ]
        if column.kind == "ordinal":
            shares = counts.inside, counts.outside
    profiles = []
    for i in range(k):
        here, rest, difference = summaries[i]
        typical = shown_pair(column, here, rest)
        levels: tuple[LevelShare, ...] = ()
        if shares is not None:
            levels = level_shares(tuple(column.shown(rank) for rank in low), shares[0][i], shares[1][i], ordered=True)
        profiles.append(ColumnProfile(
            **base[i], inside=here, outside=rest, typical_inside=typical[0], typical_outside=typical[1],
            standardized_difference=difference, histogram=charts[i], levels=levels,
        ))  # fmt: skip
    return profiles, results
