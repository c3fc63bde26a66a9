r"""DeepCluster: K-Means makes pseudo-labels, the network learns to predict them, again and again.

Caron, Bojanowski, Joulin, Douze: Deep clustering for unsupervised learning of visual features, ECCV 2018:
each epoch, cluster the features; classify the cluster numbers with cross-entropy through a linear head that
starts anew; rows are weighted by 1 / cluster size, so that the trivial solution of one large class costs.

Differs from the authors' code: the features are the embedding z of the autoencoder instead of a convolutional
network's PCA-whitened features; k is the number of clusters that is asked for (theirs: far larger, since they
want features and not the clusters); the head is the K-Means one, softmax(-|z - m|^2 / T) with m the centres
of the round, so that what is learnt to be separable is nearest-centre separable and prediction is K-Means; K-Means
starts from the last round's centres, which keeps the numbering.
"""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.nn import functional as F

from .._validation import Constraint, Interval
from ..encoders import Encoder
from ..kmeans import lloyd, squared_distances
from ..storage.schema import TensorOf
from ..types import Batch, Epoch, LossOutput
from .base import Objective
from .reconstruction import corrupt

__all__ = ["DeepCluster"]


class DeepCluster(Objective):
    """Classification of K-Means pseudo-labels.

    Parameters
    ----------
    noise : float
        Share of input cells masked while classifying: the label must survive it.
    temperature : float
        T above, per dimension of the code.
    reconstruction_weight : float
        Reconstruction keeps what the pseudo-labels do not ask for; 0 is the paper's loss.
    """

    _constraints: ClassVar[dict[str, list[Constraint]]] = {
        "noise": [Interval(float, 0, 1, open_high=True)],
        "temperature": [Interval(float, 0, None, open_low=True)],
        "reconstruction_weight": [Interval(float, 0, None)],
    }
    _state_ranges: ClassVar[dict[str, TensorOf]] = {
        "pseudo_labels": TensorOf(low=0, below="n_clusters"), "row_weight": TensorOf(low=0),
    }  # fmt: skip
    pseudo_labels: Tensor
    row_weight: Tensor

    def __init__(self, noise: float = 0.2, temperature: float = 0.2, reconstruction_weight: float = 10.0) -> None:
        super().__init__()
        self.noise, self.temperature, self.reconstruction_weight = noise, temperature, reconstruction_weight

    def setup(self, centers: Tensor, n_samples: int) -> None:
        self.register_buffer("centers", centers.clone())
        self.register_buffer("pseudo_labels", torch.zeros(n_samples, dtype=torch.int64, device=centers.device))
        self.register_buffer("row_weight", torch.ones(n_samples, dtype=centers.dtype, device=centers.device))

    def begin_epoch(self, epoch: Epoch) -> None:
        result = lloyd(epoch.z, self.centers, weight=epoch.weight, collective=epoch.collective)
        self.centers.copy_(result.centers)
        self.pseudo_labels.copy_(result.labels)
        sizes = torch.bincount(self.pseudo_labels, epoch.weight, minlength=len(self.centers)).to(self.centers.dtype)
        mass = torch.tensor(len(epoch.z)) if epoch.weight is None else epoch.weight.sum()
        sizes, mass = epoch.collective.sum(sizes, mass.to(sizes.device))
        whole: Any = int(mass) if epoch.weight is None else mass
        self.row_weight.copy_((whole / (len(sizes) * sizes.clamp_min(1e-12)))[self.pseudo_labels])

    def forward(self, encoder: Encoder, batch: Batch) -> LossOutput:
        z = encoder.encode(corrupt(batch, self.noise), batch.present)
        error = batch.mean(encoder.reconstruction_loss(z, batch))
        logits = -squared_distances(z, self.centers) / (self.temperature * z.shape[1])  # (B, k)
        entropy = F.cross_entropy(logits, self.pseudo_labels[batch.index], reduction="none")
        entropy = batch.mean(entropy * self.row_weight[batch.index])
        total = entropy + self.reconstruction_weight * error
        return LossOutput(total, {"cross_entropy": entropy, "reconstruction": error}, z)
