r"""Soft K-Means: every row belongs to all clusters a little, so that fewer local optima are left to end in.

Expectation and maximisation of a mixture of equal round Gaussians whose variance is taken T times as large:

.. math:: r_{ij} \propto \pi_j \exp(-|x_i - m_j|^2 / 2 T s^2)

with s^2 the mean variance of a column within clusters. A high temperature T is a smoother landscape (Rose, Gurewitz,
Fox, Pattern Recognition Letters 1990); of the centres found there K-Means goes on.
"""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["soft_centers"]

_ITERATIONS, _TOL = 40, 1e-3


def soft_centers(X: Tensor, centers: Tensor, *, temperature: float, weight: Tensor | None = None) -> Tensor:
    """Centres (k, d) that start from ``centers`` (k, d), of rows ``X`` (n, d) of weight (n,).

    Stops when no row's share in a cluster changes by more than a thousandth, or after 40 iterations of O(n k d).
    """
    mass = torch.ones(len(X), dtype=X.dtype, device=X.device) if weight is None else weight.to(X)
    mass = mass / mass.sum()
    middle = mass @ X
    rows, means = X - middle, centers.to(X) - middle
    scatter = float(mass @ rows.square().sum(1))
    share = torch.nn.functional.one_hot(torch.cdist(rows, means).argmin(1), len(means)).to(X)
    for _ in range(_ITERATIONS):
        held = share * mass[:, None]
        size = held.sum(0).clamp_min(1e-12)
        means = held.T @ rows / size[:, None]
        within = max(scatter - float(size @ means.square().sum(1)), 1e-12 * scatter) / X.shape[1]
        near = (rows @ means.T - 0.5 * means.square().sum(1)) / max(temperature * within, 1e-30) + size.log()
        before, share = share, near.softmax(1)
        if float((share - before).abs().max()) < _TOL:
            break
    return means + middle
