"""Lloyd's algorithm: assign every row to its nearest centre, move every centre to the mean of its rows, repeat.

The rules are scikit-learn's: stop when no label changes or when the centres move by less than ``tol`` times the
mean variance of the columns; empty clusters take the rows that are farthest from their centres; labels always
belong to the returned centres. A cluster that cannot be filled (more clusters than distinct rows) rests on the
centre of the heaviest one and stays empty, so a centre is never NaN.

Rows are centred and, at extreme magnitudes, scaled once; sums are kept in float64 from chunk to chunk. They end in
``collective.sum``, where processes that each hold a shard of the rows meet; rows for empty clusters are gathered.

On the sphere (cosine) rows and centres have length one: a centre is the mean of its rows, brought back to length one
(Dhillon and Modha 2001).

S. P. Lloyd, "Least squares quantization in PCM", IEEE Transactions on Information Theory 28, 1982.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from ..runtime.collective import Collective, SingleProcess
from ..types import KMeansResult
from .distances import assign, nearest, pair_distances, power_of_two, safe_range, score_chunks, squared_norms
from .rows import block, chunks, is_sparse, norms, row_of_entry, select, sums, take, wide

__all__ = ["Problem", "Settled", "lloyd", "prepare", "settle", "solve"]


#: Rows that are summed in the dtype of the data, about.
_SUMMED = 4096


@dataclass(frozen=True)
class Problem:
    """Rows made ready once for any number of runs.

    Attributes
    ----------
    X : Tensor of shape (n, d)
        The rows as given.
    rows : Tensor of shape (n, d)
        The rows less ``shift``, times ``scale``.
    length : Tensor of shape (n,)
        Norms of ``rows``.
    weight : Tensor of shape (n,) or None
    shift : Tensor of shape (d,), float64
        Weighted mean of the rows; zero for sparse rows.
    scale : float
        A power of two; 1 unless squares would leave the range of the dtype.
    variance : float
        Mean over the columns of the weighted variance of ``rows``; scikit-learn's is unweighted.
    spherical : bool
        Rows and centres have length one.
    """

    X: Tensor
    rows: Tensor
    length: Tensor
    weight: Tensor | None
    shift: Tensor
    scale: float
    variance: float
    spherical: bool = False

    def part(self, index: Tensor) -> Problem:
        """The problem of some of its rows, in the same frame."""
        weight = None if self.weight is None else self.weight[index]
        rows = select(self.rows, index)
        return replace(self, X=rows, rows=rows, length=self.length[index], weight=weight)

    def every(self, step: int, start: int) -> Problem:
        """The problem of every so manieth row, dense, without a copy."""
        weight = None if self.weight is None else self.weight[start::step]
        rows = self.rows[start::step]
        return replace(self, X=rows, rows=rows, length=self.length[start::step], weight=weight)

    def on_sphere(self, centers: Tensor) -> Tensor:
        """Means as centres: of length one where rows are."""
        if not self.spherical:
            return centers
        return centers / torch.linalg.vector_norm(centers, dim=1, keepdim=True).clamp(
            min=torch.finfo(centers.dtype).tiny
        )

    def inside(self, centers: Tensor) -> Tensor:
        """Centres of the data as centres of ``rows``, float64."""
        return (centers.to(self.shift) - self.shift) * self.scale

    def outside(self, centers: Tensor) -> Tensor:
        """Centres of ``rows`` as centres of the data, in their dtype."""
        return (centers / self.scale + self.shift).to(self.X.dtype)


def prepare(
    X: Tensor, weight: Tensor | None = None, collective: Collective | None = None, *, spherical: bool = False
) -> Problem:
    """Centre and scale the rows, which have length one if ``spherical`` and stay as they are. O(n d)."""
    collective = collective or SingleProcess()
    (n, d), kind = X.shape, wide(X.device)
    share = torch.ones(n, dtype=kind, device=X.device) if weight is None else weight.to(kind)
    (mass,) = collective.sum(share.sum())
    share = share / mass
    shift = torch.zeros(d, dtype=kind, device=X.device)
    rows = X
    if not is_sparse(X) and not spherical:
        (mean,) = collective.sum(_mean(X, share))
        shift = mean.to(X.dtype).to(kind)
        rows = X - shift.to(X.dtype)
    length = norms(rows)
    squares, mean = collective.sum(share @ length.to(kind) ** 2, _mean(rows, share))
    low, high = safe_range(X.dtype)
    scale = 1.0
    if not d * low**2 < float(squares) < d * high**2:
        bounds = chunks(n, kind.itemsize * d)
        exact = torch.cat([norms(block(rows, *at).to(kind)) for at in bounds])
        (squares,) = collective.sum(share @ exact**2)
        scale = power_of_two(float(squares / d) ** 0.5, X.dtype)
        rows = rows * scale
        length, squares, mean = norms(rows), squares * scale * scale, mean * scale
    return Problem(X, rows, length, weight, shift, scale, max(0.0, float(squares - mean @ mean) / d), spherical)


def _mean(X: Tensor, share: Tensor) -> Tensor:
    """Sum of the rows times their shares, in float64 from chunk to chunk."""
    total = torch.zeros(X.shape[1], dtype=share.dtype, device=X.device)
    if is_sparse(X):
        return total.index_add_(0, X.col_indices().long(), X.values().to(share.dtype) * share[row_of_entry(X)])
    for start, stop in chunks(X.shape[0], X.itemsize * X.shape[1]):
        total += share[start:stop].to(X.dtype) @ X[start:stop]
    return total


def lloyd(
    X: Tensor,
    centers: Tensor,
    *,
    weight: Tensor | None = None,
    max_iter: int = 300,
    tol: float = 1e-4,
    collective: Collective | None = None,
) -> KMeansResult:
    """K-Means from given centres.

    Parameters
    ----------
    X : Tensor of shape (n, d), dense or CSR, float32 or float64
        Finite numbers whose squares a float64 holds.
    centers : Tensor of shape (k, d)
    weight : Tensor of shape (n,) or None, default=None
        Non-negative, not all zero; a weight of 2 counts as the row twice, of 0 as its absence.
    max_iter : int, default=300
    tol : float, default=1e-4
        Converged when the squared movement of all centres together is at most ``tol`` times the mean variance of
        the columns; with 0, when nothing moves.
    collective : Collective, default=SingleProcess()

    Returns
    -------
    KMeansResult

    Notes
    -----
    O(n k d) a round; memory of one centred copy of dense rows and of one chunk.
    """
    collective = collective or SingleProcess()
    with torch.no_grad(), torch.autocast(X.device.type, enabled=False):
        problem = prepare(X, weight, collective)
        return solve(problem, problem.inside(centers), max_iter=max_iter, tol=tol, collective=collective)


@dataclass(frozen=True)
class Settled:
    """Where Lloyd's rounds have ended, in the frame of ``Problem.rows``.

    Attributes
    ----------
    centers : Tensor of shape (k, d), float64
    known : Tensor of shape (k, d), float64
        The centres one round before, whose inertia is the last of ``history``.
    history : list of float
        Inertia at each assignment, in the units of the data.
    converged : bool
    n_relocated : int
    """

    centers: Tensor
    known: Tensor
    history: list[float]
    converged: bool
    n_relocated: int


def settle(problem: Problem, centers: Tensor, *, max_iter: int, tol: float, collective: Collective) -> Settled:
    """Lloyd's rounds on a prepared problem, from centres of ``problem.rows``."""
    labels = torch.full((len(problem.length),), -1, dtype=torch.int32, device=problem.length.device)
    history: list[float] = []
    n_relocated, converged, old = 0, False, centers
    while not converged and len(history) < max_iter:
        before, old = labels, centers
        labels, total, mass, inertia = _round(problem, centers)
        changed = (labels != before).sum().to(mass.dtype)
        total, mass, inertia, changed = collective.sum(total, mass, inertia, changed)
        history.append(float(inertia) / problem.scale / problem.scale)
        n_relocated += _relocate(problem, labels, old, total, mass, collective)
        centers = problem.on_sphere(total / mass.clamp(min=torch.finfo(mass.dtype).tiny)[:, None])
        centers[mass == 0] = centers[mass.argmax()].clone()
        shift = float(((centers - old) ** 2).sum())
        converged = float(changed) == 0 or shift <= tol * problem.variance
    return Settled(centers, old, history, converged, n_relocated)


def solve(problem: Problem, centers: Tensor, *, max_iter: int, tol: float, collective: Collective) -> KMeansResult:
    """:func:`settle`, then the labels and the inertia of the centres in the dtype of the data."""
    X, weight = problem.X, problem.weight
    end = settle(problem, centers, max_iter=max_iter, tol=tol, collective=collective)
    result = problem.outside(end.centers)
    labels, squared = assign(X, result)
    (inertia,) = collective.sum((squared if weight is None else squared * weight).sum())
    history = (*end.history, float(inertia))
    return KMeansResult(result, labels, float(inertia), len(end.history), end.converged, end.n_relocated, history)


def _round(problem: Problem, centers: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """One pass over the rows: labels, sums and weights of the clusters, inertia."""
    n = len(problem.length)
    near = centers.to(problem.rows.dtype)
    squares, reach = squared_norms(near)
    labels = torch.empty(n, dtype=torch.int32, device=near.device)
    total, mass = torch.zeros_like(centers), torch.zeros_like(centers[:, 0])
    inertia = torch.zeros((), dtype=centers.dtype, device=near.device)
    for start, stop in score_chunks(problem.rows, len(near)):
        rows, length = block(problem.rows, start, stop), problem.length[start:stop]
        member, own, least = nearest(rows, length, near, squares, reach)
        square = (length * length).add_(least).clamp_(min=0)
        part = None if problem.weight is None else problem.weight[start:stop]
        labels[start:stop] = own
        total += sums(rows, own, len(near), part, member)
        mass += torch.bincount(own, minlength=len(near)) if part is None else (member * part).sum(1, dtype=mass.dtype)
        inertia += (square if part is None else square * part).sum(dtype=total.dtype)
    return labels, total, mass, inertia


def _relocate(
    problem: Problem, labels: Tensor, old: Tensor, total: Tensor, mass: Tensor, collective: Collective
) -> int:
    """Give empty clusters the rows that are farthest from their centres; changes ``total`` and ``mass`` in place."""
    empty = (mass == 0).nonzero().squeeze(1)
    if not empty.numel():
        return 0
    near = old.to(problem.rows.dtype)
    every = torch.arange(len(labels), device=labels.device)
    far = pair_distances(problem.rows, near, every, labels)
    # A mean of equal rows is off by rounding, which grows like the root of their number within a chunk; such a
    # distance is no reason to split them.
    (count,) = collective.sum(mass.new_tensor(len(labels)))
    reach = float(collective.gather(problem.length.topk(min(1, len(labels))).values).max())
    zero = (16 * torch.finfo(near.dtype).eps * reach) ** 2 * min(float(count), _SUMMED)
    usable = far > zero if problem.weight is None else (far > zero) & (problem.weight > 0)
    far, order = far.masked_fill(~usable, -1).topk(min(len(empty), len(far)))
    order = order[far > 0]
    donor = labels[order].long()
    weight = total.new_ones(len(order)) if problem.weight is None else problem.weight[order].to(total.dtype)
    moved = take(problem.rows, order).to(total.dtype) * weight[:, None]
    far, donor, weight, moved = (collective.gather(part) for part in (far[: len(order)], donor, weight, moved))
    order = far.sort(descending=True, stable=True).indices[: len(empty)]
    empty, donor, weight, moved = empty[: len(order)], donor[order], weight[order], moved[order]
    if not order.numel():
        return 0
    total.index_add_(0, donor, moved, alpha=-1)
    mass.index_add_(0, donor, weight, alpha=-1)
    total[empty], mass[empty] = moved, weight
    # A donor that gave its last row is exactly empty, not empty but for rounding.
    counted = labels if problem.weight is None else labels[problem.weight > 0]
    (left,) = collective.sum(torch.bincount(counted, minlength=len(mass)))
    left = left - torch.bincount(donor, minlength=len(mass))
    left[empty] = 1
    mass[left == 0] = 0
    return len(order)
