"""What the numbers of one array say of its unit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .picture_files import Picture

__all__ = ["BEYOND", "BRIGHT", "BYTE", "ONE", "SIXTEEN", "WHITES", "Seen", "seen_in"]

WHITES = ONE, BYTE, SIXTEEN = 1.0, 255.0, 65535.0
#: Numbers of resampled or noisy pictures may lie beyond black and white by this share of white.
BEYOND = 0.25
#: No picture of the unit, all of them dark ones, is below this share of white.
BRIGHT = 0.25
#: Of pictures from 0 to 1, the greatest number that is black in another unit, too: then nothing says of which one is.
_SEEN = 0.1


@dataclass(frozen=True)
class Seen:
    """Numbers of one picture; ``white`` is what only white can be, None where several can."""

    kind: str
    low: float
    high: float
    white: float | None

    @property
    def is_16_bits(self) -> bool:
        """Whether they are whole numbers above those of 14 bits, which cameras have."""
        return self.kind in ("whole", "short") and self.high >= BRIGHT * SIXTEEN and self.fits(SIXTEEN)

    def fits(self, white: float) -> bool:
        """Whether the numbers go from 0 to white or less; those that go as far below 0 as above are of another unit."""
        below = BEYOND * max(ONE, min(self.high, white))
        return self.high <= (1 + BEYOND) * white and self.low >= -below


def seen_in(picture: Picture) -> Seen | None:
    """None of a picture that is missing, or cannot be read."""
    if picture is None:
        return None
    if not isinstance(picture, np.ndarray):
        return Seen("file", 0.0, BYTE, BYTE)
    if picture.dtype.kind not in "biuf" or not picture.size:
        return None
    low, high = float(picture.min()), float(picture.max())
    if not np.isfinite([low, high]).all():
        return None
    if picture.dtype.kind == "b":
        return Seen("bool", low, high, ONE)
    if picture.dtype == np.uint8:
        return Seen("byte", low, high, BYTE if high > 1 else None)
    kind = "short" if picture.dtype == np.uint16 else "whole" if picture.dtype.kind in "iu" else "float"
    of_numbers = Seen(kind, low, high, None)
    white = next((white for white in WHITES if of_numbers.fits(white)), None)
    if white == ONE:
        certain = kind == "float" and high > _SEEN and bool((picture != np.rint(picture)).any())
    else:
        certain = white is not None and high - max(low, 0.0) >= BRIGHT * white
    return Seen(kind, low, high, white if certain else None)
