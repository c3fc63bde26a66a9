"""How many threads a piece of work runs on; the caller's count is put back.

Two threads that meet at a barrier after every small product wait for each other: beside another busy process
fits of small networks were measured up to seven times slower on two threads than on one. So small work runs on
one thread, whatever the setting; large work on what the user has set.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from threadpoolctl import threadpool_limits

__all__ = ["one_thread", "one_thread_in_all"]

#: NumPy's and SciPy's linear algebra has one count for the whole process: the first of the blocks that run at once
#: sets it, the last puts it back.
_lock = threading.Lock()
_running: list[threadpool_limits] = []


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


@contextmanager
def one_thread_in_all() -> Iterator[None]:
    """Run the block on one thread of torch, and of the linear algebra of NumPy and SciPy."""
    with _lock:
        _running.append(_running[0] if _running else threadpool_limits(1, user_api="blas"))
    try:
        with one_thread():
            yield
    finally:
        with _lock:
            limits = _running.pop()
            if not _running:
                limits.restore_original_limits()
