"""Pictures of rows, small: single ones for the cards, and one sheet of many for the map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .png import encode_png, png_address

__all__ = ["Thumbnails"]

#: Largest side of a picture of a card, and of one in the sheet.
_CARD, _SHEET = 96, 40
#: Bytes of the sheet, before base64 adds a third.
_SHEET_BYTES = 1_300_000
_MOST = 3000
#: The colour of what speaks for a cluster.
_SALIENT = np.array([255.0, 150.0, 20.0])
_TRIED = 200


@dataclass(frozen=True)
class Thumbnails:
    """Pictures (n, h, w) or (n, h, w, c) in numbers of any range, drawn from black to white."""

    pictures: np.ndarray
    low: float
    high: float
    #: Largest side of a picture of a card.
    side: int = _CARD

    @classmethod
    def of(cls, pictures: np.ndarray, *, side: int = _CARD) -> Thumbnails:
        some = np.asarray(pictures[:: max(1, len(pictures) // 500)], dtype=np.float64)
        some = some[np.isfinite(some)]
        return cls(pictures, float(some.min(initial=0.0)), float(some.max(initial=0.0)), side)

    def address(self, row: int) -> str:
        """One picture, as a ``data:`` address."""
        return png_address(self._pixels(np.asarray([row]), self.side)[0])

    def mean_address(self, rows: np.ndarray, *, stretched: bool = False) -> str:
        """The mean of some pictures, of those that are there; ``stretched`` from its own black to its own white."""
        there = rows[~np.isnan(self.pictures[rows]).reshape(len(rows), -1).any(axis=1)]
        held = there if len(there) else rows
        mean = self.pictures[held].mean(axis=0, dtype=np.float64)[None]
        if not stretched:
            return png_address(self._shrunk(mean, _CARD)[0])
        return png_address(Thumbnails.of(mean)._shrunk(mean, _CARD)[0])

    def overlaid(self, row: int, values: np.ndarray) -> str:
        """One picture, dimmed and grey, with colour where ``values`` (h, w), from -1 to 1, are above 0."""
        pixels = self._pixels(np.asarray([row]), self.side)[0].astype(np.float64)
        grey = 0.55 * (pixels.mean(axis=2) if pixels.ndim == 3 else pixels)
        block = -(-max(values.shape) // self.side)
        strong = values[: grey.shape[0] * block, : grey.shape[1] * block].clip(0, 1)
        strong = strong.reshape(grey.shape[0], block, grey.shape[1], block).mean(axis=(1, 3))[..., None]
        return png_address(np.round(grey[..., None] * (1 - 0.8 * strong) + 0.8 * strong * _SALIENT).astype(np.uint8))

    def sheet(self, rows: Sequence[int]) -> dict[str, Any]:
        """As many of ``rows``, from the first on, as the sheet may hold, in a grid as wide as high."""
        order = np.asarray(rows[:_MOST])
        tried = self._pixels(order[:_TRIED], _SHEET)
        each = len(encode_png(_tiled(tried)[0])) / len(tried)
        n_pictures = int(min(len(order), max(1, _SHEET_BYTES // each)))
        pixels, across = _tiled(self._pixels(order[:n_pictures], _SHEET))
        return {
            "picture": png_address(pixels), "across": across, "count": n_pictures,
            "height": int(tried.shape[1]), "width": int(tried.shape[2]),
        }  # fmt: skip

    def _pixels(self, rows: np.ndarray, side: int) -> np.ndarray:
        return self._shrunk(np.asarray(self.pictures[rows], np.float64), side)

    def _shrunk(self, pictures: np.ndarray, side: int) -> np.ndarray:
        """Pixels (m, h', w') or (m, h', w', 3), uint8: means of square blocks."""
        if pictures.ndim == 4:
            pictures = pictures[..., :3] if pictures.shape[3] >= 3 else pictures[..., 0]
        block = -(-max(pictures.shape[1:3]) // side)
        if block > 1:
            height, width = (size // block for size in pictures.shape[1:3])
            cut = pictures[:, : height * block, : width * block]
            cut = cut.reshape(len(cut), height, block, width, block, *cut.shape[3:])
            pictures = cut.mean(axis=(2, 4))
        shares = (np.nan_to_num(pictures, nan=self.low) - self.low) / ((self.high - self.low) or 1.0)
        return np.round(shares.clip(0, 1) * 255).astype(np.uint8)


def _tiled(pixels: np.ndarray) -> tuple[np.ndarray, int]:
    """Pictures (m, h, w[, 3]) in one, row by row, and how many lie in a row."""
    m, height, width = pixels.shape[:3]
    across = int(np.ceil(np.sqrt(m)))
    down = -(-m // across)
    sheet = np.zeros((across * down, *pixels.shape[1:]), np.uint8)
    sheet[:m] = pixels
    sheet = sheet.reshape(down, across, height, width, *pixels.shape[3:]).swapaxes(1, 2)
    return sheet.reshape(down * height, across * width, *pixels.shape[3:]), across
