"""What the columns of a table are, seen from their values alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp

__all__ = ["columns", "row_rule"]

#: Rows per block of the statistics: bounds the float64 copies.
_BLOCK = 8192
#: A column whose numbers are less than this beside those of others.
_NOTHING = 1e-100
#: Fewer columns than this are quantities of their own, not a profile whose sum or length means "how much".
_PROFILE = 50


def columns(
    X: Any, weight: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Per column: minimum, maximum, mean, deviation over the cells present, and the count of missing cells.

    Weights (n,) count as copies of a row in mean and deviation.
    """
    mass = None if weight is None else np.asarray(weight, dtype=np.float64)
    if sp.issparse(X):
        low = np.asarray(X.min(axis=0).todense(), dtype=np.float64).ravel()
        high = np.asarray(X.max(axis=0).todense(), dtype=np.float64).ravel()
        share = np.full(X.shape[0], 1 / X.shape[0]) if mass is None else mass / mass.sum()
        mean = np.where(high > low, np.asarray(X.T @ share, dtype=np.float64).ravel(), low)
        own = np.maximum(np.abs(low), np.abs(high))
        peak = max(float(own.max(initial=0)) or 1.0, float(np.finfo(np.float64).tiny))  # it is divided by
        # One unit, in which squares are numbers; a column that is nothing beside others has its own.
        unit = np.where((own > 0) & (own < _NOTHING * peak), own.clip(min=np.finfo(np.float64).tiny), peak)
        square = np.asarray((X.astype(np.float64) @ sp.diags(1 / unit)).power(2).T @ share).ravel()
        deviation = np.where(high > low, unit * np.sqrt(np.clip(square - (mean / unit) ** 2, 0, None)), 0.0)
        return low, high, mean, deviation, np.zeros(X.shape[1], dtype=np.int64)
    n, d = X.shape
    low, high = np.full(d, np.inf), np.full(d, -np.inf)
    missing = np.zeros(d, dtype=np.int64)
    for block in (X[i : i + _BLOCK] for i in range(0, n, _BLOCK)):
        low, high = np.fmin(low, np.fmin.reduce(block, axis=0)), np.fmax(high, np.fmax.reduce(block, axis=0))
        if block.dtype.kind == "f":
            missing += np.isnan(block).sum(axis=0)
    present = n - missing
    low, high = np.where(present > 0, low, 0.0), np.where(present > 0, high, 0.0)
    # Sums of offsets from the minimum in units of the range: no overflow at 1e200, no cancellation at 1e8 + noise.
    extent = np.where(high > low, high / 2 - low / 2, 0.5) * 2
    total, square, held = np.zeros(d), np.zeros(d), np.zeros(d)
    for start in range(0, n, _BLOCK):
        block = X[start : start + _BLOCK]
        offset = (block.astype(np.float64) - low) / extent
        here = ~np.isnan(offset)
        offset[~here] = 0.0
        own = np.ones(len(block)) if mass is None else mass[start : start + _BLOCK]
        held += own @ here
        total += own @ offset
        square += own @ np.square(offset)
    held = np.where(held > 0, held, 1.0)
    share = total / held
    variance = np.clip(square / held - share**2, 0, None)
    return low, high, low + extent * share, extent * np.sqrt(variance), missing


def row_rule(X: Any) -> str | None:
    """``"counts"``, ``"cosine"`` or None: whether the sum or length of a row is an accident of how much was seen.

    Counts (of molecules, words, events): whole numbers from zero, mostly zero, with ranges that differ from column to
    column; a row's sum is the effort of counting. Weights of words (TF-IDF): a sparse matrix of non-negative numbers,
    or rows that all have length one already; only the direction of a row says something. At least 50 columns.
    """
    n, d = X.shape
    if d < _PROFILE or n < 2:
        return None
    sample = X[:: max(1, n // 2000)]
    values = sample.data if sp.issparse(sample) else sample
    if values.size == 0 or not np.isfinite(values).all() or values.min() < 0:
        return "cosine" if _has_unit_rows(sample) else None
    nonzero = sample.count_nonzero() if sp.issparse(sample) else np.count_nonzero(sample)
    # Large numbers have no places behind the point to tell them from counts.
    eps = np.finfo(np.result_type(values.dtype, np.float32)).eps
    whole = bool(values.max() * eps < 1 and (values == np.round(values)).all())
    highest = np.asarray(sample.max(axis=0).todense()).ravel() if sp.issparse(sample) else sample.max(axis=0)
    uneven = np.median(highest[highest > 0]) < 0.5 * highest.max() if highest.max() > 1 else False
    if whole and uneven and nonzero < 0.7 * sample.shape[0] * d:
        return "counts"
    return "cosine" if sp.issparse(X) or _has_unit_rows(sample) else None


def _has_unit_rows(sample: Any) -> bool:
    with np.errstate(over="ignore"):  # such rows are far from length one
        squares = sample.multiply(sample).sum(axis=1) if sp.issparse(sample) else (np.square(sample)).sum(axis=1)
    return bool(np.allclose(np.asarray(squares, dtype=np.float64), 1.0, atol=1e-3))
