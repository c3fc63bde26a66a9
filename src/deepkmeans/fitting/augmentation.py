"""Views of rows that their cluster survives, and embeddings averaged over them."""

from __future__ import annotations

import torch
from torch import Tensor

from ..data.augmentation import Augmentation, AugmentedPictures, JoinedViews, StepsToNeighbors
from ..data.sampling import ordered_batches
from ..data.source import JoinedRows, SampleSource
from ..encoders import Encoder, FusedEncoder, PictureNetwork
from ..objectives import SelfLabelling
from .neighbor_graph import LandmarkGraph

__all__ = ["image_augmentation", "mean_embedding", "pictures_of", "views_for"]

_CHUNK = 512
#: Rows whose deviation tells how much noise an input gets.
_ROWS_OF_NOISE = 2000


def image_augmentation(encoder: Encoder) -> AugmentedPictures | None:
    """How a network for images moves them; None of any other network."""
    network = getattr(encoder, "module", None)
    return AugmentedPictures(network.augment) if isinstance(network, PictureNetwork) else None


def pictures_of(encoder: Encoder) -> dict[str, PictureNetwork]:
    """The networks of those inputs, among several, that know how they may be moved, by name."""
    if not isinstance(encoder, FusedEncoder):
        return {}
    networks = zip(encoder.input_names, encoder.networks, strict=True)
    return {name: network for name, network in networks if isinstance(network, PictureNetwork)}


def views_for(
    encoder: Encoder, graph: LandmarkGraph, neighbors: Tensor, strategy: SelfLabelling
) -> tuple[Augmentation, bool]:  # fmt: skip
    """How rows are moved that are trained on, and whether they are pictures.

    ``neighbors`` (n, K) of these rows are numbered among the landmarks of ``graph``.
    """
    moved = image_augmentation(encoder)
    if moved is not None:
        return moved, True
    if not isinstance(encoder, FusedEncoder):
        noise = strategy.noise * graph.deviation
        return StepsToNeighbors(graph.rows, neighbors, noise=noise, step=strategy.mixup), False
    pictures = pictures_of(encoder)
    rows: SampleSource = graph.rows
    assert isinstance(rows, JoinedRows)
    index = torch.arange(min(len(rows), _ROWS_OF_NOISE), device=rows.device)
    noise_of = {name: strategy.noise * float(part.take(index).std()) for name, part in rows.parts.items()}
    steps = StepsToNeighbors(rows, neighbors, noise=0.0, step=strategy.mixup)
    return JoinedViews({name: network.augment for name, network in pictures.items()}, steps, noise_of), bool(pictures)


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
