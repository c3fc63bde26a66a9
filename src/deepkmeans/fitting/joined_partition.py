"""Which partition of rows with several inputs their networks are to learn.

Candidates are cuts of the graph by all inputs (:mod:`.joined_graph`), K-Means of all inputs side by side, and what
K-Means makes of each input by itself; one is chosen without labels, as for pictures. There are no over-clustering
rounds: small clusters of several inputs follow whatever any of them tells, a speaker as well as a word, and neighbours
in an embedding that has learnt them parted what the graph had together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from scipy.sparse import csr_matrix, diags

from ..graph import KMEANS, kmeans_partition, membership
from ..metrics.consensus import pairwise_nmi
from ..runtime import Seeds
from ..runtime.collective import SingleProcess
from .joined_graph import InputGraph
from .neighbor_graph import LandmarkGraph, neighbor_affinity
from .picture_partition import Cut, cut_graph

__all__ = ["find_joined_partition"]

#: Steps in which labels spread to rows that lack an input.
_SPREAD = 10
#: Weight of edges that are there so that no row is left by itself.
_WEAK = 0.01
#: Rows with all inputs that are worth a graph, and how much more a partition may tell of missing inputs than theirs.
_FEWEST, _MORE = 30, 0.05


def find_joined_partition(graph: LandmarkGraph, graphs: list[InputGraph], n_clusters: int) -> Cut:
    """Cut the graph of the landmarks by all inputs, and choose; ``graphs`` are those of each input.

    Where few rows have several inputs, rows that have the same ones hang together more than rows of one cluster. If
    that is what the choice tells, rows that have all inputs are divided alone, and the others follow their neighbours.
    """
    cut = _divide(graph, graphs, n_clusters)
    there = np.zeros((len(graphs), len(cut.labels)), dtype=bool)
    for number, each in enumerate(graphs):
        there[number, each.index] = True
    whole = np.flatnonzero(there.all(axis=0))
    if len(whole) == len(cut.labels) or len(whole) < max(_FEWEST, 4 * n_clusters):
        return cut
    features = graph.features[torch.from_numpy(whole).to(graph.features.device)]
    nearest = neighbor_affinity(features, n_clusters, graph.neighbors.shape[1])[1]
    affinity = (graph.affinity[whole][:, whole] + _WEAK * nearest).tocsr()
    part = replace(graph, features=features, affinity=affinity)
    alone = _divide(part, (), n_clusters)
    labels = _spread(graph.affinity, whole, alone.labels)
    shared, tells = _told_of_missing(cut.labels, there), _told_of_missing(labels, there)
    if shared < tells + _MORE or len(np.unique(labels)) < n_clusters:
        return cut
    reason = (
        f"of the {len(whole):,} rows that have all inputs: the best of all rows, {cut.choice.name}, rather tells which "
        f"inputs are missing (NMI {shared:.2f}, {tells:.2f})"
    )
    name = f"whole rows/{alone.choice.name}"
    choice = replace(cut.choice, name=name, labels=labels, reason=reason)
    return replace(cut, partitions=cut.partitions | {name: labels}, choice=choice, labels=labels)


def _divide(graph: LandmarkGraph, graphs: Sequence[InputGraph], n_clusters: int) -> Cut:
    seeds = Seeds(0)
    others = {KMEANS: kmeans_partition(graph.features, n_clusters, seeds.generator("k-means"))}
    for each in graphs:
        if len(graphs) > 1 and len(each.index) >= 4 * n_clusters:
            alone = kmeans_partition(each.features, n_clusters, seeds.generator("k-means", each.name))
            others[f"{each.name}/{KMEANS}"] = _spread(graph.affinity, each.index, alone)
    return cut_graph(graph.affinity, graph, n_clusters, "joined", others, SingleProcess())


def _told_of_missing(labels: np.ndarray, there: np.ndarray) -> float:
    """The most information that labels (m,) share with which rows have an input, (inputs, m)."""
    varying = [each.astype(np.int64) for each in there if not each.all()]
    every = {"labels": labels} | {str(number): each for number, each in enumerate(varying)}
    return float(pairwise_nmi(every)[0, 1:].max())


def _spread(affinity: csr_matrix, index: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Labels (m,) of all rows of a graph, of which those at ``index`` are known."""
    m, k = affinity.shape[0], int(labels.max()) + 1
    if len(index) == m:
        return labels
    known = np.zeros((m, k))
    known[index] = membership(labels, k).toarray()
    walk = diags(1 / np.maximum(np.asarray(affinity.sum(axis=1)).ravel(), 1e-300)) @ affinity
    shares = known.copy()
    for _ in range(_SPREAD):
        shares = walk @ shares
        shares[index] = known[index]
    return np.asarray(shares.argmax(axis=1))
