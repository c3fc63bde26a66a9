"""Sequential: the autoencoder alone, then K-Means in its embedding. The baseline of every other objective.

Differs from the joint objectives in that the clustering never reaches the weights; the loop trains the
reconstruction and re-runs K-Means in the embedding after each epoch, warm from the last centres.
"""

from __future__ import annotations

from typing import ClassVar

from torch import Tensor

from ..encoders import Encoder
from ..kmeans import lloyd
from ..types import Batch, Epoch, LossOutput
from .base import Objective

__all__ = ["Sequential"]


class Sequential(Objective):
    """Reconstruction alone; centres follow by K-Means. z (B, e), centers (k, e)."""

    #: The pretrained network is at rest; a rate that moves it on only undoes the metric its embedding was given.
    learning_rate: ClassVar[float] = 1e-4

    def __init__(self) -> None:
        super().__init__()

    def setup(self, centers: Tensor, n_samples: int) -> None:
        self.register_buffer("centers", centers.clone())

    def begin_epoch(self, epoch: Epoch) -> None:
        self.centers.copy_(lloyd(epoch.z, self.centers, weight=epoch.weight, collective=epoch.collective).centers)

    def forward(self, encoder: Encoder, batch: Batch) -> LossOutput:
        z = encoder.encode(batch.inputs, batch.present)
        error = batch.mean(encoder.reconstruction_loss(z, batch))
        return LossOutput(error, {"reconstruction": error}, z)
