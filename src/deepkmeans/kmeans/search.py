"""Where the whole K-Means begins when it may search: many solutions of small samples, few of large ones.

A pass over the rows is dear, and nearly all of what tells a good solution from a bad one can be seen on a sample, in
the main directions of the rows. So many starts are settled together on a small sample and have children
(:mod:`.population`); the best go on to a sample three times as large, and so on; the best of all is moved where a merge
and a split gain (:mod:`.refinement`). Successive halving (Jamieson and Talwalkar 2016) over rows instead of epochs.

Processes that each hold a shard of the rows gather the same sample and search alike.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..runtime import one_thread
from ..runtime.collective import Collective, SingleProcess
from .axes import principal_axes
from .lloyd import Settled, settle
from .population import Population, evolve, survivors, together
from .problem import Problem, prepare
from .refinement import refine, transferred
from .rows import block, chunks, is_sparse, joined, product, select
from .seeding import on_line, value_order

__all__ = ["MANY", "gathered", "search"]

#: Rows of the first sample, and of it per cluster; of the last sample per cluster of the first.
_ROWS, _ROWS_A_CLUSTER, _FEWEST_A_CLUSTER = 4096, 40, 20
_GROWTH, _LEVELS = 3, 3
#: Solutions of few clusters; of many clusters one, and moves alone find the way.
_SOLUTIONS, _CLUSTERS_IN_ALL, MANY = 16, 320, 160
_FIRST_ROUNDS, _ROUNDS = 10, 6
#: Generations, on the first sample.
_GENERATIONS = 32
_TOL, _SETTLED = 1e-4, 60
#: Failed and made moves of the first sample on which one solution is left, and of later ones.
_MOVES, _LATER_MOVES = 30, 3
#: Where the rows are so many times those of the last sample, a third of them comes before all.
_THINNED = 5
#: Products of the last sample in one pass up to which single rows are moved.
_SINGLE_ROWS = 2**25
#: Solutions that all rows decide between, the last two of them in all columns unless their inertias are that close.
_FINALISTS, _FINAL_ROUNDS, _ALIKE = 3, 4, 1e-6
#: Share of the variance below which the main directions are only a beginning: there is no evolution, and after few
#: rounds in all columns moves.
_KEPT, _FEW_ROUNDS = 0.5, 8
#: More columns than this are seen in so many main directions, which are found on so many rows.
_COLUMNS, _AXES, _AXES_ROWS = 100, 48, 4096


def search(
    problem: Problem, n_clusters: int, *, choose: Any, n_init: int, generator: torch.Generator, collective: Collective
) -> Tensor:
    """Centres (k, d) of ``problem.rows`` from which Lloyd's rounds over all rows end in a good optimum.

    choose : callable (problem, k, generator, starts=s) -> row numbers (s, k)
    """
    k = n_clusters
    size = max(_ROWS, (_ROWS_A_CLUSTER if k <= MANY else _FEWEST_A_CLUSTER) * k)
    axes, reduced, little = None, problem, False
    if problem.rows.shape[1] > _COLUMNS:
        seen = gathered(problem, _AXES_ROWS, k, generator, collective)
        _, axes = principal_axes(seen.rows, _AXES, np.random.RandomState(0))  # (d, m)
        del seen
        reduced = _along(problem, axes, collective)
        inside = reduced.variance * reduced.rows.shape[1] / reduced.scale**2
        little = inside < _KEPT * problem.variance * problem.rows.shape[1]
    part = gathered(reduced, size * _GROWTH ** (_LEVELS - 1 - (k > MANY)), k, generator, collective)
    if is_sparse(part.rows):
        part = replace(part, rows=part.rows.to_dense())
    with one_thread(k <= MANY):
        found = _grown(
            part, k, size, choose=choose, n_init=n_init, generator=generator,
            generations=0 if little else _GENERATIONS, whole=axes is None,
        )  # fmt: skip
    rows_seen = len(part.length)
    del part  # the rows of the search are done with before all rows are gone through
    centers = found[0]
    if axes is not None and little:
        part = gathered(problem, rows_seen, k, generator, collective)
        centers = _moved(part, problem.on_sphere(centers @ axes.T.to(centers.dtype)))
    elif axes is not None:
        centers = _in_all_columns(problem, reduced, axes, found, collective)
    elif not is_sparse(problem.rows) and _total(problem, collective) > _THINNED * rows_seen:
        first = int(collective.gather(torch.tensor([len(problem.length)]))[: collective.rank].sum())
        thin = problem.sliced(slice(-first % _GROWTH, None, _GROWTH))
        centers = _near(thin, centers, _SETTLED, collective).centers
    # Among copies of one solution rounding chooses which goes on, and with it the order of the clusters.
    centers = centers[on_line(centers).argsort(stable=True)]
    (centers,) = collective.sum(centers if collective.rank == 0 else torch.zeros_like(centers))
    return centers


def _moved(part: Problem, centers: Tensor) -> Tensor:
    """Centres (k, d) of one process's sample after a few rounds and moves."""
    alone = SingleProcess()
    end = settle(part, centers, max_iter=_FEW_ROUNDS, tol=_TOL, collective=alone)
    return refine(part, end, tol=_TOL, collective=alone, max_moves=_LATER_MOVES).centers


def _in_all_columns(
    problem: Problem, reduced: Problem, axes: Tensor, found: Tensor, collective: Collective
) -> Tensor:  # fmt: skip
    """The best centres (k, d) of those found (f, k, m) in the main directions ``axes`` (d, m)."""
    last = [_near(reduced, centers, _SETTLED, collective) for centers in found[:_FINALISTS]]
    last.sort(key=lambda end: end.history[-1])
    whole = [problem.on_sphere(end.centers @ axes.T.to(end.centers.dtype)) for end in last]
    if len(last) > 1 and not is_sparse(problem.rows) and last[1].history[-1] > last[0].history[-1] * (1 + _ALIKE):
        # What the directions leave out may turn the order of solutions that are nearly as good.
        last = [_near(problem, centers, _FINAL_ROUNDS, collective) for centers in whole[:2]]
        return min(last, key=lambda end: end.history[-1]).centers
    return whole[0]


def _near(problem: Problem, centers: Tensor, rounds: int, collective: Collective) -> Settled:
    return settle(problem, centers, max_iter=rounds, tol=_TOL, collective=collective, close=True)


def _total(problem: Problem, collective: Collective) -> int:
    return int(collective.sum(torch.tensor(len(problem.length)))[0])


def gathered(
    problem: Problem, size: int, n_clusters: int, generator: torch.Generator, collective: Collective
) -> Problem:
    """A sample of ``size`` rows, the same in every process, in random order; or all rows, in theirs.

    Rows of weight 0 are left out, unless fewer than ``n_clusters`` others are there.
    """
    weight = problem.weight
    usable = torch.arange(len(problem.length)) if weight is None else (weight > 0).nonzero().squeeze(1).cpu()
    counts = collective.gather(torch.tensor([[len(usable), len(problem.length)]]))
    if int(counts[:, 0].sum()) < n_clusters:  # rows of weight 0 start what is left over
        usable, counts = torch.arange(len(problem.length)), counts[:, 1:]
    total, first = int(counts[:, 0].sum()), int(counts[: collective.rank, 0].sum())
    if total <= size:
        own, order = usable, None
    elif collective.size == 1:
        own, order = usable[torch.randperm(total, generator=generator)[:size]], None
    else:
        order = torch.randperm(total, generator=generator)[:size]
        here = order[(order >= first) & (order < first + len(usable))].sort().values
        own, order = usable[here - first], order.argsort().argsort()
    if total <= size and collective.size == 1 and len(own) == len(problem.length):
        return problem
    own = own.to(problem.length.device)
    rows = joined(select(problem.rows, own), collective.gather)
    part = replace(
        problem, X=rows, rows=rows, length=collective.gather(problem.length[own]),
        weight=None if weight is None else collective.gather(weight[own]),
    )  # fmt: skip
    return part if order is None else part.part(order.to(rows.device))


def _along(problem: Problem, axes: Tensor, collective: Collective) -> Problem:
    """The problem in the coordinates of the axes (d, m)."""
    kind, device = problem.rows.dtype, problem.rows.device
    rows = torch.empty(problem.rows.shape[0], axes.shape[1], dtype=kind, device=device)
    for start, stop in chunks(len(rows), kind.itemsize * axes.shape[1]):
        rows[start:stop] = product(block(problem.rows, start, stop), axes.T).T
    return replace(prepare(rows, problem.weight, collective, spherical=True), spherical=False)


def _grown(
    part: Problem,
    k: int,
    size: int,
    *,
    choose: Any,
    n_init: int,
    generator: torch.Generator,
    generations: int,
    whole: bool,
) -> Tensor:
    """Centres (f, k, d), float64, best first, of one process's dense sample, whose first rows are a smaller sample.

    whole : bool
        The columns are all there are: single rows may have the last word.
    """
    n, alone, grown, moves = len(part.length), SingleProcess(), False, _MOVES
    solutions = max(n_init, min(_SOLUTIONS, _CLUSTERS_IN_ALL // k), 1)
    found = None
    while True:
        size = n if size * _GROWTH**0.5 > n else size
        level = part if size == n else part.sliced(slice(size))
        if found is None:
            starts = level.rows[choose(level, k, generator, starts=solutions)]  # (s, k, d)
            found = survivors(together(level, starts, _FIRST_ROUNDS), size=solutions)
        else:
            found = survivors(together(level, found.centers, _ROUNDS), size=solutions)
        if len(found.inertia) > 1 and not grown:
            found = evolve(
                level, found, value_order(level), generations=generations, children=max(2, solutions // 2),
                rounds=_ROUNDS, size=solutions, generator=generator,
            )  # fmt: skip
        if size == n or len(found.inertia) == 1:
            end = settle(level, found.centers[0].to(part.shift), max_iter=1, tol=_TOL, collective=alone)
            end = refine(level, end, tol=_TOL, collective=alone, max_moves=moves)
            moves = _LATER_MOVES
            if size == n:
                break
            found = Population(end.centers[None].to(level.rows.dtype), found.inertia)
        size, solutions, grown = size * _GROWTH, max(1, solutions // 2), True
    if whole and n * k * part.rows.shape[1] <= _SINGLE_ROWS:
        end = transferred(level, end, collective=alone)
    return torch.cat([end.centers[None], found.centers[1:].to(end.centers.dtype)])
