"""The nearest centre of every row: the one assignment, in which fit and predict both end.

Labels are those of the plain difference ``sum((x - c)^2)`` in float64, whatever the dtype, device, chunk or batch: an
assignment whose two best centres are closer to each other than the rounding error of the expansion (:mod:`.distances`)
is decided by the plain difference.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial

import torch
from torch import Tensor

from .distances import POOR, pair_distances, rounding
from .frame import framed_rows, shift_of
from .rows import SCORE_BYTES, block, chunks, is_sparse, norms, product, wide

__all__ = [
    "assign",
    "near_enough",
    "nearest",
    "nearest_two",
    "score_chunks",
    "scores",
    "squared_norms",
    "winners",
]

#: Up to this many centres the table of scores has one row a centre, beyond it one row a row.
_FEW = 96
#: Rows of a chunk at least: a product of fewer is slow.
_FEWEST_ROWS = 64
#: Relative margin of the norm of a centre that may be nearest: more than the root of what a squared distance rounds.
_FAR = 0.01


def assign(X: Tensor, centers: Tensor, *, chunk_bytes: int = SCORE_BYTES) -> tuple[Tensor, Tensor]:
    """The nearest centre of every row; ties go to the lowest index. Fit and predict both end here.

    Parameters
    ----------
    X : Tensor of shape (n, d), dense or CSR, float32 or float64
    centers : Tensor of shape (k, d), dense, the same dtype
    chunk_bytes : int, default=2 MiB
        Working memory; the result does not depend on it.

    Returns
    -------
    labels : Tensor of shape (n,), int32
        0 for a row with NaN or infinity, which has no nearest centre; its distance is not finite.
    squared_distance : Tensor of shape (n,), float64
        To that centre.

    Notes
    -----
    O(n k d) time, O(chunk_bytes) memory beside the result.
    """
    labels = torch.empty(X.shape[0], dtype=torch.int32, device=X.device)
    squared = torch.empty(X.shape[0], dtype=wide(X.device), device=X.device)
    with torch.no_grad(), torch.autocast(X.device.type, enabled=False):
        shift, framed = shift_of(X, centers), None
        for start, stop in score_chunks(X, len(centers), chunk_bytes):
            raw = block(X, start, stop)
            rows, near, length, scale = framed_rows(raw, centers, shift)
            exact = partial(pair_distances, raw, centers, scale=scale)
            if scale != framed:  # it is the same for all chunks but of the most extreme rows
                squares, framed = squared_norms(near), scale
            _, chunk_labels, least = nearest(rows, length, near, *squares, exact=exact)
            long = length.to(squared.dtype) ** 2
            square = (long + least).clamp_(min=0)
            poor = (square <= POOR * long).nonzero().squeeze(1)
            if poor.numel():
                square[poor] = exact(poor, chunk_labels[poor])
            labels[start:stop], squared[start:stop] = chunk_labels, square / scale / scale
    return labels, squared


def nearest(
    rows: Tensor,
    length: Tensor,
    centers: Tensor,
    squares: Tensor,
    reach: Tensor,
    exact: Callable[[Tensor, Tensor], Tensor] | None = None,
) -> tuple[Tensor, Tensor, Tensor]:
    """The kernel of :func:`assign` for one chunk of rows near the origin.

    Parameters
    ----------
    rows : Tensor of shape (m, d); length : their norms, of shape (m,)
    centers : Tensor of shape (k, d); squares, reach : as :func:`squared_norms` gives them
    exact : callable (i, j) -> squared distances of those pairs, default the plain difference of these rows

    Returns
    -------
    membership : Tensor of shape (k, m), dtype of the rows
        One in the nearest centre's row, zero elsewhere.
    labels : Tensor of shape (m,), int32
    least : Tensor of shape (m,)
        Squared distance to that centre less the squared norm of the row.

    Notes
    -----
    A minimum, a comparison and a product with a vector take less time than ``argmin``, and also count the centres
    within rounding error of the nearest: the product is ``step + j`` for one of them, at least
    ``2 step`` for several.
    """
    exact = exact or partial(pair_distances, rows, centers)
    return winners(scores(rows, centers, squares), rows, length, reach, exact)


def nearest_two(
    rows: Tensor, length: Tensor, centers: Tensor, squares: Tensor, reach: Tensor
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """What :func:`nearest` gives, and the same distance to the second nearest centre; infinite if there is only one."""
    score = scores(rows, centers, squares)
    kept = score.clone()

    membership, labels, least = winners(score, rows, length, reach, partial(pair_distances, rows, centers))
    return membership, labels, least, kept.masked_fill_(membership > 0, math.inf).amin(0)


def winners(
    score: Tensor, rows: Tensor, length: Tensor, reach: Tensor, exact: Callable[[Tensor, Tensor], Tensor]
) -> tuple[Tensor, Tensor, Tensor]:
    """What :func:`nearest` gives, from a table of scores (k, m), which is overwritten; ``exact`` as there."""
    k = len(score)
    least = score.amin(0)
    room = rounding(rows) * (length + near_enough(length, least, reach)) ** 2
    membership = score.le_(least + room)  # in place: one and zero in the same dtype
    step = 2.0 ** k.bit_length()
    order = step + torch.arange(k, device=rows.device, dtype=rows.dtype)
    total = product(membership.T, order[None])[0]
    labels = (total - step).clamp_(min=0).to(torch.int32)  # of NaN no centre is within reach
    contested = (total >= 2 * step).nonzero().squeeze(1)
    if contested.numel():
        row, center = membership[:, contested].T.nonzero(as_tuple=True)
        pair = contested[row], center
        square = exact(*pair)
        table = torch.full((len(contested), k), math.inf, dtype=square.dtype, device=rows.device)
        winner = table.index_put_((row, center), square).argmin(1)
        membership[:, contested] = 0
        membership[winner, contested] = 1
        labels[contested] = winner.to(torch.int32)
    return membership, labels, least


def near_enough(length: Tensor, least: Tensor, reach: Tensor) -> Tensor:
    """Largest norm (m,) of a centre that can be as near to a row as ``least`` says, with room.

    A centre farther out than that cannot be nearest, whatever the rounding error; without this limit one outlier among
    the centres would make all rows near others ties.
    """
    square = (length * length).add_(least).clamp_(min=0)
    return torch.minimum(square.sqrt_().add_(length).mul_(1 + _FAR), reach)


def scores(rows: Tensor, centers: Tensor, squares: Tensor) -> Tensor:
    """Squared distances of shape (k, m), less the squared norms of the rows.

    A product is fastest with the short side first, a minimum along the side that is contiguous.
    """
    if len(centers) <= _FEW or is_sparse(rows):
        return product(rows, -2 * centers, squares)
    return product(centers, -2 * rows).add_(squares).T


def score_chunks(
    X: Tensor, n_clusters: int, chunk_bytes: int = SCORE_BYTES, *, n_samples: int | None = None
) -> Iterator[tuple[int, int]]:
    """Bounds of chunks of rows whose table of scores stays in the cache between product, minimum and comparison.

    n_samples : int or None, default=None
        So many rows like those of X; None is all.
    """
    stored = X.values().numel() // max(1, X.shape[0]) if is_sparse(X) else X.shape[1]
    row_bytes = X.dtype.itemsize * (n_clusters + stored // 2)
    return chunks(X.shape[0] if n_samples is None else n_samples, row_bytes, max(chunk_bytes, _FEWEST_ROWS * row_bytes))


def squared_norms(centers: Tensor) -> tuple[Tensor, Tensor]:
    """Squared norms of the centres, infinite for a copy of an earlier centre, and the largest norm.

    A copy can never win (ties go to the lowest index); leaving it out keeps every row from being a tie.
    """
    length = norms(centers)
    squares = length * length
    if torch.unique(squares).numel() < len(centers):
        _, group = torch.unique(centers, dim=0, return_inverse=True)
        index = torch.arange(len(centers), device=centers.device)
        first = torch.full_like(index, len(centers)).scatter_reduce_(0, group, index, "amin")
        squares = squares.masked_fill(first[group] != index, math.inf)
    return squares, length.max()
