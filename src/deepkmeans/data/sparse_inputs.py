"""SciPy sparse matrices and arrays, checked in full.

SciPy's constructors look at the ends of the index arrays only, its conversions and torch's products trust them, and its
flags (sorted, without duplicates) say what they were told. An index out of range reads or writes memory of the process;
a cell that is stored twice is one number to SciPy and two to whoever walks over the entries. So everything is looked at
once, O(entries), and rows leave as CSR with every cell once and in order. The object that was given is never changed.
"""

from __future__ import annotations

from itertools import chain
from typing import Any

import numpy as np
import scipy.sparse as sp

from ..exceptions import InvalidDataError
from .array_inputs import complex_refused, float_dtype
from .column_kinds import MANY_COLUMNS

__all__ = ["canonical_csr", "table_as_dense"]

#: A table stays sparse where its dense form takes more bytes than this, and several times those of the sparse one.
_DENSE_BYTES, _TIMES = 2**30, 4


def table_as_dense(X: Any) -> Any:
    """Rows (n, d) of a CSR matrix as an array if they are a table, of at most 256 columns; all else as it is.

    A table is the same whichever way it is written, so that nothing may depend on it. The array takes 4 or 8 bytes a
    cell, 2 KB a row at most. Above 1 GiB, and four times what the sparse form takes, the rows stay sparse.
    """
    if not sp.issparse(X) or X.shape[1] > MANY_COLUMNS:
        return X
    dense, stored = X.shape[0] * X.shape[1] * X.dtype.itemsize, X.data.nbytes + X.indices.nbytes + X.indptr.nbytes
    return X if dense > max(_DENSE_BYTES, _TIMES * stored) else X.toarray()


def canonical_csr(X: Any, name: str = "X") -> Any:
    """Any sparse matrix or array of shape (n, d) as a CSR one of float32 or float64, duplicates summed, columns sorted.

    Shares the arrays of ``X`` where these are such already.

    Raises
    ------
    InvalidDataError
        For index arrays that do not describe a matrix of this shape, and for cells that are no real numbers.
    """
    if X.ndim != 2:
        raise InvalidDataError(
            f"Expected 2D input for {name}, got a sparse array of shape {X.shape}. Reshape your data: give one row per "
            "sample and one column per feature."
        )
    n, d = X.shape
    take = _Parts(name, f"SciPy {X.format} matrix", n, d)
    made = getattr(take, X.format)(X)
    if not made.has_canonical_format:
        made = made.copy()
        made.sum_duplicates()
    kind = sp.csr_matrix if isinstance(X, sp.spmatrix) else sp.csr_array
    data = made.data.astype(float_dtype(made.dtype), copy=False)
    return kind((data, made.indices, made.indptr), shape=X.shape)


class _Parts:
    """Checks the arrays of one format and puts them together anew, so that no flag of the given object is believed."""

    def __init__(self, name: str, kind: str, n: int, d: int) -> None:
        self.name, self.kind, self.n, self.d = name, kind, n, d

    def csr(self, X: Any) -> Any:
        data, indices, indptr = self._compressed(X, self.n, self.d, "row", "column")
        return sp.csr_array((data, indices, indptr), shape=(self.n, self.d))

    def csc(self, X: Any) -> Any:
        data, indices, indptr = self._compressed(X, self.d, self.n, "column", "row")
        return sp.csc_array((data, indices, indptr), shape=(self.n, self.d)).tocsr()

    def bsr(self, X: Any) -> Any:
        shape = np.shape(X.data)
        high, wide = shape[1:] if len(shape) == 3 else (0, 0)
        if not high or not wide or self.n % high or self.d % wide:
            raise self._damaged(f"blocks of shape {shape[1:]} do not tile {self.n} x {self.d} cells")
        parts = self._compressed(X, self.n // high, self.d // wide, "row of blocks", "column of blocks")
        return sp.bsr_array(parts, shape=(self.n, self.d)).tocsr()

    def coo(self, X: Any) -> Any:
        return self._entries(X.data, X.row, X.col)

    def dok(self, X: Any) -> Any:
        positions = list(X.keys())
        if not all(isinstance(position, tuple) and len(position) == 2 for position in positions):
            raise self._damaged("a key is not a pair of row and column")
        row, column = zip(*positions, strict=True) if positions else ((), ())
        return self._entries(self._values(list(X.values()), X.dtype), self._positions(row), self._positions(column))

    def lil(self, X: Any) -> Any:
        if np.shape(X.rows) != (self.n,) or np.shape(X.data) != (self.n,):
            raise self._damaged(f"{np.size(X.rows)} lists of columns and {np.size(X.data)} of values for {self.n} rows")
        for number, (columns, values) in enumerate(zip(X.rows, X.data, strict=True)):
            if not isinstance(columns, (list, tuple, np.ndarray)) or not isinstance(values, (list, tuple, np.ndarray)):
                raise self._damaged(f"row {number} is no list of columns and list of values")
        stored = [len(columns) for columns in X.rows]
        differ = np.flatnonzero(np.array(stored, dtype=np.int64) != [len(values) for values in X.data])
        if len(differ):
            raise self._damaged(f"row {differ[0]} has {stored[differ[0]]} columns and {len(X.data[differ[0]])} values")
        values = self._values(list(chain.from_iterable(X.data)), X.dtype)
        columns = self._positions(tuple(chain.from_iterable(X.rows)))
        return self._entries(values, np.repeat(np.arange(self.n), stored), columns)

    def dia(self, X: Any) -> Any:
        offsets, data = self._whole(X.offsets, "offsets"), self._numbers(X.data)
        if data.ndim != 2 or len(offsets) != len(data):
            raise self._damaged(f"{len(offsets)} offsets for data of shape {data.shape}")
        if len(np.unique(offsets)) < len(offsets):
            raise self._damaged("an offset occurs twice")
        return sp.dia_array((data, offsets), shape=(self.n, self.d)).tocsr()

    def _compressed(self, X: Any, n_major: int, n_minor: int, major: str, minor: str) -> tuple[Any, Any, Any]:
        """Data, indices and indptr of ``n_major`` runs of entries, whose indices are below ``n_minor``."""
        indptr, indices, data = self._whole(X.indptr, "indptr"), self._whole(X.indices, "indices"), X.data
        if len(indptr) != n_major + 1:
            raise self._damaged(f"indptr has {len(indptr)} entries, {n_major} {major}s need {n_major + 1}")
        if indptr[0] != 0:
            raise self._damaged(f"indptr begins with {indptr[0]}, not 0")
        falling = np.flatnonzero(indptr[1:] < indptr[:-1])
        if len(falling):
            at = falling[0]
            raise self._damaged(f"indptr falls from {indptr[at]} to {indptr[at + 1]} at {major} {at}")
        used = int(indptr[-1])
        if used > len(indices) or used > len(data):
            raise self._damaged(
                f"indptr ends at {used}, beyond {len(indices)} indices and {len(data)} values that are stored"
            )
        data, indices = self._numbers(data[:used]), indices[:used]
        if data.ndim != (3 if X.format == "bsr" else 1):
            raise self._damaged(f"the values have shape {data.shape}")
        self._within(indices, n_minor, minor)
        return data, indices, indptr

    def _entries(self, data: Any, row: Any, column: Any) -> Any:
        """CSR of values with a row and a column each."""
        row, column, data = self._whole(row, "rows"), self._whole(column, "columns"), self._numbers(data)
        if not data.shape == row.shape == column.shape:
            raise self._damaged(f"{row.size} rows, {column.size} columns and {data.size} values are stored")
        self._within(row, self.n, "row")
        self._within(column, self.d, "column")
        return sp.coo_array((data, (row, column)), shape=(self.n, self.d)).tocsr()

    def _within(self, index: np.ndarray, size: int, what: str) -> None:
        if index.size and not (index.min() >= 0 and index.max() < size):
            wrong = index[(index < 0) | (index >= size)][0]
            raise self._damaged(f"an entry lies in {what} {wrong} of {size}, counted from 0")

    def _whole(self, index: Any, what: str) -> np.ndarray:
        index = np.asarray(index)
        if index.ndim != 1 or index.dtype.kind not in "iu":
            raise self._damaged(f"its {what} are {index.dtype} of shape {index.shape}, not a row of whole numbers")
        return index if index.dtype.kind == "i" else index.astype(np.int64)

    def _positions(self, positions: tuple[Any, ...]) -> np.ndarray:
        if not all(isinstance(position, (int, np.integer)) for position in positions):
            raise self._damaged("an index is not a whole number")
        try:
            return np.array(positions, dtype=np.int64)
        except OverflowError:
            raise self._damaged("an index is beyond 64 bits") from None

    def _values(self, values: list[Any], dtype: Any) -> np.ndarray:
        try:
            return np.array(values, dtype=dtype)
        except (TypeError, ValueError, OverflowError):
            raise self._damaged(f"a value is not {dtype}") from None

    def _numbers(self, data: Any) -> np.ndarray:
        """Values as floats, so that a sum of duplicates does not overflow; True twice is True."""
        data = np.asarray(data)
        if data.dtype.kind == "c":
            raise complex_refused(self.name, data.dtype)
        if data.dtype.kind not in "biuf":
            raise InvalidDataError(f"{self.name} is a {self.kind} of {data.dtype}: store real numbers.")
        return data if data.dtype.kind == "b" else data.astype(float_dtype(data.dtype), copy=False)

    def _damaged(self, how: str) -> InvalidDataError:
        return InvalidDataError(
            f"{self.name} is a damaged {self.kind}: {how}. Make it again from rows, columns and values, with "
            "scipy.sparse.coo_array((values, (rows, columns)), shape)."
        )
