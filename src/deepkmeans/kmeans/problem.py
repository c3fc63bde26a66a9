"""Rows made ready once for any number of runs: centred, scaled where squares need it, with their norms."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from ..runtime.collective import Collective, SingleProcess
from .frame import power_of_two
from .rows import block, chunks, is_sparse, norms, row_of_entry, safe_range, select, unit_rows, wide
from .support import constant_columns, without_constants

__all__ = ["Problem", "prepare"]


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
        Weighted mean of the rows; of sparse rows, which stay sparse, the columns that hold one number, and zero.
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

    def sliced(self, at: slice) -> Problem:
        """The problem of a slice of its rows, dense, without a copy."""
        weight = None if self.weight is None else self.weight[at]
        rows = self.rows[at]
        return replace(self, X=rows, rows=rows, length=self.length[at], weight=weight)

    def on_sphere(self, centers: Tensor) -> Tensor:
        """Means as centres: of length one where rows are."""
        return unit_rows(centers) if self.spherical else centers

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
    elif not spherical:
        constant = constant_columns(X, collective)
        if bool(constant.any()):
            rows, shift = without_constants(X, constant), constant.to(kind)
    length = norms(rows)
    squares, mean = collective.sum(share @ length.to(kind) ** 2, _mean(rows, share))
    low, high = safe_range(X.dtype)
    scale = 1.0
    if not d * low**2 < float(squares) < d * high**2:
        rows, scale = _scaled(X, rows, shift, share, collective)
        length = norms(rows)
        squares, mean = collective.sum(share @ length.to(kind) ** 2, _mean(rows, share))
    return Problem(X, rows, length, weight, shift, scale, max(0.0, float(squares - mean @ mean) / d), spherical)


def _scaled(X: Tensor, rows: Tensor, shift: Tensor, share: Tensor, collective: Collective) -> tuple[Tensor, float]:
    """Rows ``X - shift`` times the power of two that brings their deviation to about one, and that power."""
    room = 1.0
    if not math.isfinite(_peak(rows, collective)):  # the difference of two numbers may be twice as large as any is
        room = 0.25
        rows = X * room - (shift * room).to(X.dtype)
    peak = _peak(rows, collective)
    first = power_of_two(peak, X.dtype)  # in this unit squares are numbers
    bounds = chunks(X.shape[0], share.itemsize * X.shape[1])
    exact = torch.cat([norms(block(rows, *at).to(share) * first) for at in bounds])
    (squares,) = collective.sum(share @ exact**2)
    # Not beyond what holds the farthest row, which may have no weight.
    size = max(float(squares / X.shape[1]) ** 0.5, peak * first / safe_range(X.dtype)[1])
    scale = power_of_two(size / first, X.dtype)
    return rows * scale, scale * room


def _peak(rows: Tensor, collective: Collective) -> float:
    """Largest absolute number among the rows of all processes."""
    values = rows.values() if is_sparse(rows) else rows
    largest = values.abs().max() if values.numel() else torch.zeros((), dtype=values.dtype, device=values.device)
    return float(collective.gather(largest[None]).max())


def _mean(X: Tensor, share: Tensor) -> Tensor:
    """Sum of the rows times their shares, in float64 from chunk to chunk."""
    total = torch.zeros(X.shape[1], dtype=share.dtype, device=X.device)
    if is_sparse(X):
        return total.index_add_(0, X.col_indices().long(), X.values().to(share.dtype) * share[row_of_entry(X)])
    for start, stop in chunks(X.shape[0], X.itemsize * X.shape[1]):
        total += share[start:stop].to(X.dtype) @ X[start:stop]
    return total
