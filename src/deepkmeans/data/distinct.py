"""Distinct rows of a table: copies of a row become one row with more weight.

Copies are each other's neighbours at distance zero; a graph made of them falls apart into copies. Rows are told apart
by a 64-bit hash of a few of their columns, those that share one by a hash of all; then they are compared as they are.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp

__all__ = ["distinct_rows"]

_BLOCK = 8192
#: Columns of the first hash, spread evenly.
_FEW = 32


def distinct_rows(X: Any) -> tuple[np.ndarray, np.ndarray]:
    """One row of each kind, and which of them each row is.

    Parameters
    ----------
    X : ndarray or CSR matrix of shape (n, d)
        NaN equals NaN, 0.0 equals -0.0.

    Returns
    -------
    index : ndarray of shape (u,), int64
        A row of each kind, in an order that depends on the values alone and looks random.
    inverse : ndarray of shape (n,), int64
        ``X[index][inverse]`` is X.

    Notes
    -----
    O(n d), and O(n log n) for the hashes; beside these a block of rows of extra memory.
    """
    n = X.shape[0]
    sparse = sp.issparse(X)
    few = _hashes_sparse(X.tocsr()) if sparse else _hashes(X[:, :: max(1, X.shape[1] // _FEW)])
    index, inverse = _first_of(few)
    if len(index) == n or sparse:
        return index, inverse
    shared = np.flatnonzero(np.bincount(inverse)[inverse] > 1)
    whole = np.zeros(n, dtype=np.uint64)
    whole[shared] = _hashes(X[shared])
    index, inverse = _first_of(few, whole)
    for start in range(0, n, _BLOCK):
        at = slice(start, start + _BLOCK)
        own, first = X[at], X[index[inverse[at]]]
        if not ((own == first) | ((own != own) & (first != first))).all():
            return np.arange(n), np.arange(n)  # different rows share both hashes: one pair in 2^64
    return index, inverse


def _first_of(*keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The first row of each combination of keys (n,), in order of these, and the number of its combination of each."""
    order = np.lexsort(keys[::-1])
    new = np.zeros(len(order), dtype=bool)
    new[:1] = True
    for key in keys:
        new[1:] |= key[order[1:]] != key[order[:-1]]
    inverse = np.empty(len(order), dtype=np.int64)
    inverse[order] = np.cumsum(new) - 1
    return order[new], inverse


def _hashes(X: np.ndarray) -> np.ndarray:
    """A 64-bit number of each row (n,)."""
    n, d = X.shape
    factors = _factors(d)
    found = np.zeros(n, dtype=np.uint64)
    for start in range(0, n, _BLOCK):
        found[start : start + _BLOCK] = (_bits(X[start : start + _BLOCK]) * factors).sum(axis=1, dtype=np.uint64)
    return _mixed(found)


def _hashes_sparse(X: Any) -> np.ndarray:
    bits = np.where(X.data == 0, np.uint64(0), _bits(X.data))
    sums = np.concatenate([np.zeros(1, dtype=np.uint64), np.cumsum(bits * _factors(X.shape[1])[X.indices])])
    return _mixed(sums[X.indptr[1:]] - sums[X.indptr[:-1]])


def _bits(values: np.ndarray) -> np.ndarray:
    """The bits of floats as uint64, mixed, 0 for zero; one pattern for every NaN."""
    wide = np.where(np.isnan(values), np.nan, values + 0.0).astype(np.float64)
    return _mixed(wide.view(np.uint64))


def _mixed(bits: np.ndarray) -> np.ndarray:
    """The finaliser of splitmix64 (Steele, Lea, Flood, OOPSLA 2014): a bijection that spreads every bit."""
    bits = bits ^ (bits >> np.uint64(30))
    bits = bits * np.uint64(0xBF58476D1CE4E5B9)
    bits = bits ^ (bits >> np.uint64(27))
    bits = bits * np.uint64(0x94D049BB133111EB)
    return np.asarray(bits ^ (bits >> np.uint64(31)))


def _factors(d: int) -> np.ndarray:
    """Odd multipliers (d,), one a column."""
    return _mixed(np.arange(1, d + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)) | np.uint64(1)
