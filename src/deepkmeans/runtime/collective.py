"""Sums over processes. One process is the null object, so that no mathematics ever asks "if distributed"."""

from __future__ import annotations

from typing import Protocol

from torch import Tensor

__all__ = ["Collective", "SingleProcess"]


class Collective(Protocol):
    """What K-Means and training need of a group of processes that each hold a shard of the rows."""

    def sum(self, *tensors: Tensor) -> tuple[Tensor, ...]:
        """Each tensor summed over all processes."""
        ...


class SingleProcess:
    """The group of one."""

    def sum(self, *tensors: Tensor) -> tuple[Tensor, ...]:
        return tensors
