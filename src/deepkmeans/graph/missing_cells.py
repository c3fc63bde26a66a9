"""Partitions that tell which cells of a table were missing, and not much else.

A filled cell is the same in every row, or follows from the others. Where many columns are missing together, as a
measurement that was not made, rows without them lie close together in all of these directions: graphs and mixtures take
that for a group.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..metrics.consensus import pairwise_nmi
from .candidates import KMEANS

__all__ = ["partitions_of_missing"]

#: How much more information with what is missing a candidate may share than K-Means does.
_MORE = 0.1
#: Columns of which the gaps are compared, those with most of them.
_MOST_COLUMNS = 100


def partitions_of_missing(
    partitions: Mapping[str, np.ndarray], missing: np.ndarray, weight: np.ndarray | None = None
) -> list[str]:  # fmt: skip
    """Names of those partitions, each (n,), that share clearly more information with the missing cells than K-Means.

    Parameters
    ----------
    partitions : dict of str to ndarray of shape (n,)
        ``"k-means"`` is among them.
    missing : ndarray of shape (n, d), bool
        Which cells are missing; compared are single columns, and whether a row lacks more cells than the average row.
    weight : ndarray of shape (n,) or None
        Copies of each row.
    """
    if not missing.any():
        return []
    mass = np.ones(len(missing)) if weight is None else weight
    counts = missing.sum(axis=1)
    gaps = np.unique(np.c_[missing, counts > mass @ counts / mass.sum()], axis=1)  # columns missing together: once
    share = mass @ gaps / mass.sum()
    gaps = gaps[:, np.argsort(-share * (1 - share), kind="stable")[:_MOST_COLUMNS]]
    every = dict(partitions) | {f"missing {i}": column.astype(np.int64) for i, column in enumerate(gaps.T)}
    shared = pairwise_nmi(every, weight=weight)[: len(partitions), len(partitions) :]
    more = (shared - shared[list(partitions).index(KMEANS)]).max(axis=1)
    return [name for name, by in zip(partitions, more, strict=True) if by >= _MORE]
