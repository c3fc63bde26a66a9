r"""Pairs of rows that no graph can join, as they have no input in common: they count as joined by chance.

In a union of graphs, one for each of several inputs, two rows without a common input have no edge whatever they are.
To modularity that says that they do not belong together, and cuts would tell which inputs rows have. So
such pairs get the weight that modularity expects of them,

.. math:: N_{ij} = \frac{u_i u_j}{\sum_l u_l},\qquad u_i = d_i + \sum_{j \text{ without an input of } i} N_{ij}

with d_i the volume of row i in the union; then whether they are together costs and gains nothing, and edges of rows
that have several inputs decide. It is the null model of each input by itself, as for multilayer networks (Mucha et
al., Science 2010).
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

__all__ = ["UnknownPairs"]

#: Rows of the most common combinations of inputs are counted; there are few others.
_MOST = 1000
_ITERATIONS = 50
#: No volume grows more than so many times.
_LARGEST = 20.0


class UnknownPairs:
    """What pairs of rows without a common input count.

    Parameters
    ----------
    graph : csr_matrix of shape (n, n)
        The union.
    present : ndarray of bool of shape (n, inputs)
        Which rows have which.
    """

    def __init__(self, graph: sp.csr_matrix, present: np.ndarray) -> None:
        volume = np.asarray(graph.sum(axis=1)).ravel()
        kinds, which, counts = np.unique(present, axis=0, return_inverse=True, return_counts=True)
        apart = (kinds.astype(np.float32) @ kinds.T.astype(np.float32)) == 0
        rare = np.ones(len(kinds), dtype=bool)
        rare[np.argsort(-counts, kind="stable")[:_MOST]] = False
        apart[rare], apart[:, rare] = False, False
        self.apart, self.which = apart.astype(np.float64), which.reshape(-1)
        first = np.bincount(self.which, weights=volume, minlength=len(kinds))
        grown = first.copy()
        for _ in range(_ITERATIONS):
            grown = first / np.maximum(1 - self.apart @ grown / max(grown.sum(), 1e-300), 1 / _LARGEST)
        self.total = max(float(grown.sum()), 1e-300)
        self.volume = volume * (grown / np.maximum(first, 1e-300))[self.which]

    def between(self, labels: np.ndarray) -> np.ndarray:
        """Weights (M, M) between the clusters of labels (n,) from 0 to M - 1."""
        of_kind = np.zeros((int(labels.max()) + 1, len(self.apart)))
        np.add.at(of_kind, (labels, self.which), self.volume)
        return np.asarray(of_kind @ self.apart @ of_kind.T / self.total)
