r"""Clusters moved by what their rows share: terms of texts, or nearest rows.

Rows and what they have are the two sides of a graph. Two rows are joined by each term that they share, the more the
fewer rows have it (so that neither function words nor hubs join much), and the modularity of that graph is (Newman
2006, with a resolution: Reichardt & Bornholdt 2006; the projection of a two-sided graph: Zhou, Ren, Medo & Zhang 2007)

.. math:: Q = \frac1m \sum_c \Big(\sum_t \frac{S_{ct}^2}{d_t} - \gamma \frac{D_c^2}{m}\Big)

with d_t the rows that have term t, S_ct those of them in cluster c, D_c the edges of its rows, m all edges. It sees
every term, where few components see what many terms have in common, and clusters need not be of one size.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

__all__ = ["move_by_shared", "shared_modularity"]

#: Above one, so that no cluster is given up for a larger one; classes of very different size speak for less.
_RESOLUTION = 1.25
#: Passes over the rows, at most; blocks of rows that move at once; share of the rows below which moving ends.
_PASSES, _BLOCKS, _FEW_MOVED = 15, 20, 0.002


def shared_modularity(terms: sp.csr_matrix, labels: np.ndarray, weight: np.ndarray | None = None) -> float:
    """Q of clusters ``labels`` (n,) of rows with ``terms`` (n, t), whatever the entries; weights (n,) are copies."""
    edges = _edges(terms, weight)
    of_cluster = (_membership(labels, int(labels.max()) + 1) @ edges).tocsr()
    of_term, total = np.asarray(edges.sum(axis=0)).ravel(), float(edges.sum())
    inside = float((of_cluster.data**2 / of_term[of_cluster.indices]).sum())
    volume = np.asarray(of_cluster.sum(axis=1)).ravel()
    return (inside - _RESOLUTION * float((volume**2).sum()) / total) / total if total else 0.0


def move_by_shared(
    terms: sp.csr_matrix, labels: np.ndarray, n_clusters: int, random_state: np.random.RandomState,
    weight: np.ndarray | None = None,
) -> np.ndarray:  # fmt: skip
    """Labels (n,) from which no row, moved alone, would raise the modularity by much.

    Each row goes where the modularity is highest without it, a block of rows at a time in random order (local moving:
    Blondel, Guillaume, Lambiotte & Lefebvre 2008). No cluster loses its last row, and a row without terms stays.
    O(entries n_clusters) a pass.
    """
    edges, labels = _edges(terms, weight), labels.copy()
    n = len(labels)
    own_terms = np.asarray(edges.sum(axis=1)).ravel()
    copies = np.ones(n) if weight is None else np.asarray(weight, dtype=np.float64)
    of_term, total = np.asarray(edges.sum(axis=0)).ravel(), float(edges.sum())
    if not total:
        return labels
    shared = (sp.diags(1 / copies) @ edges @ sp.diags(1 / np.maximum(of_term, 1e-300))).tocsr()
    itself = np.asarray(edges.multiply(shared).sum(axis=1)).ravel()
    of_cluster = (_membership(labels, n_clusters) @ edges).toarray().T.copy()  # (t, k)
    volume = np.bincount(labels, own_terms, n_clusters)
    size = np.bincount(labels, minlength=n_clusters)
    for _ in range(_PASSES):
        moved = 0
        for block in np.array_split(random_state.permutation(n), min(_BLOCKS, n)):
            row, before = np.arange(len(block)), labels[block]
            gain = shared[block] @ of_cluster
            gain[row, before] -= itself[block]
            others = np.repeat(volume[None], len(block), axis=0)
            others[row, before] -= own_terms[block]
            gain -= _RESOLUTION * (own_terms[block] / copies[block])[:, None] * others / total
            best = gain.argmax(axis=1)
            best[own_terms[block] == 0] = before[own_terms[block] == 0]
            best, size = _none_empty(before, best, size)
            change = np.flatnonzero(best != before)
            if not len(change):
                continue
            rows, left, joined = block[change], before[change], best[change]
            moved += len(change)
            difference = (_membership(joined, n_clusters) - _membership(left, n_clusters)) @ edges[rows]
            entries = difference.tocoo()
            np.add.at(of_cluster, (entries.col, entries.row), entries.data)
            volume += np.bincount(joined, own_terms[rows], n_clusters) - np.bincount(left, own_terms[rows], n_clusters)
            labels[rows] = joined
        if moved <= _FEW_MOVED * n:
            break
    return labels


def _none_empty(before: np.ndarray, best: np.ndarray, size: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where rows go from ``before`` (b,), unless they would leave a cluster empty, and the sizes (k,) afterwards."""
    while True:
        after = size + np.bincount(best, minlength=len(size)) - np.bincount(before, minlength=len(size))
        returning = (after == 0)[before] & (best != before)
        if not returning.any():
            return best, after
        best = np.where(returning, before, best)


def _edges(terms: sp.csr_matrix, weight: np.ndarray | None) -> sp.csr_matrix:
    """Which rows have which terms: 1, or the weight of the row."""
    present = terms.astype(np.float64).tocsr()
    present.eliminate_zeros()
    present.data[:] = 1.0
    return present if weight is None else (sp.diags(weight) @ present).tocsr()


def _membership(labels: np.ndarray, n_clusters: int) -> sp.csr_matrix:
    """Indicator (n_clusters, n)."""
    n = len(labels)
    return sp.csr_matrix((np.ones(n), (labels, np.arange(n))), shape=(n_clusters, n))
