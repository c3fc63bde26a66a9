"""A recording as a picture: its loudness in bands of pitch (mel), moment by moment."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from .resampling import resampled

__all__ = ["LogMel", "mel_filters"]

#: Decibels under the loudest cell where the background begins, in which nothing is told apart.
_RANGE = 40.0
#: Decibels under the loudest moment at which a recording has not begun, or has ended.
_SILENCE = 25.0
#: Moments that are transformed at once.
_BLOCK = 2048


@dataclass(frozen=True)
class LogMel:
    """From samples to pictures of one size.

    Attributes
    ----------
    rate : int
        To which recordings are resampled.
    n_mels : int
        Bands, equally wide in mel from 0 to half the rate.
    frames : int
        Moments, to which every recording is stretched or shrunk between its first and last sound.
    window, hop : float
        Seconds of one moment, and between two.
    """

    rate: int
    n_mels: int = 40
    frames: int = 48
    window: float = 0.025
    hop: float = 0.010

    @property
    def n_window(self) -> int:
        """Samples of a window."""
        return max(2, round(self.window * self.rate))

    @property
    def n_fft(self) -> int:
        """Samples of a Fourier transform, so many that no band is between two frequencies: at least two windows."""
        return int(2 ** np.ceil(np.log2(2 * self.n_window)))

    @property
    def frequencies(self) -> np.ndarray:
        """The middle of each band in Hz (n_mels,), the lowest first."""
        return _corners(self.rate, self.n_mels)[1:-1]

    @cached_property
    def _filters(self) -> Tensor:
        return mel_filters(self.rate, self.n_mels, self.n_fft)

    def picture(self, rate: int, samples: np.ndarray) -> np.ndarray:
        """Decibels (n_mels, frames), the lowest band first, of samples (n,) not all the same; 40 apart at most.

        Their mean is 0, so that loudness does not tell recordings apart.
        """
        sounding = self.decibels(rate, samples)
        level = (10 ** (sounding / 10)).mean(0)  # (t,)
        loud = (10 * level.log10() > 10 * level.max().log10() - _SILENCE).nonzero()[:, 0]
        sounding = sounding[:, int(loud[0]) : int(loud[-1]) + 1]
        sounding = sounding.clamp_min(sounding.max() - _RANGE)
        size = (self.n_mels, self.frames)
        picture = F.interpolate(sounding[None, None], size, mode="bilinear", align_corners=False, antialias=True)[0, 0]
        return np.asarray((picture - picture.mean()).numpy())

    def decibels(self, rate: int, samples: np.ndarray) -> Tensor:
        """Decibels (n_mels, t) of all moments."""
        x = torch.from_numpy(resampled(samples, rate, self.rate))
        x = F.pad(x, (0, max(0, self.n_window - len(x)))) / x.abs().max()
        moments = x.unfold(0, self.n_window, max(1, round(self.hop * self.rate)))  # (t, n_window)
        weights = torch.hann_window(self.n_window, dtype=torch.float32)
        blocks = [
            torch.fft.rfft(block * weights, self.n_fft).abs().square() @ self._filters
            for block in torch.split(moments, _BLOCK)
        ]
        return 10 * torch.cat(blocks).T.clamp_min(1e-20).log10()


def mel_filters(rate: int, n_mels: int, n_fft: int) -> Tensor:
    """Triangles (n_fft // 2 + 1, n_mels) over the frequencies of a Fourier transform, float32.

    Their corners are equally far apart on the mel scale, ``2595 log10(1 + f / 700)``, from 0 to half the rate; each is
    1 at its middle.
    """
    corners = _corners(rate, n_mels)
    frequency = np.linspace(0, rate / 2, n_fft // 2 + 1)[:, None]
    rising = (frequency - corners[:-2]) / (corners[1:-1] - corners[:-2])
    falling = (corners[2:] - frequency) / (corners[2:] - corners[1:-1])
    return torch.from_numpy(np.maximum(0, np.minimum(rising, falling)).astype(np.float32))


def _corners(rate: int, n_mels: int) -> np.ndarray:
    """Ends and middles of the bands in Hz (n_mels + 2,)."""
    top = 2595 * np.log10(1 + rate / 2 / 700)
    return np.asarray(700 * (10 ** (np.linspace(0, top, n_mels + 2) / 2595) - 1))
