"""Starts by k-means||: few passes over the rows instead of one for every centre.

B. Bahmani et al., "Scalable k-means++", VLDB 2012: in each of five iterations every row becomes a candidate with
probability ``l d^2 / sum(d^2)``, d its distance to the candidates so far and l = 2 k; the candidates, weighted by the
rows nearest to them, are thinned to k by k-means++. Where fewer than k candidates came, k-means++ of the rows decides.
"""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from .assignment import assign
from .problem import Problem
from .rows import take, wide
from .seeding import draw, plusplus_rows, value_order

__all__ = ["parallel_rows"]

_ITERATIONS, _FACTOR = 5, 2


def parallel_rows(problem: Problem, n_clusters: int, generator: torch.Generator, *, starts: int = 1) -> Tensor:
    """Row numbers (starts, k). O(iterations n k d), memory O(n)."""
    return torch.stack([_one(problem, n_clusters, generator) for _ in range(starts)])


def _one(problem: Problem, k: int, generator: torch.Generator) -> Tensor:
    rows, kind = problem.rows, wide(problem.length.device)
    weight = torch.ones_like(problem.length, dtype=kind) if problem.weight is None else problem.weight.to(kind)
    order = value_order(problem)
    chosen = order[draw(weight[order][None], 1, generator)[0]]
    nearest, closest = torch.zeros_like(order), torch.full_like(weight, torch.inf)
    fresh = chosen
    for left in range(_ITERATIONS, -1, -1):
        label, squared = assign(rows, take(rows, fresh))
        closer = squared < closest
        nearest[closer] = label[closer].long() + len(chosen) - len(fresh)
        closest = torch.minimum(closest, squared.to(kind))
        mass = closest * weight
        total = mass.sum()
        if not left or not bool(total > 0):
            break
        chance = torch.empty_like(mass)
        chance[order] = torch.rand(len(order), generator=generator, dtype=torch.float64).to(mass)
        picked = (chance * total < _FACTOR * k * mass)[order]
        fresh = order[picked]
        if not fresh.numel():
            break
        chosen = torch.cat([chosen, fresh])
    if len(chosen) < k:
        return plusplus_rows(problem, k, generator)[0]
    held = torch.zeros(len(chosen), dtype=kind, device=rows.device).index_add_(0, nearest, weight)
    candidates = take(rows, chosen)
    thin = replace(problem, X=candidates, rows=candidates, length=problem.length[chosen], weight=held)
    return chosen[plusplus_rows(thin, k, generator)[0]]
