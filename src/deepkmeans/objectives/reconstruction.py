r"""Reconstruction: the autoencoder's own objective, used to pretrain and by ``Autoencoder``.

.. math:: L = \frac{1}{B} \sum_i w_i\, \ell(x_i, g(h(\tilde x_i)))

Hinton & Salakhutdinov, Reducing the dimensionality of data with neural networks, Science 2006; with
``noise`` the denoising autoencoder of Vincent et al., JMLR 2010: :math:`\tilde x` has each input replaced
by its mean (0 after scaling) with probability ``noise``, and the clean row is the target.
"""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .._validation import Constraint, Interval, OneOf
from ..types import Batch, LossOutput
from .base import Objective

__all__ = ["Reconstruction", "corrupt", "reconstruction_error"]


def corrupt(x: Tensor, noise: float, generator: torch.Generator | None = None) -> Tensor:
    """Rows (B, d) with each cell set to 0 with probability ``noise``."""
    if noise <= 0:
        return x
    return x * (torch.rand(x.shape, generator=generator, device=x.device, dtype=x.dtype) >= noise)


def reconstruction_error(decoded: Tensor, x: Tensor, loss: str = "mse") -> Tensor:
    """Per-row error (B,), averaged over columns."""
    if loss == "bce":
        return F.binary_cross_entropy(decoded.clamp(1e-6, 1 - 1e-6), x.clamp(0, 1), reduction="none").mean(dim=1)
    return (decoded - x).square().mean(dim=1)


class Reconstruction(Objective):
    """Mean reconstruction error of (corrupted) rows.

    Parameters
    ----------
    noise : float
        Share of cells masked.
    loss : {"mse", "bce"}
        Squared error, or binary cross-entropy for targets and outputs in [0, 1].
    """

    needs_codes: ClassVar[bool] = False
    _constraints: ClassVar[dict[str, list[Constraint]]] = {
        "noise": [Interval(float, 0, 1, open_high=True)],
        "loss": [OneOf("mse", "bce")],
    }

    def __init__(self, noise: float = 0.0, loss: str = "mse") -> None:
        super().__init__()
        self.noise, self.loss = noise, loss

    def forward(self, encoder: nn.Module, batch: Batch) -> LossOutput:
        x = batch.inputs  # (B, d)
        noisy = corrupt(x, self.noise, batch.generator) if self.training else x
        z = encoder.encode(noisy)  # type: ignore[operator]
        error = batch.mean(reconstruction_error(encoder.decode(z), x, self.loss))  # type: ignore[operator]
        return LossOutput(error, {"reconstruction": error}, z)
