"""Where and how numbers are computed: devices, precision, seeds, processes."""

from .ambient import plain_torch
from .collective import Collective, ProcessGroup, SingleProcess
from .device import resolve_device
from .drawing import seeded_torch
from .environment import kept_environment
from .notices import take_notices
from .precision import autocast, has_fast_bfloat16, resolve_precision
from .seeding import Seeds
from .tensors import tensor_array
from .threads import kept_threads, one_thread, usable_cpus

__all__ = [
    "Collective",
    "ProcessGroup",
    "Seeds",
    "SingleProcess",
    "autocast",
    "has_fast_bfloat16",
    "kept_environment",
    "kept_threads",
    "one_thread",
    "plain_torch",
    "resolve_device",
    "resolve_precision",
    "seeded_torch",
    "take_notices",
    "tensor_array",
    "usable_cpus",
]
