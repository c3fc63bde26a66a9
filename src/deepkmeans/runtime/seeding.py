"""Randomness without side effects: named generators from one seed, global state put back.

Every draw of a fit comes from ``Seeds(random_state)``: a stream is addressed by words and numbers
(``seeds.generator("train", epoch)``), so the draws of epoch 7 do not depend on how the process got
there, and a resumed run repeats them without any generator state being stored.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from sklearn.utils import check_random_state

__all__ = ["Seeds", "seeded_torch"]

#: Threads share torch's global generator: two that seed it at once would draw from each other's stream.
_global_generator = threading.RLock()


class Seeds:
    """Streams of random numbers derived from ``random_state`` (int, RandomState or None)."""

    def __init__(self, random_state: Any = None) -> None:
        if isinstance(random_state, (int, np.integer)) and not isinstance(random_state, bool):
            self.root = int(np.random.RandomState(int(random_state)).randint(2**31 - 1))
        else:
            self.root = int(check_random_state(random_state).randint(2**31 - 1))

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


@contextmanager
def seeded_torch(seed: int) -> Iterator[None]:
    """Seed torch's global generator for code that knows no other (layers, dropout), then put it back.

    Other threads that ask for it wait, so fits that run at once draw what they draw alone.
    """
    devices = list(range(torch.cuda.device_count())) if torch.cuda.is_available() else []
    with _global_generator, torch.random.fork_rng(devices=devices):
        # torch.manual_seed also notes a seed for devices that are not there, which takes it a millisecond.
        elsewhere = devices or torch.backends.mps.is_available() or torch.xpu.is_available()
        (torch.manual_seed if elsewhere else torch.default_generator.manual_seed)(seed)
        yield
