"""Spectral embedding: coordinates in which the well-connected groups of a graph are balls.

Ng, Jordan, Weiss: On spectral clustering, NIPS 2001: the largest eigenvectors of D^-1/2 A D^-1/2, rows scaled to
length one.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigsh

__all__ = ["spectral_embedding"]

#: Long thin clusters have eigenvalues within 1e-4 of one another.
_TOLERANCE = 1e-6


def spectral_embedding(graph: sp.csr_matrix, n_components: int, random_state: np.random.RandomState) -> np.ndarray:
    """Embedding (n, n_components), float32, rows of length one, strongest eigenvector first.

    O(n_components (edges + n n_components)) an iteration of Lanczos. Each connected component of the graph has
    an eigenvector of its own with eigenvalue one, known beforehand; Lanczos, which from one starting vector finds one
    vector of each eigenvalue, is left to find the others.
    """
    n = graph.shape[0]
    n_components = min(n_components, n - 1)
    volume = np.maximum(np.asarray(graph.sum(axis=1)).ravel(), 1e-12)
    scale = sp.diags(1 / np.sqrt(volume))
    normalised = (scale @ graph @ scale).tocsr()
    known = _of_components(graph, volume, n_components)  # (n, components)
    wanted = n_components - known.shape[1]
    vectors = known
    if wanted > 0:
        vectors = np.hstack([known, _largest(normalised, known, wanted, random_state)])
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.ascontiguousarray(vectors / np.maximum(length, 1e-12), dtype=np.float32)


def _of_components(graph: sp.csr_matrix, volume: np.ndarray, n_most: int) -> np.ndarray:
    """Eigenvectors (n, c) of the c heaviest connected components, heaviest first: roots of the volumes inside."""
    _, component = connected_components(graph, directed=False)
    mass = np.bincount(component, weights=volume)
    heaviest = np.argsort(-mass, kind="stable")[:n_most]
    return np.where(component[:, None] == heaviest, np.sqrt(volume)[:, None], 0.0) / np.sqrt(mass[heaviest])


def _largest(
    normalised: sp.csr_matrix, known: np.ndarray, wanted: int, random_state: np.random.RandomState
) -> np.ndarray:
    """The ``wanted`` largest eigenvectors (n, wanted) orthogonal to the known ones, largest first."""
    n = normalised.shape[0]
    start = random_state.uniform(-1, 1, n)
    if n <= 3 * wanted + 10:  # Lanczos needs room
        values, vectors = np.linalg.eigh(normalised.toarray() - 2 * known @ known.T)
        return np.asarray(vectors[:, ::-1][:, :wanted])
    rest = LinearOperator((n, n), matvec=lambda x: normalised @ x - 2 * known @ (known.T @ x), dtype=np.float64)
    try:
        values, vectors = eigsh(rest, k=wanted, which="LA", v0=start, tol=_TOLERANCE, maxiter=50 * wanted)
    except ArpackNoConvergence as partial:
        values, vectors = partial.eigenvalues, partial.eigenvectors
    return np.asarray(vectors[:, np.argsort(-values)])
