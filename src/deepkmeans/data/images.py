"""Recognise rows that are pictures, and their shape, from the columns."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np
import scipy.sparse as sp
import torch

from ..runtime import tensor_array

__all__ = ["find_image_shape", "flatten_pictures", "picture_shape"]

_SAMPLE = 2000
#: Sides under this many pixels have no neighbourhoods worth a convolution.
_MIN_SIDE = 6
_MAX_COLUMNS = 4096
_MAX_CHANNELS = 4
#: Least mean correlation of neighbouring pixels, along rows and across them.
_NEIGHBOURS = 0.2


def flatten_pictures(X: Any) -> tuple[Any, tuple[int, int, int] | None]:
    """Pictures in an array, tensor or list, n x H x W [x C] or n x C x H x W, as rows, and (H, W, C); else as it is.

    Sides under 6 have no neighbourhoods to speak of: such rows are flattened and no picture.
    """
    if isinstance(X, torch.Tensor):
        X = tensor_array(X)
    X = _stacked(X) if isinstance(X, (list, tuple)) else X
    shape = tuple(getattr(X, "shape", ()))
    if len(shape) not in (3, 4) or not isinstance(X, np.ndarray) or 0 in shape[1:]:
        return X, None
    X = channels_behind(X)
    height, width, channels = (*X.shape[1:], 1)[:3]
    return X.reshape(len(X), height * width * channels), picture_shape((height, width, channels))


def _stacked(X: Any) -> Any:
    """A list of arrays of one shape, or of lists of lists, as an array; all else as it is."""
    with suppress(TypeError, ValueError):
        if len(X) and (X[0].ndim if isinstance(X[0], torch.Tensor) else np.ndim(X[0])) > 1:
            return np.stack([tensor_array(x) if isinstance(x, torch.Tensor) else np.asarray(x) for x in X])
    return X


def channels_behind(X: np.ndarray) -> np.ndarray:
    """Pictures n x C x H x W, as PyTorch has them, as n x H x W x C, where C can only be channels; else as they are."""
    first = X.ndim == 4 and 1 <= X.shape[1] <= _MAX_CHANNELS < X.shape[3] and min(X.shape[2:]) >= _MIN_SIDE
    return np.moveaxis(X, 1, 3) if first else X


def picture_shape(shape: tuple[int, int, int]) -> tuple[int, int, int] | None:
    """Height, width and channels of pictures, unless these have no neighbourhoods, or too many channels."""
    return shape if min(shape[:2]) >= _MIN_SIDE and shape[2] <= _MAX_CHANNELS else None


def find_image_shape(X: Any) -> tuple[int, int, int] | None:
    """(height, width, channels) if the columns of ``X`` (n, d) are pixels row by row, else None.

    For pictures of width w, the mean correlation of columns that are L apart has a sharp peak at L = w, where a pixel
    meets the one below it; smooth curves and tables have none. Channels (3), if any, are the last axis. Required are a
    correlation of at least 0.2 of neighbours both ways, twice that of half a line apart, more than at w - 1 and w + 1;
    sides of 6 pixels or more, in a proportion of at most 2. O(2000 d^2), for at most 4,096 columns.
    """
    if sp.issparse(X) or not _MIN_SIDE**2 <= X.shape[1] <= _MAX_COLUMNS or X.shape[0] < 50:
        return None
    n, d = X.shape
    sample = np.asarray(X[:: max(1, n // _SAMPLE)][:_SAMPLE], dtype=np.float32)
    if not np.isfinite(sample).all():
        return None
    sample = sample - sample.mean(axis=0)
    deviation = sample.std(axis=0)
    varies = deviation > 1e-6 * max(float(deviation.max()), 1e-30)
    if varies.mean() < 0.5:
        return None
    sample = np.where(varies, sample / np.where(varies, deviation, 1), 0)
    correlation = sample.T @ sample / len(sample)  # (d, d)

    def at(lag: int) -> float:
        both = varies[:-lag] & varies[lag:]
        return float(np.diagonal(correlation, lag)[both].mean()) if both.any() else 0.0

    candidates: list[tuple[float, tuple[int, int, int]]] = []
    for channels in (1, 3):
        for width in range(_MIN_SIDE, d // (_MIN_SIDE * channels) + 1):
            height, rest = divmod(d, width * channels)
            if rest or not _MIN_SIDE <= height or not 0.5 <= height / width <= 2:
                continue
            line = width * channels
            down, side = at(line), at(channels)
            peak = down > max(at(line - channels), at(line + channels))
            if min(down, side) >= _NEIGHBOURS and peak and down > 2 * at(channels * (width // 2)):
                candidates.append((down, (height, width, channels)))
    return max(candidates)[1] if candidates else None
