"""What stands for each cluster when rows are compared with clusters: its centre, or a few centres of its parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.spatial.distance import cdist
from sklearn.cluster import KMeans

from ..runtime import Seeds

__all__ = ["Prototypes", "cluster_prototypes"]

#: A model's centres stand for its clusters if at least this share of the rows is nearest to its own.
_NEAREST = 0.98
#: Otherwise each cluster has so many, from at most so many rows.
_PARTS, _PART_ROWS = 8, 2000
_BLOCK = 8192


@dataclass(frozen=True, eq=False)
class Prototypes:
    """Points (m, e), and the cluster (m,) of each, as positions in ``clusters`` (k,), which are labels."""

    points: np.ndarray
    owner: np.ndarray
    clusters: np.ndarray

    def distances(self, space: np.ndarray) -> np.ndarray:
        """Distance (b, k) of rows (b, e) from the nearest prototype of each cluster."""
        every = cdist(space, self.points)
        if len(self.points) == len(self.clusters):
            return np.asarray(every)
        return np.stack([every[:, self.owner == cluster].min(axis=1) for cluster in range(len(self.clusters))], axis=1)

    def nearest(self, space: np.ndarray, position_of: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Of each row (n, e): its distances (n,) from its own cluster and from the next, and which that is (n,).

        position_of : position (n,) of the cluster of every row, -1 for none: its next is the nearest of all.
        """
        n = len(space)
        near, far, second = np.full(n, np.inf), np.full(n, np.inf), np.full(n, -1)
        for start in range(0, n, _BLOCK):
            part = slice(start, start + _BLOCK)
            distance = self.distances(space[part])
            at, of = np.arange(len(distance)), position_of[part]
            inside = of >= 0
            near[part][inside] = distance[at[inside], of[inside]]
            distance[at[inside], of[inside]] = np.inf
            far[part], second[part] = distance.min(axis=1), distance.argmin(axis=1)
        return near, far, second


def cluster_prototypes(
    model: Any, space: np.ndarray, labels: np.ndarray, weight: np.ndarray, seeds: Seeds
) -> Prototypes:
    """The model's centres, if rows (n, e) of its space have the labels (n,) of the nearest.

    Else the means of the clusters, if that is so for them, or the centres of eight parts of each: a ring is nowhere
    near its mean. Rows below 0 are of no cluster.
    """
    used = np.flatnonzero((labels >= 0) & (weight > 0))
    clusters, number = np.unique(labels[used], return_inverse=True)
    number = number.reshape(-1)
    given = getattr(model, "cluster_centers_", None)
    single = np.arange(len(clusters))
    if given is not None and np.ndim(given) == 2 and np.shape(given)[1] == space.shape[1]:
        centers = np.asarray(given, dtype=np.float64)
        if clusters[-1] < len(centers) and _stand_for(centers[clusters], space[used], number):
            return Prototypes(centers[clusters], single, clusters)
    mass = np.bincount(number, weight[used])
    means = np.stack([np.bincount(number, weight[used] * space[used, e]) / mass for e in range(space.shape[1])], axis=1)
    if _stand_for(means, space[used], number):
        return Prototypes(means, single, clusters)
    points, owner = [], []
    for position in range(len(clusters)):
        members = space[used[number == position]]
        random = seeds.numpy("prototypes", position)
        members = np.unique(members[random.permutation(len(members))[:_PART_ROWS]], axis=0)
        parts = members
        if len(members) > _PARTS:
            parts = KMeans(_PARTS, n_init=1, random_state=random).fit(members).cluster_centers_
        points.append(parts)
        owner.append(np.full(len(parts), position))
    return Prototypes(np.concatenate(points), np.concatenate(owner), clusters)


def _stand_for(centers: np.ndarray, space: np.ndarray, number: np.ndarray) -> bool:
    right = 0
    for start in range(0, len(space), _BLOCK):
        part = slice(start, start + _BLOCK)
        right += int((cdist(space[part], centers).argmin(axis=1) == number[part]).sum())
    return right >= _NEAREST * len(space)
