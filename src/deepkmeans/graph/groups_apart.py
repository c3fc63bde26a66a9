"""Texts that share no word: where they are few and alike, this tells groups that no density can."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from .n_clusters import NClustersChoice
from .reasons import CONFIDENT

__all__ = ["n_groups_apart", "weigh_groups_apart"]

#: Least share of the rows in a group, and in all groups of that size together; fewest different rows in a group.
_SMALLEST, _COVERED, _FEWEST = 0.02, 0.95, 3
#: Confidence in such groups, and that below which gaps leave the number open.
_SURE, _OPEN = 0.9, 0.5


def n_groups_apart(terms: sp.csr_matrix, mass: np.ndarray) -> int:
    """How many groups rows of this mass (n,) make that have none of the terms (n, t) in common; 1 if they leave some.

    O(entries).
    """
    present = sp.csr_matrix(terms, copy=True)
    present.eliminate_zeros()
    n = present.shape[0]
    joined = sp.bmat([[None, present], [present.T, None]])
    group = connected_components(joined, directed=False)[1][:n]
    group = np.unique(group, return_inverse=True)[1].reshape(-1)
    share, different = np.bincount(group, mass) / mass.sum(), np.bincount(group)
    large = (share >= _SMALLEST) & (different >= _FEWEST)
    return max(1, int(large.sum())) if share[large].sum() >= _COVERED else 1


def weigh_groups_apart(choice: NClustersChoice, count: int, ks: Sequence[int]) -> NClustersChoice:
    """The choice by gaps, or ``count`` groups that share nothing where gaps show none or leave it open."""
    if count == 1 or count == choice.n_clusters or count not in ks:
        return choice
    if choice.n_clusters > 1 and choice.confidence >= _OPEN:
        return choice
    posterior = {k: (1 - _SURE) * p for k, p in choice.posterior.items()}
    posterior[count] = posterior.get(count, 0.0) + _SURE
    return replace(
        choice, n_clusters=count, second=choice.n_clusters, confidence=_SURE, confident=_SURE >= CONFIDENT,
        reason=f"there are {count} groups of texts that share no word with each other", posterior=posterior,
    )  # fmt: skip
