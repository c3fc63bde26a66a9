"""What a person sees of a time series at a glance, as columns: level, trend, variation, and how often it goes round."""

from __future__ import annotations

import numpy as np

from .original import OriginalColumn

__all__ = ["series_columns"]

#: Channels that have columns of their own.
_MOST_CHANNELS = 4


def series_columns(series: np.ndarray, lengths: np.ndarray | None = None) -> tuple[OriginalColumn, ...]:
    """Columns of series (n, times) or (n, times, channels), NaN where one has no value.

    Parameters
    ----------
    series : ndarray
    lengths : ndarray of shape (n,) or None
        Of the series as they were given.

    Returns
    -------
    tuple of OriginalColumn
        Of each channel, four at most: the mean, by how much a straight line through it rises from the first time to the
        last, the deviation from this line, and the frequency that has most of that deviation, in cycles over the whole
        series. The lengths, where they differ.
    """
    values = series[:, :, None] if series.ndim == 2 else series
    columns: list[OriginalColumn] = []
    if lengths is not None and len(np.unique(lengths[~np.isnan(lengths)])) > 1:
        columns.append(OriginalColumn("length", "number", lengths, unit="times"))
    n_channels = values.shape[2]
    for channel in range(min(n_channels, _MOST_CHANNELS)):
        of = f" of channel {channel}" if n_channels > 1 else ""
        for name, numbers in _measured(np.asarray(values[:, :, channel], dtype=np.float64)).items():
            columns.append(OriginalColumn(f"{name}{of}", "number", numbers))
    return tuple(columns)


def _measured(cells: np.ndarray) -> dict[str, np.ndarray]:
    """The quantities (n,) of series (n, times), NaN of those that have none."""
    n_samples, times = cells.shape
    there = ~np.isnan(cells).any(axis=1)
    peak = np.abs(cells[there]).max(initial=0.0) or 1.0
    scaled = cells[there] / peak  # squares of large numbers would overflow
    time = np.linspace(-0.5, 0.5, times) if times > 1 else np.zeros(1)
    level = scaled.mean(axis=1)
    slope = scaled @ time / max(float(time @ time), 1e-300)
    rest = scaled - level[:, None] - slope[:, None] * time
    deviation = rest.std(axis=1)
    strength = np.abs(np.fft.rfft(rest, axis=1))[:, 1:]
    varies = deviation > 1e-9
    cycles = np.full(len(rest), np.nan)
    if strength.shape[1]:
        cycles[varies] = strength[varies].argmax(axis=1) + 1.0
    measured = {"level": level * peak, "trend": slope * peak, "variation": deviation * peak, "cycles": cycles}
    made = {}
    for name, numbers in measured.items():
        made[name] = np.full(n_samples, np.nan)
        made[name][there] = numbers
    return made
