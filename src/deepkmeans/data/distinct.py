"""Distinct rows of a table: copies of a row become one row with more weight.

Copies are each other's neighbours at distance zero; a graph made of them falls apart into copies.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp
import torch

from ..kmeans import csr_rows, row_keys

__all__ = ["distinct_rows"]

_BLOCK = 8192


def distinct_rows(X: Any) -> tuple[np.ndarray, np.ndarray]:
    """One row of each kind, and which of them each row is.

    Parameters
    ----------
    X : ndarray or CSR matrix of shape (n, d), float32 or float64
        NaN equals NaN, 0.0 equals -0.0.

    Returns
    -------
    index : ndarray of shape (u,), int64
        A row of each kind, in an order that depends on the values alone and looks random.
    inverse : ndarray of shape (n,), int64
        ``X[index][inverse]`` is X.

    Notes
    -----
    O(n d), and O(n log n) for the keys; beside these a block of rows of extra memory.
    """
    n = X.shape[0]
    _, index, inverse = np.unique(_keys(X), return_index=True, return_inverse=True)
    inverse = inverse.reshape(-1)
    if len(index) == n or sp.issparse(X):
        return index, inverse
    for start in range(0, n, _BLOCK):
        at = slice(start, start + _BLOCK)
        own, first = X[at], X[index[inverse[at]]]
        if not ((own == first) | ((own != own) & (first != first))).all():
            return np.arange(n), np.arange(n)  # different rows share a key: one pair in 2^64
    return index, inverse


def _keys(X: Any) -> np.ndarray:
    """A number (n,), int64, of each row; stored zeros of a sparse row count as none."""
    if sp.issparse(X):
        if (X.data == 0).any() or not X.has_canonical_format:
            X = X.copy()
            X.sum_duplicates()
            X.eliminate_zeros()
        crow, column, values = (torch.from_numpy(np.asarray(part)) for part in (X.indptr, X.indices, X.data))
        return np.asarray(row_keys(csr_rows(crow, column, values, X.shape)))
    found = []
    for start in range(0, X.shape[0], _BLOCK):
        block = X[start : start + _BLOCK]
        block = np.where(np.isnan(block), np.asarray(np.nan, dtype=block.dtype), block)  # one pattern for every NaN
        found.append(row_keys(torch.from_numpy(block)).numpy())
    return np.concatenate(found)
