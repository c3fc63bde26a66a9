"""How well a partition keeps the edges of a neighbour graph inside its clusters."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

__all__ = ["are_separate", "conductance", "modularity", "spends_clusters"]

#: Clusters with less weight than this between them, and none smaller than a tenth of the mean, are separate.
_SEPARATE, _SMALL = 0.002, 0.1
#: Fewer rows than this are outliers, no cluster, where there are so many times more for each.
_FEWEST, _ENOUGH = 3, 10


def modularity(graph: sp.csr_matrix, labels: np.ndarray) -> float:
    """Newman's modularity: the share of weight inside clusters beyond what volumes alone would give."""
    inside, volume = _inside(graph, labels)
    total = volume.sum()
    return float((inside / total - (volume / total) ** 2).sum())


def conductance(graph: sp.csr_matrix, labels: np.ndarray) -> float:
    """Of the least separated cluster: the share of its weight that leads out of it. 0: no edge between clusters."""
    inside, volume = _inside(graph, labels)
    return float((1 - inside / np.maximum(volume, 1e-300)).max())


def are_separate(graph: sp.csr_matrix, labels: np.ndarray, weight: np.ndarray | None = None) -> bool:
    """Whether next to no weight of the graph leads from one cluster to another, and no cluster is a crumb."""
    sizes = np.bincount(labels, weights=weight)
    return bool(sizes.min() >= _SMALL * sizes.mean()) and conductance(graph, labels) <= _SEPARATE


def spends_clusters(labels: np.ndarray, weight: np.ndarray | None = None) -> bool:
    """Whether a cluster holds one or two rows among many: it is then missing where a small cluster could be."""
    sizes = np.bincount(labels, weights=weight)
    return bool(sizes.min() < _FEWEST and len(labels) >= _ENOUGH * _FEWEST * len(sizes))


def _inside(graph: sp.csr_matrix, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of each cluster (k,): the weight between its rows, and all weight of its rows."""
    k, from_ = int(labels.max()) + 1, np.repeat(labels, np.diff(graph.indptr))
    same = from_ == labels[graph.indices]
    inside = np.bincount(from_[same], weights=graph.data[same], minlength=k)
    return inside, np.bincount(from_, weights=graph.data, minlength=k)
