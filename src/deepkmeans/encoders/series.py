"""A small network of convolutions over time for rows that are series."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .._validation import Constraint, Instance, Interval
from .convolutional import is_shape
from .picture_network import PictureNetwork

__all__ = ["SeriesAutoencoder"]

#: Series are averaged down to less than twice so many times before the first convolution.
_POINTS = 128
#: Parts of the time whose means the network compares, and the widths of its convolutions.
_PARTS, _WIDTHS = 8, (7, 5, 5)
#: Deviation, in units of a channel, below which a series is rather constant than of a shape.
_LEAST_DEVIATION = 0.05
#: Augmented views: shift and warp as shares of the time, change of size, noise in deviations, share of time masked.
_SHIFT, _WARP, _SIZE_CHANGE, _NOISE, _MASK = 0.1, 0.05, 0.15, 0.1, 0.1


class SeriesAutoencoder(PictureNetwork):
    """Strided convolutions over time, means over eighths of it, one hidden layer; the decoder is fully connected.

    Each series is seen twice: as it is, and with mean 0 and deviation 1 in each channel, so that neither its level nor
    its shape has to be learnt from the other.

    Parameters
    ----------
    n_inputs : int
        Times x channels: time by time, channels side by side.
    embedding_dim : int
    image_shape : (int, int, int)
        1, times, channels.
    channels : sequence of int
        Of the convolutions; each halves the times.
    hidden_size : int
        Width of the layer before the embedding, and of the decoder's hidden layer.

    Notes
    -----
    Shapes: x (B, n_inputs), z (B, embedding_dim). Batch normalisation before every activation.
    """

    _constraints: ClassVar[dict[str, list[Constraint]]] = {
        "n_inputs": [Interval(int, 1, None)],
        "embedding_dim": [Interval(int, 1, None)],
        "image_shape": [Instance(lambda value: is_shape(value) and value[0] == 1, "1, times and channels, positive")],
    }

    def __init__(
        self, n_inputs: int, embedding_dim: int, image_shape: Sequence[int], *, channels: Sequence[int] = (16, 32, 64),
        hidden_size: int = 128,
    ) -> None:  # fmt: skip
        super().__init__()
        _, times, depth = (int(side) for side in image_shape)
        if n_inputs < times * depth:
            raise ValueError(f"image_shape {tuple(image_shape)} needs {times * depth} inputs, got {n_inputs}")
        self.n_inputs, self.embedding_dim, self.n_points, self.n_channels = n_inputs, embedding_dim, times, depth
        self.pool = max(1, times // _POINTS)
        single: dict[str, Any] = {"dtype": torch.float32}  # whatever torch's default
        sizes, length = [2 * depth, *channels], -(-times // self.pool)
        self.convolutions, self.norms = nn.ModuleList(), nn.ModuleList()
        for a, b, width in zip(sizes, sizes[1:], _WIDTHS, strict=False):
            self.convolutions.append(nn.Conv1d(a, b, width, stride=2, padding=width // 2, bias=False, **single))
            self.norms.append(nn.BatchNorm1d(b, **single))
            length = -(-length // 2)
        self.part = -(-length // _PARTS)
        self.hidden = nn.Linear(sizes[-1] * (-(-length // self.part) + 1), hidden_size, bias=False, **single)
        self.hidden_norm = nn.BatchNorm1d(hidden_size, **single)
        self.embedding = nn.Linear(hidden_size, embedding_dim, **single)
        self.decoder_hidden = nn.Linear(embedding_dim, hidden_size, **single)
        self.decoder_out = nn.Linear(hidden_size, times * depth, **single)

    @property
    def multiplications(self) -> int:
        """Multiplications that encoding and decoding one row costs."""
        length, total = -(-self.n_points // self.pool), 0
        for convolution in self.convolutions:
            length = -(-length // 2)
            total += length * convolution.weight.numel()  # type: ignore[operator, union-attr]
        layers = (self.hidden, self.embedding, self.decoder_hidden, self.decoder_out)
        return total + sum(layer.weight.numel() for layer in layers)

    def series(self, x: Tensor) -> Tensor:
        """Rows (B, n_inputs) as series (B, channels, times)."""
        return x[:, : self.n_points * self.n_channels].view(len(x), self.n_points, self.n_channels).transpose(1, 2)

    def encode(self, x: Tensor) -> Tensor:
        """Embedding z (B, embedding_dim) of scaled rows x (B, n_inputs)."""
        h = self.series(x)
        away = h - h.mean(2, keepdim=True)
        shape = away / (away.square().mean(2, keepdim=True) + _LEAST_DEVIATION**2).sqrt()
        h = torch.cat([h, shape], dim=1)
        h = F.avg_pool1d(h, self.pool, ceil_mode=True) if self.pool > 1 else h
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            h = F.relu(norm(convolution(h)))  # (B, channels, times halved)
        means = F.avg_pool1d(h, self.part, ceil_mode=True).flatten(1)
        h = F.relu(self.hidden_norm(self.hidden(torch.cat([means, h.amax(2)], dim=1))))
        return self.embedding(h)  # type: ignore[no-any-return]

    def decode(self, z: Tensor) -> Tensor:
        """Reconstructions (B, n_inputs) of an embedding z (B, embedding_dim); inputs beside the series are 0."""
        x = self.decoder_out(F.relu(self.decoder_hidden(z)))
        return F.pad(x, (0, self.n_inputs - x.shape[1]))

    def forward(self, x: Tensor) -> Tensor:
        return self.encode(x)

    def augment(self, x: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Augmented views of rows (B, n_inputs): each series begins up to a tenth of the time earlier or later, runs a
        little faster here and slower there, is up to 15 % larger or smaller, gets some noise, and for up to a tenth of
        the time it is its mean.

        ``generator`` draws the numbers; None is torch's global one.
        """
        h = self.series(x)
        b, depth, times = h.shape
        options: dict[str, Any] = {"generator": generator, "device": x.device, "dtype": x.dtype}
        draw = 2 * torch.rand(6, b, 1, **options) - 1  # each in [-1, 1]
        t = torch.linspace(0, 1, times, device=x.device, dtype=x.dtype)
        bent = _WARP * draw[1] * torch.sin(torch.pi * (2 * t + draw[2]))
        at = ((t + _SHIFT * draw[0] + bent).clamp(0, 1) * (times - 1))[:, None].expand(b, depth, times)
        before = at.floor().clamp(max=max(times - 2, 0))
        share, first = at - before, before.long()
        moved = (1 - share) * h.gather(2, first) + share * h.gather(2, (first + 1).clamp(max=times - 1))
        mean = moved.mean(2, keepdim=True)
        away = moved - mean
        masked = (t - (draw[4] + 1) / 2).abs() < _MASK / 2 * draw[5].abs()
        away = torch.where(masked[:, None], torch.zeros_like(away), away) * (1 + _SIZE_CHANGE * draw[3])[:, None]
        noise = _NOISE * away.square().mean(2, keepdim=True).sqrt()
        views = mean + away + noise * torch.randn(b, depth, times, **options)
        flat = views.transpose(1, 2).reshape(b, -1)
        return torch.cat([flat, x[:, flat.shape[1] :]], dim=1)
