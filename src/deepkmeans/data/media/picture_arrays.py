"""Arrays that are pictures: (height, width), (height, width, channels), or with the channels first."""

from __future__ import annotations

import numpy as np

from ..._optional import require
from .array_units import white_of
from .unreadable import UnreadablePictureError

__all__ = ["array_header", "array_pixels", "channels_last"]

_CHANNELS = (1, 3, 4)
#: Shares of red, green and blue in grey, as Pillow has them.
_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)


def array_header(picture: np.ndarray) -> tuple[int, int, bool]:
    """Height, width, and whether it has one channel."""
    shape = channels_last(picture).shape
    return shape[0], shape[1], shape[2] == 1


def array_pixels(picture: np.ndarray, height: int, width: int, channels: int) -> np.ndarray:
    """Pixels (height, width, channels), float32, in the unit in which they are."""
    numbers = np.asarray(channels_last(picture), dtype=np.float32)
    missing = np.isnan(numbers)
    if missing.all():
        raise UnreadablePictureError("it is missing")
    if missing.any() or not np.isfinite(numbers).all():
        raise UnreadablePictureError("it has pixels that are no finite numbers")
    if numbers.shape[2] == 4:
        numbers = _over_white(numbers, np.float32(white_of(picture) or 255.0))
    if numbers.shape[:2] != (height, width):
        numbers = _resampled(numbers, height, width)
    if numbers.shape[2] == channels:
        return numbers
    return (numbers @ _LUMA)[..., None] if channels == 1 else np.repeat(numbers, 3, axis=2)


def channels_last(picture: np.ndarray) -> np.ndarray:
    """The array as (height, width, channels); UnreadablePictureError where it is none."""
    if picture.dtype.kind not in "biuf":
        raise UnreadablePictureError(f"it is an array of {picture.dtype}, not of numbers")
    if 0 in picture.shape or picture.ndim not in (2, 3):
        raise UnreadablePictureError(f"it is an array of shape {picture.shape}, not (height, width, channels)")
    if picture.ndim == 2:
        return picture[..., None]
    if picture.shape[2] in _CHANNELS:
        return picture
    if picture.shape[0] in _CHANNELS:
        return np.moveaxis(picture, 0, 2)
    raise UnreadablePictureError(f"it has {picture.shape[2]} channels, not 1, 3 or 4")


def _over_white(numbers: np.ndarray, white: np.float32) -> np.ndarray:
    """Colours (h, w, 3) of colours with alpha."""
    alpha = numbers[..., 3:] / white
    return np.asarray(numbers[..., :3] * alpha + white * (1 - alpha))


def _resampled(numbers: np.ndarray, height: int, width: int) -> np.ndarray:
    image = require("PIL.Image", extra="images", purpose="Bringing pictures to one size")
    planes = [image.fromarray(np.ascontiguousarray(plane)) for plane in np.moveaxis(numbers, 2, 0)]
    bilinear = image.Resampling.BILINEAR
    planes = [plane.resize((width, height), bilinear, reducing_gap=2.0) for plane in planes]
    return np.stack([np.asarray(plane) for plane in planes], axis=2)
