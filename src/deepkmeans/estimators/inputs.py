"""The door of the estimators: whatever the user holds becomes an ndarray or a CSR matrix of numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import scipy.sparse as sp
import torch
from sklearn.utils import check_array
from sklearn.utils.validation import _check_sample_weight, validate_data

from ..data.magnitudes import check_magnitudes, check_ratios
from ..exceptions import InvalidDataError

__all__ = ["check_enough_rows", "check_rows", "check_weight", "flatten_pictures", "kept_if_refused"]

#: Integers this small are exact in float32, which halves the memory of images.
_SMALL = ("b1", "i1", "i2", "u1", "u2", "f2")


def check_rows(estimator: Any, X: Any, *, reset: bool, missing: str = "error", min_rows: int = 1) -> Any:
    """Check ``X`` and return it as float32 or float64 ndarray, or CSR matrix, of shape (n, d).

    numpy, pandas, polars, Arrow, scipy sparse and torch are accepted; float32 stays float32, small integers
    become float32, everything else float64. NaN passes when ``missing="impute"``.

    Raises
    ------
    InvalidDataError
        For infinite values (column and count), for numbers beyond 1e301, for NaN when ``missing="error"`` or ``X`` is
        sparse.
    ValueError
        scikit-learn's own errors: wrong width, other column names, complex numbers, text, no rows.
    """
    if isinstance(X, torch.Tensor):
        X = X.detach().cpu()
        X = (X.float() if X.dtype == torch.bfloat16 else X).numpy()
    elif type(X).__module__.split(".")[0] == "pyarrow":
        X = X.to_pandas()
    X = validate_data(
        estimator, X, reset=reset, accept_sparse="csr", dtype=None, ensure_all_finite=False, ensure_min_samples=min_rows
    )
    small = X.dtype.str[1:] in _SMALL or X.dtype == np.float32
    X = check_array(
        X, accept_sparse="csr", dtype=np.float32 if small else np.float64, ensure_all_finite=False,
        ensure_min_samples=min_rows, estimator=estimator,
    )  # fmt: skip
    check_magnitudes(X, getattr(estimator, "feature_names_in_", None))
    values = X.data if sp.issparse(X) else X
    if not np.isfinite(values.sum(dtype=np.float64)):  # cheap; a false alarm only costs the exact look
        _refuse_infinite(estimator, X)
        if (missing == "error" or sp.issparse(X)) and np.isnan(values).any():
            _refuse_missing(estimator, X)
    return X


def check_enough_rows(X: Any, n_clusters: int) -> None:
    """Refuse fewer rows than clusters."""
    if X.shape[0] < n_clusters:
        raise InvalidDataError(
            f"n_samples={X.shape[0]} should be >= n_clusters={n_clusters}: give more rows or ask for fewer clusters."
        )


@contextmanager
def kept_if_refused(estimator: Any) -> Iterator[None]:
    """A fit that is refused before anything was trained leaves the estimator as it was."""
    before = dict(vars(estimator))
    try:
        yield
    except (ValueError, TypeError):
        trained = getattr(estimator, "history_", None)
        if not trained or trained is before.get("history_"):
            vars(estimator).clear()
            vars(estimator).update(before)
        raise


def flatten_pictures(X: Any) -> tuple[Any, tuple[int, int, int] | None]:
    """Arrays and tensors of pictures, n x H x W or n x H x W x C, as rows, and (H, W, C); anything else as it is.

    Sides under 6 have no neighbourhoods to speak of: such rows are flattened and no picture.
    """
    shape = tuple(getattr(X, "shape", ()))
    if len(shape) not in (3, 4) or not isinstance(X, (np.ndarray, torch.Tensor)) or 0 in shape:
        return X, None
    picture = (*shape[1:], 1)[:3]
    return X.reshape(shape[0], -1), picture if min(picture[:2]) >= 6 and picture[2] <= 4 else None


def _names(estimator: Any, columns: np.ndarray) -> str:
    names = getattr(estimator, "feature_names_in_", None)
    shown = [repr(str(names[c])) if names is not None else str(c) for c in columns[:3]]
    return ", ".join(shown) + (f" and {len(columns) - 3} more" if len(columns) > 3 else "")


def _per_column(X: Any, test: Any) -> np.ndarray:
    if sp.issparse(X):
        hit = X.copy()
        hit.data = test(X.data).astype(np.float32)
        return np.asarray(hit.sum(axis=0)).ravel().astype(np.int64)
    return np.asarray(test(X).sum(axis=0))


def _refuse_infinite(estimator: Any, X: Any) -> None:
    counts = _per_column(X, np.isinf)
    columns = np.flatnonzero(counts)
    if len(columns):
        raise InvalidDataError(
            f"Input X contains infinity: {int(counts.sum())} cell(s) in column {_names(estimator, columns)}. "
            "Replace them by a finite number, or by NaN to have them imputed."
        )


def _refuse_missing(estimator: Any, X: Any) -> None:
    counts = _per_column(X, np.isnan)
    columns = np.flatnonzero(counts)
    raise InvalidDataError(
        f"Input X contains NaN: {int(counts.sum())} cell(s) in column {_names(estimator, columns)}. "
        + (
            "Fill them, or use missing='impute'."
            if hasattr(estimator, "missing") and not sp.issparse(X)
            else "Fill them."
        )
    )


def check_weight(sample_weight: Any, X: Any) -> np.ndarray | None:
    """Sample weights as float64 (n,), or None; scikit-learn refuses negative ones and all zeros."""
    if sample_weight is None:
        return None
    return check_ratios(np.asarray(_check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)))
