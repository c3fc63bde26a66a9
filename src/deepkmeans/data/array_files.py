"""NumPy files: ``.npy``, ``.npz`` with the keys ``X`` and ``y``, and sparse matrices of ``scipy.sparse.save_npz``.

``numpy.savez`` drops the mask of a masked array: store ``X.filled(numpy.nan)`` instead.
"""

from __future__ import annotations

import contextlib
import math
import zipfile
from collections.abc import Iterator
from typing import Any

import numpy as np

from .._validation import did_you_mean
from ..exceptions import DeepKMeansError, InvalidDataError, InvalidParameterError
from .array_headers import Declared, declared_array, declared_member, member_keys
from .column_choice import ColumnChoice, listed, one_line
from .request import Request

__all__ = ["read_label_array", "read_npy", "read_npz"]

_SPARSE_KEYS = {"format", "shape", "data"}
_SPARSE_PARTS = _SPARSE_KEYS | {"indices", "indptr", "row", "col", "coords", "offsets", "_is_array"}
#: Bytes of an archive that are unpacked at a time.
_BLOCK = 2**24


def read_npy(request: Request) -> dict[str, Any]:
    """Read the rows of a 2-d array, or flattened images. The file is memory-mapped: only float32 rows take memory."""
    with _refusals(request.file):
        declared = _declared(request)
        _check_rows(request, declared)
        features, label = request.choice.resolve(None, declared.size // declared.shape[0])
        copied = declared.nbytes if declared.fortran and len(declared.shape) > 2 else 0
        request.limit.check(4 * declared.shape[0] * len(features) + copied, f"an array of {declared}")
        array = np.load(request.path, mmap_mode="r", allow_pickle=False)
        rows = array.reshape(declared.shape[0], -1)
        labels = None if label is None else np.array(rows[:, label])
        if features != list(range(rows.shape[1])):
            rows = rows[:, features]
        with np.errstate(over="ignore", invalid="ignore"):  # what does not fit becomes infinite, which is reported
            X = np.array(rows, dtype=np.float32, order="C")
        return _contents(request, X, labels, features, declared)


def read_npz(request: Request) -> dict[str, Any]:
    """Read rows under ``X`` and labels under ``y``, or one sparse matrix."""
    with _refusals(request.file), zipfile.ZipFile(request.path) as archive:
        keys = member_keys(archive)
        if "X" not in keys and keys >= _SPARSE_KEYS:
            return _sparse_rows(request, archive, keys)
        if "X" not in keys:
            raise InvalidDataError(
                f"{request.file}: no array is called 'X'{did_you_mean('X', keys)}; it holds {_listed_keys(keys)}; "
                "store the rows with numpy.savez(path, X=rows, y=labels)"
            )
        declared = declared_member(archive, "X", request.file)
        _check_rows(request, declared)
        n = declared.shape[0]
        y = None
        if "y" in keys and request.choice.label_column is None:
            y = declared_member(archive, "y", request.file, labels=True)
            _check_labels(request, y, "y")
            if y.shape[0] != n:
                raise InvalidDataError(
                    f"{request.file}: 'X' has {n} rows and 'y' has {y.shape[0]}; store one label for each row"
                )
        contents = _packed_rows(request, archive, declared)
        if y is not None:
            contents["labels"] = _labels(request, _load(archive, "y", y), "y")
        return contents


def read_label_array(request: Request, label_column: str | int | None) -> np.ndarray:
    """``y`` (or the array that ``label_column`` names) of an ``.npz``; a 1-d ``.npy``, or a column of a 2-d one."""
    with _refusals(request.file):
        if request.path.suffix.lower() == ".npz":
            key = "y" if label_column is None else str(label_column)
            with zipfile.ZipFile(request.path) as archive:
                keys = member_keys(archive)
                if key not in keys:
                    error = InvalidDataError if label_column is None else InvalidParameterError
                    raise error(
                        f"{request.file}: no array is called {key!r}{did_you_mean(key, keys)}; "
                        f"it holds {_listed_keys(keys)}; name the labels with label_column="
                    )
                declared = declared_member(archive, key, request.file, labels=True)
                _check_labels(request, declared, key)
                return _labels(request, _load(archive, key, declared), key)
        declared = _declared(request, labels=True)
        if label_column is None and len(declared.shape) == 2 and declared.shape[1] > 1:
            raise InvalidDataError(f"{request.file}: no labels were found; name the column with label_column=")
        array: np.ndarray = np.load(request.path, mmap_mode="r", allow_pickle=False)
        if label_column is not None and array.ndim == 2:
            position = ColumnChoice(request.file, label_column=label_column).resolve_label(array.shape[1])
            array = array[:, position]
        else:
            _check_labels(request, declared)
        return _labels(request, array)


def _listed_keys(keys: set[str]) -> str:
    return listed(sorted(keys)) if keys else "none"


def _contents(
    request: Request, X: Any, labels: np.ndarray | None, features: list[int], declared: Declared | None = None
) -> dict[str, Any]:
    """What a table holds; where all cells of rows of more dimensions are taken, their shape and dtype, too."""
    if isinstance(X, np.ndarray):
        filled = int(np.count_nonzero(np.equal(X, np.float32(1e20)).any(axis=1))) if X.size else 0
        if filled:
            request.notes.append(
                f"{filled} rows hold 1e+20, with which NumPy fills masked cells: store X.filled(numpy.nan) instead"
            )
    shape = () if declared is None else declared.shape
    whole = declared is not None and len(shape) in (3, 4) and len(features) == math.prod(shape[1:])
    return {
        "X": X, "feature_names": None, "labels": labels, "index": None, "columns": features,
        "row_shape": shape[1:] if whole else None, "row_dtype": declared.dtype if declared and whole else None,
    }  # fmt: skip


def _check_rows(request: Request, declared: Declared) -> None:
    """Refuse arrays that are not rows of numbers; note what those of three and more dimensions are."""
    file, shape, dtype = request.file, declared.shape, declared.dtype
    if dtype.kind in "mM":
        raise InvalidDataError(
            f"{file}: the rows have the dtype {dtype}; dates and durations are not quantities: turn them into numbers, "
            "such as days since the first, or leave them out"
        )
    if dtype.kind not in "biuf":
        raise InvalidDataError(
            f"{file}: the rows have the dtype {dtype}; store numbers, for example X.astype('float32')"
        )
    if len(shape) < 2:
        raise InvalidDataError(
            f"{file}: the rows have the shape {shape}; (rows, columns) is needed: use X.reshape(-1, 1)"
        )
    if declared.size == 0:
        lacking = "row" if shape[0] == 0 else "column"
        raise InvalidDataError(f"{file}: the rows have the shape {shape}; at least one {lacking} is needed")
    if len(shape) > 2:
        size = " x ".join(str(side) for side in shape[1:])
        request.notes.append(f"each of the {shape[0]} rows is an array of {size} values")


def _packed_rows(request: Request, archive: zipfile.ZipFile, declared: Declared) -> dict[str, Any]:
    """Rows of an archive, unpacked block by block if they are stored one after the other."""
    n = declared.shape[0]
    width = declared.size // n
    features, label = request.choice.resolve(None, width)
    whole = declared.nbytes if declared.fortran else 0
    request.limit.check(4 * n * len(features) + whole, f"the array 'X' of {declared}")
    every = features == list(range(width))
    X = np.empty((n, len(features)), dtype=np.float32)
    labels = None if label is None else np.empty(n, dtype=declared.dtype.newbyteorder("="))
    step = n if declared.fortran else max(1, _BLOCK // (width * declared.dtype.itemsize))
    with _member(archive, "X", declared) as stream:
        for start in range(0, n, step):
            stop = min(n, start + step)
            block = _values(stream, declared, (stop - start) * width)
            if declared.fortran:
                block = block.reshape(declared.shape, order="F")
            rows = block.reshape(stop - start, width)
            with np.errstate(over="ignore", invalid="ignore"):  # what does not fit becomes infinite, which is reported
                X[start:stop] = rows if every else rows[:, features]
            if labels is not None:
                labels[start:stop] = rows[:, label]
        stream.read(1)  # the end, where the checksum is compared
    return _contents(request, X, labels, features, declared)


def _sparse_rows(request: Request, archive: zipfile.ZipFile, keys: set[str]) -> dict[str, Any]:
    from scipy import sparse

    parts = {key: declared_member(archive, key, request.file) for key in keys & _SPARSE_PARTS}
    shape = _load(archive, "shape", parts["shape"]) if parts["shape"].size <= 8 else np.empty(0)
    if shape.dtype.kind not in "iu" or shape.shape != (2,) or min(shape.tolist()) < 0:
        raise InvalidDataError(f"{request.file}: the shape of the sparse matrix is not a pair of sizes; write it again")
    n, d = (int(side) for side in shape)
    entries = parts["data"]
    if entries.dtype.kind not in "biuf":
        raise InvalidDataError(f"{request.file}: the sparse matrix has the dtype {entries.dtype}; store numbers")
    # As stored, as rows, and as float32 rows; positions of rows and columns are integers of 8 bytes.
    needed = sum(part.nbytes for part in parts.values()) + 24 * entries.size + 24 * n + 64 * d
    request.limit.check(needed, f"a sparse matrix of {n} x {d} with {entries.size} entries")
    with open(request.path, "rb") as file:
        stored = sparse.load_npz(file)
    # Index arrays from a file are checked in full: SciPy's compiled code trusts them.
    if stored.format in ("csr", "csc", "bsr"):
        stored.check_format(full_check=True)
    rows = sparse.csr_array(stored.tocsr())
    rows.check_format(full_check=True)
    if 0 in rows.shape:
        lacking = "row" if rows.shape[0] == 0 else "column"
        raise InvalidDataError(
            f"{request.file}: the sparse matrix has the shape {rows.shape}; at least one {lacking} is needed"
        )
    rows.sum_duplicates()
    features, label = request.choice.resolve(None, rows.shape[1])
    labels = None if label is None else rows[:, [label]].toarray().ravel()
    if features != list(range(rows.shape[1])):
        rows = rows[:, features]
    with np.errstate(over="ignore", invalid="ignore"):
        X = sparse.csr_array(rows.astype(np.float32))
    return _contents(request, X, labels, features)


def _check_labels(request: Request, declared: Declared, key: str | None = None) -> None:
    """Refuse labels, in an archive those under ``key``, that are not one a row."""
    shape, what = declared.shape, "labels" if key is None else f"labels {key!r}"
    if len(shape) != 1 and not (len(shape) == 2 and shape[1] == 1):
        raise InvalidDataError(f"{request.file}: the {what} have the shape {shape}; (rows,) is needed")
    request.limit.check(declared.nbytes, f"the {what} of {declared}")


def _labels(request: Request, array: np.ndarray, key: str | None = None) -> np.ndarray:
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        what = "labels" if key is None else f"labels {key!r}"
        raise InvalidDataError(f"{request.file}: the {what} have the shape {array.shape}; (rows,) is needed")
    return np.array(array)


def _load(archive: zipfile.ZipFile, key: str, declared: Declared) -> np.ndarray:
    with _member(archive, key, declared) as stream:
        values = _values(stream, declared, declared.size)
        stream.read(1)
    return values.reshape(declared.shape, order="F" if declared.fortran else "C").copy()


@contextlib.contextmanager
def _member(archive: zipfile.ZipFile, key: str, declared: Declared) -> Iterator[Any]:
    with archive.open(f"{key}.npy") as stream:
        stream.read(declared.begin)
        yield stream


def _values(stream: Any, declared: Declared, count: int) -> np.ndarray:
    wanted = count * declared.dtype.itemsize
    content = stream.read(wanted)
    if len(content) != wanted:
        raise ValueError(f"the array ends after {len(content):,} of {wanted:,} bytes")
    return np.frombuffer(content, dtype=declared.dtype)


def _declared(request: Request, *, labels: bool = False) -> Declared:
    with open(request.path, "rb") as file:
        return declared_array(file, request.file, request.limit.stored, labels=labels)


@contextlib.contextmanager
def _refusals(file: str) -> Iterator[None]:
    """Turn the many ways in which NumPy fails on a bad file into one line."""
    try:
        yield
    except (DeepKMeansError, OSError, MemoryError):
        raise
    except Exception as error:  # zipfile, zlib, ast and NumPy have no error in common
        raise InvalidDataError(f"{file}: is damaged or not a NumPy file ({one_line(error)}); write it again") from error
