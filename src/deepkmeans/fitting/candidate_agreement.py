"""How far candidate partitions agree with the labels of a fit, without knowing which of them is right."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from ..graph import candidate_pool
from .refitted_mixtures import matching

__all__ = ["agreement", "like_neighbors", "made_partitions"]

_FEWEST_ROWS, _NEIGHBORS = 30, 15


def made_partitions(P: Tensor, n_clusters: int, mass: Tensor, generator: torch.Generator) -> dict[str, np.ndarray]:
    """Candidates of rows at ``P`` (m, q), for a fit that has compared none; none where rows are too few."""
    if len(P) < max(_FEWEST_ROWS, 4 * n_clusters):
        return {}
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
    """Share (m,) of the fifteen nearest rows of each that have its label; O(m^2 q)."""
    count = min(_NEIGHBORS, len(P) - 1)
    if not count:
        return torch.ones(len(P), dtype=P.dtype)
    near = torch.cdist(P, P).fill_diagonal_(torch.inf).topk(count, largest=False).indices
    return (labels[near] == labels[:, None]).to(P).mean(1)
