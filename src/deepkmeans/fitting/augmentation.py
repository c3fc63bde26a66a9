"""Views of rows that their cluster survives, and embeddings averaged over them."""

from __future__ import annotations

import torch
from torch import Tensor

from ..data.augmentation import Augmentation, AugmentedPictures
from ..data.sampling import ordered_batches
from ..data.source import SampleSource
from ..encoders import Encoder, PictureNetwork, SingleInputEncoder

__all__ = ["image_augmentation", "mean_embedding"]

_CHUNK = 512


def image_augmentation(encoder: SingleInputEncoder) -> AugmentedPictures | None:
    """How a network for images moves them; None of any other network."""
    network = encoder.module
    return AugmentedPictures(network.augment) if isinstance(network, PictureNetwork) else None


@torch.no_grad()
def mean_embedding(
    encoder: Encoder, source: SampleSource, augmentation: Augmentation, n_views: int, generator: torch.Generator
) -> Tensor:  # fmt: skip
    """Embedding (n, e) averaged over the rows as they are and ``n_views`` augmented views."""
    encoder.eval()
    parts = []
    for batch in ordered_batches(source, _CHUNK, generator):
        z = encoder.encode(batch.inputs, batch.present)
        for _ in range(n_views):
            z = z + encoder.encode(augmentation(batch), batch.present)
        parts.append(z / (n_views + 1))
    return torch.cat(parts)
