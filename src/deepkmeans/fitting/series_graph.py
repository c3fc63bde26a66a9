"""The neighbour graph of series, in the space in which they fall into clusters most clearly.

In which space neighbours are sought matters more for series than how the graph is cut: where they may begin at any
time, neighbours among the rows as they are mean nothing, and where only the level tells, no others do. In each space
(see :mod:`deepkmeans.data.series_spaces`) the graph is cut in many ways. Where it has clusters, they keep neighbours
together and all cuts find much the same: modularity times agreement decides.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch

from ..data.series_spaces import series_spaces
from ..decomposition import N_COMPONENTS, principal_components
from ..graph import graph_partitions, modularity
from ..metrics.consensus import pairwise_nmi
from ..runtime import Seeds
from .neighbor_graph import LandmarkGraph, neighbor_affinity
from .over_clustering import embed_graph

__all__ = ["SeriesGraph", "series_graph"]

_EXTRA_VECTORS = 10
#: A space is left for another only if that is clearer by more than rounding.
_ROUNDED = 1e-6


@dataclass(frozen=True)
class SeriesGraph:
    """The graph of the space that was chosen.

    Attributes
    ----------
    graph : LandmarkGraph
    space : str
    clearness : dict of str to float
        Of each space, 0 to 1.
    """

    graph: LandmarkGraph
    space: str
    clearness: dict[str, float]


def series_graph(
    graph: LandmarkGraph, shape: tuple[int, int, int], n_clusters: int, n_neighbors: int
) -> SeriesGraph:  # fmt: skip
    """The same landmarks, series of this ``shape`` (1, times, channels), with the edges of the clearest space."""
    every = torch.arange(len(graph.index), device=graph.index.device)
    X = graph.rows.take(every).cpu().double().numpy()
    best, clearness = None, dict[str, float]()
    for name, values in series_spaces(X, shape).items():
        rows = torch.from_numpy(np.ascontiguousarray(values)).float()
        mean, components = principal_components(rows, N_COMPONENTS, Seeds(0).numpy("axes", name))
        neighbors, affinity = neighbor_affinity((rows - mean) @ components, n_clusters, n_neighbors)
        embedding = np.ascontiguousarray(embed_graph(affinity, n_clusters, name)[:, : n_clusters + _EXTRA_VECTORS])
        cuts = graph_partitions(affinity, embedding, n_clusters, Seeds(0).generator("cut", name))
        clearness[name] = 0.0
        if cuts:
            shared = pairwise_nmi(cuts, Seeds(0).numpy("clearness"))
            kept = max(modularity(affinity, labels) for labels in cuts.values())
            clearness[name] = kept * float(shared.mean())
        if best is None or clearness[name] > clearness[best[0]] + _ROUNDED:
            best = name, neighbors, affinity
    assert best is not None
    near = best[1].to(graph.neighbors.device)
    return SeriesGraph(replace(graph, neighbors=near, affinity=best[2]), best[0], clearness)
