"""Seeded random numbers for code that draws from torch's global generator, in one thread alone.

A user's encoder with dropout, a function that makes one, an objective that calls ``torch.randn``: none of them takes a
generator. Seeding the global one would change it for the whole process, other threads included, and two fits at once
would draw from one stream. So every random operation inside a :class:`seeded_torch` block is handed a generator of the
block.
"""

from __future__ import annotations

import functools
import threading
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

__all__ = ["seeded_torch"]

_aten = torch.ops.aten
#: Held while an operation that takes no generator draws from the global one.
_global_generator = threading.RLock()


class seeded_torch(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """``with seeded_torch(seed):`` torch's random numbers come from generators seeded with ``seed``.

    They are the numbers that the global generator would give after ``torch.manual_seed(seed)``, but it stays as it is.
    Each operation inside costs some microseconds more, so code that can take a generator takes one instead. The
    few operations that take none (fused attention with dropout on a GPU, recurrent layers of cuDNN) borrow the global
    generator, with another state, for that one call.
    """

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Torch would import its compiler, which takes a second, only to keep out of this class."""
        return False

    def __init__(self, seed: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._seed = seed
        self._generators: dict[torch.device, torch.Generator] = {}

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        options = dict(kwargs or {})
        if torch.Tag.nondeterministic_seeded not in func.tags or options.get("generator") is not None:
            return func(*args, **options)
        options.pop("generator", None)
        device = _device(args, options)
        if device.type == "meta":
            return func(*args, **options)
        if device not in self._generators:
            self._generators[device] = torch.Generator(device).manual_seed(self._seed)
        generator = self._generators[device]
        taking = _taking_generator(func)
        if taking is not None:
            return taking(*args, **options, generator=generator)
        alike = {_aten.rand_like.default: Tensor.uniform_, _aten.randn_like.default: Tensor.normal_}.get(func)
        if alike is not None:
            return alike(torch.empty_like(*args, **options), generator=generator)
        if func is _aten.native_dropout.default and args[2] and args[1] < 1:
            keep = torch.empty_like(args[0], dtype=torch.bool).bernoulli_(1 - args[1], generator=generator)
            return args[0] * keep / (1 - args[1]), keep
        return _exchanged(func, args, options, device, generator)


@functools.cache
def _taking_generator(func: Any) -> Any:
    """The operation, or the overload of it, that takes a generator; None if there is none."""
    if any(argument.name == "generator" for argument in func._schema.arguments):
        return func
    packet, name = func.overloadpacket, func._overloadname
    wanted = "generator" if name == "default" else f"{name}_generator"
    return getattr(packet, wanted) if wanted in packet.overloads() else None


def _device(args: Any, options: Any) -> torch.device:
    """The device on which an operation draws: the one asked for, or that of its first tensor."""
    asked = options.get("device")
    device = torch.device(
        asked if asked is not None else next((a.device for a in args if isinstance(a, Tensor)), "cpu")
    )
    if device.type == "cuda" and device.index is None:
        return torch.device("cuda", torch.cuda.current_device())
    return device


def _exchanged(func: Any, args: Any, options: Any, device: torch.device, generator: torch.Generator) -> Any:
    """Run an operation on the global generator with the state of ``generator``, then restore the global state."""
    module: Any = torch if device.type == "cpu" else torch.get_device_module(device)
    where = () if device.type == "cpu" else (device,)
    with _global_generator:
        before = module.get_rng_state(*where)
        try:
            module.set_rng_state(generator.get_state(), *where)
            result = func(*args, **options)
            generator.set_state(module.get_rng_state(*where))
        finally:
            module.set_rng_state(before, *where)
    return result
