"""How many threads a piece of work runs on; the caller's count is restored.

Two threads that meet at a barrier after every small product wait for each other: beside another busy process
fits of small networks were measured up to seven times slower on two threads than on one. So small work runs on
one thread, whatever the setting; large work on what the user has set.

``torch.set_num_threads`` sets a count of the whole process: a thread that starts while another is inside such a block
would keep the count of one for good, and with another count sums round differently. OpenMP and MKL keep a
count for each thread too, and that is the one set here.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from threadpoolctl import ThreadpoolController

__all__ = ["kept_threads", "one_thread", "usable_cpus"]


def usable_cpus() -> int:
    """Processors this process may run on."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextlib.contextmanager
def one_thread(when: bool = True) -> Iterator[None]:
    """Run the block on one thread of torch if ``when``; the count is restored whatever happens."""
    before = torch.get_num_threads()  # torch fixes a new thread's count when it is first read, which is here
    if not when or before == 1:
        yield
        return
    with _openmp().limit(limits=1):
        mkl = _mkl_count() if torch.backends.mkl.is_available() else _no_count  # type: ignore[no-untyped-call]
        if mkl is None or torch.get_num_threads() != 1:  # a build of torch that keeps its count elsewhere
            with _whole_process(before):
                yield
            return
        previous = mkl(1)
        try:
            yield
        finally:
            mkl(previous)


@contextlib.contextmanager
def kept_threads() -> Iterator[None]:
    """Restore torch's count after foreign code that sets OpenMP's, as numba does when it starts."""
    before = torch.get_num_threads()
    try:
        yield
    finally:
        if torch.get_num_threads() != before:
            torch.set_num_threads(before)


@contextlib.contextmanager
def _whole_process(before: int) -> Iterator[None]:
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _no_count(count: int) -> int:
    return count


@functools.cache
def _openmp() -> Any:
    return ThreadpoolController().select(user_api="openmp")


@functools.cache
def _mkl_count() -> Callable[[int], int] | None:
    """MKL's ``set_num_threads_local`` inside torch: sets the calling thread's count (0: the process's), returns the
    one before; None where torch does not show it."""
    folder = Path(torch.__file__).parent / "lib"
    for name in ("libtorch_cpu.so", "libtorch_cpu.dylib", "torch_cpu.dll"):
        with contextlib.suppress(OSError, AttributeError):
            if (folder / name).exists():
                function = ctypes.CDLL(str(folder / name)).MKL_Set_Num_Threads_Local
                function.argtypes, function.restype = [ctypes.c_int], ctypes.c_int
                return function  # type: ignore[no-any-return]
    return None
