"""How the rows of each cluster lie in a column, beside all rows: what the small charts draw."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..inspection.formatting import share_text

__all__ = ["ColumnChart", "chart_of"]

_BINS = 20
_LEVELS = 5
#: So many different numbers at most have a bar each.
_FEW = 12
#: Whole numbers that lie so close together have a bar each, too: other bins would hold one or two of them in turn.
_WHOLE = 40
#: A positive column is drawn on a logarithmic scale if its upper part is so many times as long as its lower one.
_SKEWED = 8


@dataclass(frozen=True)
class ColumnChart:
    """Shares of the rows with a value, over b bins or levels.

    Attributes
    ----------
    name : str
    is_numeric : bool
        Whether the bins are neighbouring ranges of numbers or dates, from ``labels[0]`` to ``labels[-1]``.
    labels : tuple of str
        Both ends of a numeric column, or one word a level.
    overall : ndarray of shape (b,)
    inside : ndarray of shape (n_clusters, b)
    typical : tuple of str
        The median, or the most frequent level with its share, in each cluster.
    typical_overall : str
    missing : ndarray of shape (n_clusters,)
        Shares of the rows without a value.
    """

    name: str
    is_numeric: bool
    labels: tuple[str, ...]
    overall: np.ndarray
    inside: np.ndarray
    typical: tuple[str, ...]
    typical_overall: str
    missing: np.ndarray

    @property
    def differences(self) -> np.ndarray:
        """How far each cluster's shares are from all rows' (n_clusters,): total variation, from 0 to 1."""
        return 0.5 * np.abs(self.inside - self.overall).sum(axis=1)

    def to_dict(self) -> dict[str, Any]:
        """For the page's script, which compares two clusters."""
        return {
            "name": self.name, "numeric": self.is_numeric, "labels": list(self.labels), "typical": list(self.typical),
            "inside": np.round(self.inside, 3).tolist(),
        }  # fmt: skip


def chart_of(column: Any, membership: np.ndarray, n_clusters: int) -> ColumnChart | None:
    """The chart of an ``OriginalColumn``; ``membership`` (n,) counts clusters from 0, -1 for rows in none.

    None for texts, of which words tell more than sentences that happen to repeat, and for columns without a value.
    """
    if column.kind in ("number", "date"):
        return _numeric(column, membership, n_clusters)
    if column.kind == "text":
        return None
    if column.kind == "list":
        return _levels(column, [tuple(items or ()) for items in column.values], membership, n_clusters)
    words: list[tuple[str, ...]] = [
        () if missing else (column.shown(value),) for value, missing in zip(column.values, column.missing, strict=True)
    ]
    return _levels(column, words, membership, n_clusters)


def _numeric(column: Any, membership: np.ndarray, n_clusters: int) -> ColumnChart | None:
    numbers = column.numbers
    present = np.isfinite(numbers)
    if not present.any():
        return None
    inside = numbers[present]
    bins, n_bins, ends = _bins(inside, may_be_skewed=column.kind == "number")
    bin_of = np.full(len(numbers), -1)
    bin_of[present] = bins

    def shown(rows: np.ndarray) -> str:
        chosen = numbers[rows & present]
        return column.shown(float(np.median(chosen))) if len(chosen) else "–"

    return ColumnChart(
        column.name, True, tuple(column.shown(end) for end in ends), _shares(bin_of, n_bins),
        np.reshape([_shares(bin_of[membership == k], n_bins) for k in range(n_clusters)], (n_clusters, n_bins)),
        tuple(shown(membership == k) for k in range(n_clusters)), shown(np.ones(len(numbers), bool)),
        _missing(~present, membership, n_clusters),
    )  # fmt: skip


def _bins(numbers: np.ndarray, *, may_be_skewed: bool) -> tuple[np.ndarray, int, tuple[float, float]]:
    """The bin of each number, how many bins there are, and the numbers at both ends."""
    few = np.unique(numbers[:: max(1, len(numbers) // 5000)])
    if len(few) <= _FEW and np.isin(numbers, few).all():
        return np.searchsorted(few, numbers), len(few), (float(few[0]), float(few[-1]))
    low, quarter, middle, top, high = np.percentile(numbers, [1, 25, 50, 95, 99])
    if low == high:
        low, high = float(numbers.min()), float(numbers.max())
    if may_be_skewed and 1 <= high - low <= _WHOLE and (few == np.round(few)).all():
        low, high = float(np.floor(low)), float(np.ceil(high))
        return np.searchsorted(np.arange(low, high) + 0.5, numbers), int(high - low) + 1, (low, high)
    scaled, ends = numbers, (float(low), float(high))
    if may_be_skewed and low > 0 and top - middle > _SKEWED * max(middle - quarter, 1e-300):
        scaled, low, high = np.log(np.maximum(numbers, low)), np.log(low), np.log(high)
    edges = np.linspace(low, high, _BINS + 1)[1:-1]
    return np.searchsorted(edges, scaled, side="right"), _BINS, ends


def _levels(column: Any, words: list[tuple[str, ...]], membership: np.ndarray, n_clusters: int) -> ColumnChart | None:
    counts = Counter(word for row in words for word in set(row))
    levels = [word for word, count in counts.most_common() if count > 1]
    if not levels:
        return None
    index = {word: place for place, word in enumerate(levels)}
    flags: np.ndarray = np.zeros((n_clusters + 1, len(levels)))
    sizes: np.ndarray = np.zeros(n_clusters + 1)
    for row, k in zip(words, membership, strict=True):
        sizes[k] += bool(row)
        for word in set(row):
            if word in index:
                flags[k, index[word]] += 1
    overall = flags.sum(axis=0) / max(sizes.sum(), 1)
    inside = flags[:-1] / np.maximum(sizes[:-1], 1)[:, None]
    kept = sorted(range(len(levels)), key=lambda place: -max(overall[place], inside[:, place].max()))[:_LEVELS]
    if column.levels:
        kept.sort(key=lambda place: column.levels.index(levels[place]))
    else:
        kept.sort(key=lambda place: (-overall[place], place))
    if column.kind != "list" and len(levels) > len(kept):  # the rest, so that shares are of all rows
        rest = [place for place in range(len(levels)) if place not in kept]
        overall = np.append(overall[kept], overall[rest].sum())
        inside = np.hstack([inside[:, kept], inside[:, rest].sum(axis=1)[:, None]])
        labels = (*(levels[place] for place in kept), "…")
    else:
        overall, inside, labels = overall[kept], inside[:, kept], tuple(levels[place] for place in kept)
    empty = np.asarray([not row for row in words])
    typical = tuple(_most_frequent(labels, shares) for shares in inside)
    return ColumnChart(
        column.name, False, labels, overall, inside, typical, _most_frequent(labels, overall),
        _missing(empty, membership, n_clusters),
    )  # fmt: skip


def _most_frequent(labels: tuple[str, ...], shares: np.ndarray) -> str:
    named = shares[:-1] if labels[-1] == "…" else shares
    if not named.max(initial=0):
        return "–"
    best = int(named.argmax())
    return f"{labels[best]} ({share_text(float(shares[best]))})"


def _shares(bin_of: np.ndarray, n_bins: int) -> np.ndarray:
    counts = np.bincount(bin_of[bin_of >= 0], minlength=n_bins).astype(np.float64)
    return counts / max(counts.sum(), 1)


def _missing(empty: np.ndarray, membership: np.ndarray, n_clusters: int) -> np.ndarray:
    return np.asarray([empty[membership == k].mean() if (membership == k).any() else 0 for k in range(n_clusters)])
