"""Batches of a source: shuffled to train on, in order to measure and to encode."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from ..runtime import Collective, SingleProcess
from ..types import Batch
from .augmentation import Augmentation
from .sharding import shard_of
from .source import SampleSource

__all__ = ["BatchSampler", "ordered_batches"]


class BatchSampler:
    """All samples of a source once an epoch, shuffled, in batches.

    Where several processes hold a shard each, all draw the same order of all samples, and of every batch each takes
    those in its shard: the batches are those of one process, and a share of one may be empty. A last batch of one
    sample is joined to the one before it: batch normalisation needs two.

    Parameters
    ----------
    source : SampleSource
        The samples of this process; those of all processes follow one another by rank.
    batch_size : int
        Samples of a step, over all processes together.
    augmentation : Augmentation or None
        Makes the views of each batch.
    collective : Collective
        The processes; all of them make a sampler at the same time.

    Attributes
    ----------
    n_samples : int
        Over all processes.
    """

    def __init__(
        self, source: SampleSource, batch_size: int, augmentation: Augmentation | None = None,
        collective: Collective | None = None,
    ) -> None:  # fmt: skip
        self.source, self.augmentation, self._collective = source, augmentation, collective or SingleProcess()
        self._first, self.n_samples = shard_of(len(source), self._collective)
        starts = list(range(0, self.n_samples, batch_size))
        if len(starts) > 1 and self.n_samples - starts[-1] < 2:
            starts.pop()
        self._bounds = [*starts, self.n_samples]

    def batches(self, shuffle: torch.Generator, draws: torch.Generator | None = None) -> Iterator[Batch]:
        """One epoch.

        ``shuffle`` (of the CPU) gives the order; ``draws`` (of the device; None: torch's global one) goes along with
        each batch and augments it. Both have the same state in all processes.
        """
        order = torch.randperm(self.n_samples, generator=shuffle).to(self.source.device)
        for start, stop in itertools.pairwise(self._bounds):
            yield self._batch(order[start:stop], draws)

    def _batch(self, order: Tensor, draws: torch.Generator | None) -> Batch:
        """What this process holds of the samples ``order``, numbered over all processes."""
        index, source = order, self.source
        shared: dict[str, Any] = {}
        if self._collective.size > 1:
            inside = (order >= self._first) & (order < self._first + len(source))
            positions = inside.nonzero()[:, 0]
            index = order[positions] - self._first
            shared = {"collective": self._collective, "positions": positions, "n_samples": len(order)}
        inputs, present = source.inputs(index)
        batch = Batch(index, inputs, present, _at(source.weight, index), generator=draws, **shared)
        return batch if self.augmentation is None else replace(batch, views=self.augmentation(batch))


def ordered_batches(source: SampleSource, size: int, draws: torch.Generator | None = None) -> Iterator[Batch]:
    """All samples in order, ``size`` at a time."""
    start = 0
    for inputs, present in source.input_chunks(size):
        stop = start + len(next(iter(inputs.values())))
        index = torch.arange(start, stop, device=source.device)
        yield Batch(index, inputs, present, _at(source.weight, index), generator=draws)
        start = stop


def _at(weight: Tensor | None, index: Tensor) -> Tensor | None:
    return None if weight is None else weight[index]
