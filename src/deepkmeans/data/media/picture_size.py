"""The one size to which pictures of many sizes are brought."""

from __future__ import annotations

import numpy as np

__all__ = ["common_size"]

#: The longest side inside, and where there are so many pictures that memory says less.
_LONGEST, _SHORTEST = 96, 32
#: The longest side of pictures that all have one size, which lose by being resampled.
_KEPT = 128
#: Fewest pixels of the shorter side: of very long pictures, the longer side is stretched less.
_FEWEST = 8
#: Bytes of all pictures in float32.
_BYTES = 512 * 2**20


def common_size(sizes: np.ndarray, *, n_samples: int, channels: int) -> tuple[int, int]:
    """Height and width for pictures of the given ``sizes`` (m, 2), heights and widths.

    Their own where all are the same and no side is above 96, or above 128 where ``n_samples`` pictures of so many
    ``channels`` take up to 512 MiB, so that pixels are what they were. Else the median of their longer sides, 96 at
    most, with their median aspect; less, but not below 32, where pictures would take more than that.
    """
    height, width = map(int, sizes[0])
    kept = 4 * n_samples * channels * height * width <= _BYTES
    if (sizes == sizes[0]).all() and max(height, width) <= (_KEPT if kept else _LONGEST):
        return height, width
    aspect = float(np.exp(np.median(np.log(sizes[:, 1] / sizes[:, 0]))))  # width of a picture of height 1
    shorter = min(aspect, 1 / aspect)
    longest = min(_LONGEST, round(float(np.median(sizes.max(axis=1)))))
    room = _BYTES / (4 * max(1, n_samples) * channels)  # pixels
    longest = max(1, min(longest, max(_SHORTEST, int(np.sqrt(room / shorter)))))
    other = min(longest, max(_FEWEST, round(longest * shorter)))
    return (other, longest) if aspect >= 1 else (longest, other)
