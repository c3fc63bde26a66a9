"""Batches of a source: shuffled to train on, in order to measure and to encode."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import torch
from torch import Tensor

from ..exceptions import InvalidDataError
from ..runtime import Collective, SingleProcess
from ..types import Batch
from .augmentation import Augmentation
from .source import SampleSource

__all__ = ["BatchSampler", "ordered_batches"]


class BatchSampler:
    """All samples of a source once an epoch, shuffled, in batches.

    Where several processes hold a shard each, every one draws from its own: all take the same number of steps, and in
    each of them the share of its shard of ``batch_size``. A last batch of fewer than two rows a process is joined to
    the one before it: batch normalisation needs two.

    Parameters
    ----------
    source : SampleSource
        The samples of this process.
    batch_size : int
        Rows of a step, over all processes together.
    augmentation : Augmentation or None
        Makes the views of each batch.
    collective : Collective
        The processes; all of them make a sampler at the same time.

    Attributes
    ----------
    n_samples : int
        Over all processes.

    Raises
    ------
    InvalidDataError
        Of every process: a shard is so much smaller than the others that a batch of it would be empty.
    """

    def __init__(
        self, source: SampleSource, batch_size: int, augmentation: Augmentation | None = None,
        collective: Collective | None = None,
    ) -> None:  # fmt: skip
        collective = collective or SingleProcess()
        lengths = collective.gather(torch.tensor([len(source)], device=source.device)).tolist()
        self.source, self.augmentation, self.n_samples = source, augmentation, sum(lengths)
        starts = list(range(0, self.n_samples, batch_size))
        if len(starts) > 1 and self.n_samples - starts[-1] < 2 * collective.size:
            starts.pop()
        self._bounds = self._shares([*starts, self.n_samples], len(source))
        fewest = self._shares([*starts, self.n_samples], min(lengths))
        if any(start == stop for start, stop in itertools.pairwise(fewest)):
            raise InvalidDataError(
                f"Process {lengths.index(min(lengths))} of {collective.size} holds {min(lengths)} of {self.n_samples} "
                f"rows, none for some batches of {batch_size}; divide the rows evenly, or take larger batches."
            )

    def _shares(self, bounds: list[int], length: int) -> list[int]:
        """Bounds of batches of all samples, as bounds in a shard of this length."""
        return [bound * length // max(1, self.n_samples) for bound in bounds]

    def batches(self, shuffle: torch.Generator, draws: torch.Generator | None = None) -> Iterator[Batch]:
        """One epoch.

        ``shuffle`` (of the CPU) gives the order; ``draws`` (of the device; None: torch's global one) augments, and
        goes along with each batch.
        """
        source, augmentation = self.source, self.augmentation
        order = torch.randperm(len(source), generator=shuffle).to(source.device)
        for start, stop in itertools.pairwise(self._bounds):
            index = order[start:stop]
            inputs, present = source.inputs(index)
            views = None if augmentation is None else augmentation(inputs, index, draws)
            yield Batch(index, inputs, present, _at(source.weight, index), views, draws)


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
