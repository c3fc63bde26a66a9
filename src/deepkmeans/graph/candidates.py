"""Candidate partitions of one set of rows, the choice among them, and their vote."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
import torch
from scipy.optimize import linear_sum_assignment
from torch import Tensor

from ..kmeans import fit_kmeans
from ..metrics.consensus import pairwise_nmi
from ..metrics.internal import predictability
from .agglomeration import CRITERIA, MergeTree, agglomerate, coarsen, merge_trees
from .micro_clustering import micro_clusters
from .partition_quality import are_separate, modularity, spends_clusters
from .unknown_pairs import UnknownPairs

__all__ = [
    "KMEANS", "Choice", "choose", "graph_partitions", "kmeans_partition", "merge_tree", "over_partition", "vote",
]  # fmt: skip

#: Name of the candidate that needs no graph: K-Means of the rows.
KMEANS = "k-means"
_MICRO_CLUSTERINGS, _MICRO = 3, 600
_STARTS = 5
#: K-Means of the rows is kept where the graph sees this little difference to the best candidate.
_AS_GOOD = 0.995
#: Power of the agreement with the chosen partition that weighs a candidate's vote.
_VOTE_POWER = 8


def graph_partitions(
    graph: sp.csr_matrix, embedding: np.ndarray, n_clusters: int, generator: torch.Generator, *,
    present: np.ndarray | None = None,
) -> dict[str, np.ndarray]:  # fmt: skip
    """Partitions into ``n_clusters`` by merging micro-clusters under every criterion, and by spectral clustering.

    embedding : ndarray of shape (n, m), as :func:`spectral_embedding` gives it, m at least n_clusters
    present : ndarray of bool of shape (n, inputs) or None
        Which rows have which of several inputs whose graphs make the ``graph``; None: all.
    """
    n, partitions = len(embedding), dict[str, np.ndarray]()
    vectors = torch.from_numpy(embedding)
    unknown = None if present is None else UnknownPairs(graph, present)
    for run in range(_MICRO_CLUSTERINGS):
        micro_labels = micro_clusters(vectors, max(4 * n_clusters, min(_MICRO, n // 10)), generator)
        weights = coarsen(graph, micro_labels)
        chance = None if unknown is None else unknown.between(micro_labels)
        trees = merge_trees(weights, micro_labels, chance=chance)
        partitions |= {f"{criterion}/{run}": trees[criterion].labels(n_clusters) for criterion in CRITERIA}
    leading = vectors[:, :n_clusters].contiguous()
    partitions["spectral"] = fit_kmeans(leading, n_clusters, n_init=_STARTS, generator=generator).labels.numpy()
    return {name: labels for name, labels in partitions.items() if labels.max() + 1 == n_clusters}


def kmeans_partition(features: Tensor, n_clusters: int, generator: torch.Generator) -> np.ndarray:
    """Labels of K-Means of the rows themselves."""
    return np.asarray(fit_kmeans(features, n_clusters, n_init=_STARTS, generator=generator).labels.cpu().numpy())


def over_partition(
    graph: sp.csr_matrix, embedding: np.ndarray, n_clusters: int, generator: torch.Generator
) -> np.ndarray:
    """Many small, pure clusters, about ``n_clusters`` of them, merged by relative modularity."""
    n = len(embedding)
    size = max(4 * n_clusters, min(_MICRO, n // 10))
    micro_labels = micro_clusters(torch.from_numpy(embedding), size, generator)
    tree: MergeTree = agglomerate(coarsen(graph, micro_labels), micro_labels, "relative")
    return tree.labels(n_clusters)


def merge_tree(
    graph: sp.csr_matrix, embedding: np.ndarray, generator: torch.Generator, criterion: str = "modularity-0.5"
) -> MergeTree:
    """One merging of micro-clusters from which partitions into every number of clusters are read.

    The criterion is the one that alone comes nearest to known classes on most tables.
    """
    n = len(embedding)
    micro_labels = micro_clusters(torch.from_numpy(embedding), max(min(n, 60), min(_MICRO, n // 10)), generator)
    return agglomerate(coarsen(graph, micro_labels), micro_labels, criterion)


@dataclass(frozen=True)
class Choice:
    """The result of :func:`choose`.

    Attributes
    ----------
    name : str
        Of the winner.
    labels : ndarray of shape (n,)
        Of the winner.
    names : list of str; similarity : ndarray of shape (m, m)
        Agreement of all candidates.
    table : dict of name to scores
        consensus, and where they were needed modularity and predictability.
    reason : str
    """

    name: str
    labels: np.ndarray
    names: list[str]
    similarity: np.ndarray
    table: dict[str, dict[str, float]]
    reason: str


def choose(
    partitions: dict[str, np.ndarray], graph: sp.csr_matrix, features: np.ndarray, seed: int
) -> Choice:  # fmt: skip
    """The partition of pictures with the highest consensus (NMI) among all; no labels are looked at.

    Where the graph falls apart into k components of some size, only partitions that respect this are asked; those with
    clusters of one or two rows among many are not, if there are others. K-Means of
    the rows (n, d) is kept instead, being the simpler answer, where the graph's modularity sees no difference between
    it and the winner (less than 0.5%) and its labels are at least as predictable from the rows.
    """
    names = list(partitions)
    similarity = pairwise_nmi(partitions, np.random.RandomState(seed))
    consensus = similarity.mean(axis=1)
    order = consensus.copy()
    apart = np.array([are_separate(graph, labels) for labels in partitions.values()])
    if apart.any():
        order[~apart] = -np.inf
    spent = np.array([spends_clusters(labels) for labels in partitions.values()]) & ~apart
    if not spent.all():
        order[spent] = -np.inf
    best = names[int(order.argmax())]
    table = {name: {"consensus": float(c)} for name, c in zip(names, consensus, strict=True)}
    reason = f"highest consensus (NMI) of {len(names)} candidates: {order.max():.2f}"
    if apart.any():
        reason = f"one of {int(apart.sum())} candidates of {len(names)} whose clusters no edge of the graph joins"
    if KMEANS in names and best != KMEANS and not apart.any():
        for name in (best, KMEANS):
            table[name]["modularity"] = modularity(graph, partitions[name])
            table[name]["predictability"] = predictability(features, partitions[name], np.random.RandomState(seed))
        simple, winner = table[KMEANS], table[best]
        if (
            simple["modularity"] >= _AS_GOOD * winner["modularity"]
            and simple["predictability"] >= winner["predictability"]
        ):
            reason = f"simpler than {best}, and neither the graph nor a predictor prefers that one"
            best = KMEANS
    return Choice(best, partitions[best], names, similarity, table, reason)


def vote(choice: Choice, partitions: dict[str, np.ndarray], rounds: int = 5) -> np.ndarray:
    """Labels (n,) on which the candidates agree, starting from the chosen one.

    Each candidate's clusters are matched to the reference's one to one, and its rows vote with the 8th power of its
    agreement with the chosen partition, so that only its variations are heard; the result is the next reference. Single
    rows that one criterion has cut off by chance come back, and a fit depends less on the seed.
    """
    n, k = len(choice.labels), int(choice.labels.max()) + 1
    weights = choice.similarity[choice.names.index(choice.name)] ** _VOTE_POWER
    reference = choice.labels
    for _ in range(rounds):
        votes = np.zeros((n, k))
        for name, weight in zip(choice.names, weights, strict=True):
            labels = partitions[name]
            common = np.zeros((k, k))
            np.add.at(common, (labels, reference), 1)
            votes[np.arange(n), linear_sum_assignment(-common)[1][labels]] += weight
        before, reference = reference, votes.argmax(axis=1)
        if (before == reference).all():
            break
    return reference if len(np.unique(reference)) == k else choice.labels
