"""Levels and items of a column, and the rows of each cluster that have them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from .counts import Counts, Tally
from .division import Division
from .original import OriginalColumn

__all__ = ["item_counts", "level_counts", "level_numbers"]

#: Levels and items that are compared: those of most rows.
_MOST_LEVELS = 200


def level_counts(which: np.ndarray, m: int, there: np.ndarray, division: Division) -> Counts:
    """Rows of each cluster with each number (n,) below m, others being none, of those that are ``there`` (n,)."""
    k = division.n_clusters
    group, weight = division.group, division.weight
    given = np.bincount(group[there], weight[there], k + 1)
    total = np.bincount(group, weight, k + 1)
    coded = there & (which >= 0) & (which < m)
    held = np.bincount(group[coded] * m + which[coded], weight[coded], (k + 1) * m).reshape(k + 1, m)
    present = np.divide(given, total, out=np.zeros(k + 1), where=total > 0)[:-1]
    tally = Tally(
        np.bincount(group[coded] * m + which[coded], minlength=(k + 1) * m).reshape(k + 1, m),
        np.bincount(group[there], minlength=k + 1), np.bincount(group[there], weight[there] ** 2, k + 1),
    )  # fmt: skip
    return Counts(held, given, present, tally)


def level_numbers(column: OriginalColumn, weight: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """Numbers (n,) of levels, -1 where missing, and their names, those of most rows first."""
    if column.kind == "boolean":
        which = np.where(np.isnan(column.values), -1, column.values).astype(np.int64)
        return which, (column.shown(0.0), column.shown(1.0))
    which, names = pd.factorize(column.values)
    return _frequent(which, np.asarray(names), weight)


def _frequent(which: np.ndarray, names: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    held = np.bincount(which[which >= 0], weight[which >= 0], len(names))
    order = np.lexsort((names.astype(str), -held))
    place = np.empty(len(names) + 1, dtype=np.int64)
    place[order], place[-1] = np.arange(len(names)), -1
    return place[which], tuple(map(str, names[order[:_MOST_LEVELS]]))


def item_counts(column: OriginalColumn, there: np.ndarray, division: Division) -> tuple[tuple[str, ...], Counts]:
    """The items of lists, and the rows that have them."""
    lists = [tuple(dict.fromkeys(value)) if value else () for value in column.values]
    row = np.repeat(np.arange(len(lists)), [len(items) for items in lists])
    which, names = pd.factorize(np.array([item for items in lists for item in items], dtype=object))
    which, kept = _frequent(which, np.asarray(names), division.weight[row])
    m, k = len(kept), division.n_clusters
    coded = which < m
    cell = division.group[row][coded] * m + which[coded]
    held = np.bincount(cell, division.weight[row][coded], (k + 1) * m).reshape(k + 1, m)
    once = np.bincount(cell, minlength=(k + 1) * m).reshape(k + 1, m)
    counts = level_counts(np.full(len(lists), -1), m, there, division)
    return kept, replace(counts, held=held, tally=replace(counts.tally, held=once))
