"""Series in several spaces, of which the right one depends on what tells them apart.

"level"
    The rows as they are: what plain K-Means sees.
"shape"
    Each series with mean 0 and deviation 1 in each channel: neither its level nor its size counts.
"changes"
    From one time to the next of "shape": slow drifts count for little.
"spectrum", "power"
    How strong each frequency of "shape" is, and of the rows as they are: series may begin earlier or later.
"""

from __future__ import annotations

import numpy as np

__all__ = ["series_spaces"]

#: Least deviation of a series, as a share of that of the median one: what hardly varies has no shape.
_LEAST_DEVIATION = 0.05


def series_spaces(X: np.ndarray, shape: tuple[int, int, int]) -> dict[str, np.ndarray]:
    """Rows ``X`` (n, times * channels) of series of this ``shape`` (1, times, channels), (n, p) in each of the spaces.

    Those in which all rows would be the same are left out.
    """
    _, times, channels = shape
    series = np.asarray(X, dtype=np.float64)[:, : times * channels].reshape(len(X), times, channels)
    deviation = series.std(axis=1, keepdims=True)
    least = np.maximum(_LEAST_DEVIATION * np.median(deviation, axis=0, keepdims=True), np.finfo(np.float64).tiny)
    unit = (series - series.mean(axis=1, keepdims=True)) / np.maximum(deviation, least)
    spaces = {
        "level": series, "shape": unit, "changes": np.diff(unit, axis=1), "spectrum": _magnitudes(unit),
        "power": _magnitudes(series),
    }  # fmt: skip
    return {name: values.reshape(len(X), -1) for name, values in spaces.items() if np.ptp(values, axis=0).any()}


def _magnitudes(series: np.ndarray) -> np.ndarray:
    """Of each frequency above 0 of series (n, times, channels)."""
    return np.asarray(np.abs(np.fft.rfft(series, axis=1))[:, 1:] / np.sqrt(series.shape[1]))
