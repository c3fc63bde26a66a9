"""Columns of levels as what the other columns make of them, where gaps between groups of rows are sought.

A column of two levels parts the rows whatever it means: between yes and no there is no row. What tells of groups is a
level that goes with other columns. So each row's levels become the mean of those of the rows that are its neighbours in
all other columns: within a group in which the level is chance all rows get nearly the same number, between groups in
which it is not a difference stays.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from .neighbors import nearest_neighbors

__all__ = ["expected_levels"]

_NEIGHBORS = 30
#: Columns are left out together where there are more than so many of them.
_MOST_GROUPS = 12


def expected_levels(X: Tensor, owner: np.ndarray, mass: np.ndarray) -> Tensor:
    """Rows with the mean levels of their 30 neighbours.

    Parameters
    ----------
    X : Tensor of shape (n, p)
    owner : ndarray of shape (p,), int64
        Which column of levels each of the p numbers is of; -1 of numbers that no level makes.
    mass : ndarray of shape (n,)
        How many rows each is.

    Returns
    -------
    Tensor of shape (n, p)
        A new one. Columns beside which there is no other that differs stay as they are.

    Notes
    -----
    O(columns of levels n^2 p), of twelve columns at most.
    """
    made, n = X.clone(), len(X)
    groups = np.unique(owner[owner >= 0])
    if n < 3 or not len(groups):
        return made
    weight = torch.from_numpy(mass).to(X)
    for first in range(min(len(groups), _MOST_GROUPS)):
        inside = torch.from_numpy(np.isin(owner, groups[first::_MOST_GROUPS]))
        others = X[:, ~inside]
        if others.shape[1] == 0 or not bool((others != others[:1]).any()):
            continue
        near = nearest_neighbors(others, min(_NEIGHBORS, n - 1))[0]
        held = weight[near][:, :, None]
        made[:, inside] = (X[:, inside][near] * held).sum(dim=1) / held.sum(dim=1)
    return made
