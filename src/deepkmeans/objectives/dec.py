r"""DEC and IDEC: the embedding follows a sharpened version of its own soft assignment.

Xie, Girshick, Farhadi: Unsupervised deep embedding for clustering analysis, ICML 2016 (eqs. 1-3):

.. math:: q_{ij} \propto (1 + \lVert z_i - \mu_j \rVert^2 / \alpha)^{-(\alpha + 1)/2},\qquad
          p_{ij} \propto q_{ij}^2 / \textstyle\sum_i q_{ij},\qquad L = KL(P \Vert Q)

Guo, Gao, Liu, Yin: Improved deep embedded clustering with local structure preservation, IJCAI 2017, keeps the
decoder: :math:`L = \ell(x, g(h(x))) + \gamma\, KL(P \Vert Q)`.

Dividing by the masses :math:`\sum_i q_{ij}` gives rows of large clusters to small ones: it presses clusters to equal
size. Here the masses are therefore taken to the power ``mass_power``, 0 unless asked for, so that the size of a cluster
has no say; 1 is the papers'.

Differs from the authors' code: P is refreshed once an epoch (theirs: every 140 batches of 256), the optimiser
is Adam, and the embedding starts whitened (see kmeans.whitening) instead of as pretraining left it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import torch
from torch import Tensor

from .._validation import Constraint, Interval
from ..encoders import Encoder
from ..kmeans import squared_distances
from ..storage.schema import TensorOf
from ..types import Batch, Collective, Epoch, LossOutput, SingleProcess
from .base import Objective

__all__ = ["DEC", "IDEC", "student_log_assignment", "target_distribution"]


def student_log_assignment(z: Tensor, centers: Tensor, alpha: float = 1.0) -> Tensor:
    """log q (B, k) of an embedding z (B, e) and centers (k, e), Student's t kernel with alpha degrees of freedom."""
    kernel = -(alpha + 1) / 2 * torch.log1p(squared_distances(z, centers) / alpha)
    return kernel - kernel.logsumexp(dim=1, keepdim=True)


def target_distribution(
    q: Tensor, weight: Tensor | None = None, collective: Collective | None = None, mass_power: float = 1.0
) -> Tensor:
    """P (n, k): squared Q divided by a power of the (weighted) cluster masses, rows normalised.

    Of several processes each has its rows of Q; the masses are those of all.
    """
    mass = q.sum(dim=0) if weight is None else (q * weight[:, None]).sum(dim=0)  # (k,)
    mass = (collective or SingleProcess()).sum(mass)[0]
    p = q.square() / mass.clamp_min(torch.finfo(q.dtype).tiny) ** mass_power
    return p / p.sum(dim=1, keepdim=True)


class DEC(Objective):
    """KL(P || Q).

    Parameters
    ----------
    alpha : float
        Degrees of freedom of the kernel; 1 in the paper.
    mass_power : float
        Power of the masses of clusters by which the targets are divided; 1 in the paper, which presses clusters to
        equal size.
    """

    #: Without a decoder nothing holds the embedding: a faster rate confirms the first assignment before P can move.
    learning_rate: ClassVar[float] = 3e-5
    _constraints: ClassVar[dict[str, list[Constraint]]] = {
        "alpha": [Interval(float, 0, None, open_low=True)],
        "mass_power": [Interval(float, 0, 2)],
    }
    _cluster_axes: ClassVar[Mapping[str, int]] = {"centers": 0, "p": 1}
    _later_parameters: ClassVar[frozenset[str]] = frozenset({"mass_power"})
    _state_ranges: ClassVar[dict[str, TensorOf]] = {"p": TensorOf(low=0)}
    p: Tensor

    def __init__(self, alpha: float = 1.0, mass_power: float = 0.0) -> None:
        super().__init__()
        self.alpha, self.mass_power = alpha, mass_power

    def setup(self, centers: Tensor, n_samples: int) -> None:
        super().setup(centers, n_samples)
        self.register_buffer("p", torch.zeros(n_samples, len(centers), dtype=centers.dtype, device=centers.device))

    def begin_epoch(self, epoch: Epoch) -> None:
        q = student_log_assignment(epoch.z, self.centers, self.alpha).exp()
        self.p.copy_(target_distribution(q, epoch.weight, epoch.collective, self.mass_power))

    def divergence(self, z: Tensor, batch: Batch) -> Tensor:
        """Mean over the batch of KL(p_i || q_i)."""
        log_q = student_log_assignment(z, self.centers, self.alpha)  # (B, k)
        p = self.p[batch.index]
        return batch.mean((torch.xlogy(p, p) - p * log_q).sum(dim=1))

    def forward(self, encoder: Encoder, batch: Batch) -> LossOutput:
        z = encoder.encode(batch.inputs, batch.present)
        kl = self.divergence(z, batch)
        return LossOutput(kl, {"kl": kl}, z)


class IDEC(DEC):
    """Reconstruction + weight * KL(P || Q).

    Parameters
    ----------
    weight : float
        gamma above; 0.1 in the paper.
    alpha, mass_power : float
        As for :class:`DEC`.
    """

    learning_rate: ClassVar[float] = 1e-3
    _constraints: ClassVar[dict[str, list[Constraint]]] = {
        "weight": [Interval(float, 0, None)],
        "alpha": [Interval(float, 0, None, open_low=True)],
        "mass_power": [Interval(float, 0, 2)],
    }

    def __init__(self, weight: float = 0.1, alpha: float = 1.0, mass_power: float = 0.0) -> None:
        super().__init__(alpha, mass_power)
        self.weight = weight

    def forward(self, encoder: Encoder, batch: Batch) -> LossOutput:
        z = encoder.encode(batch.inputs, batch.present)
        error = batch.mean(encoder.reconstruction_loss(z, batch))
        kl = self.divergence(z, batch)
        return LossOutput(error + self.weight * kl, {"reconstruction": error, "kl": kl}, z)
