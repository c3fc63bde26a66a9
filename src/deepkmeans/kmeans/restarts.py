"""A whole K-Means: starts, rounds, and the best of several runs."""

from __future__ import annotations

import torch
from torch import Tensor

from ..runtime.collective import SingleProcess
from ..types import KMeansResult
from .lloyd import prepare, solve
from .rows import take
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
    generator : torch.Generator on the CPU, wherever the rows are

    Returns
    -------
    KMeansResult

    Notes
    -----
    O(n_init n k d) a round; the rows are prepared once for all runs.
    """
    with torch.no_grad(), torch.autocast(X.device.type, enabled=False):
        problem, best = prepare(X, weight), None
        for _ in range(1 if isinstance(init, Tensor) else n_init):
            if isinstance(init, Tensor):
                centers = problem.inside(init)
            else:
                choose = plusplus_rows if init == "k-means++" else random_rows
                centers = take(problem.rows, choose(problem, n_clusters, generator)).to(problem.shift)
            result = solve(problem, centers, max_iter=max_iter, tol=tol, collective=SingleProcess())
            if best is None or result.inertia < best.inertia:
                best = result
    assert best is not None  # n_init >= 1
    return best
