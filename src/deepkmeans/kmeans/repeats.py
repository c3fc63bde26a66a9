"""Equal rows as one row with the sum of their weights.

K-Means gives the same result for a row written twice and for a row of weight 2. Draws and samples go by row; to make
them the same as well, a fit works on distinct rows in the order in which they first appear, and drops weights that are
all one number. Tables of whole numbers and categories, with many equal rows, also take less time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from ..types import KMeansResult
from .rows import chunks, is_sparse, row_of_entry, select, wide

__all__ = ["Distinct", "distinct", "row_keys"]

#: Columns of the first look; rows beyond which it looks at those of every sixteenth value.
_LOOK, _MANY_ROWS, _SHARE = 4, 2**17, 16
#: Odd numbers near 2^64 over the golden ratio and of MurmurHash's end, as int64.
_GOLDEN, _MIX = -7046029254386353131, -4417276706812531889


@dataclass(frozen=True)
class Distinct:
    """What a fit works on.

    Attributes
    ----------
    X : Tensor of shape (m, d)
    weight : Tensor of shape (m,) or None
        None if all weigh the same.
    unit : float
        What a weight of one counts.
    place : Tensor of shape (n,) or None
        The row of ``X`` that each row is; None if they are the same.
    """

    X: Tensor
    weight: Tensor | None
    unit: float
    place: Tensor | None

    def of_all_rows(self, result: KMeansResult) -> KMeansResult:
        """The result for the rows as they were given."""
        if self.place is None and self.unit == 1.0:
            return result
        return replace(
            result, labels=result.labels if self.place is None else result.labels[self.place],
            inertia=result.inertia * self.unit, history=tuple(value * self.unit for value in result.history),
        )  # fmt: skip


def distinct(X: Tensor, weight: Tensor | None, n_clusters: int) -> Distinct:
    """Distinct rows and weights, unless there would be fewer than ``n_clusters``.

    O(n) where no two rows are alike; O(n d + n log n) else. Of more than 131,072 rows those of every sixteenth value
    tell whether there are repetitions at all.
    """
    place = _repeated(X)
    if place is not None:
        count, n = int(place.max()) + 1, X.shape[0]
        first = torch.full((count,), n, dtype=torch.int64, device=X.device)
        first.scatter_reduce_(0, place, torch.arange(n, device=X.device), "amin")
        if count >= n_clusters and _same(X, first[place]):
            kind = wide(X.device)
            row_weight = torch.ones(n, dtype=kind, device=X.device) if weight is None else weight.to(kind)
            mass = torch.zeros(count, dtype=kind, device=X.device).index_add_(0, place, row_weight)
            X, weight = select(X, first), mass.to(X.dtype)
        else:
            place = None
    if weight is not None and float(weight.min()) == float(weight.max()) > 0:
        return Distinct(X, None, float(weight[0]), place)
    return Distinct(X, weight, 1.0, place)


def _repeated(X: Tensor) -> Tensor | None:
    """Numbers (n,) of the distinct rows in the order in which they appear, or None if no two rows are alike."""
    n, d = X.shape
    if n < 2:
        return None
    if not is_sparse(X):
        some = torch.linspace(0, d - 1, min(_LOOK, d), dtype=torch.float32).long().to(X.device)
        key = row_keys(X[:, some])
        if n > _MANY_ROWS:
            chosen = (((key * _MIX) >> 40) % _SHARE == 0).nonzero().squeeze(1)
            chosen = chosen if _SHARE * 4 * len(chosen) >= n else torch.arange(n, device=X.device)  # few values
            if not _any(key[chosen]) or not _any(row_keys(X[chosen])):
                return None
        elif not _any(key):
            return None
    key = row_keys(X)
    if not _any(key):
        return None
    _, group = torch.unique(key, return_inverse=True)
    first = torch.full((int(group.max()) + 1,), n, dtype=torch.int64, device=X.device)
    first.scatter_reduce_(0, group, torch.arange(n, device=X.device), "amin")
    return first.argsort().argsort()[group]


def _any(key: Tensor) -> bool:
    value = key.sort().values
    return bool((value[1:] == value[:-1]).any())


def row_keys(X: Tensor) -> Tensor:
    """A number (n,), int64, of every row, equal for equal rows: a sum that wraps, of mixed bits times odd numbers."""
    # Numbers without a pattern: with multiples of one number (a, b, b, a) and (b, a, a, b) would be alike.
    odd = _stirred(_stirred(torch.arange(1, X.shape[1] + 1, device=X.device))) | 1
    if is_sparse(X):
        mixed = _mixed(X.values()) * odd[X.col_indices().long()]
        return torch.zeros(X.shape[0], dtype=torch.int64, device=X.device).index_add_(0, row_of_entry(X), mixed)
    key = torch.empty(X.shape[0], dtype=torch.int64, device=X.device)
    for start, stop in chunks(X.shape[0], 16 * X.shape[1]):
        key[start:stop] = (_mixed(X[start:stop]) * odd).sum(1)
    return key


def _mixed(values: Tensor) -> Tensor:
    values = values + 0.0  # -0 is 0
    return _stirred(values.view(torch.int32 if values.dtype == torch.float32 else torch.int64).long())


def _stirred(bits: Tensor) -> Tensor:
    bits = bits * _GOLDEN
    return (bits ^ (bits >> 32)) * _MIX


def _same(X: Tensor, other: Tensor) -> bool:
    """Whether every row is equal to the row ``other`` (n,): keys of 64 bits may, hardly ever, agree by chance."""
    if is_sparse(X):
        twin = select(X, other)
        return torch.equal(twin.col_indices(), X.col_indices()) and torch.equal(twin.values(), X.values())
    parts = chunks(X.shape[0], 2 * X.dtype.itemsize * X.shape[1])
    return all(torch.equal(X[start:stop], X[other[start:stop]]) for start, stop in parts)
