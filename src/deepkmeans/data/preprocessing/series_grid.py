"""Series of any lengths, with gaps, on one grid of times."""

from __future__ import annotations

import numpy as np

__all__ = ["filled_gaps", "on_grid", "without_padding"]


def without_padding(series: np.ndarray) -> np.ndarray:
    """A series (T, channels) up to the last time at which any channel has a value: NaN behind it fills up an array."""
    there = np.flatnonzero(~np.isnan(series).all(axis=1))
    return series[: there[-1] + 1]


def filled_gaps(series: np.ndarray) -> np.ndarray:
    """A series (T, channels) with its gaps filled: in between by a line, before and after by the nearest value.

    A channel without any value stays NaN.
    """
    missing = np.isnan(series)
    if not missing.any():
        return series
    filled, times = series.copy(), np.arange(len(series))
    for channel in np.flatnonzero(missing.any(axis=0) & ~missing.all(axis=0)):
        gap = missing[:, channel]
        filled[gap, channel] = np.interp(times[gap], times[~gap], series[~gap, channel])
    return filled


def on_grid(series: np.ndarray, n_points: int) -> np.ndarray:
    """A series (T, channels) stretched or squeezed to ``n_points`` times, (n_points, channels).

    Between fewer times values lie on lines; of more each point is the mean of its share of the time, so that nothing
    between two points is lost.
    """
    length = len(series)
    if length == n_points:
        return series
    if length < n_points:
        at = np.linspace(0, length - 1, n_points)
        return np.stack([np.interp(at, np.arange(length), channel) for channel in series.T], axis=1)
    total = np.concatenate([np.zeros((1, series.shape[1])), np.cumsum(series, axis=0)])
    edges = np.linspace(0, length, n_points + 1)
    reached = np.stack([np.interp(edges, np.arange(length + 1), channel) for channel in total.T], axis=1)
    return np.diff(reached, axis=0) * (n_points / length)
