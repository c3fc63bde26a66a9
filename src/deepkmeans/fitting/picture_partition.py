"""Which partition of images the network is to learn, or whether K-Means of the pixels is the answer already.

The neighbour graph of the landmarks is cut in many ways, K-Means beside them, and one partition is chosen without
labels. In each over-clustering round a network learns a partition into many small clusters from augmented views, its
embedding gives a second graph, and both graphs together are cut again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from ..encoders import Encoder
from ..graph import KMEANS, Choice, choose, graph_partitions, kmeans_partition, vote
from ..objectives import SelfLabelling
from ..runtime import Seeds
from ..runtime.collective import Collective
from .agreement import labels_of_first, name_of_first
from .augmentation import image_augmentation
from .context import FitContext
from .neighbor_graph import LandmarkGraph, neighbor_affinity
from .over_clustering import embed_graph, learn_over_clusters
from .result import Course

__all__ = ["Cut", "PicturePartition", "cut_graph", "find_picture_partition"]

_EXTRA_VECTORS = 10


@dataclass(frozen=True)
class Cut:
    """One look at a graph of the landmarks.

    Attributes
    ----------
    stage : str
    embedding : ndarray of shape (m, e)
        Spectral, of the graph.
    partitions : dict of str to ndarray of shape (m,)
        The candidates.
    choice : Choice
    labels : ndarray of shape (m,)
        On which the candidates agree, starting from the choice; those of K-Means as they are.
    """

    stage: str
    embedding: np.ndarray
    partitions: dict[str, np.ndarray]
    choice: Choice
    labels: np.ndarray

    def report(self) -> dict[str, Any]:
        """What ``report_["rounds"]`` says of it."""
        choice = self.choice
        return {
            "stage": self.stage, "chosen": choice.name, "reason": choice.reason, "candidates": choice.table,
        }  # fmt: skip


@dataclass(frozen=True)
class PicturePartition:
    """What was found of images.

    Attributes
    ----------
    cuts : tuple of Cut
        Of the rows, and of each over-clustering round; the last one counts.
    affinity : csr_matrix of shape (m, m)
        The graph of the last cut.
    space : Encoder or None
        The network in whose embedding neighbours were sought last.
    """

    cuts: tuple[Cut, ...]
    affinity: csr_matrix
    space: Encoder | None

    @property
    def labels(self) -> np.ndarray:
        """Of the landmarks (m,)."""
        return self.cuts[-1].labels

    @property
    def is_kmeans(self) -> bool:
        """Whether K-Means of the pixels was chosen."""
        return self.cuts[-1].choice.name == KMEANS

    def candidates(self) -> dict[str, np.ndarray]:
        """Every partition (m,) that was compared, by stage and name."""
        return {f"{cut.stage}/{name}": labels for cut in self.cuts for name, labels in cut.partitions.items()}

    def report(self) -> dict[str, Any]:
        """What ``report_`` says of it."""
        rounds = [cut.report() for cut in self.cuts]
        return {"rounds": rounds, "chosen": rounds[-1]["chosen"], "reason": rounds[-1]["reason"]}


def find_picture_partition(
    context: FitContext, course: Course, strategy: SelfLabelling, graph: LandmarkGraph
) -> PicturePartition:
    """Cut the graph of the landmarks, and again after each over-clustering round."""
    k = context.n_clusters
    simple = kmeans_partition(graph.features, k, Seeds(0).generator("k-means"))
    affinity, space = graph.affinity, None
    cuts = [cut_graph(affinity, graph, k, "graph", {KMEANS: simple}, context.collective)]
    n_rounds = 0 if image_augmentation(context.encoder) is None else strategy.n_rounds
    for number in range(1, n_rounds + 1):
        learnt = learn_over_clusters(
            context, course, strategy, graph, affinity, cuts[-1].embedding, f"over-{number}"
        )  # fmt: skip
        space = learnt.encoder
        affinity = affinity + neighbor_affinity(learnt.embedding, k, strategy.n_neighbors)[1]
        others = {KMEANS: simple, "before": cuts[-1].labels}
        cuts.append(cut_graph(affinity, graph, k, f"deep-{number}", others, context.collective))
    return PicturePartition(tuple(cuts), affinity, space)


def cut_graph(
    affinity: csr_matrix, graph: LandmarkGraph, n_clusters: int, stage: str, others: dict[str, np.ndarray],
    collective: Collective, present: np.ndarray | None = None,
) -> Cut:  # fmt: skip
    """Cut a graph in many ways and choose, alike whatever ``random_state``; ``others`` are candidates, too.

    ``present`` (m, inputs) says which landmarks have which of several inputs; None: all.
    """
    seeds = Seeds(0)
    embedding = embed_graph(affinity, n_clusters, stage)
    coordinates = np.ascontiguousarray(embedding[:, : n_clusters + _EXTRA_VECTORS])
    generator = seeds.generator("cut", stage)
    partitions = graph_partitions(affinity, coordinates, n_clusters, generator, present=present) | others
    features = graph.features.cpu().numpy()
    choice = choose(partitions, affinity, features, seeds.seed("choice", stage) % 2**32)
    chosen = name_of_first(choice.name, sorted(partitions), collective)
    choice = choice if chosen == choice.name else replace(choice, name=chosen, labels=partitions[chosen])
    labels = choice.labels if choice.name == KMEANS else vote(choice, partitions)
    labels = labels_of_first(labels, collective)
    return Cut(stage, embedding, partitions, choice, labels)
