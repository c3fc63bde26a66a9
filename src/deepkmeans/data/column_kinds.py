"""Statistics of columns, and the kind of table they make up, from the values alone."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.sparse as sp

__all__ = ["FEW", "MANY_COLUMNS", "columns", "row_rule", "sparse_quantiles"]

#: Rows of more columns than this are texts, profiles and the like, which are projected; others are tables.
MANY_COLUMNS = 256

#: Rows per block of the statistics: bounds the float64 copies.
_BLOCK = 8192
#: A column is negligible if its largest number is below this share of the largest of all.
_NEGLIGIBLE = 1e-100
#: A table of non-negative numbers with a smaller share of cells above zero is taken for texts made dense.
FEW = 0.1
#: Fewer columns than this are separate quantities, not a profile whose sum or length means "how much".
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
        largest = np.maximum(np.abs(low), np.abs(high))
        peak = max(float(largest.max(initial=0)) or 1.0, float(np.finfo(np.float64).tiny))  # a divisor
        # Squares are taken in one unit, so as not to overflow; a negligible column has its own unit.
        negligible = (largest > 0) & (largest < _NEGLIGIBLE * peak)
        unit = np.where(negligible, largest.clip(min=np.finfo(np.float64).tiny), peak)
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
        block_mass = np.ones(len(block)) if mass is None else mass[start : start + _BLOCK]
        held += block_mass @ here
        total += block_mass @ offset
        square += block_mass @ np.square(offset)
    held = np.where(held > 0, held, 1.0)
    share = total / held
    variance = np.clip(square / held - share**2, 0, None)
    return low, high, low + extent * share, extent * np.sqrt(variance), missing


def sparse_quantiles(X: Any, shares: list[float], weight: np.ndarray | None = None) -> np.ndarray:
    """Quantiles (len(shares), d) of the columns of a sparse matrix (n, d), zeros counted, as NumPy interpolates them.

    With weights (n,), each is the smallest number with that share of the weight at or below it. O(entries log entries)
    time, and copies of the entries alone.
    """
    n, d = X.shape
    entries = X.tocoo()
    order = np.lexsort((entries.data, entries.col))
    column, value = entries.col[order], entries.data[order]
    stored = np.bincount(column, minlength=d)
    below = np.bincount(column[value < 0], minlength=d)
    first = np.cumsum(stored) - stored
    quantiles: np.ndarray = np.empty((len(shares), d))
    if weight is not None:
        mass = weight[entries.row[order]]
        less, held = (np.bincount(column[of], mass[of], d) for of in (value < 0, slice(None)))
        zeros = weight.sum() - held
        up_to = np.cumsum(mass) - (np.cumsum(held) - held)[column] + np.where(value > 0, zeros[column], 0.0)
        for position, share in enumerate(shares):
            target = share * weight.sum()
            at = np.bincount(column[up_to < target], minlength=d)
            there = (at < stored) & ((target <= less) | (target > less + zeros))
            quantiles[position] = 0.0
            quantiles[position, there] = value[(first + at)[there]]
        return quantiles

    def ranked(rank: int) -> np.ndarray:
        """The number of this rank in each column, (d,): below zero, a zero that is not stored, or above zero."""
        among = np.where(rank < below, rank, rank - (n - stored))
        there = (rank < below) | (among >= below)
        numbers = np.zeros(d, dtype=value.dtype)
        numbers[there] = value[first[there] + among[there]]
        return numbers

    for position, share in enumerate(shares):
        rank = share * (n - 1)
        low, high = ranked(math.floor(rank)), ranked(math.ceil(rank))
        quantiles[position] = low + (high - low) * (rank - math.floor(rank))
    return quantiles


def row_rule(X: Any) -> str | None:
    """How rows are normalised, judged by their values: ``"counts"``, ``"cosine"`` or not at all (None).

    Counts (of molecules, words, events): whole numbers from zero, mostly zero, with ranges that differ from column to
    column; a row's sum only tells how much was counted. Weights of words (TF-IDF): non-negative numbers in a sparse
    matrix, or in at most 256 columns with less than a tenth of cells above zero, or rows that all have length one
    already, empty ones aside; only the direction of a row means something. At least 50 columns.
    """
    n, d = X.shape
    if d < _PROFILE or n < 2:
        return None
    sample = X[:: max(1, n // 2000)]
    values = sample.data if sp.issparse(sample) else sample
    if values.size == 0 or not np.isfinite(values).all() or values.min() < 0:
        return "cosine" if _has_unit_rows(sample) else None
    nonzero = sample.count_nonzero() if sp.issparse(sample) else np.count_nonzero(sample)
    # Large floats have no decimals left by which they could differ from counts.
    eps = np.finfo(np.result_type(values.dtype, np.float32)).eps
    whole = bool(values.max() * eps < 1 and (values == np.round(values)).all())
    highest = np.asarray(sample.max(axis=0).todense()).ravel() if sp.issparse(sample) else sample.max(axis=0)
    uneven = np.median(highest[highest > 0]) < 0.5 * highest.max() if highest.max() > 1 else False
    if whole and uneven and nonzero < 0.7 * sample.shape[0] * d:
        return "counts"
    few = d <= MANY_COLUMNS and nonzero < FEW * sample.shape[0] * d
    return "cosine" if sp.issparse(X) or few or _has_unit_rows(sample) else None


def _has_unit_rows(sample: Any) -> bool:
    with np.errstate(over="ignore"):  # such rows are far from length one
        squares = sample.multiply(sample).sum(axis=1) if sp.issparse(sample) else (np.square(sample)).sum(axis=1)
    length = np.asarray(squares, dtype=np.float64).ravel()
    empty = length == 0
    return bool(not empty.all() and np.allclose(length[~empty], 1.0, atol=1e-3))
