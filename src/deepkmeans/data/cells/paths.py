"""Links, and paths of images and recordings."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

__all__ = ["place_kind"]

_LINK = re.compile(r"(?:(?:https?|ftp|s3|gs)://|www\.)\S+", re.IGNORECASE)
_IMAGE = re.compile(r"[^\n]*\.(?:png|jpe?g|gif|bmp|tiff?|webp|heic|svg|ppm|pgm)", re.IGNORECASE)
_AUDIO = re.compile(r"[^\n]*\.(?:wav|mp3|flac|ogg|oga|opus|m4a|aac|aiff?|wma)", re.IGNORECASE)
_ENOUGH = 0.95


def place_kind(texts: Sequence[str], counts: np.ndarray) -> str | None:
    """ "link", "image" or "audio" where nearly all cells are one; None otherwise."""
    for kind, pattern in (("link", _LINK), ("image", _IMAGE), ("audio", _AUDIO)):
        if pattern.fullmatch(texts[0]) is None and pattern.fullmatch(texts[-1]) is None:
            continue
        there = np.fromiter((pattern.fullmatch(text) is not None for text in texts), dtype=bool, count=len(texts))
        if counts[there].sum() >= _ENOUGH * counts.sum():
            return kind
    return None
