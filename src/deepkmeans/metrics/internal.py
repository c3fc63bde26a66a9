"""What a partition says about itself, without known classes and without a graph."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from sklearn.metrics import normalized_mutual_info_score
from sklearn.metrics.pairwise import euclidean_distances

from .label_numbers import one_hot

__all__ = ["inertia", "log_inertia", "macro_silhouettes", "predictability", "sampled_silhouette"]

#: Rows whose distances to each other are computed, and rows that a predictor learns from.
_SILHOUETTE_ROWS, _PREDICT_ROWS = 3000, 3000
#: Random features of the predictor, and folds.
_FEATURES, _FOLDS = 300, 5


def inertia(X: np.ndarray, labels: np.ndarray) -> float:
    """Sum of squared distances of the rows (m, d) to the mean of their cluster."""
    total = 0.0
    for cluster in np.unique(labels):
        members = X[labels == cluster]
        total += float(((members - members.mean(axis=0)) ** 2).sum(dtype=np.float64))
    return total


def log_inertia(X: np.ndarray, labels: np.ndarray | None) -> float:
    """Its logarithm; NaN without labels."""
    return float("nan") if labels is None else float(np.log(max(inertia(X, labels), 1e-300)))


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


def predictability(X: np.ndarray, labels: np.ndarray, random_state: np.random.RandomState) -> float:
    """How well a small network, trained on the labels of four fifths of the rows, predicts those of the last fifth.

    Normalised mutual information on at most 3,000 rows. The network has one fixed layer of 300 random cosines (Rahimi &
    Recht, NIPS 2007) beside the columns themselves, and a ridge regression on top.
    """
    rows = _some(len(labels), _PREDICT_ROWS, random_state)
    x = X[rows].astype(np.float64)
    x = (x - x.mean(axis=0)) / max(float(np.sqrt(x.var(axis=0).sum())), 1e-12)
    weights = random_state.randn(x.shape[1], _FEATURES)
    h = np.hstack([np.cos(x @ weights + random_state.uniform(0, 2 * np.pi, _FEATURES)), x * np.sqrt(x.shape[1])])
    h = np.hstack([h, np.ones((len(h), 1))])
    _, classes = np.unique(labels[rows], return_inverse=True)
    one_hot = np.eye(int(classes.max()) + 1)[classes]
    predicted = np.empty(len(classes), dtype=np.int64)
    fold = np.arange(len(classes)) % _FOLDS
    for f in range(_FOLDS):
        train, held = fold != f, fold == f
        gram = h[train].T @ h[train] + np.eye(h.shape[1])
        predicted[held] = (h[held] @ np.linalg.solve(gram, h[train].T @ one_hot[train])).argmax(axis=1)
    return float(normalized_mutual_info_score(classes, predicted))


def _macro_silhouette(distance: np.ndarray, labels: np.ndarray) -> float:
    numbers = np.unique(labels, return_inverse=True)[1].reshape(-1)
    inside = one_hot(numbers)
    size = inside.sum(axis=0)
    if not 1 < len(size) < len(numbers):
        return -1.0
    to = (distance @ inside.astype(np.float32)).astype(np.float64)  # (r, k) sums of distances
    at = np.arange(len(numbers)), numbers
    near = to[at] / np.maximum(size[numbers] - 1, 1)
    to /= size
    to[at] = np.inf
    far = to.min(axis=1)
    value = np.where(size[numbers] > 1, (far - near) / np.maximum(np.maximum(near, far), 1e-30), 0.0)
    return float((inside.T @ value / size).mean())


def _some_of(rows: np.ndarray, limit: int, random_state: np.random.RandomState) -> np.ndarray:
    return rows[_some(len(rows), limit, random_state)]


def _some(n: int, limit: int, random_state: np.random.RandomState) -> np.ndarray:
    return random_state.permutation(n)[:limit]
