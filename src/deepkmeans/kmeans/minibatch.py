"""One step of K-Means on a stream: centres are decayed means of all rows that they were given.

D. Sculley, "Web-scale k-means clustering", WWW 2010, whose per-row update this is for a whole batch at once; the decay
is that of Spark's StreamingKMeans. A cluster without any weight takes the row that is farthest from its centre.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from .distances import assign
from .rows import block, chunks, sums, take, unit_rows, wide

__all__ = ["Step", "minibatch_step"]


@dataclass(frozen=True)
class Step:
    """What one batch has made of the centres.

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
    O(n k d) time, twice: the labels returned are those of the new centres.
    """
    with torch.no_grad(), torch.autocast(X.device.type, enabled=False):
        labels, far = assign(X, centers)
        kind = wide(X.device)
        share = torch.ones(len(labels), dtype=kind, device=X.device) if weight is None else weight.to(kind)
        old = decay_factor * counts.to(X.device, kind)
        own = labels.long()
        mass = torch.zeros_like(old).index_add_(0, own, share)
        total = torch.zeros(centers.shape, dtype=kind, device=X.device)
        for start, stop in chunks(X.shape[0], 2 * X.itemsize * X.shape[1]):
            total += sums(block(X, start, stop), own[start:stop], len(centers), share[start:stop].to(X.dtype))
        empty = (old + mass == 0).nonzero().squeeze(1)
        if empty.numel():
            usable = (far > 0) & (share > 0)
            order = far.masked_fill(~usable, -1).topk(min(len(empty), len(far))).indices
            order = order[usable[order]]
            empty = empty[: len(order)]
            moved = take(X, order).to(kind) * share[order, None]
            total.index_add_(0, own[order], moved, alpha=-1)
            mass.index_add_(0, own[order], share[order], alpha=-1)
            total[empty], mass[empty] = moved, share[order]
        counts = old + mass.clamp(min=0)
        kept = counts > 0
        mean = (old[:, None] * centers.to(kind) + total) / counts.clamp(min=torch.finfo(kind).tiny)[:, None]
        centers = torch.where(kept[:, None], mean, centers.to(kind)).to(X.dtype)
        centers = unit_rows(centers) if spherical else centers
        labels, squared = assign(X, centers)
        return Step(centers, counts, labels, float((squared * share).sum()))
