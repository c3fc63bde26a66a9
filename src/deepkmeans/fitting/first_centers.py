"""First centres of an objective whose network is untrained, from labels."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ..data.sampling import ordered_batches
from ..data.source import SampleSource
from ..encoders import Encoder
from ..objectives import Objective
from ..training.contract import set_up
from ..training.embedding import LARGEST, finite_embedding

__all__ = ["start_untrained"]

_CHUNK = 512


def start_untrained(objective: Objective, encoder: Encoder, part: SampleSource, soft: Tensor, n_samples: int) -> None:
    """Set an objective up for ``n_samples`` with the class means of the embedding of ``part``, by its soft labels."""
    z = _untrained_embedding(encoder, part)
    set_up(objective, (soft.T @ z) / soft.sum(0).clamp_min(1e-6)[:, None], n_samples)
    objective.to(part.device)


@torch.no_grad()
def _untrained_embedding(encoder: Encoder, source: SampleSource) -> Tensor:
    """Embedding (n, e) as the first training steps will see it, brought to mean variance 1.

    Batch normalisation that has seen nothing yet passes activations on as they are, ever smaller from layer to layer;
    with the statistics of the batch, as in training, they have their proper size.
    """
    encoder.train()
    norms = [m for m in encoder.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # a plain mean over the chunks
    size = _CHUNK - (len(source) % _CHUNK == 1)  # batch normalisation cannot take one row alone
    z = torch.cat([encoder.encode(each.inputs, each.present) for each in ordered_batches(source, size)])
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
    z = finite_embedding(z, LARGEST)
    deviation = float(z.var(0, correction=0).mean().sqrt())
    scale = 1 / deviation if deviation > 1e-12 else 1.0
    mean = z.mean(0)
    encoder.set_metric(mean, scale * torch.eye(z.shape[1], dtype=z.dtype, device=z.device))
    return (z - mean) * scale
