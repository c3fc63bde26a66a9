"""Where a new row lies in a layout of others: among its nearest rows.

t-SNE has no transform. A new row is placed at the median position of its 10 nearest rows of the layout, as Kobak &
Berens (Nature Communications 2019) do. We differ in two points: medians are weighted by one over the squared distance,
so that a row of the layout lands on itself, and they are geometric, as medians of single coordinates draw crosses. This
interpolates: a row far from all others is placed among its nearest, never apart.
"""

from __future__ import annotations

import numpy as np
import torch
from scipy.spatial import KDTree

__all__ = ["NeighborInterpolation"]

_NEIGHBORS, _STEPS = 10, 50
#: Rows placed at a time.
_BLOCK = 8192
#: Rows in a leaf of the tree: in 50 columns large ones are searched faster than many small ones.
_LEAF = 64


class NeighborInterpolation:
    """The rule, over rows (n, p) that are all different, and their coordinates (n, q).

    No place depends on which rows are placed together: distances are sums of differences, pair by pair.
    """

    def __init__(self, rows: np.ndarray, coordinates: np.ndarray) -> None:
        self._coordinates = coordinates.astype(np.float64)
        self._extent = float(np.ptp(self._coordinates, axis=0).max(initial=0.0))
        self._tree = KDTree(rows.astype(np.float64), leafsize=_LEAF)

    def place(self, rows: np.ndarray) -> np.ndarray:
        """Coordinates (m, q), float64, of rows (m, p). O(m n p) at worst, less in few columns."""
        parts = [self._placed(rows[start : start + _BLOCK]) for start in range(0, len(rows), _BLOCK)]
        return np.concatenate(parts) if parts else np.empty((0, self._coordinates.shape[1]))

    def _placed(self, rows: np.ndarray) -> np.ndarray:
        nearest = np.arange(1, 1 + min(_NEIGHBORS, len(self._coordinates)))
        distance, index = self._tree.query(rows.astype(np.float64), nearest, workers=torch.get_num_threads())  # (m, k)
        least = np.maximum(distance[:, :1], np.finfo(np.float64).tiny ** 0.5)
        weight = (least / np.maximum(distance, least)) ** 2  # 1 for the nearest; 0 beside a row at distance zero
        return _geometric_median(self._coordinates[index], weight, self._extent)


def _geometric_median(values: np.ndarray, weight: np.ndarray, extent: float) -> np.ndarray:
    """Weighted geometric medians (m, q) of k points each, ``values`` (m, k, q), by Weiszfeld's iterations.

    Points nearer than a billionth of ``extent`` are one.
    """
    least = 1e-9 * max(extent, np.finfo(np.float64).tiny ** 0.5)
    share = weight / weight.sum(axis=1, keepdims=True)
    for _ in range(_STEPS):
        middle = (share[:, :, None] * values).sum(axis=1)  # (m, q)
        pull = weight / np.maximum(np.linalg.norm(values - middle[:, None, :], axis=2), least)
        share = pull / pull.sum(axis=1, keepdims=True)
    return np.asarray((share[:, :, None] * values).sum(axis=1))
