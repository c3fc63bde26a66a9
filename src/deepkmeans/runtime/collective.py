"""Sums and gathers over processes. For a single process both do nothing, so no formula has to ask "if distributed"."""

from __future__ import annotations

from typing import Any, Protocol

import torch
from torch import Tensor

__all__ = ["Collective", "ProcessGroup", "SingleProcess"]


class Collective(Protocol):
    """What K-Means and training need of a group of processes that each hold a shard of the rows.

    Attributes
    ----------
    rank, size : int
        Which of how many processes this is.
    """

    rank: int
    size: int

    def sum(self, *tensors: Tensor) -> tuple[Tensor, ...]:
        """Each tensor summed over all processes, which call this with tensors of the same shapes."""
        ...

    def gather(self, tensor: Tensor) -> Tensor:
        """The tensors of all processes, concatenated along the first axis, in which they may differ in length."""
        ...


class SingleProcess:
    """The group of one."""

    rank, size = 0, 1

    def sum(self, *tensors: Tensor) -> tuple[Tensor, ...]:
        return tensors

    def gather(self, tensor: Tensor) -> Tensor:
        return tensor


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
