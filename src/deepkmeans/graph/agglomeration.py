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
#: Merged parts leave the arrays when they are this share of them.
_GONE = 0.4


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
        done = self.merges[: max(0, len(owner) - n_clusters)]
        owner[done[:, 1]] = done[:, 0]
        while (owner != owner[owner]).any():  # of whom it was joined to, the owner
            owner = owner[owner]
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
    return merge_trees(weights, atoms, [criterion])[criterion]


def merge_trees(
    weights: np.ndarray, atoms: np.ndarray, criteria: Iterable[str] = tuple(CRITERIA)
) -> dict[str, MergeTree]:
    """:func:`agglomerate` under each of c criteria, side by side; O(c M^2) memory."""
    names = sorted(criteria, key=lambda name: CRITERIA[name][0])
    own = [CRITERIA[name] for name in names]
    walked = {steps: _walked(weights, steps) for _, _, steps in own}
    parts = _Parts(np.stack([walked[steps] for _, _, steps in own]), [(kind, gamma) for kind, gamma, _ in own])
    size = len(weights)
    merges, gains = np.empty((len(own), size - 1, 2), dtype=np.int64), np.empty((len(own), size - 1))
    for step in range(size - 1):
        merges[:, step, 0], merges[:, step, 1], gains[:, step] = parts.merge()
    return {name: MergeTree(atoms, *tree) for name, *tree in zip(names, merges, gains, strict=True)}


class _Parts:
    """Parts under c criteria and the scores of joining any two, of which each criterion merges its best pair.

    All arrays begin with the criterion; parts that have been merged into others stay in them for a while, dead.
    """

    def __init__(self, w: np.ndarray, rules: Sequence[tuple[str, float]]) -> None:
        kinds = [kind for kind, _ in rules]
        self.kinds = [(kind, slice(kinds.index(kind), kinds.index(kind) + kinds.count(kind))) for kind in set(kinds)]
        self.gamma = np.array([gamma for _, gamma in rules])[:, None]
        self.w, self.each = w, np.arange(len(w))
        self.volume = np.maximum(w.sum(axis=2), 1e-300)
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
        # The best partner of every part is kept, so that a merge looks at one row and at those that have lost theirs.
        self.best, self.partner = self.table.max(axis=2), self.table.argmax(axis=2)
        self.dead = np.zeros(self.best.shape)  # minus infinity for those who are
        self.name = np.tile(np.arange(w.shape[1]), (len(w), 1))
        self.n_dead = 0

    def merge(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Join each criterion's best pair: the parts (c,), the second into the first, and the score (c,)."""
        each, best, partner = self.each, self.best, self.partner
        a = best.argmax(axis=1)
        b = partner[each, a]
        merged = self.name[each, a], self.name[each, b], best[each, a]
        row = self.w[each, a]  # (c, m)
        own = self.inner[each, a] + self.inner[each, b] + 2 * row[each, b]
        volume = self.volume[each, a] + self.volume[each, b]
        row += self.w[each, b]
        row[each, a] = own
        self.w[each, a] = self.w[each, :, a] = row
        self.inner[each, a], self.volume[each, a], self.dead[each, b] = own, volume, -np.inf
        score = _scores(
            row, own[:, None], self.inner, volume[:, None], self.volume, self.gamma, self.total, self.kinds
        )  # fmt: skip
        score += self.dead
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
        left = self.table[c, i] + self.dead[c]  # (lost, m)
        partner[c, i] = found = left.argmax(axis=1)
        best[c, i] = left[np.arange(len(c)), found]
        best[each, b] = -np.inf
        self.n_dead += 1
        if self.n_dead > _GONE * best.shape[1]:
            self._bury()
        return merged

    def _bury(self) -> None:
        """Leave the dead out; the others keep their order."""
        alive = self.dead == 0
        index = alive.nonzero()[1].reshape(len(alive), -1)  # (c, m): all criteria have merged as often
        place, row = alive.cumsum(axis=1) - 1, self.each[:, None]
        self.w, self.table = (
            np.stack([own[i][:, i] for own, i in zip(pairs, index, strict=True)]) for pairs in (self.w, self.table)
        )
        self.partner = place[row, self.partner[row, index]]
        self.inner, self.volume, self.best, self.name, self.dead = (
            values[row, index] for values in (self.inner, self.volume, self.best, self.name, self.dead)
        )
        self.n_dead = 0


def _scores(
    w: np.ndarray, own: np.ndarray, inner: np.ndarray, v: np.ndarray, vol: np.ndarray, gamma: np.ndarray,
    total: np.ndarray, kinds: Iterable[tuple[str, slice]],
) -> np.ndarray:  # fmt: skip
    """Scores (c, m) of joining each criterion's part to all: weights, inner weights, volumes of the part and of all."""
    score: np.ndarray = w - gamma * v * vol / total
    for kind, at in kinds:
        if kind == "root":
            score[at] /= np.sqrt(v[at] * vol[at])
        elif kind == "least":
            score[at] /= np.minimum(v[at], vol[at])
        elif kind == "product":
            score[at] /= v[at] * vol[at]
        elif kind == "ward":
            score[at] = (own[at] + inner[at] + 2 * w[at]) / (v[at] + vol[at]) - own[at] / v[at] - inner[at] / vol[at]
    return score


def _walked(weights: np.ndarray, steps: int) -> np.ndarray:
    """Weights of ``steps`` steps of the random walk: D (D^-1 W)^steps, symmetric, the same volumes."""
    w = weights.astype(np.float64, copy=True)
    if steps > 1:
        vol = np.maximum(w.sum(axis=1), 1e-300)
        w = vol[:, None] * torch.linalg.matrix_power(torch.from_numpy(w / vol[:, None]), steps).numpy()
    return (w + w.T) / 2
