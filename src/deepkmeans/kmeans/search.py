"""Many starts on small samples, few on large ones: where the whole K-Means begins when it may search.

A start costs passes over the rows, and nearly all of what it finds can be found on a sample. So several starts are
settled and refined on a small sample; the better half goes on to a sample three times as large, and so on; one goes
through all rows. Successive halving (Jamieson and Talwalkar 2016) over rows instead of epochs.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from ..runtime.collective import Collective
from .lloyd import Problem, Settled, settle
from .refinement import refine
from .rows import take
from .seeding import plusplus_rows, random_rows

__all__ = ["search"]

#: Rows of the first sample, and of it per cluster.
_ROWS, _ROWS_A_CLUSTER = 2048, 20
_GROWTH = 3
#: Starts of few clusters; moves alone find the way among many.
_STARTS, _CLUSTERS_IN_ALL = 16, 160
_FIRST_ROUNDS, _ROUNDS, _SAMPLE_TOL = 8, 60, 1e-4
_MOVES, _MOVES_OF_ALL = 30, 3


def search(
    problem: Problem, n_clusters: int, *, init: str, n_init: int, generator: torch.Generator, collective: Collective
) -> Tensor:
    """Centres (k, d) of ``problem.rows`` from which Lloyd's rounds over all rows end in a good optimum."""
    k, n = n_clusters, len(problem.length)
    usable = torch.arange(n) if problem.weight is None else (problem.weight > 0).nonzero().squeeze(1).cpu()
    if len(usable) < k:  # rows of weight 0 start what is left over
        usable = torch.arange(n)
    choose = plusplus_rows if init == "k-means++" else random_rows
    order = usable
    size = max(_ROWS, _ROWS_A_CLUSTER * k)
    if size * _GROWTH < len(usable):
        order = usable[torch.randperm(len(usable), generator=generator)]
    else:
        size = len(usable)
    first = size
    starts = max(n_init, min(_STARTS, _CLUSTERS_IN_ALL // k), 1)
    part = _sample(problem, order, size)
    found = [_settled(part, _start(part, choose, k, generator), _FIRST_ROUNDS, collective) for _ in range(starts)]
    found = _better_half(found)
    while True:
        last = size == len(usable)
        moves = _MOVES_OF_ALL if last and size > first else _MOVES
        found = _better_half([_refined(part, end, moves, collective) for end in found])
        if last:
            return found[0].centers
        size = size * _GROWTH if size * _GROWTH**1.5 < len(usable) else len(usable)
        if size == len(usable) and len(found) == 1 and k < _CLUSTERS_IN_ALL:
            return found[0].centers
        part = _sample(problem, order, size)
        found = [_settled(part, end.centers, _ROUNDS, collective) for end in found]


def _sample(problem: Problem, order: Tensor, size: int) -> Problem:
    if size == len(problem.length):
        return problem
    return problem.part(order[:size].sort().values.to(problem.length.device))


def _start(part: Problem, choose: Any, k: int, generator: torch.Generator) -> Tensor:
    return take(part.rows, choose(part, k, generator)).to(part.shift)


def _settled(part: Problem, centers: Tensor, rounds: int, collective: Collective) -> Settled:
    return settle(part, centers, max_iter=rounds, tol=_SAMPLE_TOL, collective=collective)


def _refined(part: Problem, end: Settled, moves: int, collective: Collective) -> Settled:
    return refine(part, end, tol=_SAMPLE_TOL, collective=collective, max_moves=moves)


def _better_half(found: list[Settled]) -> list[Settled]:
    return sorted(found, key=lambda end: end.history[-1])[: max(1, len(found) // 2)]
