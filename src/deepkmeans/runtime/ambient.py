"""Computations that do not depend on what the caller has set in torch.

A fit, a prediction or a file read inside ``with torch.no_grad():`` or ``with torch.device("meta"):`` gives the same
bits as in a new process. Gradient and inference mode, autocast and the default device belong to the thread, so they are
set for the block, and no other thread notices. The default dtype belongs to the process: setting it would change
what the caller and other fits compute in their threads. It is left alone: every tensor and layer made here names its
dtype, and a user's own network, called in between, sees the default that its user has set.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator

import torch

__all__ = ["plain_torch"]


@contextlib.contextmanager
def plain_torch() -> Iterator[None]:
    """Run a block or a decorated function with gradients, without autocast, and with the CPU as the default device.

    The caller's settings are restored at the end, also after an error.
    """
    with contextlib.ExitStack() as stack:
        if torch.is_inference_mode_enabled() or not torch.is_grad_enabled():
            stack.enter_context(torch.inference_mode(mode=False))
            stack.enter_context(torch.enable_grad())
        for device in _autocasting():
            if torch.is_autocast_enabled(device):
                stack.enter_context(torch.autocast(device, enabled=False))
        # Seen by making a tensor: releases differ in which defaults torch.get_default_device() knows.
        if torch.empty(0, dtype=torch.float32).device.type != "cpu":
            stack.enter_context(torch.device("cpu"))
        yield


@functools.cache
def _autocasting() -> tuple[str, ...]:
    return tuple(device for device in ("cpu", "cuda", "mps") if torch.amp.is_autocast_available(device))
