"""Candidates of texts and their embeddings: K-Means of directions, moved by what rows share, and their consensus.

Components of TF-IDF rows (latent semantic analysis) tell topics from words but are few; what they leave out, the terms
themselves know (:mod:`.shared_modularity`). An embedding by a pretrained network has no terms; there a row's nearest
rows stand for them. K-Means of texts ends differently from every start and in every number of components, so several
are moved, and rows that are together in most of them stay together (cluster ensembles: Strehl & Ghosh, JMLR 2002; the
partitions side by side, cut as a two-sided graph: Fern & Brodley, ICML 2004).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
import torch
from sklearn.preprocessing import normalize
from torch import Tensor

from ..decomposition import randomized_components
from ..kmeans import fit_kmeans
from ..runtime import one_thread
from .neighbors import nearest_neighbors
from .shared_modularity import move_by_shared

__all__ = ["SHARED", "partition_consensus", "row_directions", "shared_candidates", "shared_neighbors"]

#: Name of the consensus.
SHARED = "shared/consensus"
#: Numbers of components, and powers of their deviations by which these are divided.
_RANKS, _POWERS = (50, 90, 128), (0.0, 0.25, 0.5)
#: Starts of K-Means of the consensus, and power iterations of the vectors that it is result in.
_STARTS, _POWER_ITERATIONS = 5, 5


def shared_candidates(
    coordinates: np.ndarray, incidence: sp.csr_matrix, n_clusters: int, *, weight: np.ndarray | None = None,
    generator: torch.Generator,
) -> dict[str, np.ndarray]:  # fmt: skip
    """Partitions (n,) of rows by name; :data:`SHARED` is their consensus.

    Parameters
    ----------
    coordinates : ndarray of shape (n, p)
        In principal components, largest first; their directions count.
    incidence : csr_matrix of shape (n, t)
        What each row has: terms, or :func:`shared_neighbors`.
    n_clusters : int
    weight : ndarray of shape (n,) or None
        Copies of each row.
    generator : torch.Generator

    Notes
    -----
    Nine times K-Means, O(n p k) an iteration, and moves, O(entries k) a pass.
    """
    random_state = np.random.RandomState(int(torch.randint(2**31 - 1, (1,), generator=generator)))
    mass = None if weight is None else torch.from_numpy(np.asarray(weight, dtype=np.float32))
    deviation = np.sqrt(np.average(np.square(coordinates), axis=0, weights=weight))
    kept = deviation > 1e-6 * deviation.max(initial=0)
    coordinates, deviation = coordinates[:, kept], deviation[kept]
    moved: dict[str, np.ndarray] = {}
    with one_thread():
        for rank in sorted({min(rank, coordinates.shape[1]) for rank in _RANKS}):
            for power in _POWERS:
                rows = row_directions(coordinates[:, :rank] / deviation[:rank] ** power)
                start = fit_kmeans(rows, n_clusters, n_init=1, weight=mass, generator=generator).labels.numpy()
                labels = start.astype(np.int64)
                moved[f"shared/{rank}/{power}"] = move_by_shared(incidence, labels, n_clusters, random_state, weight)
        agreed = partition_consensus(list(moved.values()), n_clusters, generator, random_state, mass)
        moved[SHARED] = move_by_shared(incidence, agreed, n_clusters, random_state, weight)
    return moved


def shared_neighbors(coordinates: np.ndarray, n_neighbors: int) -> sp.csr_matrix:
    """Which rows (n, n) are a row's nearest by direction from the mean of ``coordinates`` (n, p), itself among them."""
    n = len(coordinates)
    count = min(n_neighbors, n - 1)
    index = nearest_neighbors(row_directions(coordinates - coordinates.mean(axis=0)), count)[0].numpy()
    near = np.column_stack([np.arange(n), index])
    return sp.csr_matrix((np.ones(near.size), near.ravel(), np.arange(0, near.size + 1, count + 1)), shape=(n, n))


def partition_consensus(
    partitions: Sequence[np.ndarray], n_clusters: int, generator: torch.Generator,
    random_state: np.random.RandomState, weight: Tensor | None = None,
) -> np.ndarray:  # fmt: skip
    """Labels (n,) of rows that are together in most of the partitions, (n,) each.

    Rows and the clusters of all partitions are the two sides of a graph; K-Means of its leading singular vectors.
    """
    n, columns = len(partitions[0]), []
    for labels in partitions:
        scale = 1 / np.sqrt(np.maximum(np.bincount(labels), 1))
        columns.append(sp.csr_matrix((scale[labels], (np.arange(n), labels)), shape=(n, len(scale))))
    together = sp.hstack(columns).tocsr()
    count = min(n_clusters, *together.shape)
    components = randomized_components(together, count, random_state, _POWER_ITERATIONS)
    rows = row_directions(np.asarray(together @ components.T))
    result = fit_kmeans(rows, n_clusters, n_init=_STARTS, weight=weight, generator=generator)
    return np.asarray(result.labels.numpy().astype(np.int64))


def row_directions(rows: np.ndarray) -> Tensor:
    """The rows (n, p) with length one, float32; those of zeros stay."""
    return torch.from_numpy(normalize(rows).astype(np.float32))
