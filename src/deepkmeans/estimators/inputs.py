"""The door of the estimators: whatever the user holds becomes an ndarray or a CSR matrix of numbers."""

from __future__ import annotations

import numbers
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import scipy.sparse as sp
import torch
from sklearn.base import ClusterMixin
from sklearn.utils import check_array
from sklearn.utils.validation import validate_data

from ..data.magnitudes import check_magnitudes, check_ratios, normalized_weight
from ..exceptions import DeepKMeansError, InvalidDataError, InvalidParameterError
from ..runtime import tensor_array
from .array_inputs import array_numbers, listed_columns, sequence_array
from .frame_inputs import as_frame, compare_odd_names, frame_numbers
from .sparse_inputs import canonical_csr, table_as_dense

__all__ = [
    "as_numbers", "check_enough_rows", "check_input", "check_rows", "check_weight", "flatten_pictures",
    "kept_if_refused", "relative_weight", "rows_with_weight",
]  # fmt: skip


def check_input(
    X: Any, owner: str, *, missing: str = "error", imputes: bool = False, min_rows: int = 1, keep_sparse: bool = False
) -> Any:  # fmt: skip
    """Check ``X`` and return it as float32 or float64 ndarray, or CSR matrix, of shape (n, d).

    numpy, pandas, polars, Arrow, scipy sparse and torch are accepted; float32 stays float32, small integers
    become float32, everything else float64. NaN passes when ``missing="impute"``. Cells of a sparse matrix that are
    stored twice are summed; one that is a table becomes dense (see :func:`.sparse_inputs.table_as_dense`) unless
    ``keep_sparse``.

    Parameters
    ----------
    X : array, data frame, tensor or sparse matrix
    owner : str
        Whoever asks for the rows, for messages.
    missing : {"error", "impute"}
    imputes : bool
        Whether ``owner`` has a parameter ``missing``, for the advice.
    min_rows : int
    keep_sparse : bool

    Raises
    ------
    InvalidDataError
        For infinite values, text, dates, complex numbers and objects (with row and column), for numbers beyond 1e301,
        for NaN when ``missing="error"`` or the rows stay sparse, for sparse matrices whose indices are out of range,
        and, in scikit-learn's words, for no rows, or no columns.
    """
    frame, X = _as_table(X, owner, min_rows, keep_sparse)
    names = None if frame is None or not hasattr(frame, "columns") else [*frame.columns]
    named = names is not None and all(isinstance(name, str) for name in names)
    return _check_values(X, names if named else None, missing, imputes)


def check_rows(
    estimator: Any, X: Any, *, reset: bool, missing: str = "error", min_rows: int = 1, keep_sparse: bool = False
) -> Any:  # fmt: skip
    """:func:`check_input` of an estimator, whose names and number of columns are those of its fit.

    Raises
    ------
    InvalidDataError
        As :func:`check_input`, and, in scikit-learn's words, for another width or other column names.
    """
    frame, X = _as_table(X, type(estimator).__name__, min_rows, keep_sparse)
    with _one_error():
        validate_data(estimator, X if frame is None else frame, reset=reset, skip_check_array=True)
        compare_odd_names(estimator, frame, reset=reset)
    names = getattr(estimator, "feature_names_in_", None)
    return _check_values(X, names, missing, hasattr(estimator, "missing"))


def _as_table(X: Any, owner: str, min_rows: int, keep_sparse: bool) -> tuple[Any, Any]:
    """The frame that ``X`` is, or None, and its numbers (n, d)."""
    frame = as_frame(X)
    X = as_numbers(X if frame is None else frame)
    X = X if keep_sparse else table_as_dense(X)
    with _one_error():
        X = check_array(
            X, accept_sparse="csr", dtype=None, ensure_all_finite=False, ensure_min_samples=min_rows, estimator=owner
        )
    return frame, X


def _check_values(X: Any, names: Any, missing: str, imputes: bool) -> Any:
    check_magnitudes(X, names)
    values = X.data if sp.issparse(X) else X
    with np.errstate(all="ignore"):
        finite = np.isfinite(values.sum(dtype=np.float64))  # cheap; a false alarm only costs the exact look
    if not finite:
        _refuse_infinite(X, names)
        if (missing == "error" or sp.issparse(X)) and np.isnan(values).any():
            _refuse_missing(X, names, imputes)
    return X


def as_numbers(X: Any, name: str = "X") -> Any:
    """Whatever holds real numbers as a float32 or float64 ndarray of the same shape, or a CSR matrix.

    ``X`` stays as it is, and is shared where it is such an array already.

    Raises
    ------
    InvalidDataError
        For anything else, with row and column where a cell is the reason; ``name`` is what messages call it.
    """
    if isinstance(X, torch.Tensor):
        X = tensor_array(X, name)
    frame = as_frame(X, name)
    if frame is not None:
        X = frame_numbers(frame, name)
    if sp.issparse(X):
        return canonical_csr(X, name)
    return array_numbers(X if isinstance(X, np.ndarray) and X.ndim else sequence_array(X, name), name)


@contextmanager
def _one_error() -> Iterator[None]:
    """What scikit-learn refuses, in its words, as the one error of bad data."""
    try:
        yield
    except DeepKMeansError:
        raise
    except (ValueError, TypeError) as error:
        # Without the rows themselves, which it prints when they have one dimension.
        raise InvalidDataError(re.sub(r"instead:\s+array=.*\.\s+", "instead. ", str(error), flags=re.S)) from error


def rows_with_weight(X: Any, weight: np.ndarray | None) -> tuple[Any, np.ndarray | None]:
    """Rows (n, d) and weights (n,) without those of weight 0, which stands for the absence of a row."""
    if weight is None or weight.all():
        return X, weight
    return X[weight > 0], weight[weight > 0]


def relative_weight(weight: np.ndarray | None) -> np.ndarray | None:
    """Weights (n,) brought near one, of which only ratios count; None where all weigh the same."""
    return None if weight is None or (weight == weight[0]).all() else normalized_weight(weight)[0]


def check_enough_rows(X: Any, n_clusters: int, n_given: int | None = None) -> None:
    """Refuse fewer rows than clusters; ``X`` are the rows with weight, of ``n_given``."""
    if X.shape[0] < n_clusters:
        if n_given is not None and n_given > X.shape[0]:
            raise InvalidDataError(
                f"{X.shape[0]} of {n_given} rows of X have weight, fewer than n_clusters={n_clusters}; check "
                "sample_weight, or ask for fewer clusters."
            )
        raise InvalidDataError(
            f"n_samples={X.shape[0]} should be >= n_clusters={n_clusters}: give more rows or ask for fewer clusters."
        )


@contextmanager
def kept_if_refused(estimator: Any) -> Iterator[None]:
    """A fit that is refused for an argument, or before anything was trained, leaves the estimator as it was.

    So does a clustering that ends in an error before it has labels.
    """
    before = dict(vars(estimator))
    try:
        yield
    except Exception as error:
        trained = getattr(estimator, "history_", None)
        untrained = not trained or isinstance(error, InvalidParameterError) or trained is before.get("history_")
        unfinished = isinstance(estimator, ClusterMixin) and vars(estimator).get("labels_") is before.get("labels_")
        if unfinished or (untrained and isinstance(error, (ValueError, TypeError, OSError))):
            vars(estimator).clear()
            vars(estimator).update(before)
        raise


def flatten_pictures(X: Any) -> tuple[Any, tuple[int, int, int] | None]:
    """Arrays and tensors of pictures, n x H x W or n x H x W x C, as rows, and (H, W, C); anything else as it is.

    Sides under 6 have no neighbourhoods to speak of: such rows are flattened and no picture.
    """
    if isinstance(X, torch.Tensor):
        X = tensor_array(X)
    shape = tuple(getattr(X, "shape", ()))
    if len(shape) not in (3, 4) or not isinstance(X, np.ndarray) or 0 in shape:
        return X, None
    picture = (*shape[1:], 1)[:3]
    return X.reshape(shape[0], -1), picture if min(picture[:2]) >= 6 and picture[2] <= 4 else None


def _per_column(X: Any, test: Any) -> np.ndarray:
    if sp.issparse(X):
        hit = X.copy()
        hit.data = test(X.data).astype(np.float32)
        return np.asarray(hit.sum(axis=0)).ravel().astype(np.int64)
    return np.asarray(test(X).sum(axis=0))


def _refuse_infinite(X: Any, names: Any) -> None:
    counts = _per_column(X, np.isinf)
    if counts.any():
        raise InvalidDataError(
            f"Input X contains infinity: {_cells(counts, names)}. Replace them by a finite number, or by NaN to "
            f"have them imputed. {_first(X, np.isinf)}"
        )


def _refuse_missing(X: Any, names: Any, imputes: bool) -> None:
    cure = "Fill them, or use missing='impute'." if imputes and not sp.issparse(X) else "Fill them."
    counts = _per_column(X, np.isnan)
    raise InvalidDataError(f"Input X contains NaN: {_cells(counts, names)}. {cure} {_first(X, np.isnan)}")


def _cells(counts: np.ndarray, names: Any) -> str:
    where = listed_columns(np.flatnonzero(counts).tolist(), names)
    return f"{int(counts.sum())} cell(s) in column {where}"


def _first(X: Any, test: Any) -> str:
    """Row and column of the first such cell."""
    if sp.issparse(X):
        entry = int(np.argmax(test(X.data)))
        row, column = int(np.searchsorted(X.indptr, entry, side="right")) - 1, int(X.indices[entry])
    else:
        row = int(np.argmax(test(X).any(axis=1)))
        column = int(np.argmax(test(X[row])))
    return f"The first is in row {row}, column {column}, counted from 0."


def check_weight(sample_weight: Any, X: Any) -> np.ndarray | None:
    """Sample weights as float64 (n,), or None.

    Raises
    ------
    InvalidDataError
        For another number of weights than rows ``X`` (n, d), and for weights that are missing, infinite or negative,
        all zero, too large, or too far apart.
    """
    if sample_weight is None:
        return None
    if isinstance(sample_weight, numbers.Real):
        found = np.full(X.shape[0], float(sample_weight))
    else:
        found = as_numbers(sample_weight, "sample_weight")
    if sp.issparse(found) or found.shape != (X.shape[0],):
        raise InvalidDataError(
            f"sample_weight must be an array of {X.shape[0]} numbers, one for each row of X. Got shape {found.shape} "
            "instead."
        )
    wrong = ~(np.isfinite(found) & (found >= 0))
    if wrong.any():
        row = int(np.argmax(wrong))
        value = "NaN" if np.isnan(found[row]) else f"{found[row]:g}"
        raise InvalidDataError(
            f"sample_weight must be finite numbers, none of them negative. Got {value} in row "
            f"{row} (counted from 0), the first of {int(wrong.sum())}; give such a row weight 0 to leave it out."
        )
    if not found.any():
        raise InvalidDataError(
            "Sample weights must contain at least one non-zero number, and sample_weight is 0 for every row."
        )
    return check_ratios(np.array(found, dtype=np.float64))
