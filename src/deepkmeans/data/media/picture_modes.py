"""Images of Pillow of any mode in one of few: grey, colour, with alpha, or numbers of a wider range."""

from __future__ import annotations

from typing import Any

import numpy as np

from .array_units import certain_white

__all__ = ["is_grey", "oriented", "plain", "with_channels"]

#: Modes without colours. "P" has those of its palette, which pixels tell.
_GREY = ("1", "L", "LA", "La", "I", "F")
#: Numbers of 16 bits become 0 to 255, and keep their digits.
_SIXTEEN = 257.0


def is_grey(image: Any) -> bool:
    """Whether the mode has no colours."""
    return image.mode in _GREY or image.mode.startswith("I;")


def plain(image: Any) -> Any:
    """The same image in one of the modes L, LA, RGB, RGBA, F; in none of them is resampling by the nearest pixel."""
    mode = image.mode
    if mode.startswith("I;16") or (mode == "I" and image.format == "PNG"):
        return _of_numbers(np.asarray(image, dtype=np.float32) / np.float32(_SIXTEEN))
    if mode in ("I", "F"):
        return _of_numbers(_up_to_255(np.asarray(image)))
    if "transparency" in image.info and mode in ("1", "L", "P", "RGB"):
        return image.convert("RGBA")
    if mode == "P":
        return image.convert("RGBA" if image.palette is not None and image.palette.mode == "RGBA" else "RGB")
    other = {"1": "L", "PA": "RGBA", "La": "LA", "RGBa": "RGBA"}
    return image if mode in ("L", "LA", "RGB", "RGBA") else image.convert(other.get(mode, "RGB"))


def with_channels(image: Any, channels: int) -> Any:
    """An image of :func:`plain` over white, with one channel or three: of Pillow, or an array of numbers."""
    from PIL import Image

    if image.mode in ("LA", "RGBA"):
        colours = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), colours).convert("RGB")
    if image.mode == "F":
        numbers = np.asarray(image, dtype=np.float32)
        return numbers if channels == 1 else np.repeat(numbers[..., None], 3, axis=2)
    return image.convert("L" if channels == 1 else "RGB")


def oriented(image: Any, orientation: int) -> Any:
    """Turned and mirrored as EXIF says by a number from 1 to 8."""
    from PIL import Image

    turns = (
        "FLIP_LEFT_RIGHT", "ROTATE_180", "FLIP_TOP_BOTTOM", "TRANSPOSE", "ROTATE_270", "TRANSVERSE", "ROTATE_90",
    )  # fmt: skip
    return image if orientation == 1 else image.transpose(Image.Transpose[turns[orientation - 2]])


def _up_to_255(numbers: np.ndarray) -> np.ndarray:
    """Numbers of a mode that says of none what white is: as of arrays where they say it, else as they are."""
    white = certain_white(numbers)
    return numbers.astype(np.float32) * np.float32(1.0 if white is None else 255.0 / white)


def _of_numbers(numbers: np.ndarray) -> Any:
    from PIL import Image

    return Image.fromarray(numbers)
