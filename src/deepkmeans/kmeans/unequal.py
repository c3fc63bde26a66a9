r"""Clusters of unequal size for whitened K-Means: many small clusters, merged by a criterion that knows their masses.

The criterion of :mod:`.whitening`, :math:`\det W`, presses clusters to equal size: of 10,000 rows around one point and
100 around another it prefers halves of the 10,000. What is missing are the masses :math:`p_j` of the clusters, learnt
with them: the likelihood of a classification by Gaussians of one covariance (Symons, Clustering criteria and
multivariate normal mixtures, Biometrics 1981) is, up to constants and a row,

.. math:: L = \tfrac12 \log\det W - \sum_j p_j \log p_j

Merging a and b, whose centres are :math:`\delta` apart, changes it by
:math:`\tfrac12 \log(1 + \tfrac{p_a p_b}{p_a + p_b} \delta^\top W^{-1} \delta)` and by the entropy that goes.
"""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["classification_loss", "merged_centers"]


def classification_loss(covariance: Tensor, mass: Tensor) -> float:
    """L above, of the covariance within clusters (e, e) and the masses of these (k,)."""
    share = mass.double() / mass.double().sum()
    return 0.5 * float(torch.linalg.slogdet(covariance)[1]) - float(torch.xlogy(share, share).sum())


def merged_centers(centers: Tensor, mass: Tensor, covariance: Tensor, n_clusters: int) -> Tensor:
    """Centres (n_clusters, e), float64, of small clusters merged pair by pair, always the pair that lowers L most.

    Parameters
    ----------
    centers : Tensor of shape (m, e)
    mass : Tensor of shape (m,)
    covariance : Tensor of shape (e, e), float64
        Within the small clusters.
    n_clusters : int

    Notes
    -----
    O(m^3 + m^2 e) beside m inversions of a matrix (e, e).
    """
    held = mass > 0
    means, share = centers[held].double(), mass[held].double() / mass.double().sum()
    within = covariance.clone()
    while len(share) > n_clusters:
        apart = means[:, None] - means
        square = torch.einsum("abe,ef,abf->ab", apart, torch.linalg.inv(within), apart)
        both = share[:, None] + share
        rise = 0.5 * torch.log1p(share[:, None] * share / both * square)
        entropy = torch.xlogy(both, both) - torch.xlogy(share, share)[:, None] - torch.xlogy(share, share)
        change = (rise - entropy).fill_diagonal_(torch.inf)
        a, b = divmod(int(change.argmin()), len(share))
        a, b = min(a, b), max(a, b)
        weight = share[a] * share[b] / (share[a] + share[b])
        within += weight * torch.outer(apart[a, b], apart[a, b])
        means[a] = (share[a] * means[a] + share[b] * means[b]) / (share[a] + share[b])
        share[a] += share[b]
        kept = torch.arange(len(share), device=share.device) != b
        means, share = means[kept], share[kept]
    return means
