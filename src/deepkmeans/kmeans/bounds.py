r"""Bounded iterations near the end: only rows that may have changed their cluster are assigned again.

A row whose distance to its centre is at most u and to any other at least l keeps its label while u < l. When centres
move, u grows by the distance that its centre moved, and l shrinks by the longest distance that another moved. Rows with
u >= l are assigned again, all others keep their label (Hamerly 2010). Sums and weights of the clusters are kept up to
date with the rows that changed, and the inertia follows from them:

.. math:: \sum_i w_i |x_i|^2 - 2 \sum_j c_j \cdot s_j + \sum_j m_j |c_j|^2

The bounds include the rounding error of the distances, so labels are those of a full iteration.
"""

from __future__ import annotations

import torch
from torch import Tensor

from .assignment import near_enough, nearest_two, score_chunks, squared_norms
from .distances import rounding
from .problem import Problem
from .rows import block, select, sums

__all__ = ["Bounded"]

#: Relative room of sums of distances.
_ROOM = 1e-6


class Bounded:
    """Labels, bounds, sums and weights of the clusters of this process's rows, from iteration to iteration.

    Attributes
    ----------
    labels : Tensor of shape (n,), int32
    total : Tensor of shape (k, d), float64; mass : Tensor of shape (k,), float64
    inertia : Tensor, float64, at the centres of the last step
    changed : int
        Rows whose label the last step changed; at first, those with another label than ``before`` (n,).
    looked_at : int
        Rows that the bounds could not hold in the last step.

    Notes
    -----
    O(n k d) to begin, then O(n + m k d) a step with m the rows that the bounds cannot hold.
    """

    def __init__(self, problem: Problem, centers: Tensor, before: Tensor) -> None:
        self.problem, self.centers = problem, centers
        n, (k, _) = len(problem.length), centers.shape
        rows, kind = problem.rows, centers.dtype
        self.labels = torch.empty(n, dtype=torch.int32, device=rows.device)
        self.upper, self.lower = torch.empty_like(problem.length), torch.empty_like(problem.length)
        self.total, self.mass = torch.zeros_like(centers), torch.zeros_like(centers[:, 0])
        near = centers.to(rows.dtype)
        norms = squared_norms(near)
        inertia = torch.zeros((), dtype=kind, device=rows.device)
        for start, stop in score_chunks(rows, k):
            part = slice(start, stop)
            x, length = block(rows, start, stop), problem.length[part]
            labels, square, member = self._assign(x, length, near, norms, part)
            weight = None if problem.weight is None else problem.weight[part]
            self.total += sums(x, labels, k, weight, member)
            self.mass += self._weights(labels, weight)
            inertia += (square if weight is None else square * weight).sum(dtype=kind)
        self.inertia, self.changed = inertia, int((self.labels != before).sum())
        self.base, self.looked_at = inertia - self._from_sums(), 0

    def step(self, centers: Tensor) -> None:
        """Assign the rows to these centres."""
        problem, k = self.problem, len(centers)
        rows, kind = problem.rows, problem.rows.dtype
        near = centers.to(kind)
        way = torch.linalg.vector_norm(near - self.centers.to(kind), dim=1) * (1 + _ROOM)  # (k,)
        longest, at = way.topk(min(2, k))
        others = torch.where(torch.arange(k, device=way.device) == at[0], longest[-1], longest[0])  # (k,)
        self.upper.add_(way[self.labels]).mul_(1 + _ROOM)
        self.lower.sub_(others[self.labels]).mul_(1 - _ROOM)
        loose = (self.upper >= self.lower).nonzero().squeeze(1)
        norms = squared_norms(near)
        self.centers, self.changed, self.looked_at = centers, 0, len(loose)
        for start, stop in score_chunks(rows, 4 * k, n_samples=len(loose)):
            index = loose[start:stop]
            x, old = select(rows, index), self.labels[index]
            new, _, _ = self._assign(x, problem.length[index], near, norms, index)
            moved = (new != old).nonzero().squeeze(1)
            self.changed += len(moved)
            if moved.numel():
                weight = None if problem.weight is None else problem.weight[index[moved]]
                y, old, new = select(x, moved), old[moved], new[moved]
                self.total += sums(y, new, k, weight) - sums(y, old, k, weight)
                self.mass += self._weights(new, weight) - self._weights(old, weight)
        self.inertia = (self._from_sums() + self.base).clamp(min=0)

    def _assign(
        self, x: Tensor, length: Tensor, near: Tensor, norms: tuple[Tensor, Tensor], place: slice | Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Assign some rows and set their bounds; labels, squared distances and membership."""
        member, labels, least, second = nearest_two(x, length, near, *norms)
        own_square = length * length
        below = rounding(x) * (length + near_enough(length, least, norms[1])) ** 2
        above = rounding(x) * (length + near_enough(length, second, norms[1])) ** 2
        self.labels[place] = labels
        self.upper[place] = (own_square + least + below).clamp_(min=0).sqrt_()
        self.lower[place] = (own_square + second - above).clamp_(min=0).sqrt_()
        return labels, (own_square + least).clamp_(min=0), member

    def _weights(self, labels: Tensor, weight: Tensor | None) -> Tensor:
        kind = self.mass.dtype
        return torch.bincount(labels, None if weight is None else weight.to(kind), minlength=len(self.mass)).to(kind)

    def _from_sums(self) -> Tensor:
        return (self.mass * (self.centers**2).sum(1)).sum() - 2 * (self.centers * self.total).sum()
