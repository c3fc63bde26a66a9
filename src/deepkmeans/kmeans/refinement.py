r"""Moves between local optima: a centre that can be removed at little cost goes to a cluster worth splitting.

Lloyd's iterations never move a centre across the data. The cost of removing centre r and the gain of splitting cluster
s are estimated without a run, from one pass over the rows each:

.. math:: R_r = \sum_{i \in r} w_i \big(d_2(x_i)^2 - d_1(x_i)^2\big),\qquad
          G_s = \sum_{i \in s} w_i d_1(x_i)^2 - \text{inertia of 2-means within } s

with d_1, d_2 the distances to the nearest and second nearest centre. Pairs of largest G and smallest R are moved
together while G > R (one at a time where no pair gains but some come near). A few of Lloyd's iterations follow; if the
inertia has not fallen, the moves are undone and half as many pairs tried. The result is never worse than the start.

Kin of ISODATA's merge and split, of random swap (Fränti 2018, which draws pairs blindly), and of breathing K-Means
(Fritzke 2021, which ranks by error and utility as here, but adds first and removes afterwards).
"""

from __future__ import annotations

import torch
from torch import Tensor

from ..runtime.collective import Collective
from .assignment import score_chunks, scores
from .distances import rounding
from .lloyd import Converged, converge
from .problem import Problem
from .rows import block, is_sparse, own_products, sums, take, wide

__all__ = ["hartigan_moves", "refine"]

_SPLIT_STEPS = 4
_ITERATIONS = 8
#: Failed moves in a row after which the search ends.
_PATIENCE = 3
#: The same of pairs that are not known to gain, and the share of their cost that they gain at least.
_DOUBTFUL, _GIVES_WAY = 4, 0.3
#: Smallest relative fall of the inertia that counts; and that of a doubtful pair which is worth going on for.
_WORTH, _SLIGHT = 1e-7, 1e-4
#: Fall after which no more single rows are moved.
_HARDLY = 1e-6
#: Share of the rows that would move below which single rows are left alone.
_LEAST_SHARE = 0.1


def refine(problem: Problem, start: Converged, *, tol: float, collective: Collective, max_moves: int = 30) -> Converged:
    """What the moves lead to from ``start``; its inertia is no higher."""
    best, k, failed = start, len(start.centers), 0
    most, plan, sure = k, list[tuple[int, int]](), True
    for _ in range(max_moves if k > 1 else 0):
        if not plan:
            plan, halves, sure = _pairs(problem, best.centers)
        pairs = plan[: most if sure else 1]
        if not pairs:
            break
        moved = best.centers.clone()
        for removed, split in pairs:
            moved[removed], moved[split] = halves[0][split], halves[1][split]
        end = converge(problem, moved, max_iter=_ITERATIONS, tol=tol, collective=collective)
        if end.history[-1] < best.history[-1] * (1 - _WORTH):
            slight = not sure and end.history[-1] > best.history[-1] * (1 - _SLIGHT)
            best, most, plan, failed = end, len(pairs), [], failed + 1 if slight else 0
            if failed >= _DOUBTFUL:
                break
        elif len(pairs) > 1:
            most = len(pairs) // 2
        else:
            plan, failed = plan[1:], failed + 1
            if failed >= (_PATIENCE if sure else _DOUBTFUL):
                break
    return best


def _pairs(problem: Problem, centers: Tensor) -> tuple[list[tuple[int, int]], tuple[Tensor, Tensor], bool]:
    """Promising (remove, split) pairs, best first and no cluster twice, the halves of every cluster, whether they gain.

    The cost is an upper bound, the gain a lower one: the neighbouring centres move afterwards, far in chains of
    clusters. So where no pair gains, pairs that gain some share of their cost are worth a try.
    """
    labels, _, first, second = _two_nearest(problem, centers)
    k = len(centers)
    cost = _per_cluster(labels, second - first, problem.weight, k)
    inertia = _per_cluster(labels, first, problem.weight, k)
    halves, within = _halved(problem, centers, labels, first)
    gain = (inertia - within).clamp(min=0)
    removable, splittable = cost.argsort().tolist(), gain.argsort(descending=True).tolist()
    for share in (1.0, _GIVES_WAY):
        pairs, used, at = list[tuple[int, int]](), set[int](), 0
        for s in splittable:
            if s in used:
                continue
            while at < k and (removable[at] in used or removable[at] == s):
                at += 1
            if at >= k or float(gain[s]) <= share * float(cost[removable[at]]):
                break
            pairs.append((removable[at], s))
            used |= {removable[at], s}
        if pairs:
            return pairs, halves, share == 1.0
    return [], halves, False


def hartigan_moves(problem: Problem, start: Converged, *, collective: Collective, max_moves: int = 20) -> Converged:
    r"""What moving single rows leads to from ``start``; its inertia is no higher.

    At an optimum of Lloyd's iterations every row is with its nearest centre, and yet moving row i from cluster a to b
    lowers the inertia where :math:`m_a / (m_a - w_i) |x_i - c_a|^2 > m_b / (m_b + w_i) |x_i - c_b|^2` (Hartigan 1975;
    Telgarsky and Vattani 2010), which matters in small clusters. All such rows are moved at once, and Lloyd's
    iterations follow; if that is worse, the half that gains most is tried. It ends when little is gained.
    """
    best, share, k = start, 1.0, len(start.centers)
    for _ in range(max_moves if k > 1 else 0):
        labels, other, first, second = _two_nearest(problem, best.centers)
        kind = best.centers.dtype
        weight = torch.ones_like(first) if problem.weight is None else problem.weight.to(first)
        mass = _per_cluster(labels, weight, None, k).to(first)
        left = (mass[labels] - weight).clamp(min=torch.finfo(first.dtype).tiny)
        gain = first * (mass[labels] / left) - second * (mass[other] / (mass[other] + weight))
        gain[(left < 0.5 * weight) | (weight <= 0)] = 0
        value, row = gain.sort(descending=True, stable=True)
        row = row[: int(share * int((value > rounding(problem.rows) * problem.length[row] ** 2).sum()))]
        if not row.numel():
            break
        moved, old, new = take(problem.rows, row).to(kind), labels[row], other[row]
        part = weight[row].to(kind)
        total = best.centers * mass.to(kind)[:, None]
        total.index_add_(0, old, -moved * part[:, None]).index_add_(0, new, moved * part[:, None])
        size = mass.to(kind).index_add(0, old, -part).index_add(0, new, part)
        centers = problem.on_sphere(total / size.clamp(min=torch.finfo(kind).tiny)[:, None])
        centers = torch.where((size > 0.5 * part.min())[:, None], centers, best.centers)
        end = converge(problem, centers, max_iter=_ITERATIONS, tol=0.0, collective=collective)
        before, after = best.history[-1], end.history[-1]
        if after < before * (1 - _WORTH):
            best, share = end, 1.0
            if after > before * (1 - _HARDLY):
                break
        elif share * len(row) <= 1 or share < _LEAST_SHARE:
            break
        else:
            share /= 2
    return best


def _two_nearest(problem: Problem, centers: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Nearest and second nearest centre (n,) and squared distances (n,) to them, as good as the dtype."""
    rows, k = problem.rows, len(centers)
    near = centers.to(rows.dtype)
    squares = (near * near).sum(1)
    n, device = len(problem.length), near.device
    index, two = torch.empty(2, n, dtype=torch.int64, device=device), torch.empty(2, n, dtype=near.dtype, device=device)
    for start, stop in score_chunks(rows, k):
        x = block(rows, start, stop)
        two[:, start:stop], index[:, start:stop] = scores(x, near, squares).topk(2, dim=0, largest=False)
    two += problem.length**2
    two.clamp_(min=0)
    return index[0], index[1], two[0], two[1]


def _per_cluster(labels: Tensor, values: Tensor, weight: Tensor | None, k: int) -> Tensor:
    values = values.to(wide(labels.device))
    total = torch.zeros(k, dtype=values.dtype, device=labels.device)
    return total.index_add_(0, labels, values if weight is None else values * weight.to(values.dtype))


def _halved(problem: Problem, centers: Tensor, labels: Tensor, first: Tensor) -> tuple[tuple[Tensor, Tensor], Tensor]:
    """2-means within every cluster at once: both halves' centres (k, d) and the inertia (k,) they leave.

    One half starts from the farthest row of the cluster, the other from its mirror image: a cut through the middle.
    """
    rows, k = problem.rows, len(centers)
    kind, device, tiny = centers.dtype, centers.device, torch.finfo(centers.dtype).tiny
    weight = torch.ones(len(labels), dtype=kind, device=device) if problem.weight is None else problem.weight.to(kind)
    top = torch.zeros(k, dtype=first.dtype, device=device).scatter_reduce(0, labels, first * (weight > 0), "amax")
    at = (first == top[labels]).nonzero().squeeze(1).flip(0)
    far = torch.zeros(k, dtype=torch.int64, device=device)
    far[labels[at]] = at
    one = take(rows, far).to(kind)
    two = 2 * centers - one
    mass = torch.zeros(k, dtype=kind, device=device).index_add_(0, labels, weight)
    # Numbers a row: beside those of its cluster, or with the places of those that are stored.
    numbers = 2 * (rows.values().numel() // len(labels) if is_sparse(rows) else rows.shape[1])
    for step in range(_SPLIT_STEPS + 1):
        way = (one - two).to(rows.dtype)  # (k, d): a row's side is the sign of its distance to the middle, this way
        middle = ((one + two) / 2 * (one - two)).sum(1)  # (k,)
        total, part = torch.zeros_like(centers), torch.zeros_like(mass)
        for start, stop in score_chunks(rows, numbers):
            chunk_labels, x = labels[start:stop], block(rows, start, stop)
            side = (own_products(x, way, chunk_labels) > middle[chunk_labels]).to(kind) * weight[start:stop]
            part.index_add_(0, chunk_labels, side)
            total += sums(x, chunk_labels, k, side.to(rows.dtype))
        left = (mass - part).clamp(min=tiny)
        if step == _SPLIT_STEPS:
            break
        empty = (part <= 0) | (mass - part <= 0)
        new = total / part.clamp(min=tiny)[:, None]
        other = (centers * mass[:, None] - total) / left[:, None]
        one, two = torch.where(empty[:, None], one, new), torch.where(empty[:, None], two, other)
    # Inertia falls by the between-halves part: p q / (p + q) |a - b|^2.
    a = total / part.clamp(min=tiny)[:, None]
    b = (centers * mass[:, None] - total) / left[:, None]
    between = torch.where((part > 0) & (mass - part > 0), part * left / mass.clamp(min=tiny), 0.0)
    fall = between * ((a - b) ** 2).sum(1)
    inertia = _per_cluster(labels, first, problem.weight, k)
    return (one, two), (inertia - fall).clamp(min=0)
