"""Rows and columns that do not affect K-Means: left out before a fit, put back after it.

A row of weight 0 counts as absent, so no draw may choose it. A column that no row and no centre
uses adds nothing to a distance, and centres stay zero there; hashed texts have a million of them. A column of CSR rows
that holds one number adds nothing either, but if it is large, rounded means would separate equal rows.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from ..runtime.collective import Collective, SingleProcess
from .rows import csr_rows, is_sparse

__all__ = ["columns_used", "constant_columns", "narrowed", "rows_counted", "widened", "without_constants"]

#: Fewer columns than this cost too little to look at them.
_WIDE = 2**14


def rows_counted(weight: Tensor | None, n_clusters: int) -> Tensor | None:
    """Numbers of the rows with weight; None if all have some, or fewer than ``n_clusters`` have."""
    if weight is None:
        return None
    counted = weight > 0
    count = int(counted.sum())
    return counted.nonzero().squeeze(1) if n_clusters <= count < len(weight) else None


def columns_used(X: Tensor, centers: Tensor | None = None) -> Tensor | None:
    """Numbers of the columns of wide CSR rows in which a row or centre has entries; None if most have some. O(nnz)."""
    d = X.shape[1]
    if not is_sparse(X) or d < _WIDE:
        return None
    used = torch.zeros(d, dtype=torch.bool, device=X.device)
    used[X.col_indices().long()] = True
    used[0] = True  # rows of zeros alone are rows still
    if centers is not None:
        used |= (centers != 0).any(0)
    columns = used.nonzero().squeeze(1)
    return columns if 2 * len(columns) <= d else None


def narrowed(X: Tensor, columns: Tensor) -> Tensor:
    """CSR rows without all but ``columns``, which are sorted and hold every entry."""
    place = torch.zeros(X.shape[1], dtype=X.col_indices().dtype, device=X.device)
    place[columns] = torch.arange(len(columns), dtype=place.dtype, device=X.device)
    return csr_rows(X.crow_indices(), place[X.col_indices().long()], X.values(), (X.shape[0], len(columns)))


def widened(centers: Tensor, columns: Tensor, n_features: int) -> Tensor:
    """Centres of :func:`narrowed` rows among all columns, zero in the others."""
    wide = torch.zeros(len(centers), n_features, dtype=centers.dtype, device=centers.device)
    wide[:, columns] = centers
    return wide


def constant_columns(X: Tensor, collective: Collective | None = None) -> Tensor:
    """The number (d,) that stands in every one of the CSR rows of all processes, zero for other columns. O(nnz)."""
    collective = collective or SingleProcess()
    d, column, values = X.shape[1], X.col_indices().long(), X.values()
    one = torch.ones(1, dtype=torch.int64, device=X.device)
    stored, n_samples = collective.sum(torch.bincount(column, minlength=d), one * X.shape[0])
    constant = torch.zeros(d, dtype=values.dtype, device=X.device)
    full = stored == n_samples
    if not bool(full.any()):
        return constant
    low, high = (
        collective.gather(constant.new_full((d,), end).scatter_reduce_(0, column, values, how)[None])
        for end, how in ((math.inf, "amin"), (-math.inf, "amax"))
    )
    return torch.where(full & (low.amin(0) == high.amax(0)), high.amax(0), constant)


def without_constants(X: Tensor, constant: Tensor) -> Tensor:
    """CSR rows less what :func:`constant_columns` gave, with zeros in its place."""
    values = X.values() - constant[X.col_indices().long()]
    return csr_rows(X.crow_indices(), X.col_indices(), values, (X.shape[0], X.shape[1]))
