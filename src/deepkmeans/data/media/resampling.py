"""Samples at another rate."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
from scipy.signal import resample_poly

from .audio_files import Recording
from .audio_reading import UnreadableRecordingError, read_recording

__all__ = ["resampled", "samples_at"]


def resampled(samples: np.ndarray, rate: int, wanted: int) -> np.ndarray:
    """Samples (n,) of one rate at the ``wanted`` one, (m,), float32."""
    if rate != wanted:
        ratio = Fraction(wanted, rate).limit_denominator(1000)
        samples = resample_poly(samples, ratio.numerator, ratio.denominator)
    return np.ascontiguousarray(samples, dtype=np.float32)


def samples_at(rate: int) -> Callable[[Recording], np.ndarray]:
    """The function from a recording as given to its samples (n,) at this rate; raises UnreadableRecordingError."""

    def read(recording: Recording) -> np.ndarray:
        if recording is None:
            raise UnreadableRecordingError("it is missing")
        recorded, samples = read_recording(recording)
        return resampled(samples, recorded, rate)

    return read
