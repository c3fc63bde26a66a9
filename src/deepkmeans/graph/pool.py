"""The candidates: many partitions of a table, by methods of different kinds, in different spaces.

In each space (see :func:`deepkmeans.data.column_spaces`), on its principal components:

- K-Means, in all of them, in the first few, and in all brought to one variance;
- Gaussian mixtures of three covariances that start from the K-Means of the first few;
- neighbour graphs of 15 and of 30 neighbours (``n_neighbors`` and twice as many), cut by merging micro-clusters under
  each criterion, by K-Means of the spectral embedding, and by mixtures in it.

Methods of one kind make the same errors; if methods of different kinds agree, the structure is in the data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
import torch
from torch import Tensor

from ..decomposition import N_COMPONENTS, principal_components
from ..kmeans import COVARIANCES, fit_kmeans, mixture_labels
from ..runtime import one_thread
from .affinity import affinity, local_scale
from .agglomeration import CRITERIA, coarsen, merge_trees
from .connection import connect
from .micro_clustering import micro_clusters
from .neighbors import N_NEIGHBORS, nearest_neighbors
from .spectral import spectral_embedding

__all__ = ["Pool", "candidate_pool"]

#: First components in which K-Means and mixtures are sought, too.
_FIRST = (5, 10, 20)
_MICRO, _ROWS_A_MICRO = 300, 10
_STARTS = 3
_EXTRA_VECTORS = 10
#: More clusters than this have no mixture in the spectral embedding, whose width is their number.
_MOST_MIXED = 20


@dataclass(frozen=True)
class Pool:
    """Candidates and the graphs of their spaces.

    Attributes
    ----------
    partitions : dict of str to ndarray of shape (n,)
        By name, "space/method" or "space/neighbours/method".
    graphs : dict of str to csr_matrix of shape (n, n)
        By "space/neighbours".
    """

    partitions: dict[str, np.ndarray]
    graphs: dict[str, sp.csr_matrix]


def candidate_pool(
    spaces: Mapping[str, np.ndarray], n_clusters: int, *, weight: np.ndarray | None = None, generator: torch.Generator,
    n_neighbors: int = N_NEIGHBORS,
) -> Pool:  # fmt: skip
    """Candidates of distinct rows, (n, d) in each of the spaces; those that do not have ``n_clusters`` are left out.

    Weights (n,) count as copies for K-Means, mixtures and components; a graph knows which rows there are, not how many.
    O(n^2 d) for the neighbours in each space, and about forty fits of O(n k) each.
    """
    mass = None if weight is None else torch.from_numpy(np.asarray(weight, dtype=np.float64))
    seeds = [int(torch.randint(2**31 - 1, (1,), generator=generator)) for _ in spaces]
    # Products here are small: a second thread would only wait for the first.
    with one_thread():
        by_space = [
            _in_space(X, n_clusters, mass, seed, n_neighbors) for X, seed in zip(spaces.values(), seeds, strict=True)
        ]
    partitions: dict[str, np.ndarray] = {}
    graphs: dict[str, sp.csr_matrix] = {}
    for name, (labels, inside) in zip(spaces, by_space, strict=True):
        partitions |= {f"{name}/{method}": label for method, label in labels.items()}
        graphs |= {f"{name}/{neighbors}": graph for neighbors, graph in inside.items()}
    whole = {key: labels for key, labels in partitions.items() if len(np.unique(labels)) == n_clusters}
    return Pool(whole, graphs)


def _in_space(
    X: np.ndarray, n_clusters: int, weight: Tensor | None, seed: int, n_neighbors: int
) -> tuple[dict[str, np.ndarray], dict[int, sp.csr_matrix]]:
    """Candidates by method and graphs by neighbours of rows (n, d)."""
    generator, random_state = torch.Generator().manual_seed(seed), np.random.RandomState(seed)
    rows = torch.from_numpy(np.ascontiguousarray(X)).double()
    mean, components = principal_components(rows, N_COMPONENTS, random_state, weight)
    scores = ((rows - mean) @ components).float()
    variance = scores.var(0, correction=0)
    scores = scores[:, variance > 1e-10 * float(variance.max())]
    partitions = _by_centers(scores, n_clusters, weight, generator)
    cut, graphs = _by_graphs(scores, n_clusters, generator, random_state, n_neighbors)
    return partitions | cut, graphs


def _by_centers(
    scores: Tensor, n_clusters: int, weight: Tensor | None, generator: torch.Generator
) -> dict[str, np.ndarray]:
    partitions = {}
    light = None if weight is None else weight.to(scores)

    def kmeans(rows: Tensor) -> Tensor:
        return fit_kmeans(rows, n_clusters, n_init=_STARTS, weight=light, generator=generator).labels

    partitions["k-means"] = kmeans(scores).numpy()
    partitions["whitened/k-means"] = kmeans(scores / scores.std(0, correction=0)).numpy()
    width = scores.shape[1]
    for m in sorted({min(m, width) for m in _FIRST}):
        first = scores[:, :m].contiguous()
        start = kmeans(first)
        if m < width:
            partitions[f"{m}/k-means"] = start.numpy()
        for covariance in COVARIANCES:
            labels = mixture_labels(first, start, n_clusters, covariance, weight=weight)
            partitions[f"{m}/mixture-{covariance}"] = labels.numpy()
    return partitions


def _by_graphs(
    scores: Tensor, n_clusters: int, generator: torch.Generator, random_state: np.random.RandomState, n_neighbors: int
) -> tuple[dict[str, np.ndarray], dict[int, sp.csr_matrix]]:
    n, partitions, graphs = len(scores), dict[str, np.ndarray](), {}
    most = min(2 * n_neighbors, n - 1)
    index, distance = (part.cpu().numpy() for part in nearest_neighbors(scores, most))
    size = max(4 * n_clusters, min(_MICRO, n // _ROWS_A_MICRO))
    for neighbors in sorted({min(count, most) for count in (n_neighbors, 2 * n_neighbors)}):
        near = distance[:, :neighbors]
        graph = connect(affinity(index[:, :neighbors], near), scores, local_scale(near))
        embedding = torch.from_numpy(spectral_embedding(graph, n_clusters + _EXTRA_VECTORS, random_state))
        micro_labels = micro_clusters(embedding, size, generator)
        weights = coarsen(graph, micro_labels)
        trees = merge_trees(weights, micro_labels)
        partitions |= {f"{neighbors}/{criterion}": trees[criterion].labels(n_clusters) for criterion in CRITERIA}
        leading = embedding[:, :n_clusters].contiguous()
        spectral = fit_kmeans(leading, n_clusters, n_init=_STARTS, generator=generator).labels
        partitions[f"{neighbors}/spectral"] = spectral.numpy()
        if neighbors == min(n_neighbors, most) and n_clusters <= _MOST_MIXED:
            for covariance in COVARIANCES:
                labels = mixture_labels(leading, spectral, n_clusters, covariance)
                partitions[f"{neighbors}/spectral-{covariance}"] = labels.numpy()
        graphs[neighbors] = graph
    return partitions, graphs
