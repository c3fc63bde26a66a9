"""Pictures as PNG bytes, by the standard library."""

from __future__ import annotations

import base64
import struct
import zlib

import numpy as np

__all__ = ["encode_png", "png_address"]


def encode_png(pixels: np.ndarray) -> bytes:
    """PNG of pixels (h, w) or (h, w, 3), uint8; each row as it is or as its difference from the one above it."""
    height, width = pixels.shape[:2]
    flat = np.ascontiguousarray(pixels).reshape(height, -1)
    above = np.vstack([np.zeros_like(flat[:1]), flat[:-1]])
    data = min((_compressed(0, flat), _compressed(2, flat - above)), key=len)
    header = struct.pack(">IIBBBBB", width, height, 8, 2 if pixels.ndim == 3 else 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def png_address(pixels: np.ndarray) -> str:
    """The picture as a ``data:`` address, which needs no file beside the page."""
    return "data:image/png;base64," + base64.b64encode(encode_png(pixels)).decode("ascii")


def _compressed(kind: int, rows: np.ndarray) -> bytes:
    kinds = np.full((len(rows), 1), kind, np.uint8)
    return zlib.compress(np.hstack([kinds, rows]).tobytes(), 9)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
