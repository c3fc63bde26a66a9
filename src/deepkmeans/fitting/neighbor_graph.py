"""The rows that stand for all others, and the graph of their neighbours."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from scipy.sparse import csr_matrix
from torch import Tensor

from ..data import Rows
from ..data.sharding import AllRows
from ..decomposition import N_COMPONENTS, principal_components
from ..graph import affinity, nearest_neighbors
from ..objectives import SelfLabelling
from ..runtime import Seeds

__all__ = ["LandmarkGraph", "build_graph", "landmarks", "neighbor_affinity"]


@dataclass(frozen=True)
class LandmarkGraph:
    """Landmarks, and which of them are neighbours.

    Attributes
    ----------
    index : Tensor of shape (m,), int64
        The landmarks among the rows.
    rows : Rows
        The landmarks themselves.
    mean, components : Tensor of shape (d,) and (d, p)
        Of the landmarks, and their principal components.
    features : Tensor of shape (m, p)
        Coordinates in these.
    deviation : float
        Standard deviation of all their cells.
    neighbors : Tensor of shape (m, n_neighbors), int64
        By their number among the landmarks.
    affinity : csr_matrix of shape (m, m)
    """

    index: Tensor
    rows: Rows
    mean: Tensor
    components: Tensor
    features: Tensor
    deviation: float
    neighbors: Tensor
    affinity: csr_matrix

    def project(self, rows: Rows) -> Tensor:
        """Coordinates (n, p) of other rows."""
        return torch.cat([(x - self.mean) @ self.components for x in rows.chunks(8192)])


def landmarks(n: int, seeds: Seeds, n_landmarks: int = SelfLabelling.n_landmarks) -> Tensor:
    """Which rows (m,) of ``n`` a graph is made of."""
    if n <= n_landmarks:
        return torch.arange(n)
    return torch.randperm(n, generator=seeds.generator("landmarks"))[:n_landmarks].sort().values


def build_graph(rows: AllRows, index: Tensor, n_clusters: int, n_neighbors: int) -> LandmarkGraph:
    """The graph of the rows at ``index`` (m,)."""
    part = rows if isinstance(rows, Rows) and len(index) == len(rows) else rows.subset(index)
    inputs = part.take(torch.arange(len(index), device=index.device))  # (m, d)
    mean, components = principal_components(inputs, N_COMPONENTS, Seeds(0).numpy("axes"))
    features = (inputs - mean) @ components
    neighbors, weights = neighbor_affinity(features, n_clusters, n_neighbors)
    return LandmarkGraph(index, part, mean, components, features, float(inputs.std()), neighbors, weights)


def neighbor_affinity(features: Tensor, n_clusters: int, n_neighbors: int) -> tuple[Tensor, csr_matrix]:
    """Neighbours (m, K) of rows (m, p), fewer where clusters are small, and their affinity (m, m)."""
    count = min(n_neighbors, max(5, len(features) // (2 * n_clusters)), len(features) - 1)
    index, distance = nearest_neighbors(features, count)
    return index, affinity(index.cpu().numpy(), distance.cpu().numpy())
