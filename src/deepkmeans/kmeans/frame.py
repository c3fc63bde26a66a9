"""The frame in which squares are safe: rows and centres moved towards the origin, and scaled by a power of two."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from .rows import is_sparse, norms, safe_range, wide

__all__ = ["framed_rows", "power_of_two", "shift_of"]


def shift_of(X: Tensor, centers: Tensor) -> Tensor | None:
    """The mean of the centres when they are far from the origin and close to each other, else None.

    It depends on the centres alone, so that a row's label never depends on the rows beside it.
    """
    if is_sparse(X):
        return None
    exact = centers.detach().to(wide(X.device))
    mean = exact.mean(0)
    far = float(torch.linalg.vector_norm(mean)) > 2 * float(torch.linalg.vector_norm(exact - mean, dim=1).max())
    return mean.to(centers.dtype) if far else None


def framed_rows(X: Tensor, centers: Tensor, shift: Tensor | None) -> tuple[Tensor, Tensor, Tensor, float]:
    """Rows, centres and the norms of the rows where squares are safe, and the scale that it took."""
    rows, near = (X, centers) if shift is None else (X - shift, centers - shift)
    length = norms(rows)
    if length.numel() == 0:
        return rows, near, length, 1.0
    top = max(float(length.detach().max()), float(norms(near.detach()).max()))
    low, high = safe_range(X.dtype)
    if low < top < high:
        return rows, near, length, 1.0
    room, size = 1.0, _size(rows, near)
    if shift is not None and not math.isfinite(size):  # the difference of two numbers may be twice as large as any is
        room = 0.25
        rows, near = (part * room - shift * room for part in (X, centers))
        size = _size(rows, near)
    scale = power_of_two(size, X.dtype)
    return rows * scale, near * scale, norms(rows * scale), scale * room


def _size(rows: Tensor, near: Tensor) -> float:
    values = rows.values() if is_sparse(rows) else rows
    return max(float(part.detach().abs().max()) for part in (values, near) if part.numel())


def power_of_two(size: float, dtype: torch.dtype) -> float:
    """The power of two that brings ``size`` to about one, as far as the dtype holds it."""
    if size == 0 or not math.isfinite(size):
        return 1.0
    limit = int(math.log2(torch.finfo(dtype).max)) - 2
    return 2.0 ** max(-limit, min(limit, -math.frexp(size)[1]))
