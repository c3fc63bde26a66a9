"""A convolutional network for recordings: pictures of frequency and time, augmented as recordings vary."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from .convolutional import ConvAutoencoder

__all__ = ["SpectrogramAutoencoder"]

#: Shares of the time and of the frequencies by which a view is shifted or stretched at most, and that a mask hides.
_TIME, _PITCH, _MASK = 0.1, 0.05, 0.15
#: Waves of the random equaliser over the frequencies, and their standard deviation in that of the rows.
_WAVES, _TONE = 3, 0.2


class SpectrogramAutoencoder(ConvAutoencoder):
    """:class:`ConvAutoencoder` over frequency and time, one channel of ``n_mels`` x ``frames``.

    Parameters
    ----------
    n_inputs, embedding_dim, image_shape, channels, hidden_size
        As for :class:`ConvAutoencoder`.
    """

    def augment(self, x: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Augmented views of rows (B, n_inputs): another speed, pitch and tone, a band and a moment hidden.

        Time is shifted and stretched by up to a tenth, and bent by up to another; frequencies are shifted by up to a
        twentieth of the bands; a smooth curve over the frequencies is added, loudness included; a band and a moment of
        up to 0.15 of the sides become 0, the mean. ``generator`` draws the numbers; None is torch's global one.
        """
        h = self.picture(x)
        b, _, height, width = h.shape
        draw = 2 * torch.rand(8, b, 1, generator=generator, device=x.device, dtype=x.dtype) - 1  # (8, B, 1)
        t = _middles(width, x)
        time = (1 + _TIME * draw[0]) * t + 2 * _TIME * draw[1] + _TIME * draw[2] * (1 - t**2)  # (B, width)
        pitch = _middles(height, x) + 2 * _PITCH * draw[3]  # (B, height)
        grid = torch.stack([time[:, None].expand(b, height, width), pitch[:, :, None].expand(b, height, width)], dim=-1)
        views = F.grid_sample(h, grid, align_corners=False, padding_mode="border")
        waves = torch.randn(b, _WAVES + 1, generator=generator, device=x.device, dtype=x.dtype) * _TONE
        orders = torch.arange(_WAVES + 1, device=x.device, dtype=x.dtype)
        curves = torch.cos(torch.pi / 2 * orders[:, None] * (_middles(height, x) + 1))  # (waves, height)
        views = views + (waves @ curves)[:, None, :, None]
        hidden = _mask(height, draw[4], draw[5])[:, None, :, None] | _mask(width, draw[6], draw[7])[:, None, None, :]
        flat = views.masked_fill(hidden, 0).permute(0, 2, 3, 1).reshape(b, -1)
        return torch.cat([flat, x[:, flat.shape[1] :]], dim=1)


def _middles(size: int, like: Tensor) -> Tensor:
    """Where the middles of so many cells are between -1 and 1, (1, size)."""
    return ((2 * torch.arange(size, device=like.device, dtype=like.dtype) + 1) / size - 1)[None]


def _mask(size: int, length: Tensor, place: Tensor) -> Tensor:
    """Which of so many cells (B, size) a mask hides, of a length and place (B, 1) in [-1, 1]."""
    cells = torch.arange(size, device=length.device)
    wide = (length + 1) / 2 * _MASK * size
    start = (place + 1) / 2 * (size - wide)
    return (cells >= start) & (cells < (start + wide).floor())
