"""From columns in any unit to numbers a network can learn from, and back.

The rule is decided once, from the training rows, and is a table of four vectors, so that it can be read
in ``report_``, stored as tensors and undone exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
import torch
from torch import Tensor

__all__ = ["SCALINGS", "Scaling", "fit_scaling"]

SCALINGS = ("auto", "standard", "shared", "unit", "none")

#: Rows per block of the statistics: bounds the float64 copies.
_BLOCK = 8192


@dataclass(frozen=True)
class Scaling:
    """``scaled = (x - shift) / scale`` per column, missing cells filled first and flagged behind.

    Attributes
    ----------
    kind : {"standard", "shared", "unit", "symmetric", "none"}
        ``"standard"``: mean 0, deviation 1 per column. ``"shared"``: mean 0 per column, one deviation for
        all (pixels and other columns of one unit keep their relative size). ``"unit"``: into [0, 1],
        for sigmoid outputs; ``"symmetric"``: into [-1, 1], for tanh outputs.
    fill : Tensor of shape (d,), float64
        What replaces a missing cell: the column's mean over the cells that are present.
    flagged : Tensor of shape (m,), int64
        Columns that had missing cells in training; each adds one input that is 1 where the cell was missing.
    shift, scale : Tensor of shape (d,), float64
    """

    kind: str
    fill: Tensor
    flagged: Tensor
    shift: Tensor
    scale: Tensor

    @property
    def n_inputs(self) -> int:
        """Width of the scaled rows: columns plus flags."""
        return len(self.shift) + len(self.flagged)

    def apply(self, X: Tensor) -> Tensor:
        """Rows of shape (n, d) to network inputs of shape (n, d + m), same dtype."""
        missing = X.isnan()
        any_missing = bool(missing.any())
        if any_missing:
            X = torch.where(missing, self.fill.to(X.dtype), X)
        if X.dtype == torch.float32 and _beyond_float32(self.shift, self.scale):
            scaled = ((X.double() - self.shift) / self.scale).to(X.dtype)
        else:
            scaled = (X - self.shift.to(X.dtype)) / self.scale.to(X.dtype)
        if not len(self.flagged):
            return scaled
        return torch.cat([scaled, missing[:, self.flagged].to(X.dtype)], dim=1)

    def invert(self, scaled: Tensor) -> Tensor:
        """Network outputs of shape (n, d + m) back to the columns' own units, shape (n, d)."""
        d = len(self.shift)
        return scaled[:, :d] * self.scale.to(scaled.dtype) + self.shift.to(scaled.dtype)

    def to_tensors(self) -> dict[str, Tensor]:
        """The four vectors, for storage."""
        return {"fill": self.fill, "flagged": self.flagged, "shift": self.shift, "scale": self.scale}

    @classmethod
    def from_tensors(cls, kind: str, tensors: dict[str, Tensor]) -> Scaling:
        """Rebuild what :meth:`to_tensors` gave."""
        return cls(kind, *(tensors[name] for name in ("fill", "flagged", "shift", "scale")))


def _beyond_float32(shift: Tensor, scale: Tensor) -> bool:
    """Whether subtracting in float32 would lose the columns' own variation (large offset, tiny or huge spread)."""
    finite = torch.finfo(torch.float32)
    return bool(
        (shift.abs() > 1e3 * scale).any() or (scale < finite.tiny).any() or (shift.abs().max() > finite.max / 2)
    )


def _columns(X: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Per column: minimum, maximum, mean, deviation over the cells present, and the count of missing cells."""
    if sp.issparse(X):
        low = np.asarray(X.min(axis=0).todense(), dtype=np.float64).ravel()
        high = np.asarray(X.max(axis=0).todense(), dtype=np.float64).ravel()
        mean = np.asarray(X.mean(axis=0, dtype=np.float64)).ravel()
        peak = max(float(np.abs(low).max(initial=0)), float(np.abs(high).max(initial=0))) or 1.0
        square = np.asarray(X.astype(np.float64).multiply(1 / peak).power(2).mean(axis=0)).ravel()
        deviation = peak * np.sqrt(np.clip(square - (mean / peak) ** 2, 0, None))
        return low, high, mean, deviation, np.zeros(X.shape[1], dtype=np.int64)
    n, d = X.shape
    low, high = np.full(d, np.inf), np.full(d, -np.inf)
    missing = np.zeros(d, dtype=np.int64)
    for block in (X[i : i + _BLOCK] for i in range(0, n, _BLOCK)):
        low, high = np.fmin(low, np.fmin.reduce(block, axis=0)), np.fmax(high, np.fmax.reduce(block, axis=0))
        if block.dtype.kind == "f":
            missing += np.isnan(block).sum(axis=0)
    present = n - missing
    low, high = np.where(present > 0, low, 0.0), np.where(present > 0, high, 0.0)
    # Sums of offsets from the minimum in units of the range: no overflow at 1e200, no cancellation at 1e8 + noise.
    extent = np.where(high > low, high / 2 - low / 2, 0.5) * 2
    total, square = np.zeros(d), np.zeros(d)
    for block in (X[i : i + _BLOCK] for i in range(0, n, _BLOCK)):
        offset = (block.astype(np.float64) - low) / extent
        offset[np.isnan(offset)] = 0.0
        total += offset.sum(axis=0)
        square += np.square(offset).sum(axis=0)
    share = total / np.maximum(present, 1)
    variance = np.clip(square / np.maximum(present, 1) - share**2, 0, None)
    return low, high, low + extent * share, extent * np.sqrt(variance), missing


def fit_scaling(X: Any, kind: str = "auto", *, output_range: tuple[float, float] | None = None) -> Scaling:
    """Decide and fit the scaling of the columns of ``X``.

    Parameters
    ----------
    X : ndarray of shape (n, d), possibly with NaN, or sparse matrix
    kind : {"auto", "standard", "shared", "unit", "none"}
        ``"auto"`` takes ``"shared"`` when the columns share one range (the median column spans at least half
        of the range of the whole table, as pixels do), else ``"standard"``.
    output_range : (float, float) or None
        Range of the network's output activation; a bounded one makes ``"auto"`` and ``"unit"`` map the
        columns into it, so that every value can be reconstructed.

    Returns
    -------
    Scaling

    Notes
    -----
    Two passes over the data, O(n d) time, O(8192 d) extra memory.
    """
    low, high, mean, deviation, missing = _columns(X)
    varying = high > low
    span = high / 2 - low / 2  # halves: the full range of 1e308 overflows
    whole = (high.max(initial=-np.inf) / 2 - low.min(initial=np.inf) / 2) if len(low) else 0.0
    shares_range = bool(varying.any()) and float(np.median(span[varying])) >= 0.5 * whole
    if kind == "auto":
        kind = "unit" if output_range is not None else ("shared" if shares_range else "standard")
    if kind == "none":
        shift, scale = np.zeros_like(mean), np.ones_like(mean)
    elif kind == "unit":
        floor, ceiling = output_range or (0.0, 1.0)
        low, half = (np.full_like(low, low.min()), np.full_like(span, whole)) if shares_range else (low, span)
        scale = np.where(half > 0, half * (2 / (ceiling - floor)), 1.0)
        shift = low - floor * scale
        kind = "unit" if floor == 0 else "symmetric"
    else:
        if kind == "shared":
            peak = deviation.max(initial=0.0) or 1.0
            common = peak * np.sqrt(np.mean((deviation[varying] / peak) ** 2)) if varying.any() else 1.0
            deviation = np.full_like(deviation, common)
        shift, scale = mean, np.where(varying & (deviation > 0), deviation, 1.0)
        if kind == "shared":
            scale = deviation
    return Scaling(
        kind=kind,
        fill=torch.from_numpy(mean.copy()),
        flagged=torch.from_numpy(np.flatnonzero(missing)),
        shift=torch.from_numpy(np.asarray(shift, dtype=np.float64)),
        scale=torch.from_numpy(np.asarray(scale, dtype=np.float64)),
    )
