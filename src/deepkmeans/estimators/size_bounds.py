"""What ``balance``, ``min_size`` and ``max_size`` ask of the sizes of clusters."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from sklearn.exceptions import ConvergenceWarning
from torch import Tensor

from .._caller import caller_level
from .._validation import Constraint, Interval
from ..exceptions import InvalidParameterError
from ..kmeans import SizeBounds, fit_balanced
from ..types import KMeansResult

__all__ = ["BALANCE", "SIZE", "size_bounds", "warn_of_sizes", "within_bounds"]

BALANCE: list[Constraint] = [Interval(float, 0, 1)]
#: Rows, or a share of all.
SIZE: list[Constraint] = [None, Interval(int, 1, None), Interval(float, 0, 1, open_low=True, open_high=True)]
#: Relative error of sums of weights.
_ROUNDING = 1e-9


def size_bounds(
    owner: str, n_clusters: int, weight: np.ndarray | None, n_samples: int, *, balance: float, min_size: Any = None,
    max_size: Any = None,
) -> SizeBounds | None:  # fmt: skip
    """Bounds on the weight of a cluster; None where nothing is asked.

    Parameters
    ----------
    owner : str
        Class whose parameters these are.
    n_clusters : int
    weight : ndarray of shape (n_samples,) or None
    n_samples : int
    balance : float
        No cluster is smaller than this times the mean size, or larger than the mean size divided by it, each to the
        next row.
    min_size, max_size : int, float or None
        Weight in rows, or the share of all, to the next row.

    Raises
    ------
    InvalidParameterError
        If no sizes are within the bounds.
    """
    if balance == 0 and min_size is None and max_size is None:
        return None
    total = float(n_samples if weight is None else weight.sum())
    unit = 1.0 if weight is None else float(weight[weight > 0].min())
    mean = total / n_clusters
    low, high = (0.0 if min_size is None else _rows(min_size, total)), (
        total if max_size is None else _rows(max_size, total)
    )
    room = _ROUNDING * total
    if min_size is not None and max_size is not None and low > high:
        raise InvalidParameterError(
            f"{owner}: min_size={min_size} is larger than max_size={max_size}; exchange them, or leave one out."
        )

    def of_all(size: float) -> str:
        return f"{size:,.6g} rows" if weight is None else f"a weight of {size:,.6g}"

    said = f"{owner}: n_clusters={n_clusters} and"
    if low > mean + room:
        raise InvalidParameterError(
            f"{said} min_size={min_size} need {of_all(low * n_clusters)}, and X has {of_all(total)}; lower min_size to "
            f"at most {_like(min_size, mean, total, math.floor)}, or ask for fewer clusters."
        )
    if high < mean - room:
        raise InvalidParameterError(
            f"{said} max_size={max_size} hold at most {of_all(high * n_clusters)}, and X has {of_all(total)}; raise "
            f"max_size to at least {_like(max_size, mean, total, math.ceil)}, or ask for more clusters."
        )
    if _is_share(min_size):
        low = _to_row(low, unit, math.floor)
    if _is_share(max_size):
        high = _to_row(high, unit, math.ceil)
    if balance > 0:
        low = max(low, _to_row(balance * mean, unit, math.floor))
        high = min(high, _to_row(mean / balance, unit, math.ceil))
    return SizeBounds(low, high)


def _is_share(size: Any) -> bool:
    return size is not None and not float(size).is_integer()


def _rows(size: Any, total: float) -> float:
    return float(size) * total if _is_share(size) else float(size)


def _to_row(size: float, unit: float, round_to: Callable[[float], int]) -> float:
    """A size to the next row, up or down; rounding errors do not count as one."""
    return round_to(size / unit * (1 + (_ROUNDING if round_to is math.floor else -_ROUNDING))) * unit


def _like(size: Any, mean: float, total: float, round_to: Callable[[float], int]) -> str:
    """The mean size as the user has given ``size``, rounded to what is allowed: a share, or rows if it is one."""
    if _is_share(size) or round_to(mean) < 1:
        return f"{round_to(mean / total * 1e6) / 1e6:g}"
    return f"{round_to(mean):,}"


def within_bounds(
    rows: Tensor, free: KMeansResult, bounds: SizeBounds, *, weight: np.ndarray | None, **options: Any
) -> tuple[Tensor | None, KMeansResult]:
    """Prices, and what becomes of a result with free sizes under bounds: itself, without prices, if it is within them.

    ``weight`` (n,) is in the units of the bounds; ``options`` are those of :func:`~deepkmeans.kmeans.fit_balanced`.
    """
    sizes = np.bincount(free.labels.cpu().numpy(), weight, minlength=len(free.centers))
    if bounds.hold(sizes, 1.0 if weight is None else float(weight[weight > 0].min())):
        return None, free
    held = None if weight is None else torch.from_numpy(weight).to(rows)
    end = fit_balanced(rows, [free.centers], bounds, weight=held, **options)
    n_iter, converged = free.n_iter + end.n_iter, end.converged
    return end.prices, replace(
        free, centers=end.centers, labels=end.labels, inertia=end.inertia, n_iter=n_iter, converged=converged
    )


def warn_of_sizes(bounds: SizeBounds, sizes: np.ndarray, weighted: bool) -> None:
    """Say that rows which cannot be divided keep sizes (k,) from the bounds."""
    if np.abs(bounds.excess(sizes)).max() <= _ROUNDING * sizes.sum():
        return
    warnings.warn(
        f"Clusters have {sizes.min():,g} to {sizes.max():,g} {'weight' if weighted else 'rows'}, and were to have "
        f"{bounds.low:,g} to {bounds.high:,g}: equal rows"
        f"{' and weights' if weighted else ''} cannot be divided between clusters.",
        ConvergenceWarning,
        stacklevel=caller_level(),
    )
