"""One picture: its size and colours from the header, and its pixels at a size."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..._optional import require
from ...exceptions import MissingDependencyError
from .picture_arrays import array_header, array_pixels
from .picture_files import Picture, PictureFile
from .picture_modes import is_grey, oriented, plain, with_channels
from .unreadable import UnreadablePictureError

__all__ = ["PictureHeader", "picture_header", "picture_pixels", "prepare_reading"]

#: Formats that are tried, and the modules of Pillow that read them.
_FORMATS = {
    "PNG": "Png", "JPEG": "Jpeg", "WEBP": "Webp", "TIFF": "Tiff", "BMP": "Bmp", "DIB": "Bmp", "GIF": "Gif",
}  # fmt: skip
_MODULES = {"Webp": "WebPImagePlugin"}
_ORIENTATION = 0x0112
#: Of more pixels than this one picture is decoded at a time, so that memory does not grow with the threads.
_LARGE = 2**24
_one_large = threading.Lock()
#: PIL images of the user may be one object in several rows, and decode when they are first looked at.
_of_user = threading.Lock()


@dataclass(frozen=True)
class PictureHeader:
    """What is known of a picture before it is decoded.

    Attributes
    ----------
    height, width : int
        As it is seen, orientation applied.
    is_grey : bool
        Whether it has no colours by its mode; False where its pixels must say.
    format : str
        "PNG", "JPEG", ..., or "array".
    """

    height: int
    width: int
    is_grey: bool
    format: str


def prepare_reading() -> None:
    """Load what reads files, before threads do.

    Raises
    ------
    MissingDependencyError
    """
    for name in sorted({*_FORMATS.values()}):
        require(f"PIL.{_MODULES.get(name, f'{name}ImagePlugin')}", extra="images", purpose="Reading pictures")


def picture_header(picture: Picture) -> PictureHeader:
    """Size and colours of a picture; UnreadablePictureError where it is none, is missing, or is too large."""
    with _translated():
        if picture is None:
            raise UnreadablePictureError("it is missing")
        if isinstance(picture, np.ndarray):
            return PictureHeader(*array_header(picture), "array")
        with _opened(picture) as image:
            width, height = _checked_size(image)
            turned = _orientation(image, decoded=False) >= 5
            height, width = (width, height) if turned else (height, width)
            return PictureHeader(height, width, is_grey(image), image.format or "PIL")


def picture_pixels(picture: Picture, height: int, width: int, channels: int) -> np.ndarray:
    """Pixels (height, width, channels), uint8 or float32, from 0 to 255 of files.

    A picture of that very size is given as it is, without resampling.
    """
    with _translated():
        if picture is None:
            raise UnreadablePictureError("it is missing")
        if isinstance(picture, np.ndarray):
            return array_pixels(picture, height, width, channels)
        with _opened(picture) as image:
            columns, lines = _checked_size(image)
            if columns * lines <= _LARGE:
                return _decoded(image, (width, height), channels)
            with _one_large:
                return _decoded(image, (width, height), channels)


def _decoded(image: Any, size: tuple[int, int], channels: int) -> np.ndarray:
    from PIL import Image

    orientation = _orientation(image, decoded=False)
    stored = size if orientation < 5 else size[::-1]  # as the file has its sides
    if image.size != stored and image.format in ("JPEG", "MPO"):
        image.draft(None, (2 * stored[0], 2 * stored[1]))
    image.load()
    if image.format == "PNG" and orientation == 1:  # it may say so behind the pixels
        orientation = _orientation(image, decoded=True)
        stored = size if orientation < 5 else size[::-1]
    made = plain(image)
    if made.size != stored:
        made = made.resize(stored, Image.Resampling.BILINEAR, reducing_gap=2.0)
    pixels = np.asarray(with_channels(oriented(made, orientation), channels))
    if pixels.dtype != np.uint8 and not np.isfinite(pixels).all():
        raise UnreadablePictureError("it has pixels that are no finite numbers")
    return pixels.reshape(size[1], size[0], channels)


@contextmanager
def _opened(picture: Any) -> Iterator[Any]:
    """An image of Pillow, not decoded yet."""
    if not isinstance(picture, PictureFile):
        with _of_user:
            picture.load()
        yield picture
        return
    from PIL import Image

    if not stat.S_ISREG(os.stat(picture.path).st_mode):  # a named pipe would be waited for
        raise UnreadablePictureError("it is no regular file")
    formats = tuple(name for name in _FORMATS if name in Image.OPEN)
    with open(picture.path, "rb") as file, Image.open(file, formats=formats) as image:
        yield image


def _checked_size(image: Any) -> tuple[int, int]:
    """Width and height, unless decoding so many pixels could exhaust the memory."""
    from PIL import Image

    width, height = image.size
    most = Image.MAX_IMAGE_PIXELS
    if most is not None and width * height > most:
        raise UnreadablePictureError(
            f"it has {width:,} x {height:,} pixels, more than the {most:,} in all that are safe to decode"
        )
    if not width or not height:
        raise UnreadablePictureError("it has no pixels")
    return width, height


def _orientation(image: Any, *, decoded: bool) -> int:
    """How a picture is to be turned, from 1 (not at all) to 8, as EXIF counts."""
    if image.format == "TIFF":
        return 1  # Pillow has turned it
    if image.format == "PNG" and not decoded and not {"exif", "Raw profile type exif"} & {*image.info}:
        return 1  # to ask would decode it
    try:
        orientation = image.getexif().get(_ORIENTATION, 1)
    except Exception:  # damaged EXIF data are no reason not to see the picture
        return 1
    return orientation if isinstance(orientation, int) and 1 <= orientation <= 8 else 1


@contextmanager
def _translated() -> Iterator[None]:
    """Whatever a reader raises, as the reason why a picture is skipped."""
    try:
        yield
    except (MemoryError, MissingDependencyError, UnreadablePictureError):
        raise
    except FileNotFoundError:
        raise UnreadablePictureError("there is no such file") from None
    except PermissionError:
        raise UnreadablePictureError("its permissions forbid reading it") from None
    except Exception as error:  # of damaged files readers say so in many ways
        raise UnreadablePictureError(_reason(error)) from error


def _reason(error: Exception) -> str:
    kind = type(error).__name__
    if kind == "UnidentifiedImageError":
        return "it is no picture: it begins like none of the formats that are read"
    if kind == "DecompressionBombError":
        from PIL import Image

        return f"it has more than twice the {Image.MAX_IMAGE_PIXELS:,} pixels that are safe to decode"
    said = " ".join(str(getattr(error, "strerror", None) or error).split()).rstrip(".")
    return f"it cannot be decoded ({said[:120] or kind})"
