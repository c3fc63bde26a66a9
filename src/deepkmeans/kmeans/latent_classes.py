r"""Latent classes: a mixture for columns of levels, which are independent of one another within a class.

.. math:: p(x) = \sum_j \pi_j \prod_c \theta_{j c x_c}

(Lazarsfeld & Henry: Latent structure analysis, 1968), by expectation and maximisation. A missing level has no factor.
How many classes there are is decided by the integrated completed likelihood: BIC, plus twice the entropy of the
memberships, so that classes which overlap widely are no clusters (Biernacki, Celeux & Govaert, PAMI 2000).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

__all__ = ["LatentClasses", "completed_likelihoods", "fit_latent_classes", "level_gain"]

_STARTS, _ITERATIONS, _TOLERANCE = 4, 60, 1e-3
#: Log odds of a class by each level that a row shares with the row from which the class starts.
_SHARED = 2.0
#: So many more classes without a better criterion end the search.
_PATIENCE = 2


@dataclass(frozen=True)
class LatentClasses:
    """A fitted mixture.

    Attributes
    ----------
    memberships : ndarray of shape (n, k)
    log_likelihood : float
    criterion : float
        BIC plus twice the entropy of the memberships; lower is better.
    """

    memberships: np.ndarray
    log_likelihood: float
    criterion: float

    @property
    def labels(self) -> np.ndarray:
        return self.memberships.argmax(axis=1)


def fit_latent_classes(
    levels: np.ndarray, n_classes: int, mass: np.ndarray, random_state: np.random.RandomState
) -> LatentClasses:
    """The most likely of four fits to levels (n, q), int, -1 missing, of rows of this mass (n,).

    O(n q k) an iteration.
    """
    held, owner = _indicators(levels)
    fits = [
        _fit(held, owner, _start(held, n_classes, mass, random_state), mass)
        for _ in range(_STARTS if n_classes > 1 else 1)
    ]
    memberships, likelihood = max(fits, key=lambda fit: fit[1])
    entropy = -float(mass @ (memberships * np.log(np.maximum(memberships, 1e-300))).sum(axis=1))
    free = n_classes - 1 + n_classes * (len(owner) - levels.shape[1])
    return LatentClasses(memberships, likelihood, free * np.log(mass.sum()) - 2 * likelihood + 2 * entropy)


def completed_likelihoods(
    levels: np.ndarray, ks: Sequence[int], mass: np.ndarray, random_state: np.random.RandomState
) -> dict[int, LatentClasses]:
    """Fits of rising ``ks``, 1 first, until none is better for a while; there are few rows for more classes."""
    fits: dict[int, LatentClasses] = {}
    for k in sorted({1, *ks}):
        if fits and sum(kept > _best(fits) for kept in fits) >= _PATIENCE:
            break
        fits[k] = fit_latent_classes(levels, k, mass, random_state)
    return fits


def level_gain(levels: np.ndarray, labels: np.ndarray, mass: np.ndarray) -> float:
    """By how much ``labels`` (n,) explain levels (n, q): log likelihood gained over none, less BIC's penalty for it."""
    total, gain = mass.sum(), 0.0
    for column in levels.T:
        present = column >= 0
        if not present.any():
            continue
        joint = np.zeros((labels.max() + 1, column.max() + 1))
        np.add.at(joint, (labels[present], column[present]), mass[present])
        joint = joint[joint.sum(axis=1) > 0][:, joint.sum(axis=0) > 0]
        expected = np.outer(joint.sum(axis=1), joint.sum(axis=0)) / joint.sum()
        some = joint > 0
        gain += float((joint[some] * np.log(joint[some] / expected[some])).sum())
        gain -= 0.5 * (joint.shape[0] - 1) * (joint.shape[1] - 1) * np.log(total)
    return gain


def _best(fits: dict[int, LatentClasses]) -> int:
    return min(fits, key=lambda k: fits[k].criterion)


def _indicators(levels: np.ndarray) -> tuple[sp.csr_matrix, np.ndarray]:
    """Which row has which level, (n, m), and whose level each of the m is: a column's number (m,)."""
    blocks, owner = [], []
    for number, column in enumerate(levels.T):
        rows = np.flatnonzero(column >= 0)
        values, place = np.unique(column[rows], return_inverse=True)
        blocks.append(sp.csr_matrix((np.ones(len(rows)), (rows, place)), shape=(len(levels), max(1, len(values)))))
        owner.append(np.full(max(1, len(values)), number))
    return sp.hstack(blocks).tocsr(), np.concatenate(owner)


def _start(held: sp.csr_matrix, n_classes: int, mass: np.ndarray, random_state: np.random.RandomState) -> np.ndarray:
    """Memberships (n, k) by levels shared with k rows, each drawn far from those before (as k-means++ draws)."""
    n, most = held.shape[0], float(held.sum(axis=1).max())
    chance, drawn = mass / mass.sum(), []
    far = np.full(n, np.inf)
    for _ in range(n_classes):
        drawn.append(int(random_state.choice(n, p=chance)))
        far = np.minimum(far, most - np.asarray((held @ held[drawn[-1]].T).todense()).ravel())
        chance = mass * far**2
        chance = chance / chance.sum() if chance.sum() > 0 else mass / mass.sum()
    shared = _SHARED * np.asarray((held @ held[drawn].T).todense())
    return _normalised(shared)[0]


def _fit(held: sp.csr_matrix, owner: np.ndarray, memberships: np.ndarray, mass: np.ndarray) -> tuple[np.ndarray, float]:
    """Memberships (n, k) and their log likelihood, from first ones.

    One row's worth of the shares in all rows is added to every class, so that no level is impossible.
    """
    of_column = sp.csr_matrix((np.ones(len(owner)), (owner, np.arange(len(owner)))))
    everywhere = held.T @ mass
    prior = everywhere / np.maximum(of_column @ everywhere, 1e-300)[owner]
    before = -np.inf
    for _ in range(_ITERATIONS):
        weighed = memberships * mass[:, None]
        counts = held.T @ weighed + prior[:, None]  # (m, k)
        logs = np.log(np.maximum(counts, 1e-300) / np.maximum(of_column @ counts, 1e-300)[owner])
        size = weighed.sum(axis=0) + 1e-9
        memberships, of_row = _normalised(held @ logs + np.log(size / size.sum()))
        likelihood = float(mass @ of_row)
        if likelihood - before < _TOLERANCE:
            break
        before = likelihood
    return memberships, likelihood


def _normalised(logs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows (n, k) that add up to 1, and the logarithms (n,) of what they added up to."""
    highest = logs.max(axis=1, keepdims=True)
    total = highest[:, 0] + np.log(np.exp(logs - highest).sum(axis=1))
    return np.exp(logs - total[:, None]), total
