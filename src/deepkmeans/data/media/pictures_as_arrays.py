"""Pictures for a model that was fitted on an array of pictures: of its size, channels and unit."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from ...exceptions import InvalidDataError
from ...runtime import tensor_array
from ..images import channels_behind
from .array_units import PictureUnit
from .picture_files import given_pictures, shown_picture
from .pictures import Pictures, read_pictures

__all__ = ["pictures_as_arrays", "unit_of_arrays"]

#: Means of pixels beyond which values go to 255: below it they may go to 16, or be many black pictures.
_BRIGHT = 32.0
#: The least greatest byte of an array of pictures from 0 to 255: those below may be counts, as those of the fit.
_BYTES = 64


def pictures_as_arrays(
    X: Any, shape: tuple[int, int, int], means: np.ndarray, deviations: np.ndarray, owner: str
) -> Pictures | None:  # fmt: skip
    """Pictures of any kind as the arrays of a fit were; None for rows of numbers, and arrays that are as in the fit.

    Parameters
    ----------
    X : Any
        Pictures as :func:`.picture_files.given_pictures` takes them, or that have been read; one array (height, width)
        or (height, width, channels), and several in one array.
    shape : (int, int, int)
        Height, width and channels of the fit.
    means, deviations : ndarray of shape (p,)
        Of the values of the fit, see :func:`unit_of_arrays`.
    owner : str
        The estimator, for messages.

    Raises
    ------
    InvalidDataError
        For files where the arrays were of other channels than 1 or 3, or of an unknown unit; for an array that cannot
        be brought to that of the fit.
    """
    height, width, channels = shape
    X = tensor_array(X) if isinstance(X, torch.Tensor) else X
    items: list[Any] | None
    if isinstance(X, Pictures):
        items = list(X.items)
    elif isinstance(X, np.ndarray) and X.dtype.kind in "biuf":
        items = _in_array(X, (height, width, channels))
    else:
        items = given_pictures(X, asked=isinstance(X, (list, tuple)) and any(_is_picture(cell) for cell in X))
    if items is None:
        return None
    unit = unit_of_arrays(means, deviations)
    if isinstance(X, Pictures) or any(item is not None and not isinstance(item, np.ndarray) for item in items):
        _refuse_files(channels, means, unit, owner)
    if channels not in (1, 3):
        return _of_that_shape(items, (height, width, channels), owner)
    if isinstance(X, Pictures) and X.picture_shape == (height, width, channels):
        return Pictures(X.in_unit(unit).values, X.items, (), X.findings, unit)
    read = read_pictures(items, (height, width, channels), unit=unit)
    return Pictures(read.values, items, () if isinstance(X, Pictures) else read.skipped, read.findings, unit)


def unit_of_arrays(means: np.ndarray, deviations: np.ndarray) -> PictureUnit | None:
    """Black and white in the arrays of a fit, by means and standard deviations of their pixels; None where unknown.

    Means are up to 1 where values go from 0 to 1, and far above it where they go to 255 or to 65,535.
    """
    low, high = float(means.min()), float(means.max())
    if low >= 0 and 256 * _BRIGHT < high <= 65535:
        return PictureUnit(0.0, 65535.0)
    if low < 0 or high > 255 or (1 < high < _BRIGHT):
        return None
    if high <= 1:
        return PictureUnit(0.0, 1.0) if float(deviations.max()) <= 1 else None
    return PictureUnit(0.0, 255.0)


def _in_array(X: np.ndarray, shape: tuple[int, int, int]) -> list[np.ndarray] | None:
    """The pictures of an array that are not as in the fit: one by itself, of another size, or bytes of another unit."""
    height, width, channels = shape
    X = channels_behind(X)
    if X.shape == shape or (X.shape == (height, width) and channels == 1):
        return [X]
    if X.ndim not in (3, 4):
        return None
    if X.shape[1:3] == (height, width) and int(np.prod(X.shape[3:])) == channels:
        bytes_ = X.dtype == np.uint8 and X.size and int(X.max()) >= _BYTES
        return [*X] if bytes_ else None
    return [X] if X.ndim == 3 and X.shape[2] == channels != 1 else [*X]


def _is_picture(cell: Any) -> bool:
    return isinstance(cell, (np.ndarray, torch.Tensor)) and cell.ndim in (2, 3)


def _of_that_shape(items: list[Any], shape: tuple[int, int, int], owner: str) -> Pictures:
    """Arrays of other channels than those of files, which must have the shape of the fit."""
    values = np.full((len(items), *shape), np.nan, dtype=np.float32)
    skipped = []
    for row, item in enumerate(items):
        if item is None:
            skipped.append({"row": row, "name": shown_picture(None, row), "reason": "it is missing"})
            continue
        if item.shape != shape:
            raise InvalidDataError(
                f"{owner} was fitted on pictures of shape {shape}, and row {row} is one of {item.shape}: give arrays "
                "as in the fit."
            )
        values[row] = item
    return Pictures(values, items, tuple(skipped))


def _refuse_files(channels: int, means: np.ndarray, unit: PictureUnit | None, owner: str) -> None:
    if channels in (1, 3) and unit is not None:
        return
    means_of = f"with means of pixels from {float(means.min()):.3g} to {float(means.max()):.3g}"
    raise InvalidDataError(
        f"{owner} was fitted on arrays {means_of if channels in (1, 3) else f'of {channels} channels'}, and files hold "
        "grey or colours from 0 to 255: give arrays as in the fit, or fit on the files."
    )
