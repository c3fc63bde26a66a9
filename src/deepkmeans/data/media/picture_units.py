"""Pictures in colour from 0 to 1, or as images of Pillow, whatever they were: what networks are trained with."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._optional import require
from .array_units import white_of
from .picture_arrays import channels_last
from .picture_files import Picture
from .picture_reading import picture_header, picture_pixels

__all__ = ["rgb_image", "unit_pixels"]

#: Longest side of an image that is handed out: batches of photographs at their own size would fill the memory.
_LONGEST = 1024


def unit_pixels(picture: Picture, height: int, width: int) -> np.ndarray:
    """Pixels (height, width, 3), float32, from 0 to 1; UnreadablePictureError where there are none.

    Arrays go from 0 to what is white in them (see :func:`.array_units.white_of`); where some
    are below 0, from -1 to 1, or from their least to their greatest.
    """
    if isinstance(picture, np.ndarray) and picture.dtype == np.uint8:  # as the file of the same pixels is resampled
        image = require("PIL.Image", extra="images", purpose="A pretrained encoder of pictures")
        pixels = channels_last(picture)
        picture = image.fromarray(np.ascontiguousarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels))
    pixels = picture_pixels(picture, height, width, 3).astype(np.float32)
    if isinstance(picture, np.ndarray):
        low, high = _range(picture)
        pixels = (pixels - low) / np.float32(high - low)
    else:
        pixels /= np.float32(255)
    return np.clip(pixels, 0, 1)


def rgb_image(picture: Picture) -> Any:
    """An image of Pillow in RGB, at its own size or, if that is longer, at 1,024 pixels; it is turned and over white.

    Raises
    ------
    UnreadablePictureError
    MissingDependencyError
    """
    image = require("PIL.Image", extra="images", purpose="A pretrained encoder of pictures")
    header = picture_header(picture)
    share = min(1.0, _LONGEST / max(header.height, header.width))
    height, width = (max(1, round(side * share)) for side in (header.height, header.width))
    return image.fromarray(np.rint(unit_pixels(picture, height, width) * 255).astype(np.uint8))


def _range(picture: np.ndarray) -> tuple[np.float32, np.float32]:
    """What is black and white in an array."""
    low, high = np.float32(picture.min()), np.float32(picture.max())
    if low < 0:
        return (np.float32(-1), np.float32(1)) if low >= -1 and high <= 1 else (low, high)
    white = white_of(picture)
    return np.float32(0), high if white is None else np.float32(white)
