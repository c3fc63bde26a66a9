"""Which scaling the columns of a table get, and its numbers, from the training rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp
import torch
from torch import Tensor

from ..exceptions import InvalidParameterError
from .column_kinds import columns, row_rule, sparse_quantiles
from .magnitudes import check_deviations
from .row_steps import size_of_rows, step_dense, step_sparse
from .scaling import Scaling
from .spaces import robust_units

__all__ = ["fit_scaling"]

#: Cells of each column, at either end, that say nothing of its range, and rows that are looked at.
_OUTERMOST, _RANGE_ROWS = 0.005, 20_000
#: Places, in units of the last one, in which equal numbers may differ after a step along the row.
_ROUNDED = 16
#: Rows that the units of "robust" are found on, at most twice as many.
_UNIT_ROWS = 50_000


def fit_scaling(
    X: Any,
    kind: str = "auto",
    *,
    output_range: tuple[float, float] | None = None,
    rows: bool = False,
    weight: np.ndarray | None = None,
    names: Any = None,
) -> Scaling:
    """Decide and fit the scaling of the columns of ``X``.

    Parameters
    ----------
    X : ndarray of shape (n, d), possibly with NaN, or sparse matrix
    kind : {"auto", "standard", "robust", "shared", "pixels", "unit", "counts", "cosine", "none"}
        ``"auto"`` takes ``"shared"`` when the columns share one range (the median column spans at least half
        of the range of the whole table, as pixels do; but for the outermost half percent of each column), else
        ``"standard"``; with ``rows=True`` it first looks for counts and for weights of words, see
        :func:`~deepkmeans.data.column_kinds.row_rule`.
    output_range : (float, float) or None
        Range of the network's output activation; a bounded one makes ``"auto"`` and ``"unit"`` map the
        columns into it, so that every value can be reconstructed.
    rows : bool
        Whether ``"auto"`` may choose ``"counts"`` or ``"cosine"``, which cannot be undone entirely.
    weight : ndarray of shape (n,) or None
        A weight of 2 counts as two rows.
    names : sequence of str or None
        Of the columns, for messages.

    Returns
    -------
    Scaling

    Raises
    ------
    InvalidDataError
        For a column that varies by less than 1e-301 in all.

    Notes
    -----
    Two passes over the data, O(n d) time, O(8192 d) extra memory.
    """
    if kind == "auto" and rows and output_range is None:
        kind = row_rule(X) or kind
    low, high, mean, deviation, missing = columns(X, weight)
    fill, size, step = mean, 1.0, kind
    if kind in ("counts", "cosine"):
        size = size_of_rows(X, weight) if kind == "counts" else 1.0
        X = step_sparse(X, kind, size) if sp.issparse(X) else step_dense(_filled(X, fill), kind, size).numpy()
        low, high, mean, deviation, _ = columns(X, weight)
        # The step rounds: rows of one direction, or of one profile, differ by that alone, which is no variation.
        still = high - low <= _ROUNDED * np.finfo(X.dtype).eps * np.maximum(np.abs(low), np.abs(high))
        high, deviation = np.where(still, low, high), np.where(still, 0.0, deviation)
        kind = "shared"
    if kind != "none":
        check_deviations(high - low, names)
    varying = high > low
    span = high / 2 - low / 2  # halves: the full range of 1e308 overflows
    whole = (high.max(initial=-np.inf) / 2 - low.min(initial=np.inf) / 2) if len(low) else 0.0
    shares_range = kind in ("auto", "unit") and bool(varying.any()) and _shares_range(X, low, high, varying, weight)
    if kind == "auto":
        kind = "unit" if output_range is not None else ("shared" if shares_range else "standard")
    if kind == "none":
        shift, scale = np.zeros_like(mean), np.ones_like(mean)
    elif kind == "unit":
        floor, ceiling = output_range or (0.0, 1.0)
        low, half = (np.full_like(low, low.min()), np.full_like(span, whole)) if shares_range else (low, span)
        scale = np.where(half > 0, half * (2 / (ceiling - floor)), 1.0)
        shift = low - floor * scale
        kind = "unit" if floor == 0 else "symmetric"
    elif kind == "robust":
        if sp.issparse(X):
            raise InvalidParameterError(
                "scaling='robust' shifts columns, which would fill a sparse matrix; use 'standard', or give dense rows."
            )
        stride = max(1, len(X) // _UNIT_ROWS)
        sampled_weight = None if weight is None else weight[::stride]
        shift, scale = robust_units(_filled(X[::stride], fill).numpy(), sampled_weight)
    else:
        if kind in ("shared", "pixels"):
            if kind == "pixels":
                middle = mean.mean()
                deviation = np.hypot(deviation, mean - middle)
                mean, varying = np.full_like(mean, middle), np.ones_like(varying)
            peak = deviation.max(initial=0.0) or 1.0
            common = peak * np.sqrt(np.mean((deviation[varying] / peak) ** 2)) if varying.any() else 1.0
            common = common or 1.0  # a single grey has no unit
            deviation = np.full_like(deviation, common)
        shift, scale = mean, np.where(varying & (deviation > 0), deviation, 1.0)
        if kind in ("shared", "pixels"):
            scale = deviation
        if step == "cosine":
            shift = np.zeros_like(mean)
    return Scaling(
        kind=step if step in ("counts", "cosine") else kind,
        fill=torch.from_numpy(fill.copy()),
        flagged=torch.from_numpy(np.flatnonzero(missing)),
        shift=torch.from_numpy(np.asarray(shift, dtype=np.float64)),
        scale=torch.from_numpy(np.asarray(scale, dtype=np.float64)),
        size=size,
    )


def _shares_range(
    X: Any, low: np.ndarray, high: np.ndarray, varying: np.ndarray, weight: np.ndarray | None
) -> bool:  # fmt: skip
    """Whether the median column spans half of the range of all; single cells far out span nothing.

    Columns of which hardly any cell differs from the others, as those of rare words, are left out, unless all are such.
    """
    stride = max(1, X.shape[0] // _RANGE_ROWS)
    sample, sampled_weight = X[::stride][:, varying], None if weight is None else weight[::stride]
    # At least two cells at either end, but of very few.
    outermost = max(_OUTERMOST, min(2 / max(sample.shape[0] - 1, 1), 0.05))
    levels = [outermost, 1 - outermost]
    low, high = low[varying], high[varying]
    if sp.issparse(sample):
        inner = sparse_quantiles(sample, levels, sampled_weight)
    else:
        sample = sample[:, ~np.isnan(sample).all(axis=0)]  # hardly any cell present: none among these rows
        if not sample.shape[1]:
            return False
        inner = _quantiles(sample, levels, sampled_weight)
    wide = inner[1] > inner[0]
    low, high = inner[:, wide] if wide.any() else (low, high)
    span = high / 2 - low / 2
    return bool(np.median(span) >= 0.5 * (high.max() / 2 - low.min() / 2))


def _quantiles(X: np.ndarray, levels: list[float], weight: np.ndarray | None) -> np.ndarray:
    """Quantiles (levels, d) of the cells present in each column of ``X`` (n, d); weights (n,) count as copies."""
    if weight is None:
        return np.asarray(np.nanquantile(X, levels, axis=0))
    order = np.argsort(X, axis=0)  # missing cells come last, where they weigh nothing
    held = np.take_along_axis(np.where(np.isnan(X), 0.0, weight[:, None]), order, axis=0).cumsum(axis=0)
    at = np.stack([(held < level * held[-1]).sum(axis=0) for level in levels])
    return np.asarray(np.take_along_axis(np.take_along_axis(X, order, axis=0), at, axis=0))


def _filled(X: np.ndarray, fill: np.ndarray) -> Tensor:
    X = X if X.dtype.kind == "f" else X.astype(np.float32)
    return torch.from_numpy(np.where(np.isnan(X), fill.astype(X.dtype), X))
