r"""K-Means in the metric that its own clusters suggest: whitened by the covariance within them.

The coordinates of a learnt embedding are arbitrary: the decoder can undo any invertible linear map of them. K-Means
depends on that map, because it assumes round clusters. So we choose the map that makes the clusters round: whiten by
the covariance *within* clusters, run K-Means again, and repeat. With
:math:`W = \frac{1}{n}\sum_i w_i (z_i - m_{s_i})(z_i - m_{s_i})^\top` (e, e) each iteration lowers :math:`\det W`,
the criterion of Friedman & Rubin, On some invariant criteria for grouping data, JASA 1967, which no linear map of
the embedding changes; it is the hard-assignment fit of a Gaussian mixture with one covariance for all components.

Differs from the paper: the search is by iterations of Lloyd's algorithm from the K-Means solution instead of by moves
of single rows; where clusters that know their masses fit clearly better, they are taken, since det W alone presses
clusters to equal size (:mod:`.unequal`); and the covariance is shrunk towards a multiple of the identity by the weight
of e + 1 rows, so that it has an inverse even with constant or dependent columns, or few rows.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from ..runtime.collective import Collective, SingleProcess
from ..types import KMeansResult
from .lloyd import lloyd
from .repeats import distinct
from .restarts import fit_kmeans
from .unequal import classification_loss, merged_centers

__all__ = ["WhitenedKMeans", "fit_whitened_kmeans", "within_covariance"]

_ITERATIONS = 20
_FEW_CHANGES = 1e-3
#: Small clusters for each that is sought, from which unequal ones are merged; rows that each of these needs.
_SMALL_CLUSTERS, _ROWS_A_SMALL_CLUSTER = 10, 5
#: By how much a row the merged ones must fit better, and rows that the smallest has at least for each dimension: fewer
#: may be the tail of another cluster.
_CLEARLY, _ROWS_A_DIMENSION = 0.05, 5


class WhitenedKMeans(NamedTuple):
    """``(z - shift) @ metric`` is the whitened embedding, ``centers`` (k, e) are its centres."""

    shift: Tensor
    metric: Tensor
    centers: Tensor


def within_covariance(
    z: Tensor, centers: Tensor, labels: Tensor, weight: Tensor | None = None, collective: Collective | None = None
) -> Tensor:
    """Covariance (e, e), float64, of an embedding z (n, e) about the centres (k, e), shrunk towards the identity.

    Only the ratios of weights count, so that in the shrinkage a row counts once, whatever its weight.
    """
    (n, e), k = z.shape, len(centers)
    away = z.double() - centers.double()[labels.long()]  # (n, e)
    mass = _mass(z, weight)
    covariance, total, count = (collective or SingleProcess()).sum(
        (away * mass[:, None]).T @ away, mass.sum(), torch.tensor(n, device=z.device)
    )
    covariance = covariance / total.clamp_min(torch.finfo(away.dtype).tiny)
    share = (e + 1) / (max(int(count) - k, 0) + e + 1)
    ball = covariance.diagonal().mean() * torch.eye(e, dtype=away.dtype, device=z.device)
    return (1 - share) * covariance + share * ball


def fit_whitened_kmeans(
    z: Tensor, n_clusters: int, *, n_init: int, weight: Tensor | None = None, generator: torch.Generator,
    collective: Collective | None = None,
) -> WhitenedKMeans:  # fmt: skip
    """K-Means of an embedding z (n, e), alternating with whitening by its clusters until labels no longer change.

    The whitened embedding has (weighted) mean 0 and mean variance 1, whatever the size of z. Of several processes each
    holds a shard of the rows. O(iterations n (k + e) e).
    """
    collective = collective or SingleProcess()
    mass = _mass(z, weight)
    shift = _mean(z, mass, collective).to(z)
    metric = torch.eye(z.shape[1], dtype=torch.float64, device=z.device) / _deviation(z, mass, collective)
    whitened = _mapped(z, shift, metric)
    result = fit_kmeans(whitened, n_clusters, n_init=n_init, weight=weight, generator=generator, collective=collective)
    if n_clusters == 1:
        return WhitenedKMeans(shift, metric.to(z), result.centers.to(z))
    metric, result, loss = _alternated(z, shift, metric, result, weight, collective)
    (n,) = collective.sum(torch.tensor(len(distinct(z, weight, n_clusters).X), device=z.device))  # weights = copies
    many = _SMALL_CLUSTERS * n_clusters
    if int(n) >= _ROWS_A_SMALL_CLUSTER * many:
        whitened = _mapped(z, shift, metric)
        small = fit_kmeans(whitened, many, weight=weight, generator=generator, collective=collective)
        covariance = within_covariance(whitened, small.centers, small.labels, weight, collective)
        centers = merged_centers(small.centers, _masses(small, mass, collective), covariance, n_clusters)
        other = lloyd(whitened, centers.to(whitened), weight=weight, collective=collective)
        other_metric, other, other_loss = _alternated(z, shift, metric, other, weight, collective)
        (sizes,) = collective.sum(torch.bincount(other.labels.long(), minlength=n_clusters))
        if other_loss < loss - _CLEARLY and int(sizes.min()) >= _ROWS_A_DIMENSION * z.shape[1]:
            metric, result = other_metric, other
    return WhitenedKMeans(shift, metric.to(z), result.centers.to(z))


def _alternated(
    z: Tensor, shift: Tensor, metric: Tensor, result: KMeansResult, weight: Tensor | None, collective: Collective
) -> tuple[Tensor, KMeansResult, float]:
    """Metric and K-Means in it, in turn until labels stay; the loss of the classification that they end with."""
    mass, whitened = _mass(z, weight), _mapped(z, shift, metric)
    for _ in range(_ITERATIONS):
        covariance = within_covariance(whitened, result.centers, result.labels, weight, collective)
        variances, eigenvectors = torch.linalg.eigh(covariance)  # (e,), (e, e)
        if not bool(variances[0] > 0):
            break  # every row is a centre: there is no covariance to whiten by
        turn = (eigenvectors * variances.rsqrt()) @ eigenvectors.T  # (e, e), the whitening closest to the identity
        turn = turn / _deviation(whitened @ turn.to(whitened), mass, collective)
        if not bool((metric @ turn).to(z).isfinite().all()):
            break  # the rows differ by less than their dtype can magnify
        labels, metric = result.labels, metric @ turn
        whitened = _mapped(z, shift, metric)
        start = (result.centers.double() @ turn).to(whitened)
        result = lloyd(whitened, start, weight=weight, collective=collective)
        moved, total = collective.sum((labels != result.labels).double() @ mass, mass.sum())
        if float(moved / total) <= _FEW_CHANGES:
            break
    covariance = within_covariance(whitened, result.centers, result.labels, weight, collective)
    # In the coordinates of z, so that losses in two metrics can be compared.
    loss = classification_loss(covariance, _masses(result, mass, collective))
    return metric, result, loss - float(torch.linalg.slogdet(metric)[1])


def _masses(result: KMeansResult, mass: Tensor, collective: Collective) -> Tensor:
    """Weight (k,) of each cluster."""
    return collective.sum(torch.bincount(result.labels.long(), mass, minlength=len(result.centers)))[0]


def _mapped(z: Tensor, shift: Tensor, metric: Tensor) -> Tensor:
    return (z - shift) @ metric.to(z)


def _mass(z: Tensor, weight: Tensor | None) -> Tensor:
    """Weights (n,), float64, of an embedding (n, e)."""
    return torch.ones(len(z), dtype=torch.float64, device=z.device) if weight is None else weight.double()


def _mean(z: Tensor, mass: Tensor, collective: Collective) -> Tensor:
    """Weighted mean (e,), float64."""
    total, weight = collective.sum(mass @ z.double(), mass.sum())
    return total / weight


def _deviation(z: Tensor, mass: Tensor, collective: Collective) -> Tensor:
    """Square root of the mean variance, 1 for a point; never so small that its inverse overflows the dtype of z."""
    squares, weight = collective.sum(mass @ (z.double() - _mean(z, mass, collective)).square(), mass.sum())
    deviation = (squares / weight).mean().sqrt()
    return deviation.clamp(min=4 / torch.finfo(z.dtype).max) if bool(deviation > 0) else torch.ones_like(deviation)
