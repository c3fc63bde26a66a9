"""Rows altered so that their cluster survives it: images are moved, others go towards a neighbour and get noise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from ..data import Rows
from ..encoders import ConvAutoencoder, ScaledCodes

__all__ = ["Augmentation", "augment_in_training", "image_augmentation", "mean_codes", "neighbor_augmentation"]

#: ``(inputs (B, d), index (B,), generator) -> (B, d)``
Augmentation = Callable[[Tensor, Tensor, torch.Generator | None], Tensor]
_CHUNK = 512


def image_augmentation(encoder: ScaledCodes) -> Augmentation | None:
    """How a network for images moves them; None of any other network."""
    network = encoder.module
    if not isinstance(network, ConvAutoencoder):
        return None
    augment = network.augment
    return lambda x, index, generator: augment(x, generator)


def neighbor_augmentation(rows: Rows, neighbors: Tensor, mixup: float, noise: float) -> Augmentation:
    """Noise of deviation ``noise``, and a step of at most the share ``mixup`` towards one of the neighbours (n, K)."""

    def alter(x: Tensor, index: Tensor, generator: torch.Generator | None) -> Tensor:
        drawing: dict[str, Any] = {"generator": generator, "device": x.device}
        noisy = x + noise * torch.randn(x.shape, dtype=x.dtype, **drawing)
        own = neighbors[index]
        pick = torch.randint(own.shape[1], (len(x), 1), **drawing)
        share = mixup * torch.rand(len(x), 1, dtype=x.dtype, **drawing)
        return (1 - share) * noisy + share * rows.take(own.gather(1, pick)[:, 0])

    return alter


def augment_in_training(rows: Rows, augmentation: Augmentation) -> None:
    """Give the batches of ``rows`` an altered view."""
    rows.alter = augmentation


@torch.no_grad()
def mean_codes(
    encoder: nn.Module, rows: Rows, augmentation: Augmentation, n_views: int, generator: torch.Generator
) -> Tensor:
    """Codes (n, e) averaged over the rows as they are and ``n_views`` augmented views."""
    encoder.eval()
    parts, start = [], 0
    for x in rows.chunks(_CHUNK):
        index = torch.arange(start, start + len(x), device=x.device)
        codes = encoder.encode(x)  # type: ignore[operator]
        for _ in range(n_views):
            codes = codes + encoder.encode(augmentation(x, index, generator))  # type: ignore[operator]
        parts.append(codes / (n_views + 1))
        start += len(x)
    return torch.cat(parts)
