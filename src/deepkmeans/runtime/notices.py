"""Silence two notices that torch gives once a process, about things done here on purpose."""

from __future__ import annotations

import functools
import threading
import warnings

import numpy as np
import torch

__all__ = ["take_notices"]

_lock = threading.Lock()


def take_notices() -> None:
    """Call before CSR tensors are made and before read-only arrays become tensors (nothing writes to them).

    ``warnings.catch_warnings`` changes the filters of the whole process: around every call, threads would restore each
    other's filters. So the notices are provoked, and hidden, once under a lock.
    """
    with _lock:
        _take()


@functools.cache
def _take() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        crow, column = torch.tensor([0, 0]), torch.tensor([], dtype=torch.int64)
        torch.sparse_csr_tensor(crow, column, torch.empty(0, dtype=torch.float32), size=(1, 1))
        array = np.zeros(1)
        array.flags.writeable = False
        torch.from_numpy(array)
