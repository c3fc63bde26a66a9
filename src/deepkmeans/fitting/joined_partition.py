"""Which partition of rows with several inputs their networks are to learn.

Candidates are cuts of the graph by all inputs (:mod:`.joined_graph`), K-Means of all inputs side by side, and what
K-Means makes of each input by itself; one is chosen without labels, as for pictures. There are no over-clustering
rounds of all inputs together: small clusters of several follow whatever any of them tells, a speaker as well as a word,
and neighbours in an embedding that has learnt them parted what the graph had together. Pictures learn theirs alone:
:mod:`.joined_pictures`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.sparse import csr_matrix, diags

from ..graph import KMEANS, kmeans_partition, membership
from ..runtime import Seeds
from ..runtime.collective import SingleProcess
from .joined_graph import InputGraph
from .neighbor_graph import LandmarkGraph
from .picture_partition import Cut, cut_graph
from .wanted_partition import refuse_unknown_partition

__all__ = ["find_joined_partition"]

#: Steps in which labels spread to rows that lack an input.
_SPREAD = 10


def find_joined_partition(
    graph: LandmarkGraph, graphs: Sequence[InputGraph], n_clusters: int, wanted: str | None = None
) -> Cut:  # fmt: skip
    """Cut the graph of the landmarks by all inputs, and choose, or take the candidate that is ``wanted``; ``graphs``
    are those of each input."""
    seeds = Seeds(0)
    others = {KMEANS: kmeans_partition(graph.features, n_clusters, seeds.generator("k-means"))}
    present = np.zeros((len(graph.features), len(graphs)), dtype=bool)
    for number, each in enumerate(graphs):
        present[each.index, number] = True
        if len(graphs) > 1 and len(each.index) >= 4 * n_clusters:
            alone = kmeans_partition(each.features, n_clusters, seeds.generator("k-means", each.name))
            others[f"{each.name}/{KMEANS}"] = _spread(graph.affinity, each.index, alone)
    lacking = None if present.all() else present
    cut = cut_graph(graph.affinity, graph, n_clusters, "joined", others, SingleProcess(), lacking)
    refuse_unknown_partition(wanted, cut.partitions)
    if wanted is None:
        return cut
    labels, reason = cut.partitions[wanted], f"asked for by partition={wanted!r}"
    return replace(cut, choice=replace(cut.choice, name=wanted, labels=labels, reason=reason), labels=labels)


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
