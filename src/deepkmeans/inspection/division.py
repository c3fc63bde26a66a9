"""Rows and the clusters they are in, as profiles count them: by weight, large ones on a sample."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..exceptions import InvalidDataError
from ..runtime import Seeds
from .original import OriginalRows

__all__ = ["Division", "as_counts", "divide"]

#: Rows from which profiles are made; of more, a sample of each cluster.
_MOST_ROWS = 200_000


@dataclass(frozen=True, eq=False)
class Division:
    """The rows that are counted.

    Attributes
    ----------
    rows : OriginalRows of n samples
    group : ndarray of shape (n,), int64
        Position of the row's cluster among ``numbers``; ``len(numbers)`` is noise.
    weight : ndarray of shape (n,), float64
        How many rows each stands for.
    numbers : tuple of int
        Labels of the clusters, ascending.
    size : ndarray of shape (k,)
        Rows of each cluster, by their weights.
    total : float
        Rows of all clusters, and noise.
    """

    rows: OriginalRows
    group: np.ndarray
    weight: np.ndarray
    numbers: tuple[int, ...]
    size: np.ndarray
    total: float

    @property
    def n_clusters(self) -> int:
        return len(self.numbers)


def divide(rows: OriginalRows, labels: Any, weight: Any, seeds: Seeds) -> Division:
    """The rows by their labels (n,) and weights (n,); a label of -1 is noise.

    Raises
    ------
    InvalidDataError
        If labels or weights are not one a row.
    """
    labels, weight = np.asarray(labels), np.ones(len(rows)) if weight is None else np.asarray(weight, np.float64)
    if labels.shape != (len(rows),) or labels.dtype.kind not in "iu":
        raise InvalidDataError(
            f"'labels' must be {len(rows):,} integers, one a row. Got {labels.dtype} of shape {labels.shape}; give "
            "labels_ or predict(X) of the same rows."
        )
    if weight.shape != (len(rows),):
        raise InvalidDataError(f"'weight' must be {len(rows):,} numbers, one a row. Got shape {weight.shape} instead.")
    present = np.flatnonzero(weight > 0)
    held = as_counts(weight)[present]
    numbers, group = np.unique(labels[present], return_inverse=True)
    if len(numbers) and numbers[0] == -1:
        numbers, group = numbers[1:], np.where(group == 0, len(numbers) - 1, group - 1)
    k = len(numbers)
    size = np.bincount(group, held, k + 1)
    kept = _sample(group, k + 1, seeds)
    if kept is not None:
        present, group, held = present[kept], group[kept], held[kept]
    seen = np.bincount(group, held, k + 1)
    made_up = np.divide(size, seen, out=np.ones(k + 1), where=seen > 0)
    everything = len(present) == len(rows)
    return Division(
        rows if everything else rows.take(present), group.astype(np.int64), held * made_up[group],
        tuple(map(int, numbers)), size[:k], float(size.sum()),
    )  # fmt: skip


def as_counts(weight: np.ndarray) -> np.ndarray:
    """Weights (n,) as numbers of rows: where they may be shares, whose unit means nothing, as many as have weight."""
    total, rows = float(weight.sum()), int((weight > 0).sum())
    return weight * (rows / total) if 0 < total < rows else weight


def _sample(group: np.ndarray, n_groups: int, seeds: Seeds) -> np.ndarray | None:
    """Positions of at most 200,000 rows, ascending, small groups whole; None for all."""
    if len(group) <= _MOST_ROWS:
        return None
    sizes = np.bincount(group, minlength=n_groups)
    fair = _MOST_ROWS // max(1, int((sizes > 0).sum()))
    rest = max(1, int(np.maximum(sizes - fair, 0).sum()))
    room = _MOST_ROWS - int(np.minimum(sizes, fair).sum())
    wanted = np.minimum(sizes, fair) + (np.maximum(sizes - fair, 0) * room) // rest
    order = seeds.numpy("profile", "sample").permutation(len(group))
    order = order[np.argsort(group[order], kind="stable")]
    rank = np.arange(len(group)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return np.sort(order[rank < np.repeat(wanted, sizes)])
