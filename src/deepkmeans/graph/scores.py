"""What a partition says about itself, without known classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import scipy.sparse as sp
import torch
from sklearn.metrics import normalized_mutual_info_score
from sklearn.metrics.pairwise import euclidean_distances

__all__ = [
    "agreement", "are_separate", "conductance", "macro_silhouettes", "modularity", "most_agreed", "predictability",
    "sampled_silhouette",
]  # fmt: skip

_AGREEMENT_ROWS = 4000
_SILHOUETTE_ROWS = 3000
_PREDICT_ROWS = 3000
_FEATURES = 300
_FOLDS = 5
#: Clusters with less weight than this between them, and none smaller than a tenth of the mean, are separate.
_SEPARATE, _SMALL = 0.002, 0.1


def _some(n: int, limit: int, random_state: np.random.RandomState) -> np.ndarray:
    return random_state.permutation(n)[:limit]


def agreement(
    partitions: Mapping[str, np.ndarray], random_state: np.random.RandomState | None = None,
    weight: np.ndarray | None = None,
) -> np.ndarray:  # fmt: skip
    """Normalised mutual information of all pairs of partitions, (m, m); on at most 4,000 rows with ``random_state``.

    All contingency tables come from one product, which is what makes hundreds of pairs cheap. A weight (n,) of 2 counts
    as two rows.
    """
    labels = list(partitions.values())
    n = len(labels[0])
    rows = np.arange(n) if random_state is None else _some(n, _AGREEMENT_ROWS, random_state)
    numbered = [_numbered(own[rows]) for own in labels]
    starts = np.cumsum([0, *(int(own.max()) + 1 for own in numbered)])
    # Counts are whole numbers, exact in half the bytes; torch's product keeps to the threads that this work is given.
    together = np.zeros((len(rows), starts[-1]), dtype=np.float32 if weight is None else np.float64)
    entry = np.float64(1) if weight is None else np.sqrt(weight[rows] / weight[rows].sum())
    for own, start in zip(numbered, starts, strict=False):
        together[np.arange(len(rows)), start + own] = entry
    starts = starts[:-1]
    own_rows = torch.from_numpy(together)
    joint = (own_rows.T @ own_rows).double().numpy() / (len(rows) if weight is None else 1.0)
    share = joint.diagonal()  # (sum of k,)
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = np.where(joint > 0, joint * np.log(joint / np.outer(share, share)), 0.0)
    information = np.add.reduceat(np.add.reduceat(gain, starts, axis=0), starts, axis=1)
    entropy = information.diagonal()
    mean = (entropy[:, None] + entropy) / 2
    return np.where(mean > 0, information / np.where(mean > 0, mean, 1), 1.0)


def most_agreed(
    solutions: Sequence[np.ndarray], others: Mapping[str, np.ndarray], weight: np.ndarray | None = None
) -> int:
    """Which of ``solutions``, each (n,), shares most information with all ``others``, (n,) too; the first of equals."""
    if len(solutions) == 1 or not others:
        return 0
    every = {str(i): own for i, own in enumerate(solutions)} | {f"other {name}": own for name, own in others.items()}
    shared = agreement(every, weight=weight)[: len(solutions), len(solutions) :]
    return int(np.argmax(np.round(shared.mean(axis=1), 9)))


def macro_silhouettes(
    X: np.ndarray, partitions: Mapping[str, np.ndarray], random_state: np.random.RandomState
) -> np.ndarray:
    """Of each partition the mean over its clusters of their mean silhouette in ``X`` (n, d); small ones count fully.

    On at most 3,000 rows, whose distances are computed once for all partitions. -1 for a single cluster.
    """
    rows = _some(len(X), _SILHOUETTE_ROWS, random_state)
    distance = euclidean_distances(X[rows]).astype(np.float32)  # (r, r)
    return np.array([_macro_silhouette(distance, labels[rows]) for labels in partitions.values()])


def sampled_silhouette(X: np.ndarray, labels: np.ndarray, random_state: np.random.RandomState) -> float:
    """Macro-averaged silhouette on rows drawn from every cluster alike, at most 3,000 in all: small ones are seen well.

    A cluster gives at most its part of the 3,000; one with fewer rows gives them all. -1 for a single cluster.
    """
    clusters = np.unique(labels)
    most = max(2, _SILHOUETTE_ROWS // len(clusters))
    rows = np.concatenate([_some_of(np.flatnonzero(labels == cluster), most, random_state) for cluster in clusters])
    return _macro_silhouette(euclidean_distances(X[rows]).astype(np.float32), labels[rows])


def _some_of(rows: np.ndarray, limit: int, random_state: np.random.RandomState) -> np.ndarray:
    return rows[_some(len(rows), limit, random_state)]


def _macro_silhouette(distance: np.ndarray, labels: np.ndarray) -> float:
    own = np.unique(labels, return_inverse=True)[1].reshape(-1)
    inside = _one_hot(own)
    size = inside.sum(axis=0)
    if not 1 < len(size) < len(own):
        return -1.0
    to = (distance @ inside.astype(np.float32)).astype(np.float64)  # (r, k) sums of distances
    at = np.arange(len(own)), own
    near = to[at] / np.maximum(size[own] - 1, 1)
    to /= size
    to[at] = np.inf
    far = to.min(axis=1)
    value = np.where(size[own] > 1, (far - near) / np.maximum(np.maximum(near, far), 1e-30), 0.0)
    return float((inside.T @ value / size).mean())


def _numbered(labels: np.ndarray) -> np.ndarray:
    """Labels, whole numbers from 0, without gaps."""
    return ((np.bincount(labels) > 0).cumsum() - 1)[labels]


def _one_hot(labels: np.ndarray) -> np.ndarray:
    own = _numbered(labels)
    return np.eye(int(own.max()) + 1)[own]


def modularity(graph: sp.csr_matrix, labels: np.ndarray) -> float:
    """Newman's modularity: the share of weight inside clusters beyond what volumes alone would give."""
    inside, volume = _inside(graph, labels)
    total = volume.sum()
    return float((inside / total - (volume / total) ** 2).sum())


def _inside(graph: sp.csr_matrix, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of each cluster (k,): the weight between its rows, and all weight of its rows."""
    k, from_ = int(labels.max()) + 1, np.repeat(labels, np.diff(graph.indptr))
    same = from_ == labels[graph.indices]
    inside = np.bincount(from_[same], weights=graph.data[same], minlength=k)
    return inside, np.bincount(from_, weights=graph.data, minlength=k)


def conductance(graph: sp.csr_matrix, labels: np.ndarray) -> float:
    """Of the least separated cluster: the share of its weight that leads out of it. 0: no edge between clusters."""
    inside, volume = _inside(graph, labels)
    return float((1 - inside / np.maximum(volume, 1e-300)).max())


def are_separate(graph: sp.csr_matrix, labels: np.ndarray, weight: np.ndarray | None = None) -> bool:
    """Whether next to no weight of the graph leads from one cluster to another, and no cluster is a crumb."""
    sizes = np.bincount(labels, weights=weight)
    return bool(sizes.min() >= _SMALL * sizes.mean()) and conductance(graph, labels) <= _SEPARATE


def predictability(X: np.ndarray, labels: np.ndarray, random_state: np.random.RandomState) -> float:
    """How well a small network, taught the labels of four fifths of the rows, tells those of the last fifth.

    Normalised mutual information on at most 3,000 rows. The network has one fixed layer of 300 random cosines (Rahimi &
    Recht, NIPS 2007) beside the columns themselves, and a ridge regression on top.
    """
    rows = _some(len(labels), _PREDICT_ROWS, random_state)
    x = X[rows].astype(np.float64)
    x = (x - x.mean(axis=0)) / max(float(np.sqrt(x.var(axis=0).sum())), 1e-12)
    weights = random_state.randn(x.shape[1], _FEATURES)
    h = np.hstack([np.cos(x @ weights + random_state.uniform(0, 2 * np.pi, _FEATURES)), x * np.sqrt(x.shape[1])])
    h = np.hstack([h, np.ones((len(h), 1))])
    _, own = np.unique(labels[rows], return_inverse=True)
    one_hot = np.eye(int(own.max()) + 1)[own]
    told = np.empty(len(own), dtype=np.int64)
    fold = np.arange(len(own)) % _FOLDS
    for f in range(_FOLDS):
        train, held = fold != f, fold == f
        gram = h[train].T @ h[train] + np.eye(h.shape[1])
        told[held] = (h[held] @ np.linalg.solve(gram, h[train].T @ one_hot[train])).argmax(axis=1)
    return float(normalized_mutual_info_score(own, told))
