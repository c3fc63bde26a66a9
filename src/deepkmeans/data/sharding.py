"""Rows of which several processes hold a shard each, in the order of their ranks."""

from __future__ import annotations

import torch
from torch import Tensor

from ..runtime import Collective
from .rows import Rows
from .scaling import Scaling

__all__ = ["AllRows", "ShardedRows", "all_rows", "shard_of"]


def shard_of(length: int, collective: Collective) -> tuple[int, int]:
    """Of a shard of so many rows the number of its first, and how many rows all processes hold; all ask together."""
    lengths = collective.gather(torch.tensor([length])).tolist()
    return sum(lengths[: collective.rank]), sum(lengths)


class ShardedRows:
    """All rows, to take some of: they come from the processes that hold them.

    ``take`` and ``subset`` are called by all processes together, with the same index.

    Parameters
    ----------
    part : Rows
        The shard of this process.
    collective : Collective

    Attributes
    ----------
    first : int
        Number of the first row of the shard.
    weight : Tensor of shape (n,) or None
        Of all rows.
    """

    def __init__(self, part: Rows, collective: Collective) -> None:
        self.part, self.collective = part, collective
        self.first, self._n_rows = shard_of(len(part), collective)
        self.weight = None if part.weight is None else collective.gather(part.weight)

    def __len__(self) -> int:
        return self._n_rows

    @property
    def scaling(self) -> Scaling:
        return self.part.scaling

    @property
    def device(self) -> torch.device:
        return self.part.device

    @property
    def n_inputs(self) -> int:
        return self.part.n_inputs

    def take(self, index: Tensor) -> Tensor:
        """Scaled rows at ``index`` (B,), numbered over all processes -> (B, d + m)."""
        index = index.to(self.device)
        positions = self.positions(index)
        gathered = self.collective.gather(self.part.take(index[positions] - self.first))
        order = self.collective.gather(positions)
        return torch.empty_like(gathered).index_copy_(0, order, gathered)

    def subset(self, index: Tensor) -> Rows:
        """The rows at ``index`` (B,), in the memory of every process."""
        return self.part.with_rows(self.take(index), None if self.weight is None else self.weight[index])

    def positions(self, index: Tensor) -> Tensor:
        """Where in ``index`` (B,) the rows of this shard are."""
        return ((index >= self.first) & (index < self.first + len(self.part))).nonzero()[:, 0]


#: What landmarks are drawn from.
AllRows = Rows | ShardedRows


def all_rows(part: Rows, collective: Collective) -> AllRows:
    """The rows of all processes; in one process ``part`` itself."""
    return part if collective.size == 1 else ShardedRows(part, collective)
