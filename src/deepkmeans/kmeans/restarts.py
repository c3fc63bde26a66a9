"""A whole K-Means: starts, iterations, and the best of several runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import torch
from torch import Tensor

from ..runtime import one_thread, plain_torch
from ..runtime.collective import Collective, SingleProcess
from ..types import KMeansResult
from .assignment import assign
from .lloyd import converge, finished, solve
from .oversampling import parallel_rows
from .problem import Problem, prepare
from .refinement import refine as improve
from .repeats import Distinct, distinct
from .rows import is_sparse, select, take, unit_rows
from .runs import best_of, converge_together, pays
from .sampling import gathered
from .search import MANY, SMALL, is_small, search
from .seeding import plusplus_rows, random_rows
from .support import columns_used, narrowed, rows_counted, widened

__all__ = ["fit_kmeans"]

#: Rows that starts are chosen from, at most, when processes hold shards; and of them per cluster.
_ROWS, _ROWS_A_CLUSTER = 100_000, 100
#: Runs side by side.
_TOGETHER = 32
_STARTS: dict[str, Any] = {"k-means++": plusplus_rows, "k-means||": parallel_rows, "random": random_rows}


@plain_torch()
def fit_kmeans(
    X: Tensor,
    n_clusters: int,
    *,
    init: str | Tensor = "k-means++",
    n_init: int = 1,
    weight: Tensor | None = None,
    max_iter: int = 300,
    tol: float = 1e-4,
    refine: bool = False,
    metric: str = "euclidean",
    generator: torch.Generator,
    collective: Collective | None = None,
) -> KMeansResult:
    """K-Means from chosen starts; the run of lowest inertia wins, the earliest of equals.

    Parameters
    ----------
    X : Tensor of shape (n, d), dense or CSR, float32 or float64
        The rows of this process, if several share the work.
    n_clusters : int, at most the number of all rows
    init : {"k-means++", "k-means||", "random"} or Tensor of shape (n_clusters, d), default="k-means++"
        Given centres are run once, whatever ``n_init`` says.
    n_init : int, default=1
    weight, max_iter, tol : as in :func:`lloyd`
        Rows of weight 0 are only labelled, unless fewer than ``n_clusters`` others are there.
    refine : bool, default=False
        Search beyond the first local optimum: many starts on samples, and moves (:mod:`.search`, :mod:`.refinement`);
        of given centres, moves alone, in one process. Never worse than the start it came from.
    metric : {"euclidean", "cosine"}, default="euclidean"
        "cosine" is spherical K-Means: rows and centres are brought to length one, and the inertia is
        ``sum(weight * |x - c|^2)`` of these, twice the sum of ``1 - cosine``.
    generator : torch.Generator on the CPU, wherever the rows are
        Of the same state in all processes.
    collective : Collective, default=SingleProcess()
        Processes that each hold a shard of the rows find the same centres as one that holds all, in order of rank, up
        to rounding, which chooses where two solutions are as good; labels are those of the own rows. Starts are then
        drawn from a sample of all rows.

    Returns
    -------
    KMeansResult

    Notes
    -----
    O(n_init n k d) an iteration; the rows are prepared once for all runs. Memory beside ``X``: one centred copy of
    dense rows (one of length one for "cosine"), the sample of the search, and a chunk.
    """
    if collective is None or collective.size == 1:
        counted, known = rows_counted(weight, n_clusters), init if isinstance(init, Tensor) else None
        kept = X if counted is None else select(X, counted)
        columns = columns_used(kept, known)
        if counted is not None or columns is not None:
            narrow = kept if columns is None else narrowed(kept, columns)
            result = fit_kmeans(
                narrow, n_clusters, init=init if known is None or columns is None else known[:, columns],
                n_init=n_init, weight=weight if counted is None or weight is None else weight[counted],
                max_iter=max_iter, tol=tol * narrow.shape[1] / X.shape[1], refine=refine, metric=metric,
                generator=generator,
            )  # fmt: skip
            centers = result.centers if columns is None else widened(result.centers, columns, X.shape[1])
            with torch.no_grad(), torch.autocast(X.device.type, enabled=False):
                labels = assign(unit_rows(X) if metric == "cosine" else X, centers)[0]
            return replace(result, centers=centers, labels=labels)
    collective = collective or SingleProcess()
    numbers = (X.values() if is_sparse(X) else X).numel()
    alone = one_thread(collective.size == 1 and numbers * n_clusters <= SMALL)  # threads would wait for each other
    with torch.no_grad(), torch.autocast(X.device.type, enabled=False), alone:
        once = distinct(X, weight, n_clusters) if collective.size == 1 else Distinct(X, weight, 1.0, None)
        spherical = metric == "cosine"
        rows = unit_rows(once.X) if spherical else once.X
        problem = prepare(rows, once.weight, collective, spherical=spherical)
        run = partial(solve, problem, max_iter=max_iter, tol=tol, collective=collective)
        if isinstance(init, Tensor):
            result = run(problem.on_sphere(problem.inside(init)))
            return once.of_all_rows(_moved(problem, result, run, tol) if refine and collective.size == 1 else result)
        part = problem
        if collective.size > 1:
            part = gathered(problem, max(_ROWS, _ROWS_A_CLUSTER * n_clusters), n_clusters, generator, collective)

        def start() -> Tensor:
            return take(part.rows, _STARTS[init](part, n_clusters, generator)[0]).to(problem.shift)

        def plain() -> KMeansResult:
            return run(start())

        if refine:
            result = _searched(problem, n_clusters, plain, run, init, n_init, generator, collective)
        elif n_init > 1 and collective.size == 1 and pays(problem, n_clusters):
            ends = []
            for done in range(0, n_init, _TOGETHER):
                starts = torch.stack([start() for _ in range(min(_TOGETHER, n_init - done))])
                ends += converge_together(problem, starts, max_iter=max_iter, tol=tol)
            result = finished(problem, best_of(problem, ends), collective)
        else:
            result = min((plain() for _ in range(n_init)), key=lambda result: result.inertia)
        return once.of_all_rows(result)


def _searched(
    problem: Problem, k: int, plain: Callable[[], KMeansResult], run: Any, init: str, n_init: int,
    generator: torch.Generator, collective: Collective,
) -> KMeansResult:  # fmt: skip
    """The best of what the search finds and, where that costs little or the search is in doubt, of a plain run."""
    first = known = None
    if is_small(problem, k, collective):
        first = plain()
        known = problem.inside(first.centers)
    choose: Any = _STARTS[init]
    if init == "k-means++":  # a search has no need of the best start
        choose = partial(plusplus_rows, n_local_trials=2 if k <= MANY else 1)
    centers, doubtful = search(
        problem, k, choose=choose, n_init=n_init, generator=generator, collective=collective, known=known
    )
    result: KMeansResult = run(centers, close=True)
    if first is None and doubtful:
        first = plain()
    return result if first is None or result.inertia <= first.inertia else first


def _moved(problem: Problem, result: KMeansResult, run: Any, tol: float) -> KMeansResult:
    """The better of a result and what moves make of it."""
    collective = SingleProcess()
    end = converge(problem, problem.inside(result.centers), max_iter=1, tol=tol, collective=collective)
    other = run(improve(problem, end, tol=tol, collective=collective).centers)
    return other if other.inertia < result.inertia else result
