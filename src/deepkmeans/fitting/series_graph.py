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
from scipy.sparse import csr_matrix
from torch import Tensor

from ..data.series_spaces import series_spaces
from ..decomposition import N_COMPONENTS, principal_components
from ..graph import graph_partitions, modularity
from ..metrics.consensus import pairwise_nmi
from ..runtime import Seeds
from .neighbor_graph import LandmarkGraph, neighbor_affinity
from .over_clustering import embed_graph

__all__ = ["SeriesGraph", "clearest_features", "series_graph"]

_EXTRA_VECTORS = 10
#: A space is left for another only if that is clearer by more than rounding.
_ROUNDED = 1e-6
#: Numbers of clusters that are tried where none is known, and the most series that are looked at for it.
_SOME_K, _ENOUGH_TO_CHOOSE = (2, 3, 4, 6, 9, 13, 20), 1500


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


@dataclass(frozen=True)
class _Space:
    """Coordinates (m, p) of series in one space, their neighbours there, and how clear its clusters are, 0 to 1."""

    features: Tensor
    neighbors: Tensor
    affinity: csr_matrix
    clearness: float


def series_graph(
    graph: LandmarkGraph, shape: tuple[int, int, int], n_clusters: int, n_neighbors: int
) -> SeriesGraph:  # fmt: skip
    """The same landmarks, series of this ``shape`` (1, times, channels), with the edges of the clearest space."""
    every = torch.arange(len(graph.index), device=graph.index.device)
    spaces = {
        name: _graph_in(name, features, n_clusters, n_neighbors)
        for name, features in _features(graph.rows.take(every), shape).items()
    }
    best = _clearest({name: each.clearness for name, each in spaces.items()})
    chosen = spaces[best]
    near = chosen.neighbors.to(graph.neighbors.device)
    clearness = {name: each.clearness for name, each in spaces.items()}
    return SeriesGraph(replace(graph, neighbors=near, affinity=chosen.affinity), best, clearness)


def clearest_features(X: Tensor, shape: tuple[int, int, int], n_neighbors: int) -> Tensor:
    """Coordinates (m, p) of series ``X`` (m, d) in the space that is clearest for any of several numbers of clusters.

    Modularity of k clusters is at most 1 - 1 / k, so what is compared is the share of that. Of many series some decide.
    """
    spaces, best = _features(X, shape), dict[str, float]()
    some = Seeds(0).numpy("spaces").permutation(len(X))[:_ENOUGH_TO_CHOOSE]
    some.sort()
    for name, features in spaces.items():
        part = features[torch.from_numpy(some)]
        best[name] = max(
            (_graph_in(name, part, k, n_neighbors).clearness / (1 - 1 / k) for k in _SOME_K if len(part) >= 4 * k),
            default=0.0,
        )
    return spaces[_clearest(best)].to(X.device)


def _features(X: Tensor, shape: tuple[int, int, int]) -> dict[str, Tensor]:
    """Principal components (m, p) of series (m, d) in each space."""
    made = {}
    for name, values in series_spaces(X.cpu().double().numpy(), shape).items():
        rows = torch.from_numpy(np.ascontiguousarray(values)).float()
        mean, components = principal_components(rows, N_COMPONENTS, Seeds(0).numpy("axes", name))
        made[name] = (rows - mean) @ components
    return made


def _graph_in(name: str, features: Tensor, n_clusters: int, n_neighbors: int) -> _Space:
    neighbors, affinity = neighbor_affinity(features, n_clusters, n_neighbors)
    embedding = np.ascontiguousarray(embed_graph(affinity, n_clusters, name)[:, : n_clusters + _EXTRA_VECTORS])
    cuts = graph_partitions(affinity, embedding, n_clusters, Seeds(0).generator("cut", name))
    clearness = 0.0
    if cuts:
        shared = pairwise_nmi(cuts, Seeds(0).numpy("clearness"))
        clearness = max(modularity(affinity, labels) for labels in cuts.values()) * float(shared.mean())
    return _Space(features, neighbors, affinity, clearness)


def _clearest(clearness: dict[str, float]) -> str:
    """The first space than which no other is clearer."""
    best, *others = clearness
    for name in others:
        if clearness[name] > clearness[best] + _ROUNDED:
            best = name
    return best
