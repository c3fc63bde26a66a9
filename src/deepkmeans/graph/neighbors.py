"""The k nearest neighbours of every row, exactly, by blocked products."""

from __future__ import annotations

import torch
from torch import Tensor

from ..kmeans import pair_distances, product

__all__ = ["NEIGHBOR_COUNTS", "N_NEIGHBORS", "SCALE_NEIGHBOR", "nearest_neighbors"]

#: Neighbours of the graphs from narrow to wide: narrow ones see small clusters, wide ones have less noise.
NEIGHBOR_COUNTS = (15, 30, 60)
#: Neighbours of a graph where there is one.
N_NEIGHBORS = NEIGHBOR_COUNTS[0]
#: The distance to this neighbour is the scale around a row (Zelnik-Manor & Perona, NIPS 2004).
SCALE_NEIGHBOR = 7

#: Working memory of one block of distances.
_BLOCK_BYTES = 8 * 2**20
#: Neighbours looked at beyond those asked for: the fast product orders close ones only as well as its rounding.
_MORE = 5
#: Columns to a neighbour from which groups of columns pay; their size is near the root of that number.
_GROUPS_PAY = 20


def nearest_neighbors(X: Tensor, n_neighbors: int, scale: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """The ``n_neighbors`` nearest other rows of each row.

    Parameters
    ----------
    X : Tensor of shape (n, d), dense
    n_neighbors : int, less than n
    scale : Tensor of shape (n,), positive, or None
        Nearest by d_ij^2 / scale_j instead: with the distance of row j to one of its neighbours as its scale, rows in
        dense regions are no longer everybody's neighbours (Schnitzer et al., JMLR 2012).

    Returns
    -------
    index : Tensor of shape (n, n_neighbors), int64
        Nearest first; never the row itself.
    distance : Tensor of shape (n, n_neighbors), dtype of ``X``
        Euclidean.

    Notes
    -----
    O(n^2 d) time, O(n) memory beside the result and one block. The graph stage bounds n by landmarks, and up to there
    the products are cheaper than building an index (12,000 rows of 50 columns: 0.6 s on one core).
    """
    n, more = len(X), min(len(X) - 1, n_neighbors + _MORE)
    rows = X - X.mean(dim=0)
    squares = (rows * rows).sum(dim=1)
    index = torch.empty(n, n_neighbors, dtype=torch.int64, device=X.device)
    distance = torch.empty(n, n_neighbors, dtype=X.dtype, device=X.device)
    step = max(1, _BLOCK_BYTES // (X.itemsize * n))
    for start in range(0, n, step):
        stop = min(start + step, n)
        itself = torch.arange(start, stop, device=X.device)
        score = product(rows, -2 * rows[start:stop]).add_(squares)  # (b, n): squared distances less the own square
        if scale is not None:
            score = score.add_(squares[start:stop, None]).div_(scale)
        score[itself - start, itself] = torch.inf
        near = _smallest(score, more)[0]  # (b, more)
        square = pair_distances(X, X, itself.repeat_interleave(more), near.reshape(-1)).view(-1, more)
        rank = square if scale is None else square / scale[near]
        least = rank.topk(n_neighbors, dim=1, largest=False).indices
        index[start:stop] = near.gather(1, least)
        distance[start:stop] = square.gather(1, least).sqrt()
    return index, distance


def _smallest(values: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """Indices and values (b, k) of the k smallest of each row (b, n), smallest first.

    They lie in the k groups of columns that have the smallest minima, so that all but those are passed once, at the
    speed of memory, instead of being sorted. Columns of a group are far apart: minima are then taken side by side.
    """
    b, n = values.shape
    if n < _GROUPS_PAY * k:
        nearest = values.topk(k, dim=1, largest=False)
        return nearest.indices, nearest.values
    size = round((n / k) ** 0.5)
    groups = n // size
    whole = values[:, : groups * size].view(b, size, groups)
    best = whole.amin(1).topk(k, dim=1, largest=False, sorted=False).indices  # (b, k) groups
    column = (best[:, None] + groups * torch.arange(size, device=values.device)[:, None]).view(b, -1)
    rest = torch.arange(groups * size, n, device=values.device).expand(b, -1)
    column = torch.cat([column, rest], dim=1)
    nearest = values.gather(1, column).topk(k, dim=1, largest=False)
    return column.gather(1, nearest.indices), nearest.values
