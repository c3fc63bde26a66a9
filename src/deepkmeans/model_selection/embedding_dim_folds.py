"""One fold of the search for a width: candidates are trained on its rows and judged on the rows held out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.manifold import trustworthiness

from ..decomposition import PrincipalComponents

__all__ = ["LINEAR", "Fold", "continuity", "judge_linear", "judge_network"]

#: Name of the autoencoder of linear units without hidden layers, which is equivalent to PCA.
LINEAR = "linear"
_NEIGHBORS = 10


@dataclass(frozen=True)
class Fold:
    """Scaled rows: ``train`` (n, p), held-out ``test`` (m, p), and the latter where neighbours are searched, (m, q)."""

    number: int
    train: np.ndarray
    test: np.ndarray
    reference: np.ndarray


def continuity(X: np.ndarray, embedding: np.ndarray, *, n_neighbors: int) -> float:
    """How far neighbours in ``X`` (m, p) are still neighbours in ``embedding`` (m, e): 1 if all are.

    Venna & Kaski (2001): trustworthiness with the two spaces exchanged.
    """
    return float(trustworthiness(embedding, X, n_neighbors=n_neighbors))


def judge_linear(fold: Fold, widths: Sequence[int]) -> list[dict[str, Any]]:
    """Judge PCA of each width: the best that an autoencoder of linear units can do."""
    most = min(*fold.train.shape)
    pca = PrincipalComponents(fold.train.astype(np.float64), min(max(widths), most), full=True)
    embedding = pca.transform(fold.test)  # (m, e)
    records = []
    for width in (width for width in widths if width <= most):
        decoded = embedding[:, :width] @ pca.components[:width] + pca.mean
        records.append(_record(fold, embedding[:, :width], decoded, width, LINEAR))
    return records


def judge_network(fold: Fold, network: Any, width: int, hidden: tuple[int, ...]) -> dict[str, Any]:
    """Train an autoencoder of that width and judge it."""
    network.fit(fold.train)
    embedding = network.transform(fold.test)
    decoded = network.inverse_transform(embedding)
    return _record(fold, embedding, decoded, width, "-".join(map(str, hidden)) or "no hidden layer")


def _record(fold: Fold, embedding: np.ndarray, decoded: np.ndarray, width: int, network: str) -> dict[str, Any]:
    x, p = fold.test.astype(np.float64), fold.test.shape[1]
    total = np.square(x - fold.train.mean(axis=0, dtype=np.float64)).mean()
    lost = np.square(x - decoded).mean() / max(total, np.finfo(np.float64).tiny)  # share of the variance
    freedom = p / (p - width) if width < p else 1.0
    k = min(_NEIGHBORS, (len(x) - 1) // 2)
    figures = {
        "reconstruction": float(1 - lost * freedom),
        "trustworthiness": float(trustworthiness(fold.reference, embedding, n_neighbors=k)),
        "continuity": continuity(fold.reference, embedding, n_neighbors=k),
    }
    score = float(np.mean(list(figures.values())))
    return {"embedding_dim": width, "network": network, "fold": fold.number, **figures, "score": score}
