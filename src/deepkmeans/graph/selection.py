"""Statistics on the number of clusters of one table: gaps, criteria, choice. Shared by estimator and search."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..metrics.division import Reference, division_in_words, useful_division
from ..metrics.n_clusters_criteria import CURVES, Partitioner, criteria_curves, principal_box, suggestions
from .affinity import affinity
from .agglomeration import MergeTree
from .candidates import merge_tree
from .few_distinct import FewDistinct, weigh_distinct
from .groups_apart import weigh_groups_apart
from .low_density import FEWEST_ROWS, density_gaps, neighbors_without_hubs
from .n_clusters import CLEAR_IN_EMBEDDING, choose_n_clusters, second_opinion, weigh_modularity
from .n_clusters_levels import Levels, classes_of_levels, weigh_levels
from .neighbors import N_NEIGHBORS
from .spectral import spectral_embedding

__all__ = [
    "default_k_range",
    "graph_merge_tree",
    "merged_partitions",
    "n_clusters_statistics",
    "statistics_of_one_row",
]  # fmt: skip

_COMPONENTS = 40
#: Rows on which the criteria are measured.
_CRITERIA_ROWS = 2000
#: Samples of the rows, and their share, in which the gaps are looked for again.
_SAMPLES, _SHARE = 3, 0.8
#: Largest k that is tried by default.
_MOST = 40


def default_k_range(n_samples: int) -> list[int]:
    """1 to 40, at most twice the root of the number of rows, and fewer than the rows."""
    return list(range(1, max(1, min(_MOST, int(2 * math.sqrt(n_samples)), n_samples - 1)) + 1))


def graph_merge_tree(X: Tensor, seed: int) -> MergeTree:
    """The merging of the neighbour graph of rows X (n, d), for partitions into every number of clusters."""
    index, distance, *_ = neighbors_without_hubs(X, min(N_NEIGHBORS, len(X) - 1))
    graph = affinity(index, distance)
    embedding = spectral_embedding(graph, min(_COMPONENTS, len(X) - 1), np.random.RandomState(seed % 2**32))
    return merge_tree(graph, embedding, torch.Generator().manual_seed(seed))


def merged_partitions(X: np.ndarray, ks: Sequence[int], seed: int) -> dict[int, np.ndarray]:
    """A ``Partitioner`` that reads every k from one merging, so that nothing is trained for each."""
    tree = graph_merge_tree(torch.from_numpy(X), seed)
    return {k: tree.labels(k) for k in ks if k <= len(tree.merges) + 1}


def _n_communities(tree: MergeTree) -> int:
    """Clusters at which merging on would lose modularity."""
    return int((tree.gains <= 0).sum()) + 1


def n_clusters_statistics(
    X: Tensor, ks: Sequence[int], random_state: np.random.RandomState, *, partition: Partitioner = merged_partitions,
    n_references: int = 5, n_resamples: int = 5, learnt_from: Tensor | None = None, levels: Levels | None = None,
    n_apart: int = 1, distinct: FewDistinct | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Choice and curves for rows ``X`` (n, d), dense, float32.

    learnt_from : Tensor of shape (n, p) or None
        Pictures in their principal components, if ``X`` is the embedding of a network trained on an over-clustering of
        them.
    levels : Levels or None
        Of a table of several kinds of columns, the same rows in groups of like cells, or more of them.
    n_apart : int, default=1
        Of texts, the groups that share no word, see :func:`.groups_apart.n_groups_apart`.
    distinct : FewDistinct or None
        The different rows before any projection, if they are few.

    Returns
    -------
    dict, JSON-safe
        ``n_clusters``, ``second``, ``confidence``, ``confident``, ``reason``, ``k`` (those tried), ``posterior`` (the
        probability of each of them), ``curves`` (of each criterion a list aligned with ``k``, None where it is not
        defined), ``suggestions`` (the k that each criterion alone would choose) and ``useful_division``: where
        ``n_clusters`` is 1, what :func:`..metrics.division.useful_division` found (of pictures: in ``learnt_from``).
    """
    ks = sorted({int(k) for k in ks})
    clear = 0.0 if learnt_from is None else CLEAR_IN_EMBEDDING
    tree = density_gaps(X, random_state, clear=clear)
    n = len(X)
    drawn = [np.sort(random_state.permutation(n)[: int(_SHARE * n)]) for _ in range(_SAMPLES)]
    subsamples = [X[torch.from_numpy(rows).to(X.device)] for rows in drawn]
    samples = [density_gaps(part, random_state, clear=clear) for part in subsamples]
    choice = choose_n_clusters(tree, ks, samples, learnt=learnt_from is not None)
    rows = np.sort(random_state.permutation(len(X))[:_CRITERIA_ROWS])
    sample = X[torch.from_numpy(rows).to(X.device)].cpu()
    references: list[Reference] = []
    measure = functools.partial(
        criteria_curves, partition=partition, ks=ks, random_state=random_state, n_references=n_references,
        n_resamples=n_resamples, references=references,
    )  # fmt: skip
    curves = measure(sample.numpy())
    merging = graph_merge_tree(sample, int(random_state.randint(2**31 - 1)))
    curves["merge_gain"] = [merging.gain(k) for k in ks]
    if learnt_from is None:
        box = graph_merge_tree(torch.from_numpy(principal_box(sample.numpy(), random_state)), 0)
        choice = weigh_modularity(choice, _n_communities(merging), _n_communities(box))
    else:
        choice = second_opinion(choice, choose_n_clusters(density_gaps(learnt_from, random_state), ks))
    choice = weigh_distinct(choice, distinct, ks)
    classes = None if levels is None else classes_of_levels(levels, ks, random_state)
    choice = choice if classes is None else weigh_levels(choice, classes)
    choice = weigh_groups_apart(choice, n_apart, ks)
    alone, reason, division = suggestions(ks, curves), choice.reason, None
    # Structureless boxes say nothing of rows of levels, which are divided at any column.
    divisible = classes is None or not classes.only_levels
    if choice.n_clusters == 1 and divisible and n >= FEWEST_ROWS and n_references and n_resamples and max(ks) > 1:
        if learnt_from is None:
            division = useful_division(sample.numpy(), ks, curves, alone, references)
        else:  # an embedding of an over-clustering has gaps whatever the rows are
            rows = np.sort(random_state.permutation(len(learnt_from))[:_CRITERIA_ROWS])
            pixels = learnt_from[torch.from_numpy(rows).to(learnt_from.device)].cpu().numpy()
            references.clear()
            plain = measure(pixels)
            division = useful_division(pixels, ks, plain, suggestions(ks, plain), references)
        option = "" if division is None else f"n_clusters={division['n_clusters']}"
        reason = f"{reason}; {division_in_words(division, option)}"
    return {
        "n_clusters": choice.n_clusters, "second": choice.second, "confidence": choice.confidence,
        "confident": choice.confident, "reason": reason, "k": ks,
        "posterior": [choice.posterior.get(k, 0.0) for k in ks], "suggestions": alone, "useful_division": division,
        "curves": {name: [v if math.isfinite(v) else None for v in values] for name, values in curves.items()},
    }  # fmt: skip


def statistics_of_one_row(n_samples: int, ks: Sequence[int]) -> dict[str, Any]:
    """The same as :func:`n_clusters_statistics`, of ``n_samples`` copies of one row."""
    ks, empty = sorted({int(k) for k in ks}), [None] * len(set(ks))
    return {
        "n_clusters": 1, "second": None, "confidence": 1.0, "confident": True,
        "reason": f"no clear structure: all {n_samples} rows are the same", "k": ks,
        "posterior": [float(k == 1) for k in ks], "suggestions": {}, "useful_division": None,
        "curves": {name: list(empty) for name in CURVES},
    }  # fmt: skip
