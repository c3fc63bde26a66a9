"""Normalise each row whose sum or length only says how much was observed."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp
import torch
from torch import Tensor

from ..kmeans import csr_rows, unit_rows

#: Row sums between these two are safe divisors; other rows are first scaled by a power of two, up to the third.
_LITTLE, _MUCH, _POWERS = 1e-30, 1e30, 1000

__all__ = ["after_projection", "size_of_rows", "step_dense", "step_sparse", "undo_step"]


def size_of_rows(X: Any, weight: np.ndarray | None = None) -> float:
    """The sum to which ``"counts"`` scales every row: the median over the rows that are not empty.

    Weights (n,) count as copies of a row.
    """
    sums = X.sum(axis=1) if sp.issparse(X) else np.nansum(X, axis=1, dtype=np.float64)
    total: np.ndarray = np.asarray(sums).ravel()
    filled = total > 0
    if not filled.any():
        return 1.0
    if weight is None:
        return float(np.median(total[filled]))
    order = np.argsort(total[filled], kind="stable")
    up_to = np.cumsum(weight[filled][order])
    middle = np.searchsorted(up_to, up_to[-1] / 2, side="left"), np.searchsorted(up_to, up_to[-1] / 2, side="right")
    return float(total[filled][order][list(middle)].mean())


def step_dense(X: Tensor, kind: str, size: float) -> Tensor:
    """Rows (n, d) normalised by ``kind``; an empty row stays as it is."""
    if kind == "counts":
        X = X.clamp_min(0)
        total = X.sum(dim=1, keepdim=True)
        if not bool(((total > _LITTLE) & (total < _MUCH) | (total == 0)).all()):
            most = 120 if X.dtype == torch.float32 else _POWERS
            X = X * torch.exp2(-torch.frexp(X.amax(dim=1, keepdim=True)).exponent.clamp(-most, most).to(X.dtype))
            total = X.sum(dim=1, keepdim=True)
        return torch.log1p(X * (size / torch.where(total > 0, total, torch.ones_like(total))))
    return unit_rows(X) if kind == "cosine" else X


def step_sparse(X: Any, kind: str, size: float) -> Any:
    """The same for a CSR matrix, which stays sparse."""
    if kind == "counts":
        X = X.maximum(0)
        total = np.asarray(X.sum(axis=1, dtype=np.float64)).ravel()
        if not ((total > _LITTLE) & (total < _MUCH) | (total == 0)).all():
            power = np.frexp(np.asarray(X.max(axis=1).todense(), dtype=np.float64).ravel())[1]
            X = sp.diags(np.exp2(-power.clip(-_POWERS, _POWERS).astype(np.float64))) @ X
            total = np.asarray(X.sum(axis=1, dtype=np.float64)).ravel()
        return (sp.diags(size / np.where(total > 0, total, 1.0)) @ X).tocsr().log1p()
    if kind == "cosine":
        crow, column, values = (torch.from_numpy(np.array(part)) for part in (X.indptr, X.indices, X.data))
        values = unit_rows(csr_rows(crow, column, values, X.shape)).values()
        return sp.csr_array((values.numpy(), X.indices, X.indptr), shape=X.shape)
    return X


def after_projection(X: Tensor, kind: str) -> Tensor:
    """Projected rows (n, p); for ``"cosine"``, each is scaled to length p^1/2: mean square 1 per column."""
    return unit_rows(X) * X.shape[1] ** 0.5 if kind == "cosine" else X


def undo_step(X: Tensor, kind: str) -> Tensor:
    """Undo the step as far as possible: counts become those of a row of typical sum; unit rows stay unit rows."""
    return torch.expm1(X.clamp_min(0)) if kind == "counts" else X
