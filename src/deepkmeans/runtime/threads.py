"""How many threads a piece of work runs on; the caller's count is put back.

Two threads that meet at a barrier after every small product wait for each other: beside another busy process
fits of small networks were measured up to seven times slower on two threads than on one. So small work runs on
one thread, whatever the setting; large work on what the user has set.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

__all__ = ["one_thread"]


@contextmanager
def one_thread(when: bool = True) -> Iterator[None]:
    """Run the block on one thread of torch if ``when``; the count is restored whatever happens."""
    before = torch.get_num_threads()
    if not when or before == 1:
        yield
        return
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
