"""Recordings that the page plays: short, of one channel, embedded as wav as long as there is room."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import zip_longest
from typing import Any

import numpy as np
import scipy.io.wavfile
from scipy.signal import resample_poly

from ..data.media.audio_reading import UnreadableRecordingError, read_recording

__all__ = ["Sounds"]

#: Samples a second at most, seconds of each, and bytes of all before base64 adds a third.
_RATE, _SECONDS, _BYTES = 16_000, 4, 1_500_000
_PEAK = 0.9 * 32767


@dataclass(frozen=True)
class Sounds:
    """Players of some rows, by row.

    Attributes
    ----------
    addresses : dict of int to str
        Wav of 16 bits, as ``data:`` addresses.
    cut : frozenset of int
        Rows of which the beginning alone is played.
    """

    addresses: dict[int, str]
    cut: frozenset[int]

    @classmethod
    def of(cls, recordings: Sequence[Any], groups: Sequence[Sequence[Sequence[int]]]) -> Sounds:
        """Of the rows that each of ``groups`` has for each cluster, the first of all clusters first, as far as there is
        room."""
        addresses: dict[int, str] = {}
        cut, room = set(), _BYTES
        ordered = [row for group in groups for rank in zip_longest(*group) for row in rank if row is not None]
        for row in dict.fromkeys(ordered):
            try:
                rate, samples = read_recording(recordings[row])
            except (UnreadableRecordingError, TypeError):
                continue
            made = _wav(rate, samples[: _SECONDS * rate])
            if len(made) > room:
                continue
            room -= len(made)
            addresses[row] = "data:audio/wav;base64," + base64.b64encode(made).decode("ascii")
            if len(samples) > _SECONDS * rate:
                cut.add(row)
        return cls(addresses, frozenset(cut))

    def shown(self, row: int) -> dict[str, Any]:
        """What the page has of a row: an address to play, None without room, and seconds if the rest is cut off."""
        return {"sound": self.addresses.get(row), "seconds": _SECONDS if row in self.cut else None}


def _wav(rate: int, samples: np.ndarray) -> bytes:
    """As loud as may be, at 16,000 Hz at most."""
    if rate > _RATE:
        ratio = Fraction(_RATE, rate).limit_denominator(1000)
        samples, rate = resample_poly(samples, ratio.numerator, ratio.denominator), _RATE
    scaled = samples * (_PEAK / max(float(np.abs(samples).max(initial=0.0)), 1e-12))
    file = io.BytesIO()
    scipy.io.wavfile.write(file, rate, np.round(scaled).astype(np.int16))
    return file.getvalue()
