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

from dataclasses import dataclass

import torch
from torch import Tensor

from ..runtime.collective import Collective, SingleProcess
from ..types import KMeansResult
from .assignment import assign, nearest, score_chunks, squared_norms
from .bounds import Bounded
from .problem import Problem, prepare
from .relocation import relocate
from .rows import block, sums

__all__ = ["BOUNDED", "Converged", "converge", "finished", "lloyd", "solve"]

#: Iterations keep bounds once no more than this share of the labels changes, for at least so many pairs of row and
#: centre.
_CLOSE, BOUNDED = 0.1, 2**20
#: Share of the rows beyond which looking at those that bounds do not hold costs more than a full iteration, and how
#: much less the centres move (squared) when bounds are tried again: clusters without gaps hold few rows until late.
_LOOSE, _CLOSER = 0.5, 0.3


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
    O(n k d) an iteration; memory of one centred copy of dense rows and of one chunk.
    """
    collective = collective or SingleProcess()
    with torch.no_grad(), torch.autocast(X.device.type, enabled=False):
        problem = prepare(X, weight, collective)
        return solve(problem, problem.inside(centers), max_iter=max_iter, tol=tol, collective=collective)


@dataclass(frozen=True)
class Converged:
    """Where Lloyd's iterations have ended, in the frame of ``Problem.rows``.

    Attributes
    ----------
    centers : Tensor of shape (k, d), float64
    known : Tensor of shape (k, d), float64
        The centres one iteration before, whose inertia is the last of ``history``.
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


def converge(
    problem: Problem, centers: Tensor, *, max_iter: int, tol: float, collective: Collective, close: bool = False
) -> Converged:
    """Lloyd's iterations on a prepared problem, from centres of ``problem.rows``.

    ``close`` says that few labels will change, so that bounds pay from the first iteration.
    """
    labels = torch.full((len(problem.length),), -1, dtype=torch.int32, device=problem.length.device)
    (n,) = collective.sum(torch.tensor(len(labels)))
    history: list[float] = []
    n_relocated, converged, old, close_below = 0, False, centers, float("inf")
    bounded: Bounded | None = None
    while not converged and len(history) < max_iter:
        old = centers
        if bounded is not None:
            bounded.step(centers)
        elif close and int(n) * len(centers) >= BOUNDED:
            bounded = Bounded(problem, centers, labels)
        else:
            before, (labels, total, mass, inertia) = labels, _iteration(problem, centers)
            changed = (labels != before).sum().to(mass.dtype)
        if bounded is not None:
            labels, total, mass, inertia = bounded.labels, bounded.total.clone(), bounded.mass.clone(), bounded.inertia
            changed = mass.new_tensor(bounded.changed)
        total, mass, inertia, changed = collective.sum(total, mass, inertia, changed)
        history.append(float(inertia) / problem.scale / problem.scale)
        relocated = relocate(problem, labels, old, total, mass, collective)
        if relocated:
            bounded, close, n_relocated = None, False, n_relocated + relocated
        else:
            close = float(changed) <= _CLOSE * int(n) or bounded is not None
        centers = problem.on_sphere(total / mass.clamp(min=torch.finfo(mass.dtype).tiny)[:, None])
        centers[mass == 0] = centers[mass.argmax()].clone()
        shift = float(((centers - old) ** 2).sum())
        if bounded is not None and bounded.looked_at > _LOOSE * len(labels):
            bounded, close_below = None, _CLOSER * shift
        close = close and shift <= close_below
        converged = float(changed) == 0 or shift <= tol * problem.variance
    return Converged(centers, old, history, converged, n_relocated)


def solve(
    problem: Problem, centers: Tensor, *, max_iter: int, tol: float, collective: Collective, close: bool = False
) -> KMeansResult:
    """:func:`converge`, then :func:`finished`: centres in the dtype of the data."""
    end = converge(problem, centers, max_iter=max_iter, tol=tol, collective=collective, close=close)
    return finished(problem, end, collective)


def finished(problem: Problem, end: Converged, collective: Collective) -> KMeansResult:
    """Where iterations have ended, in the dtype of the data, with the labels and the inertia of these centres."""
    X, weight = problem.X, problem.weight
    result = problem.outside(end.centers)
    labels, squared = assign(X, result)
    (inertia,) = collective.sum((squared if weight is None else squared * weight).sum())
    history = (*end.history, float(inertia))
    return KMeansResult(result, labels, float(inertia), len(end.history), end.converged, end.n_relocated, history)


def _iteration(problem: Problem, centers: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """One pass over the rows: labels, sums and weights of the clusters, inertia."""
    n = len(problem.length)
    near = centers.to(problem.rows.dtype)
    squares, reach = squared_norms(near)
    labels = torch.empty(n, dtype=torch.int32, device=near.device)
    total, mass = torch.zeros_like(centers), torch.zeros_like(centers[:, 0])
    inertia = torch.zeros((), dtype=centers.dtype, device=near.device)
    for start, stop in score_chunks(problem.rows, len(near)):
        rows, length = block(problem.rows, start, stop), problem.length[start:stop]
        member, chunk_labels, least = nearest(rows, length, near, squares, reach)
        square = (length * length).add_(least).clamp_(min=0)
        part = None if problem.weight is None else problem.weight[start:stop]
        labels[start:stop] = chunk_labels
        total += sums(rows, chunk_labels, len(near), part, member)
        if part is None:
            mass += torch.bincount(chunk_labels, minlength=len(near))
        else:
            mass += (member * part).sum(1, dtype=mass.dtype)
        inertia += (square if part is None else square * part).sum(dtype=total.dtype)
    return labels, total, mass, inertia
