"""Labels of any kind as names and label numbers: the one check before anything is counted."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..exceptions import InvalidDataError

__all__ = ["encode", "encode_both", "label_array", "missing_labels"]


def encode_both(
    y_true: ArrayLike, y_pred: ArrayLike, true: str = "y_true", pred: str = "y_pred"
) -> tuple[list[Any], NDArray[np.int64], list[Any], NDArray[np.int64]]:
    """Names and label numbers of two partitions of the same rows; scikit-learn takes the numbers whatever the names."""
    classes, true_numbers = encode(y_true, true)
    clusters, numbers = encode(y_pred, pred)
    if len(true_numbers) != len(numbers):
        raise InvalidDataError(
            f"{true} has {len(true_numbers)} labels and {pred} has {len(numbers)}; they must be of the same rows in "
            "the same order."
        )
    return classes, true_numbers, clusters, numbers


def encode(labels: ArrayLike, name: str) -> tuple[list[Any], NDArray[np.int64]]:
    """Distinct labels as plain Python objects, and the position of each row's label among them."""
    values = label_array(labels, name)
    if values.ndim != 1:
        raise InvalidDataError(
            f"{name} must be one-dimensional, one label a row; got shape {values.shape}. Use .ravel() on a column."
        )
    if len(values) == 0:
        raise InvalidDataError(f"{name} is empty; there is nothing to compare.")
    missing = missing_labels(values)
    values = values.data if isinstance(values, np.ma.MaskedArray) else values
    if missing.any():
        raise InvalidDataError(
            f"{name} has {int(missing.sum())} missing label{'s' if missing.sum() > 1 else ''}, the first at row "
            f"{int(missing.argmax())} (from 0); drop these rows from both."
        )
    if values.dtype.kind != "O":
        distinct, numbers = np.unique(values, return_inverse=True)
        return [_plain(value) for value in distinct], numbers.astype(np.int64)
    positions: dict[Any, int] = {}
    try:
        numbers = np.array([positions.setdefault(value, len(positions)) for value in values.tolist()], dtype=np.int64)
    except TypeError as error:
        raise InvalidDataError(f"{name} holds labels that cannot be compared ({error}); use texts.") from error
    names = list(positions)
    try:
        order = sorted(range(len(names)), key=names.__getitem__)
    except TypeError:  # labels of several types have no order: keep that of their first appearance
        order = list(range(len(names)))
    return [_plain(names[position]) for position in order], np.argsort(order)[numbers].astype(np.int64)


def label_array(labels: Any, name: str) -> np.ndarray:
    """Labels of any container as an array, with its mask if it has one; InvalidDataError for what is none."""
    torch = sys.modules.get("torch")  # what was never imported cannot have made them
    if torch is not None and isinstance(labels, torch.Tensor):
        from ..runtime import tensor_array

        return tensor_array(labels, name)
    if isinstance(labels, np.ma.MaskedArray):
        return labels
    try:
        values = np.asarray(labels)
        mixed = values.dtype.kind in "US" and isinstance(labels, (list, tuple))
        return np.asarray(labels, dtype=object) if mixed else values  # NumPy would make 1 and "1" the same
    except (ValueError, TypeError, RuntimeError) as error:
        said = " ".join(str(error).split())[:160].rstrip(".")
        raise InvalidDataError(f"{name} is no list of labels: {said}. Give one label a row.") from error


def missing_labels(values: np.ndarray) -> np.ndarray:
    """Which of the labels (n,) are missing: masked, None, NaN, NaT or pandas.NA."""
    if isinstance(values, np.ma.MaskedArray):
        return np.ma.getmaskarray(values)
    if values.dtype.kind == "O":
        return np.array([_is_missing(value) for value in values.tolist()], dtype=bool)
    return np.asarray(values != values)


def _is_missing(value: Any) -> bool:
    """None, NaN, NaT or pandas.NA: the last is asked for by its behaviour, so that pandas need not be imported."""
    try:
        return value is None or not bool(value == value)
    except (TypeError, ValueError):
        return isinstance(value, type(None)) or type(value).__name__ == "NAType"


def _plain(name: Any) -> Any:
    """A Python object that can be written as JSON: NumPy scalars as such, dates and the like as their text."""
    if isinstance(name, np.generic) and name.dtype.kind not in "mM":  # nanoseconds would be bare integers
        name = name.item()
    if isinstance(name, bytes):
        return name.decode("utf-8", "replace")
    return name if isinstance(name, (bool, int, float, str, tuple)) else str(name)
