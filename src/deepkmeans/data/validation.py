"""Input checks: rows in any container become an ndarray or a CSR matrix of numbers, or an error names the cell.

No estimator is needed. An estimator also compares the columns with those of its fit
(:class:`deepkmeans.estimators.inputs.ChecksInput`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
import torch
from sklearn.utils import check_array

from ..exceptions import DeepKMeansError, InvalidDataError
from ..runtime import tensor_array
from .array_inputs import array_numbers, listed_columns, sequence_array
from .frame_inputs import as_frame, frame_numbers
from .images import flatten_pictures
from .joined_input import JoinedInput
from .magnitudes import check_magnitudes
from .sparse_inputs import canonical_csr, table_as_dense

__all__ = [
    "CheckedInput", "as_numbers", "as_table", "check_input", "check_values", "is_constant", "one_error",
    "refuse_constant",
]  # fmt: skip


@dataclass(frozen=True)
class CheckedInput:
    """Rows as numbers.

    Attributes
    ----------
    X : ndarray or CSR matrix of shape (n, d), float32 or float64
    frame : data frame or None
        What held them, for its column names.
    names : sequence of str or None
        Of the columns, where all of them have one.
    image_shape : (int, int, int) or None
        Height, width and channels, if pictures were given.
    preprocessor : Preprocessor or None
        What made ``X`` of a table of any columns, or of texts.
    n_given : int or None
        Columns before that.
    """

    X: Any
    frame: Any = None
    names: Any = None
    image_shape: tuple[int, int, int] | None = None
    preprocessor: Any = None
    n_given: int | None = None


def check_input(
    X: Any, owner: str, *, missing: str = "error", imputes: bool = False, min_rows: int = 1,
    keep_sparse: bool = False, pictures: bool = False,
) -> CheckedInput:  # fmt: skip
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
    pictures : bool
        Take arrays n x H x W and n x H x W x C, too, as flat rows.

    Raises
    ------
    InvalidDataError
        For infinite values, text, dates, complex numbers and objects (with row and column), for numbers beyond 1e301,
        for NaN when ``missing="error"`` or the rows stay sparse, for sparse matrices whose indices are out of range,
        and, in scikit-learn's words, for no rows, or no columns.
    """
    table = as_table(X, owner, min_rows=min_rows, keep_sparse=keep_sparse, pictures=pictures)
    check_values(table.X, table.names, missing, imputes)
    return table


def as_table(
    X: Any, owner: str, *, min_rows: int = 1, keep_sparse: bool = False, pictures: bool = False
) -> CheckedInput:  # fmt: skip
    """The first half of :func:`check_input`: rows as a table of numbers, whose values are not yet checked."""
    X, image_shape = flatten_pictures(X) if pictures else (X, None)
    frame = as_frame(X)
    X = as_numbers(X if frame is None else frame)
    X = X if keep_sparse else table_as_dense(X)
    with one_error():
        X = check_array(
            X, accept_sparse="csr", dtype=None, ensure_all_finite=False, ensure_min_samples=min_rows, estimator=owner
        )
    names = None if frame is None or not hasattr(frame, "columns") else [*frame.columns]
    named = names is not None and all(isinstance(name, str) for name in names)
    return CheckedInput(X, frame, names if named else None, image_shape)


def check_values(X: Any, names: Any, missing: str, imputes: bool, subject: str = "Input X") -> None:
    """The second half of :func:`check_input`: refuse numbers that are too large, infinite, or missing; ``subject`` is
    what messages call them."""
    check_magnitudes(X, names)
    values = X.data if sp.issparse(X) else X
    with np.errstate(all="ignore"):
        finite = np.isfinite(values.sum(dtype=np.float64))  # cheap; a false alarm only costs the exact look
    if not finite:
        _refuse_infinite(X, names, subject)
        if (missing == "error" or sp.issparse(X)) and np.isnan(values).any():
            _refuse_missing(X, names, imputes, subject)


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
def one_error() -> Iterator[None]:
    """What scikit-learn refuses, in its words, as the one error of bad data."""
    try:
        yield
    except DeepKMeansError:
        raise
    except (ValueError, TypeError) as error:
        # Without the rows themselves, which it prints when they have one dimension.
        raise InvalidDataError(re.sub(r"instead:\s+array=.*\.\s+", "instead. ", str(error), flags=re.S)) from error


def is_constant(X: Any) -> bool:
    """Whether all rows are the same."""
    if isinstance(X, JoinedInput):
        return all(is_constant(part[X.present[name]]) for name, part in X.parts.items())
    if sp.issparse(X):  # by the columns' ranges: equal rows as a matrix would be as large as dense rows
        return bool((X.max(axis=0) != X.min(axis=0)).nnz == 0)
    first = X[:1]
    return not ((X != first) & ~(np.isnan(X) & np.isnan(first))).any()


def refuse_constant(X: Any, estimator: str, n_given: int | None = None, made: str | None = None) -> None:
    """An all-constant table has nothing to learn; ``X`` are its rows with weight, of ``n_given``, made by ``made``."""
    if is_constant(X):
        if made is not None:
            raise InvalidDataError(
                f"All {X.shape[0]} rows that {made} makes of X are the same: {estimator} has nothing to learn. Check "
                "X, and how it becomes numbers."
            )
        weighted = n_given is not None and n_given > X.shape[0]
        which, cause = (" that have weight", "sample_weight, ") if weighted else ("", "")
        raise InvalidDataError(
            f"All {X.shape[0]} rows of X{which} are the same in all {X.shape[1]} column(s): {estimator} has nothing to "
            f"learn. Check {cause}the file and the chosen columns."
        )


def _per_column(X: Any, test: Any) -> np.ndarray:
    if sp.issparse(X):
        hit = sp.csr_array((test(X.data).astype(np.float32), X.indices, X.indptr), shape=X.shape)
        return np.asarray(hit.sum(axis=0)).ravel().astype(np.int64)
    return np.asarray(test(X).sum(axis=0))


def _refuse_infinite(X: Any, names: Any, subject: str) -> None:
    counts = _per_column(X, np.isinf)
    if counts.any():
        raise InvalidDataError(
            f"{subject} contains infinity: {_cells(counts, names)}. Replace them by a finite number, or by NaN to "
            f"have them imputed. {_first(X, np.isinf)}"
        )


def _refuse_missing(X: Any, names: Any, imputes: bool, subject: str) -> None:
    cure = "Fill them, or use missing='impute'." if imputes and not sp.issparse(X) else "Fill them."
    counts = _per_column(X, np.isnan)
    raise InvalidDataError(f"{subject} contains NaN: {_cells(counts, names)}. {cure} {_first(X, np.isnan)}")


def _cells(counts: np.ndarray, names: Any) -> str:
    where = listed_columns(np.flatnonzero(counts).tolist(), names)
    total = int(counts.sum())
    return f"{total} {'cell' if total == 1 else 'cells'} in column {where}"


def _first(X: Any, test: Any) -> str:
    """Row and column of the first such cell."""
    if sp.issparse(X):
        entry = int(np.argmax(test(X.data)))
        row, column = int(np.searchsorted(X.indptr, entry, side="right")) - 1, int(X.indices[entry])
    else:
        row = int(np.argmax(test(X).any(axis=1)))
        column = int(np.argmax(test(X[row])))
    return f"The first is in row {row}, column {column}, counted from 0."
