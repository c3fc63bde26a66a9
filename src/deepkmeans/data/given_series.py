"""Time series as Python users hold them: an array or frame of equal lengths, or a list of arrays of any."""

from __future__ import annotations

import numbers
from typing import Any

import numpy as np
import torch

from ..exceptions import InvalidDataError
from ..runtime import tensor_array
from .array_inputs import array_numbers
from .frame_inputs import as_frame, frame_numbers
from .given_texts import is_missing, one_dimension

__all__ = ["given_series", "holds_series", "is_list_of_series", "series_of_frame"]


def is_list_of_series(X: Any) -> bool:
    """Whether ``X`` can only be series: one-dimensional arrays of numbers, of different lengths, some missing.

    Lists of lists of different lengths are more often a table with a mistake.
    """
    cells = _in_list(X)
    if cells is None:
        return False
    there = [cell for cell in cells if not is_missing(cell)]
    if not there or not all(_is_vector(cell) for cell in there):
        return False
    return len({len(cell) for cell in there}) > 1


def holds_series(column: Any) -> bool:
    """Whether the cells of a column are arrays or lists, or all missing: a series each."""
    several = (list, tuple, np.ndarray, torch.Tensor)
    cells = one_dimension(column) or ()
    return all(is_missing(cell) or isinstance(cell, several) or as_frame(cell) is not None for cell in cells)


def given_series(X: Any) -> list[np.ndarray | None] | None:
    """Each series (T_i,) or (T_i, channels) as float64, None where one is missing; None where ``X`` can be no series.

    Parameters
    ----------
    X : array or tensor of shape (n, T) or (n, T, channels), or list of arrays of shape (T_i,) or (T_i, channels)
        A series of pandas or polars, or an array of Arrow, of arrays or lists is a list, too.

    Raises
    ------
    InvalidDataError
        For an array of other dimensions, cells that are no numbers, infinite values, and series of which one has other
        channels than another; it names the first.
    """
    if isinstance(X, torch.Tensor):
        X = tensor_array(X)
    cells = _in_list(X)
    if cells is None:
        if not isinstance(X, np.ndarray) or X.ndim < 2:
            return None
        if X.ndim > 3:
            raise InvalidDataError(
                f"X is an array of shape {X.shape}, and series are of shape (n, T) or (n, T, channels): give one row "
                "per series, time along the second dimension."
            )
        cells = [*array_numbers(X)]
    series = [_one(cell, row) for row, cell in enumerate(cells)]
    widths = {row: each.size // len(each) for row, each in enumerate(series) if each is not None}
    first = next(iter(widths), None)
    for row, width in widths.items():
        if first is not None and width != widths[first]:
            raise InvalidDataError(
                f"X[{row}] has {_channels(width)} and X[{first}] has {_channels(widths[first])}: give series of the "
                "same channels, each an array of shape (T,) or (T, channels), with NaN where a value is missing."
            )
    return series


def series_of_frame(frame: Any) -> list[np.ndarray | None]:
    """The rows of a frame of numbers, each a series over the columns.

    Raises
    ------
    InvalidDataError
        For a cell that is no number.
    """
    return [_one(row, number) for number, row in enumerate(np.asarray(frame_numbers(frame), dtype=np.float64))]


def _in_list(X: Any) -> list[Any] | None:
    if isinstance(X, np.ndarray):
        return [*X] if X.ndim == 1 and X.dtype == object else None
    if isinstance(X, (list, tuple)):
        return [*X]
    return one_dimension(X) if holds_series(X) else None


def _is_vector(cell: Any) -> bool:
    if isinstance(cell, torch.Tensor):
        return cell.ndim == 1 and not cell.is_complex()
    return isinstance(cell, np.ndarray) and cell.ndim == 1 and cell.dtype.kind in "biuf"


def _one(cell: Any, row: int) -> np.ndarray | None:
    """One series (T,) or (T, channels); None where it has not one value."""
    if is_missing(cell):
        return None
    if isinstance(cell, torch.Tensor):
        cell = tensor_array(cell, f"X[{row}]")
    if as_frame(cell) is not None:
        cell = np.asarray(cell)
    try:
        values = np.asarray(cell, dtype=None if isinstance(cell, np.ndarray) else object)
    except ValueError:
        values = np.empty((), dtype=object)
    if values.ndim not in (1, 2) or isinstance(cell, (str, bytes)):
        got = f"an array of shape {values.shape}" if values.ndim else type(cell).__name__
        alone = "; if X is one series, give [X]" if isinstance(cell, numbers.Real) else ""
        raise InvalidDataError(
            f"X[{row}] is {got}, and a series is an array of numbers of shape (T,) or (T, channels); give None where "
            f"one is missing{alone}."
        )
    series = array_numbers(cell if isinstance(cell, np.ma.MaskedArray) else values, f"X[{row}]").astype(np.float64)
    if np.isinf(series).any():
        at = int(np.argwhere(np.isinf(series))[0, 0])
        raise InvalidDataError(
            f"X[{row}] is infinite at time {at} (both counted from 0): give a finite number, or NaN to have it "
            "interpolated."
        )
    return None if np.isnan(series).all() else series


def _channels(width: int) -> str:
    return f"{width} channel{'s' if width > 1 else ''}"
