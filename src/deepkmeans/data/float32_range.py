"""Whether the numbers of a file are the same in float32."""

from __future__ import annotations

import numpy as np

__all__ = ["float32_holds"]

#: Whole numbers up to here are exact in float32.
_EXACT = 2**24


def float32_holds(X: np.ndarray, *, whole: bool = True) -> bool:
    """Whether no cell of ``X`` (n, d) is infinite, and none so large that float32 rounds ``whole`` numbers."""
    low, high = np.fmin.reduce(X, axis=None), np.fmax.reduce(X, axis=None)  # these two skip NaN
    most = max(-float(low), float(high))
    return np.isnan(most) or (most < _EXACT if whole else bool(np.isfinite(most)))
