"""Test statistics that compare one partition of a pool with another, without known classes.

All are differences or properties of two partitions, the candidate and plain K-Means, seen by the other candidates
and by the neighbour graphs. A linear rule over them, learnt on tables with known classes (:mod:`.judge`), says how
much better the candidate is expected to be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import scipy.sparse as sp

from ..metrics.consensus import pairwise_nmi
from .partition_quality import modularity

__all__ = ["STATISTICS", "kind_of", "partition_statistics", "space_of"]

KINDS, SPACES = ("k-means", "mixture", "graph"), ("standard", "robust", "ranks")

#: Names of the numbers, in order.
STATISTICS: tuple[str, ...] = (
    "consensus_gain", "consensus_of_kmeans", "alike", "closer", "agreement", "agreement_spread",
    *(f"gain_by_{kind}" for kind in KINDS), *(f"gain_in_{space}" for space in SPACES),
    "modularity_gain", "modularity_gain_least", "modularity_gain_most",
    "evenness", "evenness_of_kmeans", "smallest", "largest_of_kmeans",
    "log_rows_a_cluster", "log_clusters", "few_values", "column_gain",
)  # fmt: skip


def kind_of(name: str) -> str:
    """Which kind of method made the candidate ``name``."""
    if "k-means" in name:
        return "k-means"
    return "mixture" if "mixture" in name or "spectral-" in name else "graph"


def space_of(name: str) -> str:
    """In which space the candidate ``name`` was found."""
    return name.split("/")[0]


def partition_statistics(
    names: Sequence[str], similarity: np.ndarray, votes: np.ndarray, partitions: Mapping[str, np.ndarray],
    graphs: Mapping[str, sp.csr_matrix], candidate: int, null: int, *, weight: np.ndarray, few_values: float,
    coded: np.ndarray | None = None,
) -> dict[str, float]:  # fmt: skip
    """The numbers of :data:`STATISTICS` for one candidate.

    Parameters
    ----------
    names : list of str
        Of the pool of m partitions.
    similarity : ndarray of shape (m, m)
        Normalised mutual information.
    votes : ndarray of shape (m,)
        What each counts in the consensus.
    partitions : dict of str to ndarray of shape (n,)
    graphs : dict of str to csr_matrix of shape (n, n)
    candidate, null : int
        Positions of the candidate and of plain K-Means in ``names``.
    weight : ndarray of shape (n,)
        Copies of each row.
    few_values : float
        Share of the columns that have ten values or fewer.
    coded : ndarray of shape (n, c) or None
        Those columns, each value by its number; ``"column_gain"`` is how much more information the candidate shares
        with one of them than K-Means does, 0 without any.
    """
    labels, plain = partitions[names[candidate]], partitions[names[null]]
    consensus = similarity @ votes / votes.sum()
    ahead = similarity[:, candidate] - similarity[:, null]
    kinds = np.array([kind_of(name) for name in names])
    spaces = np.array([space_of(name) for name in names])
    gains = [modularity(graph, labels) - modularity(graph, plain) for graph in graphs.values()] or [0.0]
    k = int(max(labels.max(), plain.max())) + 1
    shares, shares_plain = (np.bincount(x, weights=weight, minlength=k) / weight.sum() for x in (labels, plain))
    others = np.delete(np.arange(len(names)), null)
    values = [
        consensus[candidate] - consensus[null], consensus[null], similarity[candidate, null],
        float((ahead > 1e-9).mean()), float(similarity.mean()), float(similarity.std()),
        *(_mean(ahead[others][kinds[others] == kind]) for kind in KINDS),
        *(_mean(ahead[others][spaces[others] == space]) for space in SPACES),
        float(np.mean(gains)), min(gains), max(gains),
        _evenness(shares), _evenness(shares_plain), float(shares.min() * k), float(shares_plain.max()),
        float(np.log(weight.sum() / k)), float(np.log(k)), few_values,
        _column_gain(labels, plain, coded, weight),
    ]  # fmt: skip
    return {name: float(value) for name, value in zip(STATISTICS, values, strict=True)}


def _column_gain(labels: np.ndarray, plain: np.ndarray, coded: np.ndarray | None, weight: np.ndarray) -> float:
    if coded is None or not coded.shape[1]:
        return 0.0
    gains = []
    for column in coded.T:
        shared = pairwise_nmi({"candidate": labels, "plain": plain, "column": column}, weight=weight)[2]
        gains.append(shared[0] - shared[1])
    return float(max(gains))


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else 0.0


def _evenness(shares: np.ndarray) -> float:
    """Entropy of the shares over its largest value: 1 where all clusters are of one size."""
    present = shares[shares > 0]
    return float(-(present * np.log(present)).sum() / np.log(max(len(shares), 2)))
