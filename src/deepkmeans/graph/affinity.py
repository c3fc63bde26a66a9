r"""Weights of the edges of a neighbour graph, and labels diffused over it.

Self-tuning weights (Zelnik-Manor & Perona, Self-tuning spectral clustering, NIPS 2004):

.. math:: v_{ij} = \exp\left(-\frac{d_{ij}^2}{s_i s_j}\right),\qquad A = (V + V^\top) / 2

with s_i the distance of row i to its 7th (or another) neighbour, so that dense and sparse regions get the same
contrast.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from .neighbors import SCALE_NEIGHBOR

__all__ = ["affinity", "diffuse", "local_scale", "membership"]


def local_scale(distance: np.ndarray, scale_neighbor: int = SCALE_NEIGHBOR) -> np.ndarray:
    """Distance (n,) of each row to its 7th (or another) neighbour, from distances (n, k), nearest first; never 0."""
    local = distance[:, min(scale_neighbor, distance.shape[1]) - 1].astype(np.float64)
    # Copies of one row have distance 0 to each other: a small share of the typical distance replaces it.
    return np.maximum(local, 1e-6 * (np.median(local) or 1.0) + np.finfo(np.float64).tiny)


def affinity(index: np.ndarray, distance: np.ndarray, scale_neighbor: int = SCALE_NEIGHBOR) -> sp.csr_matrix:
    """Symmetric affinity matrix (n, n) of the k-nearest-neighbour graph; index and distance (n, k), nearest first."""
    n, k = index.shape
    local = local_scale(distance, scale_neighbor)  # (n,)
    weight = np.exp(-(distance.astype(np.float64) ** 2) / (local[:, None] * local[index]))
    weight = np.maximum(weight, 1e-6)  # a neighbour is a neighbour, however far
    graph = sp.csr_matrix((weight.ravel(), index.ravel(), np.arange(0, n * k + 1, k)), shape=(n, n))
    return ((graph + graph.T) * 0.5).tocsr()


def membership(labels: np.ndarray, n_clusters: int) -> sp.csr_matrix:
    """Indicator matrix S (n, n_clusters)."""
    n = len(labels)
    return sp.csr_matrix((np.ones(n), labels, np.arange(n + 1)), shape=(n, n_clusters))


def diffuse(
    graph: sp.csr_matrix, labels: np.ndarray, n_clusters: int, steps: int = 3, own_share: float = 0.0
) -> np.ndarray:  # fmt: skip
    """Soft labels (n, n_clusters): the clusters of a row's neighbours, and ``steps`` times of theirs; rows sum to 1.

    ``own`` is the share of the row's own label in the result.
    """
    walk = _rows_to_one(graph)
    hard = membership(labels, n_clusters)
    q = _rows_to_one(walk @ hard).toarray()
    for _ in range(steps):
        q = walk @ q
    q = q / np.maximum(q.sum(axis=1, keepdims=True), 1e-12)
    return q if own_share == 0 else own_share * hard.toarray() + (1 - own_share) * q


def _rows_to_one(graph: sp.csr_matrix) -> sp.csr_matrix:
    total = np.asarray(graph.sum(axis=1)).ravel()
    return (sp.diags(1 / np.maximum(total, 1e-300)) @ graph).tocsr()
