"""A whole K-Means: starts, rounds, and the best of several runs."""

from __future__ import annotations

import torch
from torch import Tensor

from ..runtime.collective import Collective, SingleProcess
from ..types import KMeansResult
from .lloyd import Problem, prepare, settle, solve
from .refinement import refine as improve
from .rows import take
from .search import search
from .seeding import plusplus_rows, random_rows

__all__ = ["fit_kmeans"]


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
    generator: torch.Generator,
) -> KMeansResult:
    """K-Means from chosen starts; the run of lowest inertia wins, the earliest of equals.

    Parameters
    ----------
    X : Tensor of shape (n, d), dense or CSR, float32 or float64
    n_clusters : int, at most n
    init : {"k-means++", "random"} or Tensor of shape (n_clusters, d), default="k-means++"
        Given centres are run once, whatever ``n_init`` says.
    n_init : int, default=1
    weight, max_iter, tol : as in :func:`lloyd`
    refine : bool, default=False
        Search beyond the first local optimum: many starts on samples, and moves (:mod:`.search`, :mod:`.refinement`);
        of given centres, moves alone. Never worse than the start it came from.
    generator : torch.Generator on the CPU, wherever the rows are

    Returns
    -------
    KMeansResult

    Notes
    -----
    O(n_init n k d) a round; the rows are prepared once for all runs.
    """
    collective = SingleProcess()
    with torch.no_grad(), torch.autocast(X.device.type, enabled=False):
        problem, best = prepare(X, weight), None
        if refine and not isinstance(init, Tensor):
            centers = search(problem, n_clusters, init=init, n_init=n_init, generator=generator, collective=collective)
            return solve(problem, centers, max_iter=max_iter, tol=tol, collective=collective)
        for _ in range(1 if isinstance(init, Tensor) else n_init):
            if isinstance(init, Tensor):
                centers = problem.inside(init)
            else:
                choose = plusplus_rows if init == "k-means++" else random_rows
                centers = take(problem.rows, choose(problem, n_clusters, generator)).to(problem.shift)
            result = solve(problem, centers, max_iter=max_iter, tol=tol, collective=collective)
            if best is None or result.inertia < best.inertia:
                best = result
        assert best is not None  # n_init >= 1
        return _moved(problem, best, max_iter, tol, collective) if refine else best


def _moved(problem: Problem, found: KMeansResult, max_iter: int, tol: float, collective: Collective) -> KMeansResult:
    """The better of a result and what moves make of it."""
    end = settle(problem, problem.inside(found.centers), max_iter=1, tol=tol, collective=collective)
    centers = improve(problem, end, tol=tol, collective=collective).centers
    other = solve(problem, centers, max_iter=max_iter, tol=tol, collective=collective)
    return other if other.inertia < found.inertia else found
