"""What a person hears of a recording at once, as columns: how long, how loud, how high, and how that changes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..data.media.audio_files import Recording
from ..data.media.audio_reading import UnreadableRecordingError, read_recording
from ..data.media.log_mel import LogMel
from .original import OriginalColumn

__all__ = ["sound_columns"]


def sound_columns(
    recordings: Sequence[Recording], pictures: np.ndarray, spectrogram: LogMel
) -> tuple[OriginalColumn, ...]:  # fmt: skip
    """Columns of recordings.

    Parameters
    ----------
    recordings : sequence of length n
        Duration and loudness (root mean square, in decibels of full scale) are of their samples, from which they are
        read once more: of pictures neither can be told.
    pictures : ndarray of shape (n, n_mels, frames)
        Decibels, the lowest band first; NaN where one could not be read.
    spectrogram : LogMel

    Returns
    -------
    tuple of OriginalColumn
        Beside the two: the frequency under which half of the power is, by how much it is higher in the last third than
        in the first, and the deviation of the loudness from moment to moment.
    """
    there = ~np.isnan(pictures).reshape(len(pictures), -1).all(axis=1)
    seconds, loudness = (np.full(len(pictures), np.nan) for _ in range(2))
    for row in np.flatnonzero(there).tolist():
        try:
            rate, samples = read_recording(recordings[row])  # type: ignore[arg-type]
        except (UnreadableRecordingError, TypeError):  # it was there when it was read before
            continue
        seconds[row] = len(samples) / rate
        loudness[row] = 10 * np.log10(np.mean(np.square(samples, dtype=np.float64)))
    middle, rise, swing = (np.full(len(pictures), np.nan) for _ in range(3))
    power = 10 ** (np.asarray(pictures[there], dtype=np.float64) / 10)  # (m, bands, moments)
    third = max(1, power.shape[2] // 3)
    bands = _frequencies(spectrogram)
    middle[there] = _middle(power, bands)
    rise[there] = _middle(power[:, :, -third:], bands) - _middle(power[:, :, :third], bands)
    swing[there] = (10 * np.log10(power.sum(axis=1))).std(axis=1)
    return (
        OriginalColumn("duration", "number", seconds, unit="s"),
        OriginalColumn("loudness", "number", loudness, unit="dB"),
        OriginalColumn("middle frequency", "number", middle, unit="Hz"),
        OriginalColumn("rise of frequency", "number", rise, unit="Hz"),
        OriginalColumn("variation of loudness", "number", swing, unit="dB"),
    )


def _frequencies(spectrogram: LogMel) -> np.ndarray:
    """The middle of each band, (n_mels,), in Hz."""
    top = 2595 * np.log10(1 + spectrogram.rate / 2 / 700)
    mel = np.linspace(0, top, spectrogram.n_mels + 2)[1:-1]
    return np.asarray(700 * (10 ** (mel / 2595) - 1))


def _middle(power: np.ndarray, bands: np.ndarray) -> np.ndarray:
    """The frequency (m,) of ``bands`` (b,) up to which half of the power (m, b, t) is, between bands by a line."""
    of_band = power.sum(axis=2)
    below = np.cumsum(of_band, axis=1) / of_band.sum(axis=1, keepdims=True)  # (m, b)
    at = (below < 0.5).sum(axis=1).clip(max=len(bands) - 1)
    row = np.arange(len(power))
    before = np.where(at > 0, below[row, at - 1], 0.0)
    share = (0.5 - before) / np.maximum(below[row, at] - before, 1e-12)
    lower = bands[np.maximum(at - 1, 0)]
    return np.asarray(lower + share.clip(0, 1) * (bands[at] - lower))
