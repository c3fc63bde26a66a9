"""Parts of a neighbour graph that only ties have made are joined again.

In a table of whole numbers a row can have more equally near rows than neighbours are kept; the graph then falls apart
although nothing lies between its parts. Each part is joined to its nearest row outside, as a minimum spanning tree of
the parts would (Borůvka), by the weight that the edge has on the scale of its two rows. Where that is next to
nothing, the parts are truly separate, and stay so.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
import torch
from scipy.sparse.csgraph import connected_components
from torch import Tensor

from ..kmeans import assign

__all__ = ["connect"]

#: An edge of less weight joins nothing.
_LEAST = 1e-3


def connect(graph: sp.csr_matrix, X: Tensor, scale: np.ndarray) -> sp.csr_matrix:
    """The graph (n, n) of rows ``X`` (n, d) with its parts joined; ``scale`` (n,) as :func:`affinity` uses it.

    O(n^2 d) a round where the graph has parts, nothing where it has none.
    """
    n = graph.shape[0]
    apart: set[tuple[int, int]] = set()
    while True:
        count, part = connected_components(graph, directed=False)
        if count == 1:
            return graph
        added = {}
        largest = int(np.bincount(part).argmax())
        for own in range(count):
            if own == largest:
                continue
            inside, outside = np.flatnonzero(part == own), np.flatnonzero(part != own)
            nearest, square = assign(X[inside], X[outside])
            i = int(torch.argmin(square))
            a, b = int(inside[i]), int(outside[int(nearest[i])])
            weight = float(np.exp(-float(square[i]) / (scale[a] * scale[b])))
            if weight >= _LEAST and (a, b) not in apart:
                added[a, b] = weight
            apart.add((a, b))
        if not added:
            return graph
        rows, columns = np.array(list(added)).T
        edges = sp.csr_matrix((list(added.values()), (rows, columns)), shape=(n, n))
        graph = graph.maximum(edges).maximum(edges.T).tocsr()
