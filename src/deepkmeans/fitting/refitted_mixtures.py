r"""How far clusters overlap, and how far they would move with other rows: mixtures of Gaussians, refitted.

.. math:: p(x) = \sum_j \pi_j\, N(x;\, m_j, v_j S)

has one shape S for all clusters, which the scaling of the columns gives them, and a size v_j for each. Every mixture is
fitted to four fifths of the rows by expectation and maximisation, half of them from the clusters of the fit, half from
a new K-Means. The sizes are then taken from the rows that were left out, since distances of rows from centres which
they have moved themselves are too short. The components are numbered as the clusters that they share most rows with.
The mean of the posteriors says how probable each cluster is at a row, where this model is right: where refits
disagree, it is even.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from scipy.optimize import linear_sum_assignment
from torch import Tensor

from ..kmeans import fit_kmeans

__all__ = ["RefittedMixtures", "matching", "no_mixtures", "refit_mixtures"]

_REFITS, _SEEN = 8, 0.8
_STARTS, _KMEANS_STEPS, _STEPS, _LEFT_OUT_STEPS = 4, 20, 20, 5
#: Rows of the mean size that are added to each component, rows a coordinate of a round shape that are added to the
#: common one, and the least variance, as a share of that of all rows.
_PRIOR_ROWS, _PRIOR_SHAPE, _LEAST = 10.0, 40.0, 1e-6
#: Squared distances beyond this are as far as far can be.
_FARTHEST = 1e60


@dataclass(frozen=True)
class RefittedMixtures:
    """Mixtures of the same k clusters.

    Attributes
    ----------
    axes : Tensor of shape (r, q, q), float32 as all of them
        By which the common shape becomes round.
    means : Tensor of shape (r, k, q)
        In the coordinates that ``axes`` give.
    variances, shares : Tensor of shape (r, k)
    """

    axes: Tensor
    means: Tensor
    variances: Tensor
    shares: Tensor

    def posterior(self, P: Tensor) -> Tensor:
        """Mean probability (n, k) of each cluster at coordinates ``P`` (n, q)."""
        total = P.new_zeros(len(P), self.means.shape[1])
        every = (part.to(P) for part in (self.axes, self.means, self.variances, self.shares))
        for axes, means, variances, shares in zip(*every, strict=True):
            total += _posterior(_squared(P @ axes, means), variances, shares, P.shape[1])
        return total / len(self.means)


def refit_mixtures(
    P: Tensor, labels: Tensor, n_clusters: int, mass: Tensor, generator: torch.Generator
) -> RefittedMixtures:  # fmt: skip
    """Mixtures of rows at ``P`` (m, q), float64, with labels (m,) and mass (m,).

    O(m q (k + q)) for each of about 25 steps of eight mixtures.
    """
    member = torch.nn.functional.one_hot(labels.long(), n_clusters).to(P)
    centers = member.T @ (mass[:, None] * P) / (member.T @ mass).clamp_min(1e-12)[:, None]
    mixtures = []
    for number in range(_REFITS):
        order = torch.randperm(len(P), generator=generator)
        seen = order[: max(int(_SEEN * len(P)), min(n_clusters + 1, len(P)))]
        start = centers
        if number % 2 and len(seen) >= n_clusters:
            start = fit_kmeans(
                P[seen], n_clusters, n_init=_STARTS, max_iter=_KMEANS_STEPS, weight=mass[seen], generator=generator
            ).centers.to(P)  # fmt: skip
        inside = torch.zeros_like(mass).index_copy_(0, seen, mass[seen])
        axes, means, variances, shares = _fitted(P, start, inside, mass - inside)
        held = member.T @ (mass[:, None] * _posterior(_squared(P @ axes, means), variances, shares, P.shape[1]))
        place = matching(held)
        mixtures.append((axes, means[place], variances[place], shares[place]))
    return RefittedMixtures(*(torch.stack(parts).float() for parts in zip(*mixtures, strict=True)))


def no_mixtures(P: Tensor) -> RefittedMixtures:
    """Of one cluster, where there is nothing to tell apart."""
    axes, one = torch.eye(P.shape[1], dtype=torch.float32)[None], torch.ones(1, 1, dtype=torch.float32)
    return RefittedMixtures(axes, torch.zeros(1, 1, P.shape[1], dtype=torch.float32), one, one)


def matching(together: Tensor) -> Tensor:
    """Which column of ``together`` (k, c >= k), mass that two partitions share, each row is, for most mass in all."""
    return torch.from_numpy(linear_sum_assignment(together.numpy(), maximize=True)[1])


def _fitted(P: Tensor, means: Tensor, inside: Tensor, outside: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Axes (q, q), means (k, q), variances (k,) and shares (k,) of a mixture that starts at ``means``."""
    d, k, count = P.shape[1], len(means), float(inside.sum())
    least = _LEAST * float(P.var(0, correction=0).mean()) + torch.finfo(P.dtype).tiny
    squared = _squared(P, means)
    common = max(float(inside @ squared.amin(1)) / (count * d), least)
    variances, shares = P.new_full((k,), common), P.new_full((k,), 1 / k)
    axes, moments = torch.eye(d, dtype=P.dtype), (P.T * inside) @ P
    for _ in range(_STEPS):
        held = _posterior(squared, variances, shares, d) * inside[:, None]
        size = held.sum(0)
        shares = (size + 1) / (size.sum() + k)
        means = torch.where(size[:, None] > 1e-9, held.T @ P / size.clamp_min(1e-9)[:, None], means)
        axes = _rounding_axes(moments - (means.T * size) @ means, count, least)
        squared = _squared(P @ axes, means @ axes)
        variances = _variances(held, squared, d)
    for _ in range(_LEFT_OUT_STEPS if float(outside.sum()) > 0 else 0):
        variances = _variances(_posterior(squared, variances, shares, d) * outside[:, None], squared, d)
    return axes, means @ axes, variances, shares


def _rounding_axes(scatter: Tensor, count: float, least: float) -> Tensor:
    """Axes (q, q) along which the scatter (q, q) of so many rows within clusters is that of round ones of variance 1,
    when some round rows are added."""
    d = len(scatter)
    mean = max(float(scatter.diagonal().sum()) / (count * d), least)
    added = _PRIOR_SHAPE * d
    shape = (scatter + added * mean * torch.eye(d, dtype=scatter.dtype)) / (count + added)
    values, vectors = torch.linalg.eigh((shape + shape.T) / 2)
    return vectors / values.clamp_min(least).sqrt()


def _variances(held: Tensor, squared: Tensor, d: int) -> Tensor:
    """Of the components, each drawn a little towards the mean of all."""
    size, away = held.sum(0), (held * squared).sum(0)
    common = (away.sum() / (size.sum() * d)).clamp_min(_LEAST)
    return (away + _PRIOR_ROWS * d * common) / ((size + _PRIOR_ROWS) * d)


def _squared(P: Tensor, means: Tensor) -> Tensor:
    return torch.cdist(P, means).square().clamp_max(_FARTHEST)


def _posterior(squared: Tensor, variances: Tensor, shares: Tensor, d: int) -> Tensor:
    """Probabilities (n, k) at squared distances (n, k) from the means."""
    score = shares.log() - 0.5 * d * variances.log() - squared / (2 * variances)
    return score.softmax(1)
