r"""Reconstruction: the autoencoder's own objective, used to pretrain and by ``Autoencoder``.

.. math:: L = \frac{1}{B} \sum_i w_i\, \ell(x_i, g(h(\tilde x_i)))

Hinton & Salakhutdinov, Reducing the dimensionality of data with neural networks, Science 2006; with
``noise`` the denoising autoencoder of Vincent et al., JMLR 2010: :math:`\tilde x` has each input replaced
by its mean (0 after scaling) with probability ``noise``, and the clean row is the target.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import torch
from torch import Tensor

from .._validation import Constraint, Interval, OneOf
from ..encoders import Encoder
from ..types import Batch, LossOutput
from .base import Objective

__all__ = ["Reconstruction", "corrupt"]


def corrupt(batch: Batch, noise: float) -> Mapping[str, Tensor]:
    """The inputs (B, d_name) of a batch by name, with each cell set to 0 with probability ``noise``."""
    if noise <= 0:
        return batch.inputs
    return {name: x * (batch.draw(torch.rand, x) >= noise) for name, x in batch.inputs.items()}


class Reconstruction(Objective):
    """Mean reconstruction error of (corrupted) rows.

    Parameters
    ----------
    noise : float
        Share of cells masked.
    loss : {"mse", "bce"}
        Squared error, or binary cross-entropy for targets and outputs in [0, 1].
    """

    needs_embedding: ClassVar[bool] = False
    _constraints: ClassVar[dict[str, list[Constraint]]] = {
        "noise": [Interval(float, 0, 1, open_high=True)],
        "loss": [OneOf("mse", "bce")],
    }

    def __init__(self, noise: float = 0.0, loss: str = "mse") -> None:
        super().__init__()
        self.noise, self.loss = noise, loss

    def forward(self, encoder: Encoder, batch: Batch) -> LossOutput:
        noisy = corrupt(batch, self.noise) if self.training else batch.inputs
        z = encoder.encode(noisy, batch.present)
        error = batch.mean(encoder.reconstruction_loss(z, batch, self.loss))
        return LossOutput(error, {"reconstruction": error}, z)
