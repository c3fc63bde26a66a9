"""How far candidate partitions agree with the labels of a fit, without knowing which of them is right."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from ..graph import candidate_pool
from ..kmeans import fit_kmeans
from .refitted_mixtures import matching

__all__ = ["agreement", "are_few", "like_neighbors", "made_partitions", "reweighted_partitions"]

_FEWEST_ROWS, _NEIGHBORS = 30, 15
#: K-Means of few rows under other weights: how often, from how many starts, and what each weight has at least.
_REWEIGHTED, _STARTS, _LEAST_CHANCE = 20, 4, 1e-3


def are_few(m: int, n_clusters: int) -> bool:
    """Whether ``m`` distinct rows are too few for graphs, and for mixtures of some of them."""
    return m < max(_FEWEST_ROWS, 4 * n_clusters)


def reweighted_partitions(
    P: Tensor, n_clusters: int, mass: Tensor, generator: torch.Generator
) -> dict[str, np.ndarray]:  # fmt: skip
    """K-Means of few distinct rows at ``P`` (m, q) with mass (m,), each time under other weights; none if m < k.

    No row is left out: five points, however many copies there are of each, are always the same five clusters.
    """
    partitions: dict[str, np.ndarray] = {}
    for number in range(_REWEIGHTED if len(P) >= n_clusters else 0):
        chance = -torch.rand(len(P), generator=generator, dtype=P.dtype).clamp_min(1e-12).log()
        weight = mass * (chance + _LEAST_CHANCE)
        fit = fit_kmeans(P, n_clusters, n_init=_STARTS, weight=weight, generator=generator)
        partitions[f"k-means/{number}"] = fit.labels.cpu().numpy()
    return partitions


def made_partitions(P: Tensor, n_clusters: int, mass: Tensor, generator: torch.Generator) -> dict[str, np.ndarray]:
    """Candidates of distinct rows at ``P`` (m, q), for a fit that has compared none."""
    if are_few(len(P), n_clusters):
        return reweighted_partitions(P, n_clusters, mass, generator)
    weight = None if bool((mass == mass[0]).all()) else mass.numpy()
    return candidate_pool({"inputs": P.numpy()}, n_clusters, weight=weight, generator=generator).partitions


def agreement(partitions: Mapping[str, np.ndarray], labels: Tensor, n_clusters: int, mass: Tensor) -> Tensor:
    """Share (m,) of the partitions that agree with the label of each row, once their clusters are matched to ours."""
    mine = torch.nn.functional.one_hot(labels, n_clusters).to(mass)
    total = torch.zeros_like(mass)
    for partition in partitions.values():
        theirs = torch.from_numpy(np.unique(partition, return_inverse=True)[1].reshape(-1))
        count = max(n_clusters, int(theirs.max()) + 1)
        other = torch.nn.functional.one_hot(theirs, count).to(mass)
        total += matching(mine.T @ (mass[:, None] * other))[labels] == theirs
    return total / len(partitions)


def like_neighbors(P: Tensor, labels: Tensor) -> Tensor:
    """Share (m,) of the fifteen nearest rows of each that have its label; O(m^2 q).

    Of a cluster of few rows as many neighbours are asked as it has other rows: more would have to be unlike. A row that
    is a cluster by itself is unlike none.
    """
    count = min(_NEIGHBORS, len(P) - 1)
    if not count:
        return torch.ones(len(P), dtype=P.dtype)
    near = torch.cdist(P, P).fill_diagonal_(torch.inf).topk(count, largest=False).indices
    asked = (torch.bincount(labels)[labels] - 1).clamp_max(count)
    heard = torch.arange(count) < asked[:, None]
    alike = ((labels[near] == labels[:, None]) & heard).to(P).sum(1)
    return torch.where(asked > 0, alike / asked.clamp_min(1), 1.0)
