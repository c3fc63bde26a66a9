"""Representative samples of rows: nested, and weighted where some rows matter more than others.

A uniform sample misses what few rows hold: with heavy tails, columns of very different size or clusters of a handful of
rows, most of the inertia is theirs. There a row is drawn by its share of the weight and of the inertia around the mean
alike (lightweight coresets, Bachem, Lucic and Krause 2018), and weighted by the inverse of its chance. Rows are
drawn by priority: the first m of a sample are a sample of m, each standing for what it was worth over the chance it had
(Duffield, Lund and Thorup, "Priority sampling for estimation of arbitrary subset sums", Journal of the ACM 54, 2007).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from ..runtime.collective import Collective
from .problem import Problem
from .rows import is_sparse, joined, select, wide
from .seeding import value_order

__all__ = ["Sample", "drawn", "gathered"]

#: Mean square of the rows' shares, one if all are equal, beyond which shares decide what is drawn.
_UNEVEN = 1.5


@dataclass(frozen=True)
class Sample:
    """Rows in the order in which they were drawn.

    Attributes
    ----------
    problem : Problem
        The rows, dense, with their own weights.
    worth : Tensor of shape (m,) or None
        What the chance of a row was proportional to; None if all had the same.
    priority : Tensor of shape (m + 1,)
        Falling; the last is that of the first row left out, 0 if there is none.
    """

    problem: Problem
    worth: Tensor | None
    priority: Tensor

    def __len__(self) -> int:
        return len(self.problem.length)

    def chance(self, total: int) -> Tensor:
        """Chance (m,), float64, that each row had to be among so many of ``total`` rows."""
        if self.worth is None:
            return torch.full((len(self),), len(self) / total, dtype=torch.float64, device=self.priority.device)
        limit = self.priority[len(self)].to(self.worth)
        return (self.worth / limit).clamp(max=1.0) if limit > 0 else torch.ones_like(self.worth)

    def first(self, size: int) -> Problem:
        """The sample of the first ``size`` rows, weighted for what they stand for."""
        part = self.problem if size >= len(self) else self.problem.sliced(slice(size))
        limit = self.priority[min(size, len(self))]
        if self.worth is None or limit <= 0:
            return part
        chance = (self.worth[: len(part.length)] / limit).clamp(max=1.0)
        weight = 1 / chance if part.weight is None else part.weight / chance.to(part.weight)
        return replace(part, weight=weight.to(part.rows.dtype))


def drawn(problem: Problem, size: int, n_clusters: int, generator: torch.Generator, collective: Collective) -> Sample:
    """At most ``size`` rows, the same in every process; all rows if there are no more, in random order as well.

    Rows of weight 0 are left out, unless fewer than ``n_clusters`` others are there.
    """
    usable, counts = _usable(problem, n_clusters, collective)
    total, first = int(counts.sum()), int(counts[: collective.rank].sum())
    worth = _worth(problem, usable, collective)
    chance = torch.rand(total, generator=generator, dtype=torch.float64).clamp_(min=1e-300)
    if total <= size:  # in an order that the order of the rows does not change
        part = _joined(problem, usable, collective)
        chance[value_order(part).cpu()] = chance.clone()
    chance_here = chance[first : first + len(usable)]
    value, place = ((1 if worth is None else worth.cpu()) / chance_here).topk(min(size + 1, len(usable)))
    tops = collective.gather(torch.tensor([len(value)]))
    before = int(tops[: collective.rank].sum())
    every = collective.gather(value)
    ranked, order = every.sort(descending=True, stable=True)
    order, limit = order[:size], ranked[size : size + 1] if len(ranked) > size else ranked.new_zeros(1)
    here = order[(order >= before) & (order < before + len(value))].sort().values
    at = usable[place[here - before].to(usable.device)]
    part, inverse = _joined(problem, at, collective), order.argsort().argsort().to(problem.length.device)
    part = part.part(inverse)
    if is_sparse(part.rows):
        dense = part.rows.to_dense()
        part = replace(part, X=dense, rows=dense)
    if worth is not None:
        worth = collective.gather(worth[place[here - before].to(worth.device)])[inverse]
    return Sample(part, worth, torch.cat([ranked[:size], limit]).to(problem.length.device))


def gathered(
    problem: Problem, size: int, n_clusters: int, generator: torch.Generator, collective: Collective
) -> Problem:
    """A uniform sample of ``size`` rows, the same in every process, in random order; or all rows, in theirs.

    Rows of weight 0 are left out, unless fewer than ``n_clusters`` others are there.
    """
    usable, counts = _usable(problem, n_clusters, collective)
    total, first = int(counts.sum()), int(counts[: collective.rank].sum())
    if total <= size:
        whole = collective.size == 1 and len(usable) == len(problem.length)
        return problem if whole else _joined(problem, usable, collective)
    order = torch.randperm(total, generator=generator)[:size]
    here = order[(order >= first) & (order < first + len(usable))].sort().values
    part = _joined(problem, usable[(here - first).to(usable.device)], collective)
    return part.part(order.argsort().argsort().to(problem.length.device))


def _usable(problem: Problem, n_clusters: int, collective: Collective) -> tuple[Tensor, Tensor]:
    """Numbers of the rows of this process that may be drawn, and how many every process has."""
    weight, every = problem.weight, torch.arange(len(problem.length), device=problem.length.device)
    usable = every if weight is None else (weight > 0).nonzero().squeeze(1)
    counts = collective.gather(torch.tensor([[len(usable), len(every)]]))
    if int(counts[:, 0].sum()) < n_clusters:  # rows of weight 0 start what is left over
        return every, counts[:, 1]
    return usable, counts[:, 0]


def _worth(problem: Problem, usable: Tensor, collective: Collective) -> Tensor | None:
    """A row's share of the weight and of the inertia around the mean; None where all are about as much."""
    kind = wide(problem.length.device)
    weight = None if problem.weight is None else problem.weight[usable].to(kind)
    square = problem.length[usable].to(kind) ** 2
    square = square if weight is None else square * weight
    row_weight = torch.ones_like(square) if weight is None else weight
    count, inertia, mass = collective.sum(square.new_tensor(len(usable)), square.sum(), row_weight.sum())
    if not (inertia > 0) or not (mass > 0):
        return None
    worth = row_weight / mass + square / inertia  # sums to 2
    (uneven,) = collective.sum((worth * worth).sum())
    return worth if float(uneven * count) > 4 * _UNEVEN else None


def _joined(problem: Problem, index: Tensor, collective: Collective) -> Problem:
    """The rows ``own`` of every process, one process after the other."""
    rows = joined(select(problem.rows, index), collective.gather)
    weight = None if problem.weight is None else collective.gather(problem.weight[index])
    return replace(problem, X=rows, rows=rows, length=collective.gather(problem.length[index]), weight=weight)
