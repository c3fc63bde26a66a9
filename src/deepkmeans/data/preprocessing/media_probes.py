"""Pictures and recordings by whose rows an encoder is recognised, drawn by formulas: no file of a user is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..given import GivenInput
from .media_inputs import MediaInputs

__all__ = ["MEDIA_PROBES", "media_probes"]

_SIDE, _RATE = 64, 16_000


def _gradient() -> np.ndarray:
    """Red grows to the right, green downwards, blue is where both are low."""
    line = np.arange(_SIDE) * 255 // (_SIDE - 1)
    return _colours(*np.broadcast_arrays(line[None, :], line[:, None], 255 - np.maximum(line[None, :], line[:, None])))


def _stripes() -> np.ndarray:
    """Slanted black and yellow bars."""
    bars = (np.add.outer(np.arange(_SIDE), np.arange(_SIDE)) // 8 % 2) * 255
    return _colours(bars, bars, 0 * bars)


def _disc() -> np.ndarray:
    """A red disc on white."""
    squares = (np.arange(_SIDE) * 2 - _SIDE + 1) ** 2
    outside = (np.add.outer(squares, squares) > (_SIDE // 2) ** 2) * 255
    return _colours(np.full_like(outside, 255), outside, outside)


def _colours(*planes: Any) -> np.ndarray:
    return np.stack(planes, axis=2).astype(np.uint8)


def _tone(pitch: float, rise: float) -> tuple[int, np.ndarray]:
    """One second that begins at a pitch, in Hz, and rises so far."""
    time = np.arange(_RATE) / _RATE
    return _RATE, (0.5 * np.sin(2 * np.pi * (pitch * time + rise / 2 * time**2))).astype(np.float32)


_DRAWN: dict[str, dict[str, Callable[[], Any]]] = {
    "image": {"gradient": _gradient, "stripes": _stripes, "disc": _disc},
    "audio": {
        "low tone": lambda: _tone(220, 0), "rising tone": lambda: _tone(200, 1800),
        "falling tone": lambda: _tone(3000, -2400),
    },
}  # fmt: skip
#: Their names, by kind.
MEDIA_PROBES = {kind: tuple(drawn) for kind, drawn in _DRAWN.items()}


def media_probes(kind: str, names: Sequence[str]) -> MediaInputs:
    """The probes of these names; a name that no release has drawn is a missing one."""
    drawn = _DRAWN[kind]
    return MediaInputs(GivenInput(kind, [drawn[name]() if name in drawn else None for name in names]))
