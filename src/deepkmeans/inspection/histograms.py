"""Small charts of the numbers of a column: of each cluster, beside all rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Histogram", "histograms"]

#: Columns of a small chart, at most; of whole numbers each holds as many.
_COLUMNS = 16
#: Beyond these quantiles numbers are drawn in the first and the last column.
_TAIL = 0.01
_ROUNDING = 1e-12


@dataclass(frozen=True)
class Histogram:
    """A small chart.

    Attributes
    ----------
    edges : tuple of float of length b + 1
        The first and last columns hold what lies beyond, too.
    inside, overall : tuple of float of length b
        Shares of the cluster and of all rows.
    """

    edges: tuple[float, ...]
    inside: tuple[float, ...]
    overall: tuple[float, ...]


def histograms(
    values: np.ndarray, group: np.ndarray, weight: np.ndarray, n_clusters: int
) -> list[Histogram | None]:  # fmt: skip
    """A small chart of each cluster; ``values`` (n,) are ascending."""
    if not len(values):
        return [None] * n_clusters
    held = np.cumsum(weight)
    low, high = values[np.searchsorted(held, np.array([_TAIL, 1 - _TAIL]) * held[-1] * (1 - _ROUNDING))]
    if low == high:
        low, high = values[0], values[-1]
    whole = high - low < 1e6 and bool((values == np.round(values)).all())
    if low == high:
        edges = np.array([low - 0.5, high + 0.5]) if abs(low) < 1e15 else np.array([low, np.nextafter(high, np.inf)])
    elif whole:  # columns of as many numbers each, so that none is empty by rounding
        width = np.ceil((high - low + 1) / _COLUMNS)
        edges = low - 0.5 + width * np.arange(np.ceil((high - low + 1) / width) + 1)
    else:
        edges = np.linspace(low, high, _COLUMNS + 1)
    m = len(edges) - 1
    column = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, m - 1)
    table = np.bincount(group * m + column, weight, (n_clusters + 1) * m).reshape(-1, m)
    overall = tuple(map(float, table.sum(axis=0) / table.sum()))
    shown = tuple(map(float, edges))
    return [
        Histogram(shown, tuple(map(float, row / row.sum())), overall) if row.sum() > 0 else None for row in table[:-1]
    ]
