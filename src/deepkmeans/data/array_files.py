"""NumPy files: ``.npy``, ``.npz`` with the keys ``X`` and ``y``, and sparse matrices of ``scipy.sparse.save_npz``."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import numpy as np
from scipy import sparse

from .._validation import did_you_mean
from ..exceptions import DeepKMeansError, InvalidDataError, InvalidParameterError
from .column_choice import ColumnChoice, listed, one_line

__all__ = ["read_label_array", "read_npy", "read_npz"]

_SPARSE_KEYS = {"format", "shape", "data"}


def read_npy(path: Path, choice: ColumnChoice, notes: list[str]) -> dict[str, Any]:
    """Rows of a 2-d array, or images flattened; the file is mapped, so that only float32 rows are in memory."""
    with _refusals(path):
        return _rows(path, _array(path, mmap_mode="r"), choice, notes)


def read_npz(path: Path, choice: ColumnChoice, notes: list[str]) -> dict[str, Any]:
    """Rows under ``X`` and labels under ``y``, or one sparse matrix."""
    with _refusals(path), _archive(path) as archive:
        keys = set(archive.files)
        if "X" not in keys and keys >= _SPARSE_KEYS:
            return _sparse_rows(path, choice)
        if "X" not in keys:
            raise InvalidDataError(
                f"{path.name}: no array is called 'X'{did_you_mean('X', keys)}; it holds {listed(sorted(keys))}; "
                "store the rows with numpy.savez(path, X=rows, y=labels)"
            )
        found = _rows(path, archive["X"], choice, notes)
        if found["labels"] is None and "y" in keys:
            labels = _labels(path, archive["y"], "y")
            if len(labels) != len(found["X"]):
                raise InvalidDataError(
                    f"{path.name}: 'X' has {len(found['X'])} rows and 'y' has {len(labels)}; "
                    "store one label for each row"
                )
            found["labels"] = labels
        return found


def read_label_array(path: Path, label_column: str | int | None) -> np.ndarray:
    """``y`` (or the array that ``label_column`` names) of an ``.npz``; a 1-d ``.npy``, or a column of a 2-d one."""
    with _refusals(path):
        if path.suffix.lower() == ".npz":
            key = "y" if label_column is None else label_column
            with _archive(path) as archive:
                if key not in archive.files:
                    error = InvalidDataError if label_column is None else InvalidParameterError
                    raise error(
                        f"{path.name}: no array is called {key!r}{did_you_mean(key, archive.files)}; "
                        f"it holds {listed(sorted(archive.files))}; name the labels with --label-column"
                    )
                return _labels(path, archive[str(key)], str(key))
        array = _array(path)
        if label_column is not None and array.ndim == 2:
            position = ColumnChoice(path.name, label_column=label_column).resolve_label(array.shape[1])
            array = array[:, position]
        return _labels(path, array, path.name)


def _rows(path: Path, array: np.ndarray, choice: ColumnChoice, notes: list[str]) -> dict[str, Any]:
    if array.dtype.kind not in "biuf":
        raise InvalidDataError(
            f"{path.name}: the rows have the dtype {array.dtype}; store numbers, for example X.astype('float32')"
        )
    if array.ndim < 2:
        raise InvalidDataError(
            f"{path.name}: the rows have the shape {array.shape}; (rows, columns) is needed: use X.reshape(-1, 1)"
        )
    if array.size == 0:
        raise InvalidDataError(f"{path.name}: the rows have the shape {array.shape}; at least one row is needed")
    if array.ndim > 2:
        size = " x ".join(str(side) for side in array.shape[1:])
        array = array.reshape(array.shape[0], -1)
        notes.append(f"{array.shape[0]} images of {size} values are flattened to {array.shape[1]} columns")
    features, label = choice.resolve(None, array.shape[1])
    labels = None if label is None else np.array(array[:, label])
    if features != list(range(array.shape[1])):
        array = array[:, features]
    with np.errstate(over="ignore"):  # what does not fit becomes infinite and is reported as such
        X = np.array(array, dtype=np.float32, order="C")
    return {"X": X, "feature_names": None, "labels": labels, "index": None}


def _sparse_rows(path: Path, choice: ColumnChoice) -> dict[str, Any]:
    with open(path, "rb") as file:
        stored = sparse.load_npz(file)
    # Index arrays from a file are checked in full: SciPy's compiled code trusts them.
    if stored.format in ("csr", "csc", "bsr"):
        stored.check_format(full_check=True)
    if stored.dtype.kind not in "biuf":
        raise InvalidDataError(f"{path.name}: the sparse matrix has the dtype {stored.dtype}; store numbers")
    rows = sparse.csr_array(stored.tocsr())
    rows.check_format(full_check=True)
    if 0 in rows.shape:
        raise InvalidDataError(f"{path.name}: the sparse matrix has the shape {rows.shape}; at least one row is needed")
    rows.sum_duplicates()
    features, label = choice.resolve(None, rows.shape[1])
    labels = None if label is None else rows[:, [label]].toarray().ravel()
    if features != list(range(rows.shape[1])):
        rows = rows[:, features]
    with np.errstate(over="ignore"):
        X = sparse.csr_array(rows.astype(np.float32))
    return {"X": X, "feature_names": None, "labels": labels, "index": None}


def _labels(path: Path, array: np.ndarray, key: str) -> np.ndarray:
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise InvalidDataError(f"{path.name}: the labels {key!r} have the shape {array.shape}; (rows,) is needed")
    return np.array(array)


def _array(path: Path, mmap_mode: Literal["r"] | None = None) -> np.ndarray:
    with open(path, "rb") as file:
        if file.read(2) == b"PK":
            raise InvalidDataError(f"{path.name}: holds several arrays; rename it to .npz and store the rows under 'X'")
    array: np.ndarray = np.load(path, mmap_mode=mmap_mode, allow_pickle=False)
    return array


@contextlib.contextmanager
def _archive(path: Path) -> Iterator[Any]:
    with open(path, "rb") as file:  # NumPy leaves a damaged archive open when it opens it itself
        loaded = np.load(file, allow_pickle=False)
        if isinstance(loaded, np.ndarray):
            raise InvalidDataError(f"{path.name}: holds one array and no names; rename it to .npy")
        with loaded:
            yield loaded


@contextlib.contextmanager
def _refusals(path: Path) -> Iterator[None]:
    """Turn the many ways in which NumPy fails on a bad file into one line."""
    try:
        yield
    except (DeepKMeansError, OSError, MemoryError):
        raise
    except Exception as error:  # zipfile, zlib, ast and NumPy have no error in common
        if "pickle" in str(error).lower():
            raise InvalidDataError(
                f"{path.name}: holds Python objects (or is no NumPy file), which are never loaded; "
                "store an array of numbers, for example X.astype('float32')"
            ) from error
        raise InvalidDataError(
            f"{path.name}: is damaged or not a NumPy file ({one_line(error)}); write it again"
        ) from error
