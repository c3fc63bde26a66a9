"""Where K-Means starts: greedy k-means++ and random rows.

Draws go along the rows in an order that depends on their values, not on their position: a fit does not change when
rows are shuffled, nor when a row of weight 2 is written twice.

D. Arthur and S. Vassilvitskii, "k-means++: the advantages of careful seeding", SODA 2007; the greedy variant, which
draws ``2 + log k`` candidates for each centre and keeps the best, is scikit-learn's.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from .distances import squared_distances
from .lloyd import Problem, prepare
from .rows import block, chunks, product, take, wide

__all__ = ["kmeans_plusplus", "plusplus_rows", "random_rows"]


def kmeans_plusplus(
    X: Tensor,
    n_clusters: int,
    *,
    weight: Tensor | None = None,
    generator: torch.Generator,
    n_local_trials: int | None = None,
) -> tuple[Tensor, Tensor]:
    """Choose rows that lie far apart as starting centres.

    Parameters
    ----------
    X : Tensor of shape (n, d), dense or CSR
    n_clusters : int, at most n
    weight : Tensor of shape (n,) or None, default=None
        Rows of weight 0 are chosen only when nothing else is left.
    generator : torch.Generator on the CPU, wherever the rows are
    n_local_trials : int or None, default=None
        Candidates for each centre; None is ``2 + int(log(n_clusters))``.

    Returns
    -------
    centers : Tensor of shape (n_clusters, d), dense
    index : Tensor of shape (n_clusters,), int64
        Their row numbers.

    Notes
    -----
    O(n d k log k) time, O(n log k) memory beside one centred copy of dense rows.
    """
    with torch.no_grad(), torch.autocast(X.device.type, enabled=False):
        index = plusplus_rows(prepare(X, weight), n_clusters, generator, n_local_trials)
        return take(X, index), index


def plusplus_rows(
    problem: Problem, n_clusters: int, generator: torch.Generator, n_local_trials: int | None = None
) -> Tensor:
    """Row numbers of greedy k-means++ on a prepared problem."""
    rows = problem.rows
    trials = n_local_trials or 2 + int(math.log(n_clusters))
    weight, order = _weights(problem), _order(problem)
    chosen = [_draw(weight, order, 1, generator)]
    closest = squared_distances(rows, take(rows, chosen[0]))[:, 0].to(weight.dtype)
    for _ in range(1, n_clusters):
        mass = closest * weight
        # Every row lies on a centre already: the remaining centres are copies, whichever rows they are.
        candidates = _draw(mass if bool(mass.sum() > 0) else weight, order, trials, generator)
        reached = torch.minimum(closest[:, None], squared_distances(rows, take(rows, candidates)).to(weight.dtype))
        best = (weight @ reached).argmin()
        chosen.append(candidates[best][None])
        closest = reached[:, best]
    return torch.cat(chosen)


def random_rows(problem: Problem, n_clusters: int, generator: torch.Generator) -> Tensor:
    """Distinct row numbers, drawn with probability proportional to the weights (Efraimidis and Spirakis 2006)."""
    weight, order = _weights(problem), _order(problem)
    draw = torch.rand(len(weight), generator=generator, dtype=torch.float64).clamp_(min=1e-300).to(weight)
    return order[(draw.log() / weight[order]).topk(n_clusters).indices]


def _weights(problem: Problem) -> Tensor:
    kind, device = wide(problem.X.device), problem.X.device
    if problem.weight is None:
        return torch.ones(problem.X.shape[0], dtype=kind, device=device)
    return problem.weight.to(kind)


def _order(problem: Problem) -> Tensor:
    """Row numbers sorted by a projection in general position: equal rows become neighbours."""
    rows, kind = problem.rows, wide(problem.X.device)
    direction = torch.arange(1, rows.shape[1] + 1, dtype=kind, device=rows.device).sin()
    bounds = chunks(rows.shape[0], 2 * kind.itemsize * rows.shape[1])
    parts = [product(block(rows, *at).to(kind), direction[None])[0] for at in bounds]
    return torch.cat(parts).argsort(stable=True)


def _draw(mass: Tensor, order: Tensor, size: int, generator: torch.Generator) -> Tensor:
    """Row numbers with probability proportional to ``mass``; a row of no mass is never drawn."""
    total = mass[order].cumsum(0)
    point = torch.rand(size, generator=generator, dtype=torch.float64).to(total) * total[-1]
    last = (total < total[-1]).sum()  # rounding may carry a point to the very end
    return order[torch.searchsorted(total, point, right=True).clamp_(max=last)]
