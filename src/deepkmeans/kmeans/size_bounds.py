"""Bounds on the sizes of clusters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["NEAR", "SizeBounds"]

#: Bounds count as met within this share of a row.
NEAR = 1e-6


@dataclass(frozen=True)
class SizeBounds:
    """Weight that every cluster holds at least and at most.

    Attributes
    ----------
    low, high : float
    """

    low: float
    high: float

    def excess(self, sizes: np.ndarray) -> np.ndarray:
        """By how much (k,) clusters of these sizes are too large; negative: too small."""
        return np.maximum(sizes - self.high, 0) - np.maximum(self.low - sizes, 0)

    def hold(self, sizes: np.ndarray, unit: float = 1.0) -> bool:
        """Whether all sizes are within the bounds; ``unit`` is the weight of the lightest row."""
        return bool((np.abs(self.excess(sizes)) <= NEAR * unit).all())
