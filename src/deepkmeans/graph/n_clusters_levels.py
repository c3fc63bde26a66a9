"""How many clusters a table of categories has: low-density gaps do not show between rows of levels, latent classes do.

Rows of levels stand at few places, many of them at the same. A neighbour graph of the distinct ones knows nothing of
how many rows stand where, and along a column of two levels it falls apart whatever the column means. Latent classes
(:mod:`deepkmeans.kmeans.latent_classes`) are groups by which columns depend on each other; numbers, dates and texts
take part in them in a few groups of like cells. They need many rows to see several groups in many levels, and take
numbers that depend on each other for groups, so they add to what gaps say, and replace it where all columns are levels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..kmeans import LatentClasses, completed_likelihoods, level_gain
from .n_clusters import NClustersChoice
from .reasons import CONFIDENT, reason_of_levels

__all__ = ["LevelClasses", "Levels", "classes_of_levels", "weigh_levels"]

#: Rows in which classes are looked for, at most; samples of them and their share.
_ROWS, _SAMPLES, _SHARE = 4000, 3, 0.8
#: Most classes that are tried.
_MOST = 20
#: Part of the posterior that the gaps keep, and of the classes' part that all rows have, not the samples.
_OF_GAPS, _OF_ALL_ROWS = 0.05, 0.4
#: Below this confidence gaps leave the number open.
_OPEN = 0.5


@dataclass(frozen=True)
class Levels:
    """The rows of a table, each column in a few groups of like cells.

    Attributes
    ----------
    values : ndarray of shape (n, q), int64
        -1 where missing.
    coded : ndarray of shape (q,), bool
        Which columns were categories, ordered levels or lists, not numbers, dates or texts.
    mass : ndarray of shape (n,)
        How many rows each is.
    """

    values: np.ndarray
    coded: np.ndarray
    mass: np.ndarray

    def take(self, rows: np.ndarray) -> Levels:
        return replace(self, values=self.values[rows], mass=self.mass[rows])


@dataclass(frozen=True)
class LevelClasses:
    """Numbers of latent classes: that of all rows, and the share of it and of samples of the rows that have each."""

    n_clusters: int
    shares: dict[int, float]
    only_levels: bool


def classes_of_levels(levels: Levels, ks: Sequence[int], random_state: np.random.RandomState) -> LevelClasses | None:
    """The number of classes of a table with two columns of levels at least; None of others."""
    if int(levels.coded.sum()) < 2:
        return None
    n, ks = len(levels.mass), [k for k in ks if k <= _MOST]
    if n > _ROWS:
        levels = levels.take(np.sort(random_state.permutation(n)[:_ROWS]))
    whole = _number(levels, ks, random_state)
    shares = {whole: _OF_ALL_ROWS}
    copies = np.maximum(1, np.round(levels.mass)).astype(np.int64)  # each is drawn by itself
    for _ in range(_SAMPLES):
        kept = random_state.binomial(copies, _SHARE)
        part = replace(levels, mass=kept.astype(np.float64)).take(np.flatnonzero(kept))
        number = _number(part, [k for k in ks if abs(k - whole) <= 2], random_state) if len(part.mass) > 1 else 1
        shares[number] = shares.get(number, 0.0) + (1 - _OF_ALL_ROWS) / _SAMPLES
    return LevelClasses(whole, shares, bool(levels.coded.all()))


def weigh_levels(choice: NClustersChoice, classes: LevelClasses) -> NClustersChoice:
    """The choice by gaps after a look at latent classes.

    Their number is taken where all columns are levels, and elsewhere where it is more than 1 and gaps show no structure
    or leave it open.
    """
    k = classes.n_clusters
    if k == 1:
        if choice.n_clusters == 1 and classes.only_levels:
            return replace(choice, reason=reason_of_levels(k)) if choice.confidence == 0 else choice
        if choice.n_clusters == 1 or not classes.only_levels:
            return choice
    elif k == choice.n_clusters or not (classes.only_levels or choice.n_clusters == 1 or choice.confidence < _OPEN):
        return choice
    posterior = {number: _OF_GAPS * p for number, p in choice.posterior.items()}
    for number, share in classes.shares.items():
        posterior[number] = posterior.get(number, 0.0) + (1 - _OF_GAPS) * share
    around = sum(p for other, p in posterior.items() if abs(other - k) <= 1 and (other == 1) == (k == 1))
    others = {number: share for number, share in classes.shares.items() if number != k}
    second: int | None = max(others, key=lambda number: others[number]) if others else choice.n_clusters
    second = choice.second if second == k else second
    confidence = min(1.0, around)
    return NClustersChoice(k, second, confidence, confidence >= CONFIDENT, reason_of_levels(k), posterior)


def _number(levels: Levels, ks: Sequence[int], random_state: np.random.RandomState) -> int:
    """The best number of classes, 1 unless they show in the columns of levels, not only in the others."""
    if levels.mass.sum() < 2 or not ks:
        return 1
    fits: dict[int, LatentClasses] = completed_likelihoods(levels.values, ks, levels.mass, random_state)
    best = min(fits, key=lambda k: fits[k].criterion)
    coded = levels.values[:, levels.coded]
    return best if best > 1 and level_gain(coded, fits[best].labels, levels.mass) > 0 else 1
