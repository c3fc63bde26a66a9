"""Torch's global generator: seeded for a block, the same afterwards, and not shared by blocks that run at once."""

import time
from concurrent.futures import ThreadPoolExecutor

import torch

from deepkmeans.runtime import seeded_torch


def draws(seed):
    """Numbers drawn with pauses, in which other threads would draw from the same generator."""
    with seeded_torch(seed):
        drawn = []
        for _ in range(5):
            drawn.append(float(torch.rand(1)))
            time.sleep(0.001)
        with seeded_torch(seed + 1):  # blocks may be nested
            torch.rand(3)
        return [*drawn, float(torch.rand(1))]


def test_blocks_in_threads_draw_what_they_draw_alone():
    before = torch.get_rng_state()
    alone = [draws(seed) for seed in range(8)]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(draws, range(8))) == alone
    assert torch.equal(before, torch.get_rng_state())
