"""Words of texts beside the neighbours of their embeddings, where both tell much the same groups.

A network that reads a text knows what words mean, and its embedding has room for a few of them; names and terms of a
subject, which it has hardly seen, are what word counts know best. What texts share is then counted together: rows that
are near by the embedding (twice), rows that are near by the components of the words, and the words themselves. The
embedding says which groups are looked for: where its clusters leave the words unlike those that words alone would make
(their modularity is low), as an embedding of style or mood does, words have no say.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
import torch

from ..decomposition import randomized_components
from ..kmeans import fit_kmeans
from ..runtime import one_thread
from .shared_candidates import row_directions, shared_neighbors
from .shared_modularity import move_by_shared, shared_modularity

__all__ = ["join_words"]

#: Components of words for neighbours, and for K-Means.
_COMPONENTS, _FIRST = 128, 50
#: Share of the modularity of clusters by words that those by the embedding must have for words to count.
_LIKE = 0.5


def join_words(
    neighbors: sp.csr_matrix, words: sp.csr_matrix, labels: np.ndarray, n_clusters: int,
    weight: np.ndarray | None = None,
) -> sp.csr_matrix | None:  # fmt: skip
    """What rows share by the embedding and by the words, (n, 2 n + n + t); None where words tell other groups.

    Parameters
    ----------
    neighbors : csr_matrix of shape (n, n)
        By the embedding, see :func:`shared_neighbors`.
    words : csr_matrix of shape (n, t)
        TF-IDF of the texts; a row may have none.
    labels : ndarray of shape (n,)
        Clusters by the embedding.
    n_clusters : int
    weight : ndarray of shape (n,) or None
        Copies of each row.

    Notes
    -----
    Nothing is random: what words say of the rows is the same in every fit. O(n^2 p) for neighbours.
    """
    if min(words.shape) < 2 or not words.nnz:
        return None
    random_state, generator = np.random.RandomState(0), torch.Generator().manual_seed(0)
    components = randomized_components(words, min(_COMPONENTS, *words.shape), random_state)
    coordinates = np.asarray(words @ components.T)
    mass = None if weight is None else torch.from_numpy(np.asarray(weight, dtype=np.float32))
    with one_thread():
        first = row_directions(coordinates[:, :_FIRST])
        start = fit_kmeans(first, n_clusters, n_init=1, weight=mass, generator=generator).labels.numpy()
        alone = move_by_shared(words, start.astype(np.int64), n_clusters, random_state, weight)
        by_embedding, by_words = (shared_modularity(words, each, weight) for each in (labels, alone))
        if by_embedding < _LIKE * by_words:
            return None
        has_words = sp.diags(np.asarray(np.diff(words.indptr) > 0, dtype=np.float64))
        near = has_words @ shared_neighbors(coordinates, neighbors.getnnz(axis=1).max() - 1)
    return sp.hstack([neighbors, neighbors, near, words]).tocsr()
