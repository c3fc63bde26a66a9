"""Steps along a row: what makes rows comparable whose sum or length is an accident."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp
import torch
from torch import Tensor

from ..kmeans import csr_rows, unit_rows

#: Between these, sums of a row are safe to divide by; others are brought there by a power of two, at most this.
_LITTLE, _MUCH, _POWERS = 1e-30, 1e30, 1000

__all__ = ["after_projection", "size_of_rows", "step_dense", "step_sparse", "undo_step"]


def size_of_rows(X: Any, weight: np.ndarray | None = None) -> float:
    """Median sum of the rows that are not empty: the size to which ``"counts"`` brings every row; weights (n,) count
    as copies."""
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
    """Rows (n, d) after the step of ``kind``; an empty row stays as it is."""
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
    """Projected rows (n, p); of ``"cosine"`` each is brought to length p^1/2, mean square 1 per column."""
    return unit_rows(X) * X.shape[1] ** 0.5 if kind == "cosine" else X


def undo_step(X: Tensor, kind: str) -> Tensor:
    """Back from the step as far as that goes: counts of a row of typical sum; directions stay directions."""
    return torch.expm1(X.clamp_min(0)) if kind == "counts" else X
