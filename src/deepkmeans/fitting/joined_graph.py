r"""The neighbour graph of several inputs: the union of their graphs, each weighted by what it has to say.

Each input v has the self-tuning graph A_v of its own rows, in its own scale; a row that lacks the input has no edge in
it. The union is

.. math:: U_{ij} = \frac{\sum_v w_v A_{v,ij}}{\sqrt{c_i c_j}},\qquad c_i = \sum_{v \text{ that row } i \text{ has}} w_v

so that rows with few inputs are tied to others as firmly as rows with all. Of each row the strongest edges are kept,
which are those that several inputs share. Beside it counts the graph of whole rows, whose neighbours are nearest by all
inputs that both have: by the mean of d_ij^2 / (s_i s_j) with the weights w_v, s_i the distance of row i to its 7th
neighbour in that input. What no input tells by itself, all together may. In units of variance instead, the nearest rows
would be those that share nothing but an input of few dimensions, in which something is always near.

The weight w_v is the *agreement* of the
other inputs: the share of the edges of v that join rows which are near in another input, beyond chance. Where inputs do
not agree at all, nobody can tell which of them means something by that; then the weight is the *structure* of the
input: how much better K-Means keeps its neighbours together than those of a Gaussian of the same variances. Pure noise
has neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import torch
from scipy.sparse import csr_matrix, diags, identity
from torch import Tensor

from ..data.source import JoinedRows
from ..decomposition import N_COMPONENTS, principal_components
from ..graph import affinity, kmeans_partition, local_scale, modularity
from ..graph.neighbors import SCALE_NEIGHBOR
from ..kmeans import distances, squared_distances
from ..runtime import Seeds
from .neighbor_graph import LandmarkGraph, neighbor_affinity

__all__ = [
    "InputGraph", "InputWeight", "agreement_with", "build_joined_graph", "input_graphs", "weigh_inputs",
]  # fmt: skip

#: Rows that are asked for the agreement, and that structure is measured on.
_ASKED, _MEASURED = 1000, 2000
#: Fewer rows than this with an input, or with both of two, tell nothing.
_FEWEST = 20
#: Agreement from which on structure does not count, and what chance alone may give.
_AGREED, _CHANCE = 0.1, 0.02
_ITERATIONS = 5
#: No input weighs less than this beside the heaviest: rows that have nothing else keep their neighbours.
_LEAST = 0.01
#: Rows compared at once, and the distance of rows that share no input.
_BLOCK, _FAR = 1024, 1e3


@dataclass(frozen=True)
class InputGraph:
    """The graph of one input.

    Attributes
    ----------
    name : str
    index : ndarray of shape (m_v,)
        Which landmarks have the input.
    features : Tensor of shape (m_v, p)
        Their principal components.
    neighbors : ndarray of shape (m_v, K)
        By their number among those that have the input, nearest first.
    affinity : csr_matrix of shape (m, m)
        Of all landmarks.
    """

    name: str
    index: np.ndarray
    features: Tensor
    neighbors: np.ndarray
    affinity: csr_matrix

    def local_scale(self) -> Tensor:
        """Distance (m_v,) of each row to its 7th neighbour; never 0."""
        features = self.features.cpu()
        apart = features[:, None] - features[torch.from_numpy(self.neighbors[:, :SCALE_NEIGHBOR])]  # (m_v, 7, p)
        distance = apart.square().sum(dim=2).sqrt().numpy()
        return torch.from_numpy(local_scale(distance)).float()


@dataclass(frozen=True)
class InputWeight:
    """What an input counts in the union, and why: see the module."""

    weight: float
    agreement: float | None
    structure: float


def input_graphs(rows: JoinedRows, n_clusters: int, n_neighbors: int) -> list[InputGraph]:
    """The graphs of the inputs of rows (m); inputs that few rows have, or that do not vary, have none."""
    assert rows.scaling is not None
    graphs, m = [], len(rows)
    for name in rows.parts:
        there = np.arange(m) if rows.present is None else rows.present[name].cpu().numpy().nonzero()[0]
        place = torch.from_numpy(there).to(rows.device)
        inputs = rows.take(place)[:, rows.scaling.columns_of(name)]
        if len(there) < _FEWEST or not bool((inputs != inputs[:1]).any()):
            continue
        mean, components = principal_components(inputs, N_COMPONENTS, Seeds(0).numpy("axes", name))
        features = (inputs - mean) @ components
        neighbors, weights = neighbor_affinity(features, n_clusters, n_neighbors)
        edges = weights.tocoo()
        every = csr_matrix((edges.data, (there[edges.row], there[edges.col])), shape=(m, m))
        graphs.append(InputGraph(name, there, features, neighbors.cpu().numpy(), every))
    return graphs


def weigh_inputs(graphs: list[InputGraph], n_clusters: int) -> dict[str, InputWeight]:
    """The weights of the inputs, the largest 1; alike whatever ``random_state``."""
    structure = {graph.name: _structure(graph, n_clusters) for graph in graphs}
    agreement = _agreements(graphs, n_clusters)
    known = {name: max(0.0, each - _CHANCE) for name, each in agreement.items() if each is not None}
    most = max(known.values(), default=0.0)
    believed = min(1.0, most / _AGREED)
    clear = max(structure.values(), default=0.0) or 1.0
    weights = {}
    for name, clearness in structure.items():
        agreed = known.get(name, 0.0) / most if most > 0 else 0.0
        weights[name] = believed * agreed + (1 - believed) * max(clearness, 0.0) / clear
    largest = max(weights.values(), default=0.0)
    return {
        name: InputWeight(max(_LEAST, each / largest) if largest > 0 else 1.0, agreement[name], structure[name])
        for name, each in weights.items()
    }


def build_joined_graph(
    rows: JoinedRows, index: Tensor, graphs: list[InputGraph], weights: Mapping[str, float], n_clusters: int,
    n_neighbors: int,
) -> LandmarkGraph:  # fmt: skip
    """The graph of the landmarks ``rows`` (m), which are those at ``index`` among all rows, by all their inputs."""
    inputs = rows.take(torch.arange(len(rows), device=rows.device))
    mean, components = principal_components(inputs, N_COMPONENTS, Seeds(0).numpy("axes"))
    both, part = identity(len(rows), format="csr"), cast("Any", rows)  # too few rows have too few neighbours
    if graphs:
        shared = _kept(union(graphs, weights, len(rows)), n_neighbors)
        whole = affinity(*_nearest_by_all(graphs, weights, len(rows), n_clusters, n_neighbors))
        both = (shared * (whole.sum() / shared.sum()) + whole).tocsr()  # as firm as a graph of one input
    neighbors = torch.from_numpy(_strongest(both, n_neighbors)).to(rows.device)
    features, deviation = (inputs - mean) @ components, float(inputs.std(correction=0))
    return LandmarkGraph(index, part, mean, components, features, deviation, neighbors, both)


def union(graphs: list[InputGraph], weights: Mapping[str, float], m: int) -> csr_matrix:
    """The weighted union (m, m) of the graphs."""
    total, mass = csr_matrix((m, m)), np.zeros(m)
    for graph in graphs:
        total = total + weights[graph.name] * graph.affinity
        mass[graph.index] += weights[graph.name]
    mass = np.where(mass > 0, mass, 1.0) / sum(weights[graph.name] for graph in graphs)
    scale = diags(1 / np.sqrt(mass))
    return (scale @ total @ scale).tocsr()


def _kept(graph: csr_matrix, count: int) -> csr_matrix:
    """The strongest edges of each row, both ways."""
    strongest = _strongest(graph, count)
    row, col = np.repeat(np.arange(len(strongest)), count), strongest.ravel()
    row, col = row[col >= 0], col[col >= 0]
    kept = csr_matrix((np.asarray(graph[row, col]).ravel(), (row, col)), shape=graph.shape)
    return ((kept + kept.T) * 0.5).tocsr()


def _nearest_by_all(
    graphs: list[InputGraph], weights: Mapping[str, float], m: int, n_clusters: int, n_neighbors: int
) -> tuple[np.ndarray, np.ndarray]:
    """Neighbours (m, K) of rows, by the weighted mean over the inputs that two rows share, and their distances."""
    count = min(n_neighbors, max(5, m // (2 * n_clusters)), m - 1)
    columns, (there, scales) = [], torch.zeros(2, len(graphs), m, dtype=torch.float32)
    for number, graph in enumerate(graphs):
        features, place = graph.features.cpu(), torch.from_numpy(graph.index)
        every = torch.zeros(m, features.shape[1], dtype=torch.float32)
        every[place] = features
        columns.append(every)
        there[number, place], scales[number, place] = weights[graph.name], graph.local_scale()
    index, distance = np.empty((m, count), dtype=np.int64), np.empty((m, count), dtype=np.float32)
    for start in range(0, m, _BLOCK):
        stop = min(start + _BLOCK, m)
        total, mass = (torch.zeros(stop - start, m, dtype=torch.float32) for _ in range(2))
        for number, every in enumerate(columns):
            shared = (there[number, start:stop, None] > 0) * there[number]
            reach = (scales[number, start:stop, None] * scales[number]).clamp_min(torch.finfo(torch.float32).tiny)
            total += shared * squared_distances(every[start:stop], every) / reach
            mass += shared
        squared = torch.where(mass > 0, total / mass.clamp_min(1e-12), torch.inf)
        squared[torch.arange(stop - start), torch.arange(start, stop)] = torch.inf
        nearest = squared.topk(count, dim=1, largest=False)
        index[start:stop], distance[start:stop] = nearest.indices.numpy(), nearest.values.sqrt().numpy()
    return index, np.minimum(distance, _FAR)


def _strongest(graph: csr_matrix, count: int) -> np.ndarray:
    """The strongest neighbours (m, count) of each row; -1 where there are fewer."""
    m, edges = graph.shape[0], graph.tocoo()
    order = np.lexsort((edges.col, -edges.data, edges.row))
    row, col = edges.row[order], edges.col[order]
    rank = np.arange(len(row)) - np.searchsorted(row, row)
    kept = rank < count
    strongest = np.full((m, count), -1, dtype=np.int64)
    strongest[row[kept], rank[kept]] = col[kept]
    return strongest


def _agreements(graphs: list[InputGraph], n_clusters: int) -> dict[str, float | None]:
    """Of each input the share of its edges that are near in the others, beyond chance; None where none can tell.

    It is the mean over the others, each of which has as much say as it finds agreement itself: noise has none.
    """
    m = len(graphs)
    lifts = np.full((m, m), np.nan)
    for i, one in enumerate(graphs):
        for j, other in enumerate(graphs):
            if i != j:
                lifts[i, j] = _lift(one, other, n_clusters)
    known = ~np.isnan(lifts)
    lifts, say = np.where(known, lifts, 0.0), np.ones(m)
    agreed = np.zeros(m)
    for _ in range(_ITERATIONS):
        agreed = (lifts @ say) / np.maximum(known @ say, 1e-12)
        say = np.maximum(agreed, _CHANCE)
    return {graph.name: float(agreed[i]) if known[i].any() else None for i, graph in enumerate(graphs)}


def agreement_with(graph: InputGraph, others: list[InputGraph], n_clusters: int) -> float:
    """The most agreement of one input with another; 0 where none can tell."""
    lifts = [_lift(graph, other, n_clusters) for other in others]
    return max((lift for lift in lifts if not np.isnan(lift)), default=0.0)


def _lift(graph: InputGraph, other: InputGraph, n_clusters: int) -> float:
    """How much more often than by chance neighbours are near in another input: at most 1, or NaN where none can tell.
    """
    m = graph.affinity.shape[0]
    place = np.full(m, -1)
    place[other.index] = np.arange(len(other.index))
    here = place[graph.index]  # of the rows of this graph, in the other
    both = np.flatnonzero(here >= 0)
    if len(both) < _FEWEST:
        return np.nan
    asked = Seeds(0).numpy("agreement", graph.name, other.name).permutation(both)[:_ASKED]
    count = max(5, round(len(other.index) / (2 * max(n_clusters, 2))))
    ends = here[graph.neighbors[asked]]  # (a, K)
    apart = distances(other.features[torch.from_numpy(here[asked])], other.features)  # (a, m_o)
    apart[torch.arange(len(asked)), torch.from_numpy(here[asked])] = torch.inf
    reach = apart.kthvalue(min(count, apart.shape[1] - 1), dim=1).values
    known = torch.from_numpy(ends >= 0)
    near = (apart.gather(1, torch.from_numpy(np.maximum(ends, 0))) <= reach[:, None]) & known
    if not bool(known.any()):
        return np.nan
    share, chance = float(near.sum() / known.sum()), count / (apart.shape[1] - 1)
    return (share - chance) / (1 - chance)


def _structure(graph: InputGraph, n_clusters: int) -> float:
    """Modularity of K-Means in the graph of the input, beyond that of a Gaussian of the same variances."""
    seeds = Seeds(0)
    drawn = seeds.numpy("structure", graph.name).permutation(len(graph.features))[:_MEASURED]
    features = graph.features[torch.from_numpy(np.sort(drawn))].cpu()
    generator = seeds.generator("gaussian", graph.name)
    noise = torch.randn(features.shape, generator=generator, dtype=features.dtype) * features.std(0, correction=0)
    kept = []
    for each in (features, noise):
        k = min(max(n_clusters, 2), len(each) // 2)
        labels = kmeans_partition(each, k, seeds.generator("k-means"))
        kept.append(modularity(neighbor_affinity(each, n_clusters, 15)[1], labels))
    return kept[0] - kept[1]
