r"""Merging micro-clusters, best pair first, under one of several ideas of "best".

With W (M, M) the weights between the communities, v their volumes (row sums) and t the total volume:

=============  ====================================================================  ==================================
criterion      score of joining a and b                                               source
=============  ====================================================================  ==================================
modularity(g)  W_ab - g v_a v_b / t                                                   Newman 2004; g: Reichardt 2006
relative(g)    modularity(g) / min(v_a, v_b): small ones are joined early            Wakita & Tsurumi 2007, in spirit
paris          W_ab / (v_a v_b)                                                       Bonald et al. 2018
normalized     modularity(g) / (v_a v_b)^1/2                                          between the two above
ward           gain of sum_c W_cc / v_c, the association of normalised cuts           Shi & Malik 2000
=============  ====================================================================  ==================================

"markov" variants use W of t steps of the random walk (stability of Delvenne et al. 2010) instead of one.

A merge passes over a few hundred numbers many times, so that most of its time goes into the calls: the criteria merge
side by side, in arrays of one row each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
import torch

from .affinity import membership

__all__ = ["CRITERIA", "MergeTree", "agglomerate", "coarsen", "merge_trees"]

#: Name to (what the gain is divided by, gamma, steps of the random walk).
CRITERIA: dict[str, tuple[str, float, int]] = {
    "modularity": ("one", 1.0, 1),
    "modularity-0.75": ("one", 0.75, 1),
    "modularity-0.5": ("one", 0.5, 1),
    "normalized": ("root", 1.0, 1),
    "normalized-0.5": ("root", 0.5, 1),
    "relative": ("least", 1.0, 1),
    "relative-0.5": ("least", 0.5, 1),
    "markov": ("one", 1.0, 3),
    "paris": ("product", 0.0, 1),
    "ward": ("ward", 0.0, 10),
}
#: Communities merged into others leave the arrays when they are this share of them.
_REMOVED_SHARE = 0.4


@dataclass(frozen=True)
class MergeTree:
    """The whole history of a merging, from which a partition into any number of clusters is read.

    Attributes
    ----------
    micro_labels : ndarray of shape (n,)
        Micro-cluster of every row, 0 to M - 1.
    merges : ndarray of shape (M - 1, 2)
        In order: community ``b`` was joined to community ``a``, which keeps its number.
    gains : ndarray of shape (M - 1,)
        Score of each merge.
    """

    micro_labels: np.ndarray
    merges: np.ndarray
    gains: np.ndarray

    def labels(self, n_clusters: int) -> np.ndarray:
        """Labels (n,) from 0 without gaps of the partition into ``n_clusters`` (or M, if that is fewer)."""
        owner = np.arange(len(self.merges) + 1)
        done = self.merges[: max(0, len(owner) - n_clusters)]
        owner[done[:, 1]] = done[:, 0]
        while (owner != owner[owner]).any():  # of whom it was joined to, the owner
            owner = owner[owner]
        return np.unique(owner, return_inverse=True)[1].reshape(-1)[self.micro_labels]

    def gain(self, n_clusters: int) -> float:
        """Score of the merge that left ``n_clusters``; NaN if there was none."""
        step = len(self.merges) - n_clusters
        return float(self.gains[step]) if 0 <= step < len(self.gains) else float("nan")


def coarsen(graph: sp.csr_matrix, micro_labels: np.ndarray) -> np.ndarray:
    """Weights (M, M) between the micro-clusters: S^T A S."""
    indicator = membership(micro_labels, int(micro_labels.max()) + 1)
    return np.asarray((indicator.T @ graph @ indicator).toarray())


def agglomerate(weights: np.ndarray, micro_labels: np.ndarray, criterion: str = "modularity") -> MergeTree:
    """Merge the micro-clusters down to one. O(M) a merge in vector operations in most cases, O(M^2) memory.

    weights : ndarray of shape (M, M), as :func:`coarsen` gives them; criterion : a key of :data:`CRITERIA`.
    """
    return merge_trees(weights, micro_labels, [criterion])[criterion]


def merge_trees(
    weights: np.ndarray, micro_labels: np.ndarray, criteria: Iterable[str] = tuple(CRITERIA), *,
    chance: np.ndarray | None = None,
) -> dict[str, MergeTree]:  # fmt: skip
    """:func:`agglomerate` under each of c criteria, side by side; O(c M^2) memory.

    ``chance`` (M, M) is the weight by chance of what no edge can join: it has its part in all volumes, and no part in
    the gain of a merge.
    """
    names = sorted(criteria, key=lambda name: CRITERIA[name][0])
    rules = [CRITERIA[name] for name in names]
    full = weights if chance is None else weights + chance
    walked = {steps: _walked(full, steps) for _, _, steps in rules}
    w = np.stack([walked[steps] for _, _, steps in rules])
    volume = np.maximum(w.sum(axis=2), 1e-300)
    if chance is not None:  # a criterion that expects less of chance gets less of it
        w -= np.array([1 - gamma if gamma > 0 else 0.0 for _, gamma, _ in rules])[:, None, None] * chance
    communities = _Communities(w, volume, [(kind, gamma) for kind, gamma, _ in rules])
    size = len(weights)
    merges, gains = np.empty((len(rules), size - 1, 2), dtype=np.int64), np.empty((len(rules), size - 1))
    for step in range(size - 1):
        merges[:, step, 0], merges[:, step, 1], gains[:, step] = communities.merge()
    return {name: MergeTree(micro_labels, *tree) for name, *tree in zip(names, merges, gains, strict=True)}


class _Communities:
    """Communities under c criteria and the scores of joining any two, of which each criterion merges its best pair.

    All arrays begin with the criterion; those that have been merged into others stay in them for a while.
    """

    def __init__(self, w: np.ndarray, volume: np.ndarray, rules: Sequence[tuple[str, float]]) -> None:
        kinds = [kind for kind, _ in rules]
        self.kinds = [(kind, slice(kinds.index(kind), kinds.index(kind) + kinds.count(kind))) for kind in set(kinds)]
        self.gamma = np.array([gamma for _, gamma in rules])[:, None]
        self.w, self.each = w, np.arange(len(w))
        self.volume = volume
        self.total = self.volume.sum(axis=1, keepdims=True)
        self.inner = w.diagonal(axis1=1, axis2=2).copy()
        self.table = np.empty_like(w)  # scores of all pairs
        for c, kind in enumerate(kinds):  # what the caches hold
            inner, volume = self.inner[[c]], self.volume[[c]]
            self.table[[c]] = _scores(
                w[[c]], inner[..., None], inner[:, None], volume[..., None], volume[:, None], self.gamma[c],
                self.total[c], [(kind, slice(1))],
            )  # fmt: skip
        self.table[:, np.arange(w.shape[1]), np.arange(w.shape[1])] = -np.inf
        # The best partner of each is kept, so that a merge looks at one row and at those that have lost theirs.
        self.best, self.partner = self.table.max(axis=2), self.table.argmax(axis=2)
        self.removed = np.zeros(self.best.shape)  # minus infinity for those merged into others
        self.name = np.tile(np.arange(w.shape[1]), (len(w), 1))
        self.n_removed = 0

    def merge(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Join each criterion's best pair: the communities (c,), the second into the first, and the score (c,)."""
        each, best, partner = self.each, self.best, self.partner
        a = best.argmax(axis=1)
        b = partner[each, a]
        merged = self.name[each, a], self.name[each, b], best[each, a]
        row = self.w[each, a]  # (c, m)
        inner = self.inner[each, a] + self.inner[each, b] + 2 * row[each, b]
        volume = self.volume[each, a] + self.volume[each, b]
        row += self.w[each, b]
        row[each, a] = inner
        self.w[each, a] = self.w[each, :, a] = row
        self.inner[each, a], self.volume[each, a], self.removed[each, b] = inner, volume, -np.inf
        score = _scores(
            row, inner[:, None], self.inner, volume[:, None], self.volume, self.gamma, self.total, self.kinds
        )  # fmt: skip
        score += self.removed
        score[each, a] = -np.inf
        self.table[each, a] = self.table[each, :, a] = score
        first = a[:, None]
        better = (score > best) | ((score == best) & (first < partner))
        lost = ((partner == first) | (partner == b[:, None])) & (best > -np.inf)
        lost &= ~better
        np.copyto(best, score, where=better)
        np.copyto(partner, first, where=better)
        lost[each, a], lost[each, b] = True, False
        c, i = lost.nonzero()
        left = self.table[c, i] + self.removed[c]  # (lost, m)
        partner[c, i] = nearest = left.argmax(axis=1)
        best[c, i] = left[np.arange(len(c)), nearest]
        best[each, b] = -np.inf
        self.n_removed += 1
        if self.n_removed > _REMOVED_SHARE * best.shape[1]:
            self._drop_removed()
        return merged

    def _drop_removed(self) -> None:
        """Leave those out that have been merged into others; the rest keep their order."""
        kept = self.removed == 0
        index = kept.nonzero()[1].reshape(len(kept), -1)  # (c, m): all criteria have merged as often
        position, row = kept.cumsum(axis=1) - 1, self.each[:, None]
        self.w, self.table = (
            np.stack([matrix[i][:, i] for matrix, i in zip(matrices, index, strict=True)])
            for matrices in (self.w, self.table)
        )
        self.partner = position[row, self.partner[row, index]]
        self.inner, self.volume, self.best, self.name, self.removed = (
            values[row, index] for values in (self.inner, self.volume, self.best, self.name, self.removed)
        )
        self.n_removed = 0


def _scores(
    w: np.ndarray, own_inner: np.ndarray, inner: np.ndarray, v: np.ndarray, vol: np.ndarray, gamma: np.ndarray,
    total: np.ndarray, kinds: Iterable[tuple[str, slice]],
) -> np.ndarray:  # fmt: skip
    """Scores (c, m) of joining each criterion's community to all: weights, inner weights, volumes of it and of all."""
    score: np.ndarray = w - gamma * v * vol / total
    for kind, at in kinds:
        if kind == "root":
            score[at] /= np.sqrt(v[at] * vol[at])
        elif kind == "least":
            score[at] /= np.minimum(v[at], vol[at])
        elif kind == "product":
            score[at] /= v[at] * vol[at]
        elif kind == "ward":
            joined = (own_inner[at] + inner[at] + 2 * w[at]) / (v[at] + vol[at])
            score[at] = joined - own_inner[at] / v[at] - inner[at] / vol[at]
    return score


def _walked(weights: np.ndarray, steps: int) -> np.ndarray:
    """Weights of ``steps`` steps of the random walk: D (D^-1 W)^steps, symmetric, the same volumes."""
    w = weights.astype(np.float64, copy=True)
    if steps > 1:
        vol = np.maximum(w.sum(axis=1), 1e-300)
        w = vol[:, None] * torch.linalg.matrix_power(torch.from_numpy(w / vol[:, None]), steps).numpy()
    return (w + w.T) / 2
