"""Where K-Means starts: greedy k-means++ and random rows.

Draws go along the rows in an order that depends on their values, not on their position: a fit does not change when
rows are shuffled, nor when a row of weight 2 is written twice.

D. Arthur and S. Vassilvitskii, "k-means++: the advantages of careful seeding", SODA 2007; the greedy variant, which
draws ``2 + log k`` candidates for each centre and keeps the best, is scikit-learn's.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from .distances import squared_distances
from .problem import Problem, prepare
from .rows import block, chunks, is_sparse, product, take, wide

__all__ = ["draw", "kmeans_plusplus", "on_line", "plusplus_rows", "random_rows", "value_order"]

#: Differences of candidates and rows, column by column, up to which they are taken plainly.
_PLAIN = 2**19


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
        index = plusplus_rows(prepare(X, weight), n_clusters, generator, n_local_trials)[0]
        return take(X, index), index


def plusplus_rows(
    problem: Problem, n_clusters: int, generator: torch.Generator, n_local_trials: int | None = None, *, starts: int = 1
) -> Tensor:
    """Row numbers (starts, k) of greedy k-means++ on a prepared problem, all starts at once."""
    trials = n_local_trials or 2 + int(math.log(n_clusters))
    weight, order = _weights(problem), value_order(problem)
    reached_by = _reached(problem, starts * trials)
    chosen = torch.empty(starts, n_clusters, dtype=torch.int64, device=order.device)
    chosen[:, :1] = order[draw(weight[order].expand(starts, -1), 1, generator)]
    closest = reached_by(chosen[:, :1])[:, 0].to(weight.dtype)  # (starts, n)
    first = torch.arange(starts, device=order.device)
    for place in range(1, n_clusters):
        mass = closest if problem.weight is None else closest * weight
        total = mass[:, order].cumsum(1)
        if not bool(total[:, -1].all()):
            # Every row lies on a centre already: the remaining centres are copies, whichever rows they are.
            total = torch.where(total[:, -1:] > 0, mass, weight)[:, order].cumsum(1)
        candidates = order[_drawn(total, trials, generator)]  # (starts, trials)
        reached = torch.minimum(closest[:, None], reached_by(candidates))  # (starts, trials, n)
        if trials == 1:
            chosen[:, place], closest = candidates[:, 0], reached[:, 0]
            continue
        best = (reached @ weight).argmin(1)  # (starts,)
        chosen[:, place], closest = candidates[first, best], reached[first, best]
    return chosen


def _reached(problem: Problem, candidates: int) -> Callable[[Tensor], Tensor]:
    """Squared distances (starts, trials, n) of all rows to candidate rows (starts, trials), as a function of these.

    Of few numbers the plain difference takes less time than the expansion and its corrections.
    """
    rows = problem.rows
    if not is_sparse(rows) and candidates * rows.numel() <= _PLAIN:
        columns = rows.T.contiguous()  # (d, n)

        def plain(index: Tensor) -> Tensor:
            return (columns - rows[index][..., None]).square_().sum(-2)

        return plain

    def expanded(index: Tensor) -> Tensor:
        chosen = take(rows, index.flatten())
        return squared_distances(rows, chosen, problem.length).T.reshape(*index.shape, -1)

    return expanded


def random_rows(problem: Problem, n_clusters: int, generator: torch.Generator, *, starts: int = 1) -> Tensor:
    """Distinct row numbers (starts, k), drawn with probability by weight (Efraimidis and Spirakis 2006)."""
    weight, order = _weights(problem), value_order(problem)
    chance = torch.rand(starts, len(weight), generator=generator, dtype=torch.float64).clamp_(min=1e-300).to(weight)
    return order[(chance.log() / weight[order]).topk(n_clusters, dim=1).indices]


def _weights(problem: Problem) -> Tensor:
    kind, device = wide(problem.X.device), problem.X.device
    if problem.weight is None:
        return torch.ones(problem.X.shape[0], dtype=kind, device=device)
    return problem.weight.to(kind)


def value_order(problem: Problem) -> Tensor:
    """Row numbers sorted by a projection in general position: equal rows become neighbours."""
    return on_line(problem.rows).argsort(stable=True)


def on_line(rows: Tensor) -> Tensor:
    """Projection (n,) of rows (n, d) on a direction in general position."""
    kind = wide(rows.device)
    direction = torch.arange(1, rows.shape[1] + 1, dtype=kind, device=rows.device).sin()
    bounds = chunks(rows.shape[0], 2 * kind.itemsize * rows.shape[1])
    return torch.cat([product(block(rows, *at).to(kind), direction[None])[0] for at in bounds])


def draw(mass: Tensor, size: int, generator: torch.Generator) -> Tensor:
    """Places (s, size) drawn from each row of ``mass`` (s, n) by its values; one of no mass is never drawn."""
    return _drawn(mass.cumsum(1), size, generator)


def _drawn(total: Tensor, size: int, generator: torch.Generator) -> Tensor:
    """:func:`draw` by running sums of the mass."""
    end = total[:, -1:]
    point = torch.rand(len(total), size, generator=generator, dtype=torch.float64).to(total) * end
    below = torch.nextafter(end, torch.zeros_like(end))  # rounding may carry a point to the very end
    return torch.searchsorted(total, torch.minimum(point, below), right=True)
