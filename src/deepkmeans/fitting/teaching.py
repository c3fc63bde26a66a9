"""Codes of a network that is about to be taught, and of one that has been."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from ..data.augmentation import Augmentation
from ..data.sampling import ordered_batches
from ..data.source import SampleSource
from ..encoders import Encoder
from ..training.codes import LARGEST, finite_codes
from ..training.contract import set_up

__all__ = ["mean_codes", "start"]

_CHUNK = 512


def start(objective: Any, encoder: Encoder, part: SampleSource, soft: Tensor, n_rows: int) -> None:
    """Set an objective up for ``n_rows`` with the class means of the codes of ``part``, by its soft labels."""
    codes = _untrained_codes(encoder, part)
    set_up(objective, (soft.T @ codes) / soft.sum(0).clamp_min(1e-6)[:, None], n_rows)
    objective.to(part.device)


@torch.no_grad()
def _untrained_codes(encoder: Encoder, source: SampleSource) -> Tensor:
    """Codes (n, e) as the first training steps will see them, brought to mean variance 1.

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
    codes = torch.cat([encoder.encode(each.inputs, each.present) for each in ordered_batches(source, size)])
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
    codes = finite_codes(codes, LARGEST)
    spread = float(codes.var(0, correction=0).mean().sqrt())
    scale = 1 / spread if spread > 1e-12 else 1.0
    mean = codes.mean(0)
    encoder.set_metric(mean, scale * torch.eye(codes.shape[1], dtype=codes.dtype, device=codes.device))
    return (codes - mean) * scale


@torch.no_grad()
def mean_codes(
    encoder: Encoder, source: SampleSource, augmentation: Augmentation, n_views: int, generator: torch.Generator
) -> Tensor:  # fmt: skip
    """Codes (n, e) averaged over the rows as they are and ``n_views`` augmented copies."""
    encoder.eval()
    parts = []
    for batch in ordered_batches(source, _CHUNK):
        codes = encoder.encode(batch.inputs, batch.present)
        for _ in range(n_views):
            codes = codes + encoder.encode(augmentation(batch.inputs, batch.index, generator), batch.present)
        parts.append(codes / (n_views + 1))
    return torch.cat(parts)
