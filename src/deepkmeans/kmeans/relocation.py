"""What an empty cluster gets: the row that is farthest from its centre, as in scikit-learn."""

from __future__ import annotations

import torch
from torch import Tensor

from ..runtime.collective import Collective
from .distances import pair_distances
from .problem import Problem
from .rows import take

__all__ = ["relocate"]

#: Rows that are summed in the dtype of the data, about.
_SUMMED = 4096


def relocate(problem: Problem, labels: Tensor, old: Tensor, total: Tensor, mass: Tensor, collective: Collective) -> int:
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
