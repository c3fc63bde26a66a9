"""Small pictures in files of many kinds."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

#: Height 2, width 3.
GRID = np.array([[0, 50, 100], [150, 200, 250]], dtype=np.uint8)


def saved(folder: Path, name: str, pixels: np.ndarray, mode: str | None = None, **options: object) -> Path:
    """A file of an array, in a mode of Pillow."""
    image = Image.fromarray(pixels)
    path = folder / name
    (image if mode is None else image.convert(mode)).save(path, **options)
    return path


def bomb(path: Path, width: int, height: int) -> Path:
    """A PNG of a few bytes that says it has so many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    return path


def three_kinds(n: int = 60, side: int = 12, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Pictures (n, side, side), uint8: a bright left half, a bright upper half, a bright middle; and their kinds."""
    random = np.random.RandomState(seed)
    kinds = np.arange(n) % 3
    pictures = random.randint(0, 60, (n, side, side))
    half, quarter = side // 2, side // 4
    pictures[kinds == 0, :, :half] += 150
    pictures[kinds == 1, :half] += 150
    pictures[kinds == 2, quarter : side - quarter, quarter : side - quarter] += 150
    return pictures.astype(np.uint8), kinds


def folder_of(folder: Path, pictures: np.ndarray, suffix: str = ".png") -> Path:
    """A folder of files, named by their numbers."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, picture in enumerate(pictures):
        saved(folder, f"{number:03}{suffix}", picture)
    return folder
