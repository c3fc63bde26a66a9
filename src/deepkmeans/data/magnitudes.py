"""How large and how small the numbers of rows and weights may be, and how those beyond are refused.

Only ratios count for K-Means, so weights are brought near one by a power of two, which changes no digit; rows are
likewise where their squares need it (:mod:`deepkmeans.kmeans.problem`). What no power of two can help is refused, with
the column: numbers at the very ends of float64, squares whose sum it cannot hold, weights too far apart for one sum.
``names`` are those of the columns, or None where they have numbers alone.
"""

from __future__ import annotations

import math
from typing import Any, overload

import numpy as np
import scipy.sparse as sp

from ..exceptions import InvalidDataError

__all__ = [
    "check_deviations", "check_finite", "check_magnitudes", "check_ratios", "check_squares", "column_name", "largest",
    "normalized_weight", "peaks", "unsquarable",
]  # fmt: skip

#: Beyond these sums of numbers overflow, and numbers lose their digits.
_LARGE, _SMALL = 2.0**1000, 2.0**-1000
#: Largest weight: its product with a squared distance is a number. Largest ratio of two weights: float32 holds both.
_HEAVY, _APART = 2.0**900, 2.0**100
#: Logarithm of what a sum of squares may reach at most.
_MOST = 1020.0


def check_magnitudes(X: Any, names: Any = None) -> None:
    """Refuse numbers beyond 1e301 in rows (n, d), dense or CSR; NaN and infinity pass. One product of n d numbers."""
    values = (X.data if sp.issparse(X) else X).ravel(order="K")
    if values.dtype == np.float32:
        return
    with np.errstate(over="ignore", invalid="ignore"):
        squares = float(values @ values)
    if math.isfinite(squares):
        return
    peak = peaks(X)
    column = int(peak.argmax())
    if _LARGE < peak[column] < math.inf:
        raise InvalidDataError(
            f"Column {column_name(names, column)} of X holds numbers as large as {peak[column]:.3g}, too large to be "
            f"added in float64; divide it by {peak[column]:.0e}, or make them NaN if they stand for missing values."
        )


def check_deviations(deviation: np.ndarray, names: Any = None) -> None:
    """Refuse columns of a range (d,) so close to zero that the digits are lost."""
    column = int(np.argmin(np.where(deviation > 0, deviation, np.inf)))
    if 0 < deviation[column] < _SMALL:
        raise InvalidDataError(
            f"Column {column_name(names, column)} of X varies by {deviation[column]:.3g} alone, so little that float64 "
            "loses the digits; multiply it by 1e300, or leave it out."
        )


def check_squares(X: Any, weight: np.ndarray | None, names: Any = None) -> None:
    """Refuse rows (n, d) and weights (n,) whose sum of squared distances float64 cannot hold. O(n d)."""
    peak = largest(X)
    mass = float(X.shape[0] if weight is None else weight.sum())
    if peak and 2 * (math.log2(peak) + 1) + math.log2(X.shape[1]) + math.log2(mass) > _MOST:
        raise unsquarable(X, weight, names)


def unsquarable(X: Any, weight: np.ndarray | None, names: Any = None) -> InvalidDataError:
    """The refusal of rows or weights, whichever are to blame, whose sum of squared distances is no number."""
    if weight is not None and largest(X) < _APART:
        return _heavy(weight)
    return _overflow(X, "squared distances", np.dtype(np.float64), names)


def check_finite(values: np.ndarray, X: Any, what: str, names: Any = None) -> np.ndarray:
    """``found``, or a refusal that names the column of rows ``X`` (n, d) whose numbers made it overflow."""
    with np.errstate(over="ignore", invalid="ignore"):
        if not np.isfinite(np.sum(values, dtype=np.float64)) and not np.isfinite(values).all():
            raise _overflow(X, what, values.dtype, names)
    return values


def check_ratios(weight: np.ndarray) -> np.ndarray:
    """``weight`` (n,), or a refusal of weights that are too large, or too far apart to be added."""
    heaviest = float(weight.max(initial=0.0))
    if heaviest > _HEAVY:
        raise _heavy(weight)
    lightest = float(weight.min(initial=math.inf, where=weight > 0))
    if heaviest / _APART > lightest:
        raise InvalidDataError(
            f"sample_weight goes from {lightest:.3g} to {heaviest:.3g}: a row of less than {1 / _APART:.0e} of the "
            "heaviest counts for nothing in any sum; give such rows weight 0, or bring the weights closer together."
        )
    return weight


@overload
def normalized_weight(weight: None) -> tuple[None, float]: ...
@overload
def normalized_weight(weight: np.ndarray) -> tuple[np.ndarray, float]: ...
def normalized_weight(weight: np.ndarray | None) -> tuple[np.ndarray | None, float]:
    """Weights (n,) times the power of two that brings the heaviest to 1 or just above, and the unit this takes out."""
    if weight is None:
        return None, 1.0
    exponent = math.frexp(float(weight.max()))[1] - 1
    return np.ldexp(weight, -exponent), math.ldexp(1.0, exponent)


def largest(X: Any) -> float:
    """Largest absolute number of rows without NaN, dense or sparse; 0 where there is none."""
    values = X.data if sp.issparse(X) else X
    return max(float(values.max(initial=0.0)), -float(values.min(initial=0.0)))


def peaks(X: Any) -> np.ndarray:
    """Largest absolute number (d,), float64, of each column; 0 where all its cells are missing."""
    if sp.issparse(X):
        return np.asarray(abs(X).max(axis=0).todense(), dtype=np.float64).ravel()
    high, low = np.fmax.reduce(X, axis=0, initial=0.0), np.fmin.reduce(X, axis=0, initial=0.0)
    return np.asarray(np.fmax(high, -low), dtype=np.float64)


def _overflow(X: Any, what: str, dtype: Any, names: Any) -> InvalidDataError:
    peak = peaks(X)
    column = int(peak.argmax())
    cure = ", or give float64" if dtype == np.float32 else ""
    return InvalidDataError(
        f"Column {column_name(names, column)} of X holds numbers as large as {peak[column]:.3g}, and {dtype} cannot "
        f"hold {what} of these; divide it by {peak[column]:.0e}, or standardise the columns{cure}."
    )


def _heavy(weight: np.ndarray) -> InvalidDataError:
    heaviest = float(weight.max())
    return InvalidDataError(
        f"sample_weight goes up to {heaviest:.3g}, and float64 cannot hold such a weight times squared distances; "
        f"divide all weights by {heaviest:.0e}: only their ratios count."
    )


def column_name(names: Any, column: int) -> str:
    return str(column) if names is None else repr(str(names[column]))
