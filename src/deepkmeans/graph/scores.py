"""What a partition says about itself, without known classes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import scipy.sparse as sp
from sklearn.metrics import normalized_mutual_info_score, silhouette_samples

from .affinity import membership

__all__ = ["agreement", "conductance", "macro_silhouette", "modularity", "predictability"]

_AGREEMENT_ROWS = 4000
_SILHOUETTE_ROWS = 3000
_PREDICT_ROWS = 3000
_FEATURES = 300
_FOLDS = 5


def _some(n: int, limit: int, random_state: np.random.RandomState) -> np.ndarray:
    return random_state.permutation(n)[:limit]


def agreement(partitions: Mapping[str, np.ndarray], random_state: np.random.RandomState) -> np.ndarray:
    """Normalised mutual information of all pairs of partitions, (m, m), on at most 4,000 rows."""
    labels = list(partitions.values())
    rows = _some(len(labels[0]), _AGREEMENT_ROWS, random_state)
    table = np.eye(len(labels))
    for a in range(len(labels)):
        for b in range(a):
            table[a, b] = table[b, a] = normalized_mutual_info_score(labels[a][rows], labels[b][rows])
    return table


def macro_silhouette(X: np.ndarray, labels: np.ndarray, random_state: np.random.RandomState) -> float:
    """Mean over the clusters of their mean silhouette in ``X``, on at most 3,000 rows; small ones count fully."""
    rows = _some(len(labels), _SILHOUETTE_ROWS, random_state)
    own = labels[rows]
    present = np.unique(own)
    if not 1 < len(present) < len(own):
        return -1.0
    value = silhouette_samples(X[rows], own)
    return float(np.mean([value[own == c].mean() for c in present]))


def modularity(graph: sp.csr_matrix, labels: np.ndarray) -> float:
    """Newman's modularity: the share of weight inside clusters beyond what volumes alone would give."""
    parts = membership(labels, int(labels.max()) + 1)
    inside = np.asarray((parts.T @ graph @ parts).diagonal())
    volume = np.asarray(parts.T @ np.asarray(graph.sum(axis=1))).ravel()
    total = volume.sum()
    return float((inside / total - (volume / total) ** 2).sum())


def conductance(graph: sp.csr_matrix, labels: np.ndarray) -> float:
    """Of the least separated cluster: the share of its weight that leads out of it. 0: no edge between clusters."""
    parts = membership(labels, int(labels.max()) + 1)
    inside = np.asarray((parts.T @ graph @ parts).diagonal())
    volume = np.asarray(parts.T @ np.asarray(graph.sum(axis=1))).ravel()
    return float((1 - inside / np.maximum(volume, 1e-300)).max())


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
