"""The search for starting centres: many solutions on small samples, few on large ones.

A pass over all rows is expensive, and a sample, in the principal components of the rows, shows nearly all that
distinguishes a good solution from a bad one. So many starts are run together on a small sample and have children
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

from ..decomposition import principal_components
from ..runtime import one_thread
from ..runtime.collective import Collective, SingleProcess
from .assignment import assign
from .lloyd import Converged, converge
from .population import Population, evolve, survivors, together
from .problem import Problem, prepare
from .refinement import hartigan_moves, refine
from .rows import block, chunks, is_sparse, product
from .sampling import Sample, drawn, gathered
from .seeding import on_line, value_order

__all__ = ["MANY", "SMALL", "is_small", "search"]

#: Rows of the first sample, and of it per cluster; of the last sample per cluster of the first.
_ROWS, _ROWS_A_CLUSTER, _FEWEST_A_CLUSTER = 4096, 40, 20
_GROWTH, _LEVELS = 3, 3
#: Solutions of few clusters; of many clusters one, and moves alone find the way.
_SOLUTIONS, _CLUSTERS_IN_ALL, MANY = 16, 320, 160
_FIRST_ITERATIONS, _ITERATIONS = 6, 4
#: Generations on the first sample; and on the last if that is all rows, and children of each.
_GENERATIONS, _LAST_GENERATIONS, _LAST_CHILDREN = 32, 6, 4
_TOL, _LAST_ITERATIONS = 1e-4, 60
#: Failed and made moves of the first sample on which one solution is left, and of later ones.
_MOVES, _LATER_MOVES = 30, 3
#: Where the rows are so many times those of the last sample, a third of them comes before all.
_THINNED = 5
#: Products of one pass over all rows up to which the fit is small: a plain run takes part, there is evolution on all
#: rows, and single rows are moved.
SMALL = 2**25
#: Standard error of the inertia that the sample tells, relative, beyond which its word is doubtful.
_DOUBTFUL = 0.01
#: Solutions that all rows decide between, the last two of them in all columns unless their inertias are that close.
_FINALISTS, _FINAL_ROUNDS, _ALIKE = 3, 4, 1e-6
#: Share of the variance below which the principal components are only a beginning: there is no evolution, and after few
#: iterations in all columns moves.
_KEPT, _FEW_ITERATIONS = 0.5, 8
#: More columns than this are seen in so many principal components, which are found on so many rows.
_COLUMNS, _AXES, _AXES_ROWS = 100, 48, 4096


def search(
    problem: Problem, n_clusters: int, *, choose: Any, n_init: int, generator: torch.Generator,
    collective: Collective, known: Tensor | None = None,
) -> tuple[Tensor, bool]:  # fmt: skip
    """Centres (k, d) of ``problem.rows`` from which Lloyd's iterations over all rows end in a good optimum.

    Parameters
    ----------
    choose : callable (problem, k, generator, starts=s) -> row numbers (s, k)
    known : Tensor of shape (k, d) or None, default=None
        Where a plain run has ended: a solution among the others.

    Returns
    -------
    centers : Tensor of shape (k, d), float64
    doubtful : bool
        Whether few rows, which the sample may have missed, decide how good they are.
    """
    k, size = n_clusters, _first_size(n_clusters)
    axes, reduced, little = None, problem, False
    if problem.rows.shape[1] > _COLUMNS:
        seen = gathered(problem, _AXES_ROWS, k, generator, collective)
        _, axes = principal_components(seen.rows, _AXES, np.random.RandomState(0))  # (d, m)
        del seen
        reduced = _along(problem, axes, collective)
        inside = reduced.variance * reduced.rows.shape[1] / reduced.scale**2
        little = inside < _KEPT * problem.variance * problem.rows.shape[1]
    part = drawn(reduced, _last_size(k), k, generator, collective)
    total = _total(problem, collective)
    with one_thread(k <= MANY):
        candidates = _grown(
            part, k, size, choose=choose, n_init=n_init, generator=generator,
            generations=0 if little else _GENERATIONS, whole=axes is None, all_rows=total <= _last_size(k),
            known=known if axes is None else None,
        )  # fmt: skip
        doubtful = total > _last_size(k) and _standard_error(part, candidates[0], total) > _DOUBTFUL
    rows_seen = len(part)
    del part  # the rows of the search are done with before all rows are gone through
    centers = candidates[0]
    if axes is not None and little:
        seen = gathered(problem, rows_seen, k, generator, collective)
        centers = _moved(seen, problem.on_sphere(centers @ axes.T.to(centers.dtype)))
    elif axes is not None:
        centers = _in_all_columns(problem, reduced, axes, candidates, collective)
    elif not is_sparse(problem.rows) and total > _THINNED * rows_seen:
        first = int(collective.gather(torch.tensor([len(problem.length)]))[: collective.rank].sum())
        thin = problem.sliced(slice(-first % _GROWTH, None, _GROWTH))
        centers = _near(thin, centers, _LAST_ITERATIONS, collective).centers
    # Among copies of one solution rounding chooses which goes on, and with it the order of the clusters.
    centers = centers[on_line(centers).argsort(stable=True)]
    lead = float(collective.rank == 0)  # one process decides
    centers, word = collective.sum(centers * lead, torch.tensor(lead * doubtful))
    return centers, bool(word)


def is_small(problem: Problem, n_clusters: int, collective: Collective) -> bool:
    """Whether a plain run costs little beside the search, which sees all rows."""
    total, numbers = _total(problem, collective), float(problem.rows.shape[1])
    if is_sparse(problem.rows):
        (stored,) = collective.sum(torch.tensor(problem.rows.values().numel()))
        numbers = int(stored) / max(1, total)
    return total <= _last_size(n_clusters) and total * n_clusters * numbers <= SMALL


def _first_size(k: int) -> int:
    return max(_ROWS, (_ROWS_A_CLUSTER if k <= MANY else _FEWEST_A_CLUSTER) * k)


def _last_size(k: int) -> int:
    return _first_size(k) * int(_GROWTH ** (_LEVELS - 1 - (k > MANY)))


def _standard_error(part: Sample, centers: Tensor, total: int) -> float:
    """Of the inertia that the sample tells of all rows, relative."""
    _, square = assign(part.problem.rows, centers.to(part.problem.rows.dtype))
    chance = part.chance(total).to(square)
    contribution = square / chance if part.problem.weight is None else square * part.problem.weight.to(square) / chance
    error = ((1 - chance) * contribution * contribution).sum().sqrt()
    return float(error / contribution.sum().clamp(min=torch.finfo(contribution.dtype).tiny))


def _moved(part: Problem, centers: Tensor) -> Tensor:
    """Centres (k, d) of one process's sample after a few iterations and moves."""
    alone = SingleProcess()
    end = converge(part, centers, max_iter=_FEW_ITERATIONS, tol=_TOL, collective=alone)
    return refine(part, end, tol=_TOL, collective=alone, max_moves=_LATER_MOVES).centers


def _in_all_columns(
    problem: Problem, reduced: Problem, axes: Tensor, candidates: Tensor, collective: Collective
) -> Tensor:  # fmt: skip
    """The best centres (k, d) of those found (f, k, m) in the principal components ``axes`` (d, m)."""
    last = [_near(reduced, centers, _LAST_ITERATIONS, collective) for centers in candidates[:_FINALISTS]]
    last.sort(key=lambda end: end.history[-1])
    whole = [problem.on_sphere(end.centers @ axes.T.to(end.centers.dtype)) for end in last]
    if len(last) > 1 and not is_sparse(problem.rows) and last[1].history[-1] > last[0].history[-1] * (1 + _ALIKE):
        # What the directions leave out may turn the order of solutions that are nearly as good.
        last = [_near(problem, centers, _FINAL_ROUNDS, collective) for centers in whole[:2]]
        return min(last, key=lambda end: end.history[-1]).centers
    return whole[0]


def _near(problem: Problem, centers: Tensor, n_iter: int, collective: Collective) -> Converged:
    return converge(problem, centers, max_iter=n_iter, tol=_TOL, collective=collective, close=True)


def _total(problem: Problem, collective: Collective) -> int:
    return int(collective.sum(torch.tensor(len(problem.length)))[0])


def _along(problem: Problem, axes: Tensor, collective: Collective) -> Problem:
    """The problem in the coordinates of the axes (d, m)."""
    kind, device = problem.rows.dtype, problem.rows.device
    rows = torch.empty(problem.rows.shape[0], axes.shape[1], dtype=kind, device=device)
    for start, stop in chunks(len(rows), kind.itemsize * axes.shape[1]):
        rows[start:stop] = product(block(problem.rows, start, stop), axes.T).T
    return replace(prepare(rows, problem.weight, collective, spherical=True), spherical=False)


def _grown(
    part: Sample,
    k: int,
    size: int,
    *,
    choose: Any,
    n_init: int,
    generator: torch.Generator,
    generations: int,
    whole: bool,
    all_rows: bool,
    known: Tensor | None,
) -> Tensor:
    """Centres (f, k, d), float64, best first, of one process's dense sample, whose first rows are a smaller sample.

    whole : bool
        The columns are all there are: single rows may have the last word.
    """
    n, alone, grown, moves = len(part), SingleProcess(), False, _MOVES
    small = n * k * part.problem.rows.shape[1] <= SMALL
    solutions = max(n_init, min(_SOLUTIONS, _CLUSTERS_IN_ALL // k), 1)
    population = None
    while True:
        size = n if size * _GROWTH**0.5 > n else size
        level = part.first(size)
        if population is None:
            starts = level.rows[choose(level, k, generator, starts=solutions)]  # (s, k, d)
            if size == n and known is not None:
                starts = torch.cat([known[None].to(starts.dtype), starts])
            population = survivors(together(level, starts, _FIRST_ITERATIONS), size=solutions)
        else:
            level_centers = population.centers
            if size == n and known is not None:
                level_centers = torch.cat([known[None].to(level_centers.dtype), level_centers])
            population = survivors(together(level, level_centers, _ITERATIONS), size=solutions)
        if len(population.inertia) > 1 and not grown:
            population = evolve(
                level, population, value_order(level), generations=generations, children=max(2, solutions // 2),
                n_iter=_ITERATIONS, size=solutions, generator=generator,
            )  # fmt: skip
        elif len(population.inertia) > 1 and size == n and all_rows and small:
            population = evolve(
                level, population, value_order(level), generations=min(generations, _LAST_GENERATIONS),
                children=_LAST_CHILDREN, n_iter=_ITERATIONS, size=solutions, generator=generator,
            )  # fmt: skip
        if size == n or len(population.inertia) == 1:
            end = converge(level, population.centers[0].to(level.shift), max_iter=1, tol=_TOL, collective=alone)
            end = refine(level, end, tol=_TOL, collective=alone, max_moves=moves)
            moves = _LATER_MOVES
            if size == n:
                break
            population = Population(end.centers[None].to(level.rows.dtype), population.inertia)
        size, solutions, grown = size * _GROWTH, max(1, solutions // 2), True
    if whole and small:
        end = hartigan_moves(level, end, collective=alone)
    return torch.cat([end.centers[None], population.centers[1:].to(end.centers.dtype)])
