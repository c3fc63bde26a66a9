r"""Merging micro-clusters, best pair first, under one of several ideas of "best".

With W (M, M) the weights between the parts, v their volumes (row sums) and t the total volume:

=============  ====================================================================  ==================================
criterion      score of joining a and b                                               source
=============  ====================================================================  ==================================
modularity(g)  W_ab - g v_a v_b / t                                                   Newman 2004; g: Reichardt 2006
relative(g)    modularity(g) / min(v_a, v_b): small parts are joined early            Wakita & Tsurumi 2007, in spirit
paris          W_ab / (v_a v_b)                                                       Bonald et al. 2018
normalized     modularity(g) / (v_a v_b)^1/2                                          between the two above
ward           gain of sum_c W_cc / v_c, the association of normalised cuts           Shi & Malik 2000
=============  ====================================================================  ==================================

"markov" variants use W of t steps of the random walk (stability of Delvenne et al. 2010) instead of one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from .affinity import membership

__all__ = ["CRITERIA", "MergeTree", "agglomerate", "coarsen"]

#: (weights to one part (M,), inner weight of that part, inner weights (M,), its volume, volumes (M,), total) -> (M,)
Criterion = Callable[[np.ndarray, float, np.ndarray, float, np.ndarray, float], np.ndarray]


def _modularity(gamma: float, power: float = 0.0) -> Criterion:
    def score(w: np.ndarray, own: float, inner: np.ndarray, v: float, vol: np.ndarray, total: float) -> np.ndarray:
        gain = w - gamma * v * vol / total
        return gain / (v * vol) ** power if power else gain

    return score


def _relative(gamma: float) -> Criterion:
    def score(w: np.ndarray, own: float, inner: np.ndarray, v: float, vol: np.ndarray, total: float) -> np.ndarray:
        return np.asarray((w - gamma * v * vol / total) / np.minimum(v, vol))

    return score


def _paris(w: np.ndarray, own: float, inner: np.ndarray, v: float, vol: np.ndarray, total: float) -> np.ndarray:
    return np.asarray(w / (v * vol))


def _ward(w: np.ndarray, own: float, inner: np.ndarray, v: float, vol: np.ndarray, total: float) -> np.ndarray:
    return np.asarray((own + inner + 2 * w) / (v + vol) - own / v - inner / vol)


#: Name to (criterion, steps of the random walk).
CRITERIA: dict[str, tuple[Criterion, int]] = {
    "modularity": (_modularity(1.0), 1),
    "modularity-0.75": (_modularity(0.75), 1),
    "modularity-0.5": (_modularity(0.5), 1),
    "normalized": (_modularity(1.0, 0.5), 1),
    "normalized-0.5": (_modularity(0.5, 0.5), 1),
    "relative": (_relative(1.0), 1),
    "relative-0.5": (_relative(0.5), 1),
    "markov": (_modularity(1.0), 3),
    "paris": (_paris, 1),
    "ward": (_ward, 10),
}


@dataclass(frozen=True)
class MergeTree:
    """The whole history of a merging, from which a partition into any number of clusters is read.

    Attributes
    ----------
    atoms : ndarray of shape (n,)
        Micro-cluster of every row, 0 to M - 1.
    merges : ndarray of shape (M - 1, 2)
        In order: part ``b`` was joined to part ``a``, and keeps a's number.
    gains : ndarray of shape (M - 1,)
        Score of each merge.
    """

    atoms: np.ndarray
    merges: np.ndarray
    gains: np.ndarray

    def labels(self, n_clusters: int) -> np.ndarray:
        """Labels (n,) from 0 without gaps of the partition into ``n_clusters`` (or M, if that is fewer)."""
        owner = np.arange(len(self.merges) + 1)
        for a, b in self.merges[: max(0, len(owner) - n_clusters)]:
            owner[owner == b] = a
        return np.unique(owner, return_inverse=True)[1].reshape(-1)[self.atoms]

    def gain(self, n_clusters: int) -> float:
        """Score of the merge that left ``n_clusters``; NaN if there was none."""
        step = len(self.merges) - n_clusters
        return float(self.gains[step]) if 0 <= step < len(self.gains) else float("nan")


def coarsen(graph: sp.csr_matrix, atoms: np.ndarray) -> np.ndarray:
    """Weights (M, M) between the atoms: S^T A S."""
    parts = membership(atoms, int(atoms.max()) + 1)
    return np.asarray((parts.T @ graph @ parts).toarray())


def agglomerate(weights: np.ndarray, atoms: np.ndarray, criterion: str = "modularity") -> MergeTree:
    """Merge the atoms down to one part. O(M) a merge in vector operations in most cases, O(M^2) memory.

    weights : ndarray of shape (M, M), as :func:`coarsen` gives them; criterion : a key of :data:`CRITERIA`.
    """
    score, steps = CRITERIA[criterion]
    w = _walked(weights, steps)
    size = len(w)
    vol = np.maximum(w.sum(axis=1), 1e-300)
    total = float(vol.sum())
    inner = w.diagonal().copy()
    table = np.stack([score(w[a], inner[a], inner, vol[a], vol, total) for a in range(size)])
    np.fill_diagonal(table, -np.inf)
    # The best partner of every part is kept, so that a merge looks at one row and at those that have lost theirs.
    best, partner = table.max(axis=1), table.argmax(axis=1)
    alive = np.ones(size, dtype=bool)
    merges, gains = np.empty((size - 1, 2), dtype=np.int64), np.empty(size - 1)
    for step in range(size - 1):
        a = int(best.argmax())
        b = int(partner[a])
        merges[step], gains[step] = (a, b), table[a, b]
        inner[a] += inner[b] + 2 * w[a, b]
        w[a] += w[b]
        w[:, a] += w[:, b]
        w[a, a] = inner[a]
        vol[a] += vol[b]
        alive[b] = False
        row = score(w[a], inner[a], inner, vol[a], vol, total)
        row[~alive], row[a] = -np.inf, -np.inf
        table[a], table[:, a] = row, row
        table[b], table[:, b] = -np.inf, -np.inf
        better = (row > best) | ((row == best) & (a < partner))
        best[better], partner[better] = row[better], a
        lost = alive & ~better & ((partner == a) | (partner == b))
        lost[a] = True
        best[lost], partner[lost] = table[lost].max(axis=1), table[lost].argmax(axis=1)
        best[b] = -np.inf
    return MergeTree(atoms, merges, gains)


def _walked(weights: np.ndarray, steps: int) -> np.ndarray:
    """Weights of ``steps`` steps of the random walk: D (D^-1 W)^steps, symmetric, the same volumes."""
    w = weights.astype(np.float64, copy=True)
    if steps > 1:
        vol = np.maximum(w.sum(axis=1), 1e-300)
        w = vol[:, None] * np.linalg.matrix_power(w / vol[:, None], steps)
    return (w + w.T) / 2
