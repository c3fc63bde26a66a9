"""Join components of a neighbour graph that exist only because of ties.

In a table of whole numbers a row can have more equally near rows than neighbours are kept; the graph then has several
components although no gap lies between them. Each is joined to its nearest row outside, as a minimum spanning tree of
the components would (Borůvka), by the weight that the edge has on the scale of its two rows. Where that is next to
nothing, the components are truly separate, and stay so.
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
    """The graph (n, n) of rows ``X`` (n, d) with its components joined; ``scale`` (n,) as :func:`affinity` uses it.

    O(n^2 d) an iteration where the graph has several components, nothing where it has one.
    """
    n = graph.shape[0]
    apart: set[tuple[int, int]] = set()
    while True:
        count, component = connected_components(graph, directed=False)
        if count == 1:
            return graph
        added = {}
        largest = int(np.bincount(component).argmax())
        for number in range(count):
            if number == largest:
                continue
            inside, outside = np.flatnonzero(component == number), np.flatnonzero(component != number)
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
