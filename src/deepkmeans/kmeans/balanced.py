r"""K-Means whose clusters have sizes within bounds, and prediction with it: the nearest centre after its price.

The centres of a fit and the prices of its clusters (:mod:`.prices`) are alternated as Lloyd's algorithm alternates
centres and labels: prices at which the sizes are within the bounds, labels, means of the rows. The inertia falls from
step to step. With prices p a row belongs to :math:`\arg\min_j |x - c_j|^2 + p_j`, the nearest centre, once rows
lie in a plane and the centres :math:`\sqrt{p_j}` above it: so :func:`~.assignment.assign` decides here, too.

P. S. Bradley, K. P. Bennett, A. Demiriz, "Constrained K-Means clustering", Microsoft Research TR-2000-65, 2000.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from .assignment import assign
from .distances import squared_distances
from .prices import prices_near, prices_within
from .problem import Problem, prepare
from .repeats import distinct
from .rows import block, chunks, csr_rows, is_sparse, select, sums, unit_rows, wide
from .size_bounds import SizeBounds

__all__ = ["BalancedKMeans", "assign_priced", "fit_balanced"]

_CHUNK_BYTES = 8 * 2**20
#: Passes over the prices in an iteration whose centres will move on.
_PASSES = 5


@dataclass(frozen=True)
class BalancedKMeans:
    """Centres with their prices.

    Attributes
    ----------
    centers : Tensor of shape (k, d), dtype of the rows
    prices : Tensor of shape (k,), float64
        Added to squared distances; the least is 0.
    labels : Tensor of shape (n,), int32
        What :func:`assign_priced` says.
    inertia : float
        Of the squared distances alone.
    n_iter : int
    converged : bool
    """

    centers: Tensor
    prices: Tensor
    labels: Tensor
    inertia: float
    n_iter: int
    converged: bool


def assign_priced(X: Tensor, centers: Tensor, prices: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """The nearest centre of every row once its price is added to the squared distance; ties go to the lowest index.

    Parameters
    ----------
    X : Tensor of shape (n, d), dense or CSR, float32 or float64
    centers : Tensor of shape (k, d), dense, the same dtype
    prices : Tensor of shape (k,) or None
        None, and all the same, are :func:`~.assignment.assign`.

    Returns
    -------
    labels : Tensor of shape (n,), int32
    squared_distance : Tensor of shape (n,), float64
        To that centre, without the price.
    """
    if prices is None or bool((prices == prices[0]).all()):
        return assign(X, centers)
    kind = wide(X.device)
    prices = prices.to(X.device, kind)
    height = (prices - prices.min()).sqrt()
    above = torch.cat([centers.to(kind), height[:, None]], 1)
    labels = torch.empty(X.shape[0], dtype=torch.int32, device=X.device)
    squared = torch.empty(X.shape[0], dtype=kind, device=X.device)
    for start, stop in chunks(X.shape[0], 2 * kind.itemsize * X.shape[1], _CHUNK_BYTES):
        chunk, total = assign(_in_plane(block(X, start, stop), kind), above)
        labels[start:stop] = chunk
        squared[start:stop] = (total - height[chunk.long()] ** 2).clamp_(min=0)
    return labels, squared


def _in_plane(X: Tensor, kind: torch.dtype) -> Tensor:
    """The rows with one more column, of zeros."""
    if is_sparse(X):
        return csr_rows(X.crow_indices(), X.col_indices(), X.values().to(kind), (X.shape[0], X.shape[1] + 1))
    return torch.cat([X.to(kind), torch.zeros(len(X), 1, dtype=kind, device=X.device)], 1)


@torch.no_grad()
def fit_balanced(
    X: Tensor, starts: Iterable[Tensor], bounds: SizeBounds, *, weight: Tensor | None = None, max_iter: int = 300,
    tol: float = 1e-4, metric: str = "euclidean",
) -> BalancedKMeans:  # fmt: skip
    """K-Means under bounds on the weight of each cluster; the best of several starts.

    Parameters
    ----------
    X : Tensor of shape (n, d), dense or CSR
    starts : iterable of Tensor of shape (k, d)
        Centres to start from; those whose clusters are within the bounds as they are stay as they are.
    bounds : SizeBounds
    weight, max_iter, tol, metric : as in :func:`~.restarts.fit_kmeans`

    Notes
    -----
    O(n k (d + p)) an iteration with p passes for the prices; memory of three tables of n k numbers.
    """
    starts = list(starts)
    spherical = metric == "cosine"
    counted = None if weight is None or bool((weight > 0).all()) else (weight > 0).nonzero().squeeze(1)
    held = X if counted is None else select(X, counted)
    once = distinct(held, weight if counted is None or weight is None else weight[counted], len(starts[0]))
    problem = prepare(unit_rows(once.X) if spherical else once.X, once.weight, spherical=spherical)
    inside = SizeBounds(bounds.low / once.unit, bounds.high / once.unit)
    ends = [_converged(problem, start, inside, max_iter, tol) for start in starts]
    best = min(ends, key=lambda end: end.inertia)
    # of all rows: those without weight, and copies
    labels, squared = assign_priced(unit_rows(X) if spherical else X, best.centers, best.prices)
    inertia = float((squared if weight is None else squared * weight).sum())
    return BalancedKMeans(best.centers, best.prices, labels, inertia, best.n_iter, best.converged)


def _converged(problem: Problem, start: Tensor, bounds: SizeBounds, max_iter: int, tol: float) -> BalancedKMeans:
    """Prices, labels and means in turn: with prices from a few passes first, in the end with exact ones."""
    tiny, weight = torch.finfo(problem.shift.dtype).tiny, problem.weight
    held = None if weight is None else weight.cpu().double().numpy()
    centers, prices, old, exact = problem.inside(start), None, None, False
    converged, n_iter = False, 0
    while True:
        cost = squared_distances(problem.rows, centers.to(problem.rows.dtype), problem.length).T.contiguous()
        table = cost.cpu().double().numpy()
        if exact:
            prices = prices_within(table, bounds, held, prices)
        else:
            prices = prices_near(table, bounds, held, prices, passes=_PASSES)
        labels = torch.from_numpy((table + prices[:, None]).argmin(0)).to(problem.rows.device)
        same = old is not None and torch.equal(labels, old)
        if exact and (converged or same or n_iter >= max_iter):
            break
        n_iter, old, exact = n_iter + 1, labels, exact or converged or same or n_iter + 1 >= max_iter
        mass = torch.bincount(labels, weight, minlength=len(centers)).to(centers)
        total = sums(problem.rows, labels, len(centers), weight)
        means = problem.on_sphere(total / mass.clamp(min=tiny)[:, None])
        means = torch.where((mass > 0)[:, None], means, centers)
        converged = float((means - centers).square().sum()) <= tol * problem.variance
        centers = means
    outside = problem.outside(centers)
    exact_prices = torch.from_numpy(_exact(problem, outside, bounds, prices)).to(centers)
    labels, squared = assign_priced(problem.X, outside, exact_prices)
    inertia = float((squared if weight is None else squared * weight).sum())
    return BalancedKMeans(outside, exact_prices, labels, inertia, n_iter, converged or same)


def _exact(problem: Problem, centers: Tensor, bounds: SizeBounds, prices: np.ndarray) -> np.ndarray:
    """Prices of the rows as given, by distances in float64 to the centres as they are published."""
    X = problem.X if is_sparse(problem.X) else problem.X.to(wide(problem.X.device))
    cost = squared_distances(X, centers.to(X.dtype)).T.contiguous().cpu().double().numpy()
    held = None if problem.weight is None else problem.weight.cpu().double().numpy()
    return prices_within(cost, bounds, held, prices / problem.scale / problem.scale)
