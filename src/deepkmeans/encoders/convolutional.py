"""A small convolutional autoencoder for rows that are pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .._validation import Constraint, Instance, Interval
from .picture_network import PictureNetwork

__all__ = ["ConvAutoencoder", "is_shape"]

#: Pictures are averaged down to sides of less than twice this before the first convolution.
_SIDE = 32
_SIZE = Interval(int, 1, None)


def is_shape(value: Any) -> bool:
    """Whether this is height, width and channels."""
    return isinstance(value, (tuple, list)) and len(value) == 3 and all(_SIZE.accepts(side) for side in value)


class ConvAutoencoder(PictureNetwork):
    """Strided 3 x 3 convolutions, one hidden layer, a linear embedding; the decoder is fully connected.

    Parameters
    ----------
    n_inputs : int
        height x width x channels: rows are pictures flattened line by line, channels last.
    embedding_dim : int
    image_shape : (int, int, int)
        Height, width, channels.
    channels : sequence of int
        Of the convolutions; each halves the sides.
    hidden_size : int
        Width of the layer between the last convolution and the embedding, and of the decoder's hidden layer.

    Notes
    -----
    Shapes: x (B, n_inputs), z (B, embedding_dim). Batch normalisation before every activation. A picture of 28 x 28
    costs 0.7 million multiplications to encode. The decoder is
    small, as it serves only to regularise the embedding and to show centres.
    """

    #: Of the constructor's arguments that a file holds, checked when it is read.
    _constraints: ClassVar[dict[str, list[Constraint]]] = {
        "n_inputs": [_SIZE],
        "embedding_dim": [_SIZE],
        "image_shape": [Instance(is_shape, "height, width and channels, three positive integers")],
    }

    def __init__(
        self, n_inputs: int, embedding_dim: int, image_shape: Sequence[int], *, channels: Sequence[int] = (16, 32, 64),
        hidden_size: int = 128,
    ) -> None:  # fmt: skip
        super().__init__()
        height, width, depth = (int(side) for side in image_shape)
        if n_inputs < height * width * depth:
            raise ValueError(f"image_shape {tuple(image_shape)} needs {height * width * depth} inputs, got {n_inputs}")
        self.n_inputs, self.embedding_dim, self.image_shape = n_inputs, embedding_dim, (height, width, depth)
        self.pool = max(1, max(height, width) // _SIDE)
        self.small = (-(-height // self.pool), -(-width // self.pool))
        sizes = [depth, *channels]
        single: dict[str, Any] = {"dtype": torch.float32}  # whatever torch's default
        rows, cols = self.small
        self.convolutions, self.norms = nn.ModuleList(), nn.ModuleList()
        for a, b in zip(sizes, sizes[1:], strict=False):
            self.convolutions.append(nn.Conv2d(a, b, 3, stride=2, padding=1, bias=False, **single))
            self.norms.append(nn.BatchNorm2d(b, **single))
            rows, cols = -(-rows // 2), -(-cols // 2)
        self.hidden = nn.Linear(sizes[-1] * rows * cols, hidden_size, bias=False, **single)
        self.hidden_norm = nn.BatchNorm1d(hidden_size, **single)
        self.embedding = nn.Linear(hidden_size, embedding_dim, **single)
        self.decoder_hidden = nn.Linear(embedding_dim, hidden_size, **single)
        self.decoder_out = nn.Linear(hidden_size, depth * self.small[0] * self.small[1], **single)

    @property
    def multiplications(self) -> int:
        """Multiplications that encoding and decoding one row costs."""
        rows, cols = self.small
        total = 0
        for convolution in self.convolutions:
            rows, cols = -(-rows // 2), -(-cols // 2)
            total += rows * cols * convolution.weight.numel()  # type: ignore[operator, union-attr]
        layers = (self.hidden, self.embedding, self.decoder_hidden, self.decoder_out)
        return total + sum(layer.weight.numel() for layer in layers)

    def picture(self, x: Tensor) -> Tensor:
        """Rows (B, n_inputs) as pictures (B, channels, height, width)."""
        height, width, depth = self.image_shape
        return x[:, : height * width * depth].view(len(x), height, width, depth).permute(0, 3, 1, 2)

    def encode(self, x: Tensor) -> Tensor:
        """Embedding z (B, embedding_dim) of scaled rows x (B, n_inputs)."""
        h = self.picture(x)
        h = F.avg_pool2d(h, self.pool, ceil_mode=True) if self.pool > 1 else h.contiguous()
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            h = F.relu(norm(convolution(h)))  # (B, channels, sides halved)
        h = F.relu(self.hidden_norm(self.hidden(h.flatten(1))))
        return self.embedding(h)  # type: ignore[no-any-return]

    def decode(self, z: Tensor) -> Tensor:
        """Reconstructions (B, n_inputs) of an embedding z (B, embedding_dim); inputs beside the picture are 0."""
        height, width, depth = self.image_shape
        picture = self.decoder_out(F.relu(self.decoder_hidden(z))).view(len(z), depth, *self.small)
        if self.pool > 1:
            picture = F.interpolate(picture, (height, width), mode="bilinear", align_corners=False)
        x = picture.permute(0, 2, 3, 1).flatten(1)
        return F.pad(x, (0, self.n_inputs - x.shape[1]))

    def forward(self, x: Tensor) -> Tensor:
        return self.encode(x)

    def augment(self, x: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Augmented views of rows (B, n_inputs): each picture is shifted by up to a fourteenth of its side, rotated by
        up to 10 degrees, scaled by up to a tenth and sheared by up to 0.15.

        ``generator`` draws the numbers; None is torch's global one.
        """
        h = self.picture(x)
        b = len(h)
        draw = 2 * torch.rand(5, b, generator=generator, device=x.device, dtype=x.dtype) - 1  # (5, B) in [-1, 1]
        angle, size, slant = draw[0] * (torch.pi / 18), 1 + 0.1 * draw[1], 0.15 * draw[2]
        cos, sin = torch.cos(angle), torch.sin(angle)
        shift = draw[3:] / 7  # affine_grid measures sides from -1 to 1
        rows = [cos * size, -sin + slant, shift[0], sin * size, cos * size, shift[1]]
        grid = _affine_grid(torch.stack(rows, 1).view(b, 2, 3), h.shape[2], h.shape[3])
        views = F.grid_sample(h, grid, align_corners=False, padding_mode="border")
        flat = views.permute(0, 2, 3, 1).reshape(b, -1)
        return flat if flat.shape[1] == x.shape[1] else torch.cat([flat, x[:, flat.shape[1] :]], dim=1)


def _affine_grid(theta: Tensor, height: int, width: int) -> Tensor:
    """Where each pixel is looked up (B, height, width, 2), for affine maps theta (B, 2, 3).

    As ``F.affine_grid(..., align_corners=False)``, whose product of thin matrices takes five times as long on CPUs.
    """
    across = (2 * torch.arange(width, device=theta.device, dtype=theta.dtype) + 1) / width - 1
    down = (2 * torch.arange(height, device=theta.device, dtype=theta.dtype) + 1) / height - 1
    grid = theta.new_empty(len(theta), height, width, 2)
    for axis in range(2):
        a, b, c = theta[:, axis].unbind(1)
        grid[..., axis] = torch.outer(a, across)[:, None, :] + (torch.outer(b, down) + c[:, None])[:, :, None]
    return grid
