"""Numbers of a page: few bytes each, exact where the values lie on a decimal grid."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["QuantisedNumbers", "pack_integers", "quantise", "scale_points"]

_DECIMALS = range(-6, 7)
_MOST_EXACT = 2**24
#: Steps between the quartiles of a column that has no grid: three digits of what tells its rows apart.
_STEPS = 1000
_MOST_STEPS = 2**32 - 2


@dataclass(frozen=True)
class QuantisedNumbers:
    """Numbers (n,) as ``(offset + count) / 10**decimals``; the largest count of its type stands for a missing one.

    Attributes
    ----------
    counts : ndarray of shape (n,), uint8, uint16 or uint32
    offset, decimals : int
    exact : bool
        Whether no digit was lost.
    """

    counts: np.ndarray
    offset: int
    decimals: int
    exact: bool

    def to_dict(self) -> dict[str, Any]:
        """For the page's script."""
        packed = pack_integers(self.counts)
        return {"offset": self.offset, "decimals": self.decimals, "exact": self.exact, **packed}


def quantise(values: np.ndarray) -> QuantisedNumbers:
    """Put numbers (n,), NaN where missing, on the coarsest decimal grid that loses nothing, or on a fine one."""
    present = np.isfinite(values)
    finite = values[present]
    if not len(finite):
        return QuantisedNumbers(np.full(len(values), 255, np.uint8), 0, 0, True)
    decimals = _grid(finite)
    exact = decimals is not None
    if decimals is None:
        low, high = np.percentile(finite, [25, 75])
        decimals = _decimals_of((high - low) or np.ptp(finite) or abs(finite[0]) or 1.0, np.ptp(finite))
    on_grid = _times(finite, decimals)
    offset = float(np.round(on_grid.min()))
    steps = np.round(on_grid - offset)
    whole = np.uint8 if steps.max() < 255 else np.uint16 if steps.max() < 65535 else np.uint32
    counts = np.full(len(values), np.iinfo(whole).max, whole)
    counts[present] = steps.astype(whole)
    return QuantisedNumbers(counts, int(offset), decimals, exact)


def pack_integers(numbers: np.ndarray) -> dict[str, Any]:
    """Unsigned integers as little-endian bytes in base64, with the bytes that each takes."""
    data = np.ascontiguousarray(numbers, dtype=numbers.dtype.newbyteorder("<"))
    return {"bytes": numbers.dtype.itemsize, "data": base64.b64encode(data.tobytes()).decode("ascii")}


def scale_points(points: np.ndarray) -> np.ndarray:
    """Coordinates (n, 2) as uint16 in a square that keeps their proportions, y downwards."""
    low, high = points.min(axis=0), points.max(axis=0)
    extent = float((high - low).max()) or 1.0
    scaled = (points - (low + high) / 2) / extent + 0.5  # (n, 2) in [0, 1]
    scaled[:, 1] = 1 - scaled[:, 1]
    return np.round(scaled * 65535).astype(np.uint16)


def _grid(finite: np.ndarray) -> int | None:
    """The fewest decimals with which all numbers are whole, if their range is then short enough."""
    for decimals in _DECIMALS:
        on_grid = _times(finite, decimals)
        if np.ptp(on_grid) >= _MOST_EXACT or np.abs(on_grid).max() >= 2**53:
            return None
        if np.all(np.abs(on_grid - np.round(on_grid)) <= 1e-9 * np.abs(on_grid)):
            return decimals
    return None


def _decimals_of(distance: float, extent: float) -> int:
    decimals = int(np.ceil(np.log10(_STEPS / distance)))
    if extent > 0:
        decimals = min(decimals, int(np.floor(np.log10(_MOST_STEPS / extent))))
    return decimals


def _times(values: np.ndarray, decimals: int) -> np.ndarray:
    return values * 10.0**decimals if decimals >= 0 else values / 10.0**-decimals
