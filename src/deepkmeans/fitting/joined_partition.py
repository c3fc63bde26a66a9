"""Which partition of rows with several inputs their networks are to learn.

Candidates are cuts of the union of the graphs (:mod:`.joined_graph`), K-Means of all inputs side by side, and what each
input would be divided into by itself; one is chosen without labels, as for pictures. Where an input is a picture, or
the like, networks learn many small clusters first, and their embedding of all inputs gives another graph.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, diags

from ..encoders import Encoder
from ..graph import KMEANS, kmeans_partition, membership
from ..objectives import SelfLabelling
from ..runtime import Seeds
from .augmentation import pictures_of
from .context import FitContext
from .joined_graph import InputGraph, InputWeight
from .neighbor_graph import LandmarkGraph, neighbor_affinity
from .over_clustering import learn_over_clusters
from .picture_partition import Cut, cut_graph
from .result import Course

__all__ = ["JoinedPartition", "find_joined_partition"]

#: Steps in which labels spread to rows that lack an input.
_SPREAD = 10


@dataclass(frozen=True)
class JoinedPartition:
    """What was found of rows with several inputs.

    Attributes
    ----------
    cuts : tuple of Cut
        Of the union of the graphs, and of each over-clustering round; the last one counts.
    affinity : csr_matrix of shape (m, m)
        The graph of the last cut.
    space : Encoder or None
        The networks in whose embedding neighbours were sought last.
    """

    cuts: tuple[Cut, ...]
    affinity: csr_matrix
    space: Encoder | None

    @property
    def labels(self) -> np.ndarray:
        """Of the landmarks (m,)."""
        return self.cuts[-1].labels

    def candidates(self) -> dict[str, np.ndarray]:
        """Every partition (m,) that was compared, by stage and name."""
        return {f"{cut.stage}/{name}": labels for cut in self.cuts for name, labels in cut.partitions.items()}

    def report(self) -> dict[str, Any]:
        """What ``report_`` says of it."""
        rounds = [cut.report() for cut in self.cuts]
        return {"rounds": rounds, "chosen": rounds[-1]["chosen"], "reason": rounds[-1]["reason"]}


def find_joined_partition(
    context: FitContext, course: Course, strategy: SelfLabelling, graph: LandmarkGraph, graphs: list[InputGraph],
    weights: Mapping[str, InputWeight],
) -> JoinedPartition:  # fmt: skip
    """Cut the union of the graphs, and again after each over-clustering round."""
    k = context.n_clusters
    others = {KMEANS: kmeans_partition(graph.features, k, Seeds(0).generator("k-means"))}
    for each in graphs:
        if len(graphs) > 1 and len(each.index) >= 4 * k:
            own = kmeans_partition(each.features, k, Seeds(0).generator("k-means", each.name))
            others[f"{each.name}/{KMEANS}"] = _spread(graph.affinity, each.index, own)
    cuts = [cut_graph(graph.affinity, graph, k, "joined", others, context.collective)]
    affinity, space = graph.affinity, None
    for number in range(1, (strategy.n_rounds if pictures_of(context.encoder) else 0) + 1):
        learnt = learn_over_clusters(
            context, course, strategy, graph, affinity, cuts[-1].embedding, f"over-{number}"
        )  # fmt: skip
        space = learnt.encoder
        affinity = affinity + neighbor_affinity(learnt.embedding, k, strategy.n_neighbors)[1]
        cuts.append(cut_graph(
            affinity, graph, k, f"deep-{number}", others | {"before": cuts[-1].labels}, context.collective
        ))  # fmt: skip
    return JoinedPartition(tuple(cuts), affinity, space)


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
