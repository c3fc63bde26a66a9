"""Few different rows, or copies of a few: too few to see gaps in density, but not to see groups far from each other.

Below fifty different rows a neighbour graph hardly knows what density is. Clear groups show even so: by a silhouette
that no structureless rows reach, as many as there are and with as many copies. And where nearly all rows are copies of
a few, these are the clusters, unless they are all combinations of the columns' values: then nothing goes together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import pdist, squareform

from ..metrics.n_clusters_criteria import principal_box
from .n_clusters import NClustersChoice
from .reasons import CONFIDENT, of_copies, of_few_rows

__all__ = ["FewDistinct", "weigh_distinct"]

#: Fewer different rows are few.
FEW_ROWS = 50
#: Different rows that can show groups, fewest rows of a group, and its least share.
_FEWEST, _SMALLEST, _LEAST_SHARE = 8, 3, 0.02
#: Least silhouette of clear groups, and structureless tables of each kind that must stay below.
_CLEAR, _TABLES = 0.65, 40
#: By how much the silhouette has to exceed theirs, and for the number to be sure.
_MARGIN, _AHEAD = 0.02, 0.06
_SURE, _FAIRLY_SURE, _NOT_SURE = 0.9, 0.7, 0.49
#: Most rows of many copies; fewest copies of one; share of the rows that are such copies.
_MOST_COPIED, _COPIES, _COVERED = 20, 5, 0.95
#: The largest share of all combinations of the columns' values that says that columns go together.
_COMBINED = 0.5


@dataclass(frozen=True)
class FewDistinct:
    """The different rows (m, p), fewer than fifty, and how many rows (m,) each is.

    ``coded`` says that categories are among the columns, each in several.
    """

    rows: np.ndarray
    mass: np.ndarray
    coded: bool

    @classmethod
    def of(cls, X: np.ndarray, mass: np.ndarray, *, coded: bool) -> FewDistinct | None:
        """Of rows X (n, p) of this mass (n,); None if the different ones are not few."""
        if len(X) >= FEW_ROWS and len(np.unique(X[: 2 * FEW_ROWS], axis=0)) >= FEW_ROWS:
            return None
        rows, place = np.unique(X, axis=0, return_inverse=True)
        return None if len(rows) >= FEW_ROWS else cls(rows, np.bincount(place.reshape(-1), mass), coded)

    @property
    def n_copied(self) -> int:
        """How many of them have many copies, if nearly all rows are such copies; else 1."""
        large = (self.mass >= _COPIES) & (self.mass >= _LEAST_SHARE * self.mass.sum())
        count = int(large.sum())
        if not 2 <= count <= _MOST_COPIED or self.mass[large].sum() < _COVERED * self.mass.sum():
            return 1
        if count == 2 or self.coded:  # combinations of coded columns are never all there
            return 2 if count == 2 else 1
        combinations = float(np.prod([float(len(np.unique(column))) for column in self.rows[large].T]))
        return count if count <= _COMBINED * combinations else 1


@dataclass(frozen=True)
class ClearGroups:
    """So many groups of few rows, their silhouette, and the largest of structureless rows."""

    n_clusters: int
    silhouette: float
    of_chance: float


def clear_groups(rows: np.ndarray, mass: np.ndarray, ks: Sequence[int]) -> ClearGroups | None:
    """Groups of different rows (m, d) of this mass (m,) that are far from each other; None if there are none.

    They are sought by average linkage, as are those of tables without structure: uniform in the box along the principal
    components, and of the same covariance, Gaussian or skewed.
    """
    m = len(rows)
    numbers = [k for k in ks if 1 < k <= min(m // 2, mass.sum() / _SMALLEST)]
    if m < _FEWEST or not numbers:
        return None
    k, silhouette = _best_division(rows, mass, numbers)
    if silhouette < _CLEAR:
        return None
    random_state = np.random.RandomState(0)
    _, scale, components = np.linalg.svd(rows - rows.mean(axis=0), full_matrices=False)
    chance = -1.0
    for _ in range(_TABLES):
        blobs = random_state.randn(m, len(scale)), random_state.exponential(size=(m, len(scale)))
        for table in (principal_box(rows, random_state), *(blob * scale @ components for blob in blobs)):
            chance = max(chance, _best_division(table, random_state.permutation(mass), numbers)[1])
    return ClearGroups(k, silhouette, chance) if silhouette > chance + _MARGIN else None


def weigh_distinct(choice: NClustersChoice, distinct: FewDistinct | None, ks: Sequence[int]) -> NClustersChoice:
    """The choice by gaps or, of few different rows where that is 1, clear groups, or copies of a few; 1 is not sure."""
    if choice.n_clusters > 1 or distinct is None:
        return choice
    groups = clear_groups(distinct.rows, distinct.mass, ks)
    if groups is not None:
        sure = _SURE if groups.silhouette >= groups.of_chance + _AHEAD else _FAIRLY_SURE
        reason = of_few_rows(groups.n_clusters, groups.silhouette, groups.of_chance)
        return _taken(choice, groups.n_clusters, sure, reason)
    count = distinct.n_copied
    if count > 1 and count in ks:
        return _taken(choice, count, _SURE, of_copies(count))
    return replace(choice, confidence=min(choice.confidence, _NOT_SURE), confident=False)


def _taken(choice: NClustersChoice, k: int, sure: float, reason: str) -> NClustersChoice:
    posterior = {number: (1 - sure) * p for number, p in choice.posterior.items()}
    posterior[k] = posterior.get(k, 0.0) + sure
    return NClustersChoice(k, choice.n_clusters, sure, sure >= CONFIDENT, reason, posterior)


def _best_division(rows: np.ndarray, mass: np.ndarray, ks: Sequence[int]) -> tuple[int, float]:
    """The k of the largest mean silhouette, and that; divisions with a group of too few rows do not count."""
    apart = pdist(np.asarray(rows, dtype=np.float64))
    tree, distance = linkage(apart, "average"), squareform(apart)
    least = max(_SMALLEST, _LEAST_SHARE * mass.sum())
    best = (1, -1.0)
    for k in ks:
        held = np.eye(k)[fcluster(tree, k, "maxclust") - 1]  # (m, k)
        size = mass @ held
        if size.min() >= least:
            best = max(best, (k, _silhouette(distance, held, size, mass)), key=lambda one: one[1])
    return best


def _silhouette(distance: np.ndarray, held: np.ndarray, size: np.ndarray, mass: np.ndarray) -> float:
    """Mean over all rows, copies counted; groups of rows all alike are as good as can be."""
    total, within = distance @ (held * mass[:, None]), held.astype(bool)  # (m, k)
    inside = total[within] / np.maximum((size - 1)[held.argmax(axis=1)], 1e-9)
    outside = np.where(within, np.inf, total / size).min(axis=1)
    return float(mass @ ((outside - inside) / np.maximum(np.maximum(outside, inside), 1e-30)) / mass.sum())
