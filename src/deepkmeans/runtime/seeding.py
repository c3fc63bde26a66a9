"""Randomness without side effects: named generators from one seed.

Every draw of a fit comes from ``Seeds(random_state)``: a stream is addressed by words and numbers
(``seeds.generator("train", epoch)``), so the draws of epoch 7 do not depend on how the process got
there, and a resumed run repeats them without any generator state being stored.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import torch
from sklearn.utils import check_random_state

from .._quoting import short
from ..exceptions import InvalidParameterError

__all__ = ["Seeds"]


class Seeds:
    """Streams of random numbers derived from ``random_state`` (int, RandomState or None)."""

    def __init__(self, random_state: Any = None) -> None:
        try:
            if isinstance(random_state, (int, np.integer)) and not isinstance(random_state, bool):
                self.root = int(np.random.RandomState(int(random_state)).randint(2**31 - 1))
            else:
                self.root = int(check_random_state(random_state).randint(2**31 - 1))
        except (ValueError, TypeError):
            raise InvalidParameterError(
                "The 'random_state' parameter must be an integer from 0 to 4294967295, a numpy.random.RandomState or "
                f"None. Got {short(repr(random_state))[1:-1]} instead."
            ) from None

    @classmethod
    def from_root(cls, root: int) -> Seeds:
        """Rebuild the streams of an earlier run from its ``root``."""
        seeds = cls(0)
        seeds.root = root
        return seeds

    def seed(self, *address: str | int) -> int:
        """A 63-bit seed for one stream; other addresses give unrelated streams."""
        text = "/".join(str(part) for part in (self.root, *address))
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little") >> 1

    def generator(self, *address: str | int, device: str | torch.device = "cpu") -> torch.Generator:
        """A torch generator of its own for one stream."""
        return torch.Generator(device=device).manual_seed(self.seed(*address))

    def numpy(self, *address: str | int) -> np.random.RandomState:
        """A NumPy generator of its own for one stream."""
        return np.random.RandomState(self.seed(*address) % (2**32))
