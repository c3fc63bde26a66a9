"""Sums and gathers over processes. For a single process both do nothing, so no formula has to ask "if distributed"."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from ..types import Collective, SingleProcess

__all__ = ["Collective", "ProcessGroup", "SingleProcess", "from_first"]


class ProcessGroup:
    """The processes of :mod:`torch.distributed`, which must be initialised; gloo on CPUs, NCCL on GPUs.

    Parameters
    ----------
    group : torch.distributed.ProcessGroup or None, default=None
        None is all processes.
    """

    def __init__(self, group: Any = None) -> None:
        self.group = group
        self.rank = torch.distributed.get_rank(group)
        self.size = torch.distributed.get_world_size(group)

    def sum(self, *tensors: Tensor) -> tuple[Tensor, ...]:
        totals = tuple(tensor.clone() for tensor in tensors)
        for total in totals:
            torch.distributed.all_reduce(total, group=self.group)
        return totals

    def gather(self, tensor: Tensor) -> Tensor:
        length = torch.tensor([len(tensor)], device=tensor.device)
        lengths = [torch.empty_like(length) for _ in range(self.size)]
        torch.distributed.all_gather(lengths, length, group=self.group)
        longest = max(int(size) for size in lengths)
        padded = tensor.new_zeros((longest, *tensor.shape[1:]))
        padded[: len(tensor)] = tensor
        parts = [torch.empty_like(padded) for _ in range(self.size)]
        torch.distributed.all_gather(parts, padded.contiguous(), group=self.group)
        return torch.cat([part[: int(size)] for part, size in zip(parts, lengths, strict=True)])


def from_first(tensor: Tensor, collective: Collective) -> Tensor:
    """The tensor of rank 0, in every process; the others give one of the same shape and dtype, bool excepted.

    Processes on unlike machines differ in last bits: what they all have to agree on is taken from one.
    """
    if collective.size == 1:
        return tensor
    return collective.sum(tensor if collective.rank == 0 else torch.zeros_like(tensor))[0]
