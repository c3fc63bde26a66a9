"""A collective of threads, so that several shards can be tried without starting processes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

__all__ = ["ThreadCollective", "run_in_threads"]

_PATIENCE = 60.0


class ThreadCollective:
    """One thread's view of a group of threads."""

    def __init__(self, rank: int, barrier: threading.Barrier, slots: list[Any]) -> None:
        self.rank, self.size = rank, barrier.parties
        self._barrier, self._slots = barrier, slots

    def _exchanged(self, value: Any) -> list[Any]:
        self._slots[self.rank] = value
        self._barrier.wait(_PATIENCE)
        values = list(self._slots)
        self._barrier.wait(_PATIENCE)
        return values

    def sum(self, *tensors: Tensor) -> tuple[Tensor, ...]:
        every = self._exchanged([tensor.detach().clone() for tensor in tensors])
        return tuple(torch.stack(own).sum(0) for own in zip(*every, strict=True))

    def gather(self, tensor: Tensor) -> Tensor:
        return torch.cat(self._exchanged(tensor.detach().clone()))


def run_in_threads(size: int, job: Callable[[ThreadCollective], Any]) -> list[Any]:
    """What ``job`` returns in each of ``size`` threads; the first error that is raised in one."""
    barrier, slots = threading.Barrier(size), [None] * size
    results: list[Any] = [None] * size
    errors: list[BaseException] = []

    def work(rank: int) -> None:
        try:
            results[rank] = job(ThreadCollective(rank, barrier, slots))
        except BaseException as error:
            errors.append(error)
            barrier.abort()

    threads = [threading.Thread(target=work, args=(rank,)) for rank in range(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise next((e for e in errors if not isinstance(e, threading.BrokenBarrierError)), errors[0])
    return results
