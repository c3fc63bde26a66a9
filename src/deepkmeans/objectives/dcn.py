r"""DCN, the deep clustering network: reconstruction plus the distance to the own centre.

Yang, Fu, Sidiropoulos, Hong: Towards K-means-friendly spaces, ICML 2017 (eq. 4 and section 4.2):

.. math:: L = \ell(x_i, g(h(x_i))) + \frac{\lambda}{2} \lVert h(x_i) - M s_i \rVert^2

alternating: weights by gradient with labels s and centres M fixed; labels by the nearest centre; centres by
running means with step 1/c_k, c_k the rows the centre has seen: m_k <- m_k + (z_i - m_k) / c_k.

Differs from the authors' code: the distance is averaged over the e dimensions as the reconstruction is over
columns, and the embedding starts whitened (see kmeans.whitening), so that lambda has one meaning for all data; the
running means of a batch are applied at once (the sequential updates of one batch sum to the same mean, with index_add
instead of a loop over rows); each epoch begins with a Lloyd pass over all rows, which makes "encode, cluster,
update" literal and revives empty clusters.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import torch
from torch import Tensor

from .._validation import Constraint, Interval
from ..encoders import Encoder
from ..kmeans import assign, lloyd
from ..storage.schema import TensorOf
from ..types import Batch, Epoch, LossOutput
from .base import Objective

__all__ = ["DCN"]


class DCN(Objective):
    """Distance to the own centre plus reconstruction, hard K-Means in between.

    Parameters
    ----------
    weight : float
        lambda above. z (B, e), centers (k, e), counts (k,).
    """

    _constraints: ClassVar[dict[str, list[Constraint]]] = {
        "weight": [Interval(float, 0, None)],
    }
    _cluster_axes: ClassVar[Mapping[str, int]] = {"centers": 0, "counts": 0}
    _state_ranges: ClassVar[dict[str, TensorOf]] = {"counts": TensorOf(low=0, above=True)}
    counts: Tensor

    def __init__(self, weight: float = 0.3) -> None:
        super().__init__()
        self.weight = weight

    def setup(self, centers: Tensor, n_samples: int) -> None:
        self.register_buffer("centers", centers.clone())
        self.register_buffer("counts", torch.ones(len(centers), dtype=centers.dtype, device=centers.device))

    def begin_epoch(self, epoch: Epoch) -> None:
        result = lloyd(epoch.z, self.centers, weight=epoch.weight, max_iter=10, collective=epoch.collective)
        self.centers.copy_(result.centers)
        seen = torch.bincount(result.labels.long(), epoch.weight, minlength=len(self.centers)).to(self.counts)
        self.counts.copy_(epoch.collective.sum(seen)[0].clamp_min(1))

    def forward(self, encoder: Encoder, batch: Batch) -> LossOutput:
        z = encoder.encode(batch.inputs, batch.present)
        error = batch.mean(encoder.reconstruction_loss(z, batch))
        nearest = self.centers[assign(z.detach(), self.centers)[0].long()]  # (B, e)
        distance = batch.mean((z - nearest).square().mean(dim=1))
        total = error + 0.5 * self.weight * distance
        return LossOutput(total, {"reconstruction": error, "distance": distance}, z)

    def end_step(self, output: LossOutput, batch: Batch) -> None:
        assert output.z is not None
        labels = assign(output.z, self.centers)[0].long()  # (B,)
        seen = torch.bincount(labels, batch.weight, minlength=len(self.centers)).to(self.counts)
        z = output.z if batch.weight is None else output.z * batch.weight[:, None]
        sums = torch.zeros_like(self.centers).index_add_(0, labels, z)
        seen, sums = batch.collective.sum(seen, sums)
        self.counts += seen
        self.centers += (sums - seen[:, None] * self.centers) / self.counts[:, None]
