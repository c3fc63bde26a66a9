"""What a person sees of a picture at a glance, as columns: how bright and where, how contrasted, which colour.

Single pixels say nothing to a person, and rules on them take minutes. These few quantities describe pictures; what a
network sees in them is more, and is shown by typical pictures and by where they speak for their cluster.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .original import OriginalColumn

__all__ = ["picture_columns"]

#: Pictures at a time, and pixels along a side of which colours are looked at.
_BLOCK, _SIDE = 64, 40
#: How much red, green and blue make grey (ITU-R BT.601).
_GREY = np.array([0.299, 0.587, 0.114])
#: Where the hues begin, in degrees, and what they are called.
_HUES = (
    (15, "red"), (45, "orange"), (70, "yellow"), (165, "green"), (195, "turquoise"), (255, "blue"), (290, "purple"),
    (345, "pink"), (360, "red"),
)  # fmt: skip
_COLOURS = tuple(dict.fromkeys(name for _, name in _HUES))
#: Mean difference of red, green and blue, as a share of white, under which a picture has no colour.
_COLOURLESS = 0.06
_MEASURED = (
    "brightness", "contrast", "fine detail", "upper brightness", "lower brightness", "left brightness",
    "right brightness", "central brightness",
)  # fmt: skip


def picture_columns(pictures: np.ndarray, black: float, white: float) -> tuple[OriginalColumn, ...]:
    """Columns of pictures (n, height, width) or (n, height, width, channels), NaN where one is missing.

    Parameters
    ----------
    pictures : ndarray
    black, white : float
        Of what shares are.

    Returns
    -------
    tuple of OriginalColumn
        In percent of white: the mean and the deviation of brightness, the mean step from a pixel to the next, the
        brightness of halves and of the middle; of colour pictures the mean difference of red, green and blue, and the
        hue that has most of it.
    """
    numbers = {name: np.full(len(pictures), np.nan) for name in _MEASURED}
    in_colour = pictures.ndim == 4 and pictures.shape[3] >= 3
    chroma = np.full(len(pictures), np.nan)
    hues = np.full(len(pictures), None, dtype=object)
    for rows, block in _blocks(pictures, black, white):
        grey = block @ _GREY if block.ndim == 4 else block
        for name, values in zip(_MEASURED, _measured(grey), strict=True):
            numbers[name][rows] = 100 * values
        if in_colour:
            chroma[rows], hues[rows] = _colours(block)
    columns = [OriginalColumn(name, "number", values, unit="%") for name, values in numbers.items()]
    if in_colour:
        columns += [
            OriginalColumn("saturation", "number", 100 * chroma, unit="%"),
            OriginalColumn("main colour", "category", hues),
        ]
    return tuple(columns)


def _blocks(pictures: np.ndarray, black: float, white: float) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Positions of some pictures that are there, and these, grey (m, h, w) or in colours (m, h, w, 3), from 0 to 1."""
    for start in range(0, len(pictures), _BLOCK):
        block = np.asarray(pictures[start : start + _BLOCK], dtype=np.float64)
        there = np.flatnonzero(~np.isnan(block).reshape(len(block), -1).all(axis=1))
        if block.ndim == 4:
            block = block[..., :3] if block.shape[3] >= 3 else block[..., 0]
        scaled = np.nan_to_num((block[there] - black) / ((white - black) or 1.0))
        if len(there):
            yield start + there, scaled


def _measured(grey: np.ndarray) -> tuple[np.ndarray, ...]:
    """The quantities (m,) of ``_MEASURED`` of pictures (m, h, w)."""
    height, width = grey.shape[1:]
    half, side = max(1, height // 2), max(1, width // 2)
    steps = np.concatenate([np.abs(np.diff(grey, axis=axis)).reshape(len(grey), -1) for axis in (1, 2)], axis=1)
    detail = steps.mean(axis=1) if steps.shape[1] else np.full(len(grey), np.nan)  # one pixel has no next one
    middle = grey[:, height // 4 : height - height // 4, width // 4 : width - width // 4]
    parts = (grey[:, :half], grey[:, -half:], grey[:, :, :side], grey[:, :, -side:], middle)
    return (
        grey.mean(axis=(1, 2)), grey.std(axis=(1, 2)), detail, *(part.mean(axis=(1, 2)) for part in parts),
    )  # fmt: skip


def _colours(pictures: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Strength of colour (m,) and name of the main one (m,) of pictures (m, h, w, 3)."""
    down, across = (max(1, size // _SIDE) for size in pictures.shape[1:3])
    pictures = pictures[:, ::down, ::across]
    high, low = pictures.max(axis=3), pictures.min(axis=3)
    chroma = high - low
    safe = np.where(chroma > 0, chroma, 1.0)
    red, green, blue = (pictures[..., channel] for channel in range(3))
    sector = np.select(
        [high == red, high == green], [(green - blue) / safe % 6, (blue - red) / safe + 2], (red - green) / safe + 4
    )
    which = np.searchsorted([end for end, _ in _HUES], 60 * sector % 360, side="right")
    held = np.zeros((len(pictures), len(_COLOURS)))
    for place, (_, name) in enumerate(_HUES):
        held[:, _COLOURS.index(name)] += np.where(which == place, chroma, 0.0).sum(axis=(1, 2))
    strength = chroma.mean(axis=(1, 2))
    names = np.array(_COLOURS, dtype=object)[held.argmax(axis=1)]
    return strength, np.where(strength < _COLOURLESS, "grey", names)
