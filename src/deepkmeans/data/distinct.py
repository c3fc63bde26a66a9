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
#: Up to this many distinct rows are ordered by their values; more keep the order in which they come.
_ORDERED = 200_000
#: Number of columns whose ranks decide that order.
_RANKED = 32


def distinct_rows(X: Any) -> tuple[np.ndarray, np.ndarray]:
    """The distinct rows, and which of them each row equals.

    Parameters
    ----------
    X : ndarray or CSR matrix of shape (n, d), float32 or float64
        NaN equals NaN, 0.0 equals -0.0.

    Returns
    -------
    index : ndarray of shape (u,), int64
        One row of each kind, in an order that depends on the values alone and looks random: that of a hash of the ranks
        of at most 32 columns, which is the same in any unit. More than 200,000 kinds keep the order in which they come.
    inverse : ndarray of shape (n,), int64
        ``X[index][inverse]`` is X.

    Notes
    -----
    O(n d), and O(n log n) for the keys and for each ranked column. Beside these, the extra memory is a block of rows.
    """
    index, inverse = _kinds(X)
    if len(index) > _ORDERED:
        order = np.argsort(index, kind="stable")
    else:
        order = np.argsort(_rank_keys(X, index), kind="stable")  # ties stay in the order of the rows' keys
    position = np.empty_like(order)
    position[order] = np.arange(len(order))
    return index[order], position[inverse]


def _kinds(X: Any) -> tuple[np.ndarray, np.ndarray]:
    """``index`` and ``inverse`` by the order of the rows' keys."""
    n = X.shape[0]
    _, index, inverse = np.unique(_keys(X), return_index=True, return_inverse=True)
    inverse = inverse.reshape(-1)
    if len(index) == n or sp.issparse(X):
        return index, inverse
    for start in range(0, n, _BLOCK):
        at = slice(start, start + _BLOCK)
        block, first = X[at], X[index[inverse[at]]]
        if not ((block == first) | ((block != block) & (first != first))).all():
            return np.arange(n), np.arange(n)  # different rows share a key: one pair in 2^64
    return index, inverse


def _rank_keys(X: Any, index: np.ndarray) -> np.ndarray:
    """A number (u,), int64, for each row in ``index``, from the ranks of some columns."""
    some = np.unique(np.linspace(0, X.shape[1] - 1, min(X.shape[1], _RANKED)).astype(np.int64))
    values = X[:, some][index]
    if sp.issparse(values):
        values = values.tocsc()
        columns = (values[:, [j]].toarray().ravel() for j in range(values.shape[1]))
    else:
        columns = iter(values.T)
    ranks = [np.unique(column, return_inverse=True)[1].reshape(-1) for column in columns]
    return row_keys(torch.from_numpy(np.stack(ranks, axis=1).astype(np.float64))).numpy()


def _keys(X: Any) -> np.ndarray:
    """A number (n,), int64, for each row; zeros stored in a sparse row are ignored."""
    if sp.issparse(X):
        if (X.data == 0).any() or not X.has_canonical_format:
            X = X.copy()
            X.sum_duplicates()
            X.eliminate_zeros()
        crow, column, values = (torch.from_numpy(np.asarray(part)) for part in (X.indptr, X.indices, X.data))
        return np.asarray(row_keys(csr_rows(crow, column, values, X.shape)))
    keys = []
    for start in range(0, X.shape[0], _BLOCK):
        block = X[start : start + _BLOCK]
        block = np.where(np.isnan(block), np.asarray(np.nan, dtype=block.dtype), block)  # the same bits for every NaN
        keys.append(row_keys(torch.from_numpy(block)).numpy())
    return np.concatenate(keys)
