"""Integrated gradients: how a function's change along a straight path is shared out among its inputs.

Sundararajan, Taly and Yan: Axiomatic attribution for deep networks, 2017:

.. math:: a_j = (x_j - b_j) \\int_0^1 \\frac{\\partial F}{\\partial x_j}(b + t (x - b)) \\, dt

The shares add up to F(x) - F(b) (completeness), as far as the integral is right. A network of rectified units has
gradients that jump, nobody knows where, and steps of one length are wasted where nothing happens and too few elsewhere.
So each piece of a path is checked: what its shares miss of the change of F. While a path misses too much, the pieces
that miss most are halved. A linear function is right at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

__all__ = ["Function", "mean_gradients"]

#: Values (m,) of points (m, p), each on the path of the number (m,) given with it; differentiable in the points.
Function = Callable[[Tensor, Tensor], Tensor]

#: Gauss-Legendre nodes of a piece, and how often pieces are halved at most.
_NODES, _ROUNDS = 4, 30


@dataclass(frozen=True)
class _Paths:
    """Straight paths (n, p), and the function whose change along them is shared out."""

    function: Function
    start: Tensor
    direction: Tensor

    def points(self, which: Tensor, t: Tensor) -> Tensor:
        return self.start[which] + t[:, None] * self.direction[which]

    @torch.no_grad()
    def values(self, which: Tensor, t: Tensor) -> Tensor:
        return self.function(self.points(which, t), which)

    def gradients(self, which: Tensor, low: Tensor, length: Tensor, n_nodes: int) -> Tensor:
        """Mean gradients (m, p) on pieces of the paths ``which`` (m,), by Gauss and Legendre."""
        nodes, weights = np.polynomial.legendre.leggauss(n_nodes)
        t = low[:, None] + length[:, None] * torch.as_tensor((nodes + 1) / 2).to(low)  # (m, q)
        path = which.repeat_interleave(n_nodes)
        points = self.points(path, t.ravel()).requires_grad_(True)
        (gradient,) = torch.autograd.grad(self.function(points, path).sum(), points)
        return (gradient.view(*t.shape, -1) * torch.as_tensor(weights / 2).to(low)[:, None]).sum(1)


def mean_gradients(
    function: Function, start: Tensor, stop: Tensor, tolerance: Tensor, n_steps: int | None = None
) -> Tensor:
    """Mean gradients (n, p) along the straight paths from ``start`` (n, p) to ``stop`` (n, p).

    Parameters
    ----------
    function : Function
    start, stop : Tensor of shape (n, p)
    tolerance : Tensor of shape (n,)
        By how much the shares of a path may miss the change of the function. It is met unless there are pieces that
        were halved 30 times.
    n_steps : int or None
        So many steps of equal length instead, each with the gradient in its middle.

    Notes
    -----
    The caller cuts the paths into chunks: all pieces are in memory, at least O(2 n p) numbers, 8 n p for a moment.
    """
    paths = _Paths(function, start, stop - start)
    count = n_steps or 2
    which = torch.arange(len(start), device=start.device).repeat_interleave(count)
    low = torch.arange(count, device=start.device).to(start.dtype).repeat(len(start)) / count
    length = torch.full_like(low, 1 / count)
    total = torch.zeros_like(start)
    if n_steps:
        return total.index_add_(0, which, paths.gradients(which, low, length, 1) * length[:, None])
    gradient = paths.gradients(which, low, length, _NODES)
    missed = _missed(paths, which, low, length, gradient)
    for _ in range(_ROUNDS):
        in_all = torch.zeros_like(tolerance).index_add_(0, which, missed)
        most = torch.zeros_like(tolerance).scatter_reduce_(0, which, missed.abs(), "amax")
        halved = (in_all.abs() > tolerance)[which] & (missed.abs() >= most[which] / 4)
        if not bool(halved.any()):
            break
        kept = ~halved
        half = length[halved].repeat_interleave(2) / 2
        begin = low[halved].repeat_interleave(2)
        begin[1::2] += half[1::2]
        path = which[halved].repeat_interleave(2)
        slope = paths.gradients(path, begin, half, _NODES)
        missed = torch.cat([missed[kept], _missed(paths, path, begin, half, slope)])
        which, low, length, gradient = (
            torch.cat([old[kept], new])
            for old, new in ((which, path), (low, begin), (length, half), (gradient, slope))
        )  # fmt: skip
    return total.index_add_(0, which, gradient * length[:, None])


def _missed(paths: _Paths, which: Tensor, low: Tensor, length: Tensor, gradient: Tensor) -> Tensor:
    """By how much (m,) the shares of pieces miss the change of the function."""
    change = paths.values(which, low + length) - paths.values(which, low)
    return change - length * (gradient * paths.direction[which]).sum(1)
