r"""VaDE: a variational autoencoder whose prior is a Gaussian mixture.

Jiang, Zheng, Tan, Tang, Zhou: Variational deep embedding, IJCAI 2017 (eq. 9): maximise

.. math:: E_{q(z|x)}[\log p(x|z)] - KL(q(z, c | x) \Vert p(z, c)),\quad
          q(c|x) = p(c|z) \propto \pi_c N(z; \mu_c, \sigma_c^2 I)

Differs from the authors' code: the reconstruction is the Gaussian log-likelihood of scaled rows with a
fixed noise level (theirs: Bernoulli pixels); all components share one variance and one weight, so that the
most probable component is the nearest centre and prediction is K-Means like everywhere in this package;
pretraining is the plain autoencoder of all objectives (theirs: layer by layer).
"""

from __future__ import annotations

import math
from typing import ClassVar

import torch
from torch import Tensor, nn

from .._validation import Constraint, Interval
from ..encoders import Encoder
from ..kmeans import assign, squared_distances
from ..types import Batch, Epoch, LossOutput
from .base import Objective

__all__ = ["VaDE", "mixture_divergence"]


def mixture_divergence(mean: Tensor, log_variance: Tensor, centers: Tensor, log_sigma2: Tensor, z: Tensor) -> Tensor:
    """KL(q(z, c | x) || p(z, c)) per row (B,), for equal component weights and one variance for all.

    mean, log_variance, z (the sample): (B, e); centers: (k, e); log_sigma2: ().
    """
    e, k = mean.shape[1], len(centers)
    precision = (-log_sigma2).exp()
    log_gamma = torch.log_softmax(-0.5 * precision * squared_distances(z, centers), dim=1)  # log q(c | x), (B, k)
    gamma = log_gamma.exp()
    variance = log_variance.exp().sum(dim=1, keepdim=True)  # (B, 1)
    quadratic = precision * (squared_distances(mean, centers) + variance)  # (B, k)
    expected = 0.5 * (gamma * (e * log_sigma2 + quadratic)).sum(dim=1)
    entropy_z = 0.5 * (e + log_variance.sum(dim=1))
    entropy_c = -(gamma * log_gamma).sum(dim=1)
    return expected - entropy_z - entropy_c + math.log(k)


class VaDE(Objective):
    """Squared error a column plus weighted divergence a code dimension.

    Parameters
    ----------
    weight : float
        Of the divergence, averaged over the e dimensions of the code, against the squared error, averaged over the
        d columns (beta of Higgins et al., 2017). The bound itself is e/d for noise of variance 1/2 in scaled units:
        beside hundreds of columns the mixture is then hardly felt within tens of epochs.
    """

    network: ClassVar[str] = "variational"
    #: At 1e-3 and more the means run ahead of the decoder, which has to learn to live with a noisy embedding first.
    learning_rate: ClassVar[float] = 5e-4
    _constraints: ClassVar[dict[str, list[Constraint]]] = {
        "weight": [Interval(float, 0, None)],
    }
    log_sigma2: Tensor

    def __init__(self, weight: float = 0.5) -> None:
        super().__init__()
        self.weight = weight

    def setup(self, centers: Tensor, n_samples: int) -> None:
        super().setup(centers, n_samples)
        self.log_sigma2 = nn.Parameter(torch.zeros((), dtype=centers.dtype, device=centers.device))

    def begin_epoch(self, epoch: Epoch) -> None:
        if epoch.number == 0:  # the shared variance starts at that of K-Means
            squared = assign(epoch.z, self.centers)[1]  # (n,)
            weight = torch.ones_like(squared) if epoch.weight is None else epoch.weight
            total, mass = epoch.collective.sum((squared * weight).sum(), weight.sum())
            self.log_sigma2.data.copy_((total / mass / epoch.z.shape[1]).clamp_min(1e-6).log())

    def forward(self, encoder: Encoder, batch: Batch) -> LossOutput:
        mean, log_variance = encoder.distribution(batch.inputs, batch.present)
        log_variance = log_variance.clamp(-20, 20)
        z = mean + batch.draw(torch.randn, mean) * (0.5 * log_variance).exp()
        error = batch.mean(encoder.reconstruction_loss(z, batch))
        kl = batch.mean(mixture_divergence(mean, log_variance, self.centers, self.log_sigma2, z))
        total = error + self.weight * kl / mean.shape[1]
        return LossOutput(total, {"reconstruction": error, "kl": kl}, mean)
