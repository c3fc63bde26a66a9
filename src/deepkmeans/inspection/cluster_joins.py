"""Which groups of rows join first: where the neighbour graph has most edges, then where means are nearest."""

from __future__ import annotations

import numpy as np
import torch
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import pdist, squareform

from ..graph import N_NEIGHBORS, affinity, agglomerate, coarsen, nearest_neighbors

__all__ = ["cluster_joins"]


def cluster_joins(space: np.ndarray, labels: np.ndarray) -> list[tuple[int, int, float]]:
    """Positions of the two groups of every merge, and its height; labels (n,) from 0."""
    k = int(labels.max()) + 1
    if k < 2:
        return []
    index, distance = nearest_neighbors(torch.from_numpy(np.ascontiguousarray(space)), min(N_NEIGHBORS, len(space) - 1))
    weights = coarsen(affinity(index.numpy(), distance.numpy()), labels)
    tree = agglomerate(weights, np.arange(k), "paris")
    position, joins = np.arange(k), []
    for (a, b), gain in zip(tree.merges.tolist(), tree.gains.tolist(), strict=True):
        if gain <= 0:
            break
        left, right = sorted((int(position[a]), int(position[b])))
        joins.append((left, right, 0.5 * (1 - min(1.0, gain * float(weights.sum())) ** 0.5)))
        position[a] = k + len(joins) - 1
    group = tree.labels(k - len(joins))  # (k,), of each cluster
    first = np.unique(group, return_index=True)[1]
    names = [*position[first].tolist(), *range(k + len(joins), 2 * k - 1)]
    for low, high, height in _far_joins(space, group[labels]):
        left, right = sorted((names[low], names[high]))
        joins.append((left, right, height))
    return joins


def _far_joins(space: np.ndarray, group: np.ndarray) -> list[tuple[int, int, float]]:
    """Merges of g groups (n,) from 0 without an edge between them; the first has the position g."""
    n_groups = int(group.max()) + 1
    if n_groups < 2:
        return []
    means = np.stack([space[group == g].mean(axis=0) for g in range(n_groups)])
    radius = np.array([np.linalg.norm(space[group == g] - means[g], axis=1).mean() for g in range(n_groups)])
    between = squareform(pdist(means))
    both = between + radius[:, None] + radius
    apart = np.divide(between, both, out=np.zeros_like(between), where=both > 0)
    np.fill_diagonal(apart, 0.0)
    joined = linkage(squareform(apart, checks=False), "average")
    return [(int(low), int(high), 0.5 + float(height) / 2) for low, high, height, _ in joined]
