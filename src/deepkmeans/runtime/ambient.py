"""The state of torch that a caller may have left set, kept away from what is computed here.

A fit, a prediction or a file read inside ``with torch.no_grad():`` or ``with torch.device("meta"):`` is that of a new
process, bit for bit. Gradient and inference mode, autocast and the default device belong to the thread, so they are set
for the block and no other thread sees it. The default dtype belongs to the process: setting it would change what other
threads compute, the caller's and other fits. So it is left alone, every tensor and layer made here says its dtype, and
a user's own network, called in between, meets the default that its user has set.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator

import torch

__all__ = ["plain_torch"]


@contextlib.contextmanager
def plain_torch() -> Iterator[None]:
    """Run the block, or each call of a function so decorated, with gradients, on the CPU unless told otherwise, and
    without autocast; everything is put back, whatever ends it."""
    with contextlib.ExitStack() as stack:
        if torch.is_inference_mode_enabled() or not torch.is_grad_enabled():
            stack.enter_context(torch.inference_mode(mode=False))
            stack.enter_context(torch.enable_grad())
        for device in _autocasting():
            if torch.is_autocast_enabled(device):
                stack.enter_context(torch.autocast(device, enabled=False))
        # Asked for by making a tensor: releases differ in which defaults torch.get_default_device() knows.
        if torch.empty(0, dtype=torch.float32).device.type != "cpu":
            stack.enter_context(torch.device("cpu"))
        yield


@functools.cache
def _autocasting() -> tuple[str, ...]:
    return tuple(device for device in ("cpu", "cuda", "mps") if torch.amp.is_autocast_available(device))
