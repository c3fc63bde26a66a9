"""Encoders of pictures and recordings that need no other package, and pictures for them."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn


class MeanColour(nn.Module):
    """The mean red, green and blue of a picture, each times its weight."""

    def __init__(self, *weights: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(weights or (1, 1, 1), dtype=torch.float32))
        self.calls: list[tuple[int, ...]] = []

    def forward(self, x: Tensor) -> Tensor:
        self.calls.append(tuple(x.shape))
        return x.mean((2, 3)) * self.weight


class Places(MeanColour):
    """The same weights and another computation: each place of a picture."""

    def forward(self, x: Tensor) -> Tensor:
        return x * self.weight[:, None, None] * torch.linspace(0, 1, x.shape[3])


class Loudness(nn.Module):
    """Root mean square of the samples, and their mean size."""

    def __init__(self) -> None:
        super().__init__()
        self.shapes: list[tuple[int, ...]] = []

    def forward(self, x: Tensor) -> Tensor:
        self.shapes.append(tuple(x.shape))
        return torch.stack([x.square().mean(1).sqrt(), x.abs().mean(1)], 1)


def mean_colours(pictures: list[Any]) -> np.ndarray:
    """A function of PIL images in RGB."""
    assert all(picture.mode == "RGB" for picture in pictures)
    return np.stack([np.asarray(picture).reshape(-1, 3).mean(0) for picture in pictures])


def plain(red: int, green: int, blue: int, height: int = 4, width: int = 6) -> np.ndarray:
    """A picture of one colour."""
    return np.full((height, width, 3), (red, green, blue), dtype=np.uint8)
