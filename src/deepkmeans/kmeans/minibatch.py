"""One step of K-Means on a stream: centres are decayed means of all rows that they were given.

D. Sculley, "Web-scale k-means clustering", WWW 2010, whose per-row update this is for a whole batch at once; the decay
is that of Spark's StreamingKMeans. A cluster without any weight takes the row that is farthest from its centre; a
centre that can be removed at little cost moves to where the batch needs it (:mod:`.reassignment`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from .assignment import assign
from .frame import power_of_two
from .reassignment import beyond_rounding, reassigned
from .repeats import row_keys
from .rows import block, chunks, is_sparse, safe_range, sums, take, unit_rows, wide
from .support import columns_used, constant_columns, narrowed, widened, without_constants

__all__ = ["Step", "minibatch_step"]


@dataclass(frozen=True)
class Step:
    """The centres after one batch.

    Attributes
    ----------
    centers : Tensor of shape (k, d), dtype of the rows
    counts : Tensor of shape (k,), float64
    labels : Tensor of shape (n,), int32
        Of the batch, by the new centres.
    inertia : float
        Of the batch, with the new centres.
    """

    centers: Tensor
    counts: Tensor
    labels: Tensor
    inertia: float


def minibatch_step(
    X: Tensor, centers: Tensor, counts: Tensor, *, weight: Tensor | None = None, decay_factor: float = 1.0,
    spherical: bool = False,
) -> Step:  # fmt: skip
    """Assign a batch and move each centre by it.

    Parameters
    ----------
    X : Tensor of shape (n, d), dense or CSR
    centers : Tensor of shape (k, d)
    counts : Tensor of shape (k,), float64
        Weight of the rows that made each centre.
    weight : Tensor of shape (n,) or None
    decay_factor : float
        ``c = (a N c + sum w x) / (a N + sum w)``, with a this factor and N the count.
    spherical : bool, default=False
        The rows have length one, and so will the centres.

    Notes
    -----
    O(n k d) time, twice: the labels returned are those of the new centres. More where centres are moved.
    """
    with torch.no_grad(), torch.autocast(X.device.type, enabled=False):
        columns = columns_used(X, centers)
        if columns is not None:
            step = minibatch_step(
                narrowed(X, columns), centers[:, columns], counts, weight=weight, decay_factor=decay_factor,
                spherical=spherical,
            )  # fmt: skip
            new_centers = widened(step.centers, columns, X.shape[1])
            return replace(step, centers=new_centers, labels=assign(X, new_centers)[0])
        if is_sparse(X) and not spherical:
            constant = constant_columns(X)
            constant = torch.where((centers == constant).all(0), constant, torch.zeros_like(constant))
            if bool(constant.any()):
                rows = without_constants(X, constant)
                step = minibatch_step(rows, centers - constant, counts, weight=weight, decay_factor=decay_factor)
                new_centers = step.centers + constant
                return replace(step, centers=new_centers, labels=assign(X, new_centers)[0])
        kind = wide(X.device)
        scale = _scale(X, centers)
        X, centers = (X, centers) if scale == 1.0 else (X * scale, centers * scale)
        share = torch.ones(X.shape[0], dtype=kind, device=X.device) if weight is None else weight.to(kind)
        old = decay_factor * counts.to(X.device, kind)
        moved, counts = _moved(X, share, centers, old)
        moved = unit_rows(moved) if spherical else moved
        labels, squared = assign(X, moved)
        better = reassigned(X, share, centers, old, moved, counts, labels, squared, spherical=spherical)
        if better is not None:
            # Rows of earlier batches count as lying on their old centre: their weight goes to the nearest new one.
            successor = assign(centers, better)[0].long()
            before = torch.zeros_like(old).index_add_(0, successor, old)
            place = torch.zeros_like(better, dtype=kind).index_add_(0, successor, centers.to(kind) * old[:, None])
            place = place / before.clamp(min=torch.finfo(kind).tiny)[:, None]
            place = torch.where((before > 0)[:, None], place, better.to(kind)).to(X.dtype)
            moved, counts = _moved(X, share, place, before, near=better)
            moved = unit_rows(moved) if spherical else moved
            labels, squared = assign(X, moved)
        inertia = float((squared * share).sum()) / scale / scale
        return Step(moved if scale == 1.0 else moved / scale, counts, labels, inertia)


def _scale(X: Tensor, centers: Tensor) -> float:
    """A power of two in whose unit sums and squares are numbers; 1 but for extreme rows."""
    values = X.values() if is_sparse(X) else X
    size = max(float(part.abs().max()) for part in (values, centers) if part.numel())
    low, high = safe_range(X.dtype)
    return 1.0 if low < size < high else power_of_two(size, X.dtype)


def _moved(X: Tensor, share: Tensor, centers: Tensor, old: Tensor, near: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Centres (k, d) of weight ``old`` (k,) moved by the rows nearest to them, or to ``near``, and their new weight.

    A centre on which all its rows lie, up to rounding, stays in place: the mean of equal rows may differ from them by
    rounding, and the next batch would then see a new row.
    """
    kind = old.dtype
    labels, far = assign(X, centers if near is None else near)
    cluster, far = labels.long(), beyond_rounding(X, far)
    mass = torch.zeros_like(old).index_add_(0, cluster, share)
    total = torch.zeros(centers.shape, dtype=kind, device=X.device)
    for start, stop in chunks(X.shape[0], 2 * kind.itemsize * X.shape[1]):
        rows = block(X, start, stop)
        total += sums(
            rows if is_sparse(X) else rows.to(kind), cluster[start:stop], len(centers), share[start:stop].to(rows.dtype)
        )
    empty = (old + mass == 0).nonzero().squeeze(1)
    usable = (far > 0) & (share > 0)
    if empty.numel() and bool(usable.any()):
        # A row that is there several times is taken as a whole, as one of their weight would be.
        _, group = torch.unique(row_keys(X), return_inverse=True)
        first = torch.full_like(group, len(far)).scatter_reduce_(0, group, torch.arange(len(far)).to(group), "amin")
        first = first[first < len(far)]
        held = torch.zeros_like(share).index_add_(0, group, share)
        order = first[far[first].masked_fill(held[group[first]] <= 0, -1).topk(min(len(empty), len(first))).indices]
        order = order[(far[order] > 0) & (held[group[order]] > 0)]
        empty, weight = empty[: len(order)], held[group[order]]
        taken = take(X, order).to(kind) * weight[:, None]
        total.index_add_(0, cluster[order], taken, alpha=-1)
        mass.index_add_(0, cluster[order], weight, alpha=-1)
        total[empty], mass[empty] = taken, weight
        gone = torch.zeros_like(share, dtype=torch.bool)
        gone[group[order]] = True
        far = far.masked_fill(gone[group], 0)
    counts = old + mass.clamp(min=0)
    mean = (old[:, None] * centers.to(kind) + total) / counts.clamp(min=torch.finfo(kind).tiny)[:, None]
    moves = torch.zeros_like(old).index_add_(0, cluster, (far * share).to(kind)) > 0
    moves[empty] = True
    if near is not None:
        moves |= (near.to(kind) != centers.to(kind)).any(1)
    return torch.where((moves & (counts > 0))[:, None], mean, centers.to(kind)).to(X.dtype), counts
