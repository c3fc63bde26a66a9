"""Evidence on the number of clusters of one table: valleys, criteria, choice. Shared by estimator and search."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .affinity import affinity
from .agglomeration import MergeTree
from .candidates import merge_tree
from .curves import Partitioner, criteria_curves, principal_box, suggestions
from .n_clusters import choose_n_clusters, weigh_modules
from .spectral import spectral_embedding
from .valleys import density_valleys, neighbors_without_hubs

__all__ = ["default_k_range", "graph_merge_tree", "merged_partitions", "n_clusters_evidence"]

_NEIGHBORS = 15
_COMPONENTS = 40
#: Rows on which the criteria are measured.
_CRITERIA_ROWS = 2000
#: Samples of the rows, and their share, in which the valleys are looked for again.
_SAMPLES, _SHARE = 3, 0.8
#: Largest k that is tried by default.
_MOST = 40


def default_k_range(n_rows: int) -> list[int]:
    """1 to 40, at most twice the root of the number of rows, and fewer than the rows."""
    return list(range(1, max(1, min(_MOST, int(2 * math.sqrt(n_rows)), n_rows - 1)) + 1))


def graph_merge_tree(X: Tensor, seed: int) -> MergeTree:
    """The merging of the neighbour graph of rows X (n, d), for partitions into every number of clusters."""
    index, distance, *_ = neighbors_without_hubs(X, min(_NEIGHBORS, len(X) - 1))
    graph = affinity(index, distance)
    embedding = spectral_embedding(graph, min(_COMPONENTS, len(X) - 1), np.random.RandomState(seed % 2**32))
    return merge_tree(graph, embedding, torch.Generator().manual_seed(seed))


def merged_partitions(X: np.ndarray, ks: Sequence[int], seed: int) -> dict[int, np.ndarray]:
    """A :data:`~.curves.Partitioner` that reads every k from one merging, so that nothing is trained for each."""
    tree = graph_merge_tree(torch.from_numpy(X), seed)
    return {k: tree.labels(k) for k in ks if k <= len(tree.merges) + 1}


def _modules(tree: MergeTree) -> int:
    """Clusters at which merging on would lose modularity."""
    return int((tree.gains <= 0).sum()) + 1


def n_clusters_evidence(
    X: Tensor, ks: Sequence[int], random_state: np.random.RandomState, *, partition: Partitioner = merged_partitions,
    n_references: int = 5, n_resamples: int = 5,
) -> dict[str, Any]:  # fmt: skip
    """Choice and curves for rows ``X`` (n, d), dense, float32.

    Returns
    -------
    dict, JSON-safe
        ``n_clusters``, ``second``, ``confidence``, ``confident``, ``reason``, ``k`` (those tried), ``belief`` (a
        probability for each of them), ``curves`` (of each criterion a list aligned with ``k``, None where it is not
        defined) and ``suggestions`` (the k that each criterion alone would choose).
    """
    ks = sorted({int(k) for k in ks})
    tree = density_valleys(X, random_state)
    n = len(X)
    drawn = [np.sort(random_state.permutation(n)[: int(_SHARE * n)]) for _ in range(_SAMPLES)]
    samples = [density_valleys(X[torch.from_numpy(rows).to(X.device)], random_state) for rows in drawn]
    choice = choose_n_clusters(tree, ks, samples)
    rows = np.sort(random_state.permutation(len(X))[:_CRITERIA_ROWS])
    sample = X[torch.from_numpy(rows).to(X.device)].cpu()
    curves = criteria_curves(
        sample.numpy(), partition, ks, random_state, n_references=n_references, n_resamples=n_resamples
    )
    merging = graph_merge_tree(sample, int(random_state.randint(2**31 - 1)))
    curves["merge_gain"] = [merging.gain(k) for k in ks]
    box = graph_merge_tree(torch.from_numpy(principal_box(sample.numpy(), random_state)), 0)
    choice = weigh_modules(choice, _modules(merging), _modules(box))
    return {
        "n_clusters": choice.n_clusters, "second": choice.second, "confidence": choice.confidence,
        "confident": choice.confident, "reason": choice.reason, "k": ks,
        "belief": [choice.belief.get(k, 0.0) for k in ks], "suggestions": suggestions(ks, curves),
        "curves": {name: [v if math.isfinite(v) else None for v in values] for name, values in curves.items()},
    }  # fmt: skip
