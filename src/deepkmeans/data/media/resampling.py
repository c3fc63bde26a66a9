"""Samples at another rate."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from scipy.signal import resample_poly

__all__ = ["resampled"]


def resampled(samples: np.ndarray, rate: int, wanted: int) -> np.ndarray:
    """Samples (n,) of one rate at the ``wanted`` one, (m,), float32."""
    if rate != wanted:
        ratio = Fraction(wanted, rate).limit_denominator(1000)
        samples = resample_poly(samples, ratio.numerator, ratio.denominator)
    return np.ascontiguousarray(samples, dtype=np.float32)
