r"""Self-labelling: the network learns the labels that the neighbour graph and it itself have found.

The network fits a partition of the rows, softened over the neighbour graph into Q (n, k), through a K-Means head: the
class of a row is the centre nearest to its embedding, softly, so that K-Means in z is the prediction by construction:

.. math:: p_{ij} \propto e^{-\frac{1}{2}\lVert z_i - m_j \rVert^2},\qquad
          L = \frac1B \sum_i c_i \Big[-\sum_j Q_{ij} \log p_{ij} + \frac{\lambda}{2} \sum_j Q_{ij} \lVert z_i - m_j
          \rVert^2 \Big] + \rho\, \ell(x_i, g(z_i))

with z_i the embedding of an augmented row (a picture shifted and turned, a step towards a neighbour), c_i = max_j Q_ij
the confidence of its label, and centres learnt with the weights. The middle term draws a cluster together, without
which the nearest centre and the class of the head part ways. Rows that the graph has not seen start from labels of
their surroundings; after every epoch, when all rows are encoded, the network's own labels p take a share of Q there.
When the rate has run its course, K-Means of the embedding gives the centres, and the statistics of batch normalisation
stay.

Differs from its sources: targets are sharpened, Q ~ Q^2, as in DEC (Xie et al. 2016). Pseudo-labels as training
signal are of Lee, ICML workshop 2013, and Caron et al., ECCV 2018, who give them by K-Means in z alone; here the graph
repairs them first (``graph``), and labels of low confidence count less. Augmented views under an unchanged label: Hu et
al. (IMSAT), ICML 2017. Own labels mixed into the given ones: Reed et al., ICLR workshop 2015, over epochs as in Laine &
Aila, ICLR 2017.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from .._validation import Constraint, Interval, refuse_renamed
from ..encoders import Encoder
from ..kmeans import lloyd, squared_distances
from ..storage.schema import TensorOf
from ..types import Batch, Epoch, LossOutput
from .base import Objective
from .strategy import SelfLabelling

__all__ = ["SelfLabel"]


#: Share of the targets that one epoch may change.
_MOST_OWN = 0.5


class SelfLabel(Objective):
    """Cross-entropy of the network's own labels through a K-Means head, compactness, a little reconstruction.

    Parameters
    ----------
    compactness : float
        lambda above.
    reconstruction_weight : float
        rho above, of the squared error averaged over the columns; left out where the encoder cannot decode.
    sharpness : float
        Power to which soft labels are raised.
    bootstrap_weight : float
        Weight of the network's own predictions in the targets Q of rows whose labels were propagated, summed over all
        epochs and at most 0.5 in one: with the default 1.5 about e^-1.5 = 22% of the first labels remain; 0 keeps them.
    n_landmarks, n_train, n_neighbors, n_rounds, round_epochs, over_clustering, n_views, mixup, noise : int or float
        How the labels are found, see :class:`~deepkmeans.objectives.SelfLabelling`.
    """

    schedule: ClassVar[str] = "cosine"
    learning_rate: ClassVar[float] = 5e-3
    weight_decay: ClassVar[float] = 1e-4
    max_epochs: ClassVar[int] = 11
    pretrain_epochs: ClassVar[int] = 0
    _constraints: ClassVar[dict[str, list[Constraint]]] = {
        "compactness": [Interval(float, 0, None)],
        "reconstruction_weight": [Interval(float, 0, None)],
        "sharpness": [Interval(float, 0, None)],
        "bootstrap_weight": [Interval(float, 0, None)],
        **SelfLabelling._constraints,
    }
    _renamed: ClassVar[Mapping[str, str]] = MappingProxyType({"self_trust": "bootstrap_weight"})
    _later_parameters: ClassVar[frozenset[str]] = frozenset(field.name for field in fields(SelfLabelling))
    _cluster_axes: ClassVar[Mapping[str, int]] = {"centers": 0, "targets": 1}
    _state_ranges: ClassVar[dict[str, TensorOf]] = {
        "targets": TensorOf(low=0), "confidence": TensorOf(low=0), "given": TensorOf(low=0, below="n_clusters"),
    }  # fmt: skip
    _constant_buffers: ClassVar[frozenset[str]] = frozenset({"given", "propagated", "has_labels"})
    targets: Tensor
    confidence: Tensor
    given: Tensor
    propagated: Tensor
    has_labels: Tensor

    def __init__(
        self, compactness: float = 0.3, reconstruction_weight: float = 0.1, sharpness: float = 2.0,
        bootstrap_weight: float = 1.5, *, n_landmarks: int = SelfLabelling.n_landmarks,
        n_train: int = SelfLabelling.n_train, n_neighbors: int = SelfLabelling.n_neighbors,
        n_rounds: int = SelfLabelling.n_rounds, round_epochs: int = SelfLabelling.round_epochs,
        over_clustering: int = SelfLabelling.over_clustering, n_views: int = SelfLabelling.n_views,
        mixup: float = SelfLabelling.mixup, noise: float = SelfLabelling.noise, **earlier: Any,
    ) -> None:  # fmt: skip
        refuse_renamed(type(self).__name__, earlier, self._renamed)
        super().__init__()
        self.compactness, self.reconstruction_weight = compactness, reconstruction_weight
        self.sharpness, self.bootstrap_weight = sharpness, bootstrap_weight
        self.n_landmarks, self.n_train, self.n_neighbors = n_landmarks, n_train, n_neighbors
        self.n_rounds, self.round_epochs, self.over_clustering = n_rounds, round_epochs, over_clustering
        self.n_views, self.mixup, self.noise = n_views, mixup, noise

    @property
    def strategy(self) -> SelfLabelling:  # type: ignore[override]
        """How the labels are found."""
        return SelfLabelling(**{field.name: getattr(self, field.name) for field in fields(SelfLabelling)})

    def setup(self, centers: Tensor, n_samples: int) -> None:
        super().setup(centers, n_samples)
        options: dict[str, Any] = {"dtype": centers.dtype, "device": centers.device}
        self.register_buffer("targets", torch.full((n_samples, len(centers)), 1 / len(centers), **options))
        self.register_buffer("confidence", torch.ones(n_samples, **options))
        self.register_buffer("given", torch.zeros(n_samples, dtype=torch.int64, device=centers.device))
        self.register_buffer("propagated", torch.zeros(n_samples, dtype=torch.bool, device=centers.device))
        self.register_buffer("has_labels", torch.zeros((), dtype=torch.bool, device=centers.device))

    def fit_pseudo_labels(self, soft_labels: Tensor, propagated: Tensor | None = None) -> None:
        """Learn soft labels (n, k) whose rows sum to 1; ``propagated`` (n,) marks those that no graph has given."""
        sharp = soft_labels**self.sharpness
        self.targets.copy_(sharp / sharp.sum(dim=1, keepdim=True).clamp_min(1e-12))
        self.confidence.copy_(soft_labels.amax(dim=1))
        self.given.copy_(soft_labels.argmax(dim=1))
        if propagated is not None:
            self.propagated.copy_(propagated)
        self.has_labels.fill_(True)

    def begin_epoch(self, epoch: Epoch) -> None:
        if not bool(self.has_labels):  # by no graph: the embedding itself says what to learn
            self.fit_pseudo_labels(torch.softmax(-0.5 * squared_distances(epoch.z, self.centers), dim=1))
        elif 1 <= epoch.number < epoch.cap and self.bootstrap_weight > 0 and bool(self.propagated.any()):
            share = min(_MOST_OWN, self.bootstrap_weight / epoch.cap)
            predicted = torch.softmax(-0.5 * squared_distances(epoch.z, self.centers), dim=1)  # (n, k)
            self.targets.copy_(torch.where(self.propagated[:, None], self.targets.lerp(predicted, share), self.targets))
            self.confidence.copy_(
                torch.where(self.propagated, self.confidence.lerp(predicted.amax(dim=1), share), self.confidence)
            )
        if epoch.number == epoch.cap:
            result = lloyd(epoch.z, self.centers.detach(), weight=epoch.weight, collective=epoch.collective)
            self.centers.data.copy_(result.centers)
        self.annealing = epoch.number < epoch.cap

    def forward(self, encoder: Encoder, batch: Batch) -> LossOutput:
        if self.needs_embedding and not self.annealing:  # statistics of batches would move the labels whatever the rate
            for module in encoder.modules():
                if isinstance(module, nn.modules.batchnorm._BatchNorm):
                    module.eval()
        z = encoder.encode(batch.inputs if batch.views is None else batch.views, batch.present)
        target, sure = self.targets[batch.index], self.confidence[batch.index]  # (B, k), (B,)
        half = 0.5 * squared_distances(z, self.centers)  # (B, k)
        entropy = batch.mean(sure * -(target * torch.log_softmax(-half, dim=1)).sum(dim=1))
        distance = batch.mean(sure * (target * half).sum(dim=1))
        terms = {"cross_entropy": entropy, "distance": distance}
        total = entropy + self.compactness * distance
        if self.reconstruction_weight > 0 and encoder.can_decode:
            terms["reconstruction"] = batch.mean(encoder.reconstruction_loss(z, batch))
            total = total + self.reconstruction_weight * terms["reconstruction"]
        return LossOutput(total, terms, z)


class PseudoLabels(SelfLabel):
    """The same, of a partition into many small clusters, by which the network learns a space to cut again.

    The embedding is not clustered in this phase, and no reconstruction.
    """

    needs_embedding: ClassVar[bool] = False
    cooldown: ClassVar[float] = 0.0

    def __init__(self, compactness: float = 0.1, sharpness: float = 2.0) -> None:
        super().__init__(compactness, 0.0, sharpness, 0.0)
