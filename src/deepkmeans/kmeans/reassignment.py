r"""Centres of a stream that can be removed at little cost, moved to where a batch needs them.

A sorted stream shows its clusters one after the other: the first batch puts all centres into the first cluster, and
means never move them out of it. So the rows of earlier batches are represented by points at the old centres, with the
weight that is left of them; together with the batch they are a K-Means problem of its own. Where the best split of one
of its clusters may gain more than merging the two clusters that are nearest costs,

.. math:: \max_j \sum_{i \in j} w_i |x_i - c_j|^2 > \min_{a \neq b} \frac{m_a m_b}{m_a + m_b} |c_a - c_b|^2,

the moves of :mod:`.refinement` are tried, which keep what lowers its inertia. Once the clusters are
found no move gains, and a batch costs only this comparison.

scikit-learn's ``MiniBatchKMeans`` puts centres of little weight on random rows of the batch instead.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ..runtime.collective import SingleProcess
from .distances import squared_distances
from .lloyd import converge
from .problem import prepare
from .refinement import refine
from .rows import norms, stacked, wide

__all__ = ["beyond_rounding", "reassigned"]

_TOL, _ITERATIONS = 1e-4, 8
#: Smallest relative fall of the inertia that counts.
_WORTH = 1e-7
#: Roundings of sums and means of a whole fit, with room.
_ROOM = 64


def reassigned(
    X: Tensor, share: Tensor, known: Tensor, old: Tensor, centers: Tensor, counts: Tensor, labels: Tensor,
    squared: Tensor, *, spherical: bool,
) -> Tensor | None:  # fmt: skip
    """Better positions (k, d) for the centres of a batch, or None where no move lowers the inertia.

    Parameters
    ----------
    X : Tensor of shape (n, d), dense or CSR
    share : Tensor of shape (n,)
        Weights of the rows.
    known, old : Tensor of shape (k, d) and (k,)
        Centres before the batch, and the weight that is left of each.
    centers, counts : Tensor of shape (k, d) and (k,)
        As the batch has moved them.
    labels, squared : Tensor of shape (n,)
        Of the batch, by ``centers``.

    Notes
    -----
    O(n + k^2 d), and of the moves, where there is a chance of one, O(n k d) each.
    """
    cost = old * beyond_rounding(known, (known - centers).to(old).square().sum(1))
    cost.index_add_(0, labels.long(), beyond_rounding(X, squared) * share)
    if len(centers) < 2 or not float(cost.max()) > _cheapest(centers.to(old), counts):
        return None
    alone, seen = SingleProcess(), (old > 0).nonzero().squeeze(1)
    weight = torch.cat([old[seen], share]).to(X.dtype)
    problem = prepare(stacked(known[seen], X), weight, spherical=spherical)
    start = converge(problem, problem.inside(centers), max_iter=_ITERATIONS, tol=_TOL, collective=alone)
    refined = refine(problem, start, tol=_TOL, collective=alone)
    return problem.outside(refined.centers) if refined.history[-1] < start.history[0] * (1 - _WORTH) else None


def beyond_rounding(X: Tensor, squared: Tensor) -> Tensor:
    """Squared distances (n,) of rows (n, d) to means of rows, 0 where these may be as far by rounding alone."""
    limit = _ROOM * (torch.finfo(X.dtype).eps + X.shape[0] * torch.finfo(wide(X.device)).eps)
    return squared.masked_fill(squared <= (limit * norms(X).to(squared)).square_(), 0)


def _cheapest(centers: Tensor, counts: Tensor) -> float:
    """What merging the two clusters that cost least adds to the inertia."""
    both = (counts[:, None] + counts).clamp(min=torch.finfo(counts.dtype).tiny)
    cost = squared_distances(centers, centers) * (counts / both)
    return float((cost * counts[:, None]).fill_diagonal_(float("inf")).min())
