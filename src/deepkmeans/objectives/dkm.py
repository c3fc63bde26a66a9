r"""DKM, deep k-means: soft K-Means whose softness is annealed, centres learnt with the network.

Fard, Thonet, Gaussier: Deep k-Means: jointly clustering with k-means and learning representations, Pattern
Recognition Letters 2020 (eqs. 2-4):

.. math:: L = \ell(x, g(h(x))) + \lambda \sum_j f(h(x), r_j)\, G_j(h(x)),\qquad
          G_j = \frac{e^{-\alpha f(h(x), r_j)}}{\sum_l e^{-\alpha f(h(x), r_l)}}

with f the squared distance and alpha growing from soft to hard by alpha <- 2^{1/log(t)^2} alpha.

Differs from the authors' code: f is averaged over the e dimensions and the embedding starts whitened, so
alpha and lambda have one meaning for all data; alpha grows geometrically over ``annealing_epochs`` to its
last value and stays there until convergence (theirs runs a fixed number of epochs at each of 40 values).
"""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor

from .._validation import Constraint, Interval
from ..encoders import Encoder
from ..kmeans import squared_distances
from ..storage.schema import TensorOf
from ..types import Batch, Epoch, LossOutput
from .base import Objective

__all__ = ["DKM", "soft_distance"]


def soft_distance(distance: Tensor, alpha: Tensor | float) -> Tensor:
    """Softmax-weighted distance (B,) of distances (B, k); alpha -> infinity gives the smallest."""
    return (distance * torch.softmax(-alpha * distance, dim=1)).sum(dim=1)


class DKM(Objective):
    """Reconstruction plus annealed soft K-Means.

    Parameters
    ----------
    weight : float
        lambda above.
    alpha_first, alpha_last : float
        Inverse temperatures before and after annealing. A first value near 1 lets every centre feel every row,
        and all centres and rows fall into one point.
    annealing_epochs : int
        Epochs from one to the other.
    """

    _constraints: ClassVar[dict[str, list[Constraint]]] = {
        "weight": [Interval(float, 0, None)],
        "alpha_first": [Interval(float, 1e-30, 1e30)],  # a float32, also times a squared distance
        "alpha_last": [Interval(float, 1e-30, 1e30)],
        "annealing_epochs": [Interval(int, 0, None)],
    }
    _state_ranges: ClassVar[dict[str, TensorOf]] = {"alpha": TensorOf(low=0, above=True)}
    alpha: Tensor

    def __init__(
        self, weight: float = 0.1, alpha_first: float = 20.0, alpha_last: float = 200.0, annealing_epochs: int = 5
    ) -> None:
        super().__init__()
        self.weight, self.alpha_first, self.alpha_last = weight, alpha_first, alpha_last
        self.annealing_epochs = annealing_epochs

    def setup(self, centers: Tensor, n_samples: int) -> None:
        super().setup(centers, n_samples)
        self.register_buffer("alpha", torch.tensor(float(self.alpha_first), dtype=centers.dtype, device=centers.device))

    def begin_epoch(self, epoch: Epoch) -> None:
        share = min(1.0, epoch.number / max(1, self.annealing_epochs))
        self.alpha.fill_(self.alpha_first * (self.alpha_last / self.alpha_first) ** share)
        self.annealing = share < 1.0

    def forward(self, encoder: Encoder, batch: Batch) -> LossOutput:
        z = encoder.encode(batch.inputs, batch.present)
        error = batch.mean(encoder.reconstruction_loss(z, batch))
        distance = squared_distances(z, self.centers) / z.shape[1]  # (B, k)
        soft = batch.mean(soft_distance(distance, self.alpha))
        return LossOutput(error + self.weight * soft, {"reconstruction": error, "distance": soft}, z)
