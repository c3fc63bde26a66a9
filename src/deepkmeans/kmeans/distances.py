"""Squared Euclidean distances, the one kernel for them; :mod:`.assignment` finds the nearest centre.

``|x - c|^2 = |x|^2 - 2 x.c + |c|^2`` turns all distances into one matrix product, but loses digits when rows lie
close together and far from the origin. Two measures keep the speed and the digits:

* rows and centres are moved towards the origin and, when their squares would leave the range of the dtype, scaled
  by a power of two (which is exact): :mod:`.frame`;
* distances so small that the expansion has lost digits are computed again as ``sum((x - c)^2)`` in float64.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from .frame import framed_rows, shift_of
from .rows import chunks, is_sparse, product, take, wide

__all__ = ["POOR", "distances", "pair_distances", "rounding", "squared_distances"]

#: Up to so many differences (rows times centres times columns) are computed without the expansion.
_PLAIN = 2**17
#: A squared distance below this share of the squared norms has lost more digits than the dtype can spare.
POOR = 2.0**-6


def squared_distances(X: Tensor, centers: Tensor, length: Tensor | None = None) -> Tensor:
    """Squared Euclidean distance of every row to every centre; never negative; differentiable in both arguments.

    Parameters
    ----------
    X : Tensor of shape (n, d), dense or CSR, float32 or float64
    centers : Tensor of shape (k, d), dense, the same dtype
    length : Tensor of shape (n,), default=None
        Norms of the rows, if these are prepared (:mod:`.problem`) and the centres are rows like them.

    Returns
    -------
    Tensor of shape (n, k), dtype of ``X``
        Beyond the square root of what the dtype holds, infinity or zero; :func:`distances` has no such limit.

    Notes
    -----
    O(n k d) time, O(n (k + d)) memory. Few numbers, as of a mini-batch, take the plain
    difference, which is fewer calls.
    """
    if length is None and not is_sparse(X) and X.shape[0] * centers.numel() <= _PLAIN:
        with torch.autocast(X.device.type, enabled=False):
            X = X if X.dtype in (torch.float32, torch.float64) else X.float()
            return (X[:, None] - centers.to(X.dtype)).square().sum(2)
    squares, scale = _squares(X, centers, length)
    return squares if scale == 1.0 else squares / scale / scale


def distances(X: Tensor, centers: Tensor) -> Tensor:
    """Euclidean distance of every row to every centre, of shape (n, k); finite wherever the result fits the dtype."""
    squares, scale = _squares(X, centers)
    return squares.sqrt() if scale == 1.0 else squares.sqrt() / scale


def rounding(rows: Tensor) -> float:
    """Relative error that the expansion may have, with room: it grows like the square root of the dimension."""
    return float(torch.finfo(rows.dtype).eps * (4 + math.sqrt(rows.shape[1])))


def pair_distances(X: Tensor, centers: Tensor, i: Tensor, j: Tensor, *, scale: float = 1.0) -> Tensor:
    """``sum((scale * (X[i] - centers[j]))^2)`` of each pair, plainly, in float64."""
    kind = wide(X.device)
    parts = []
    for start, stop in chunks(len(i), 4 * kind.itemsize * X.shape[1]):
        difference = take(X, i[start:stop]).to(kind) - centers[j[start:stop].long()].to(kind)
        parts.append(((difference * scale) ** 2).sum(1))
    return torch.cat(parts) if parts else torch.zeros(0, dtype=kind, device=X.device)


def _squares(X: Tensor, centers: Tensor, length: Tensor | None = None) -> tuple[Tensor, float]:
    """Squared distances of shape (n, k), times the square of the returned scale."""
    with torch.autocast(X.device.type, enabled=False):
        if X.dtype not in (torch.float32, torch.float64):
            X = X.float()
        centers = centers.to(X.dtype)
        if length is None:
            rows, near, length, scale = framed_rows(X, centers, shift_of(X, centers))
        else:
            rows, near, scale = X, centers, 1.0
        row_square, center_square = (length * length)[:, None], (near * near).sum(1)
        squares = row_square + center_square - 2 * product(rows, near).T
        poor = squares <= POOR * (row_square + center_square)
        if bool(poor.any()):
            i, j = poor.nonzero(as_tuple=True)
            squares = squares.index_put((i, j), pair_distances(X, centers, i, j, scale=scale).to(squares.dtype))
        return squares.clamp(min=0), scale
