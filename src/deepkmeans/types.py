"""The nouns that the rooms exchange: plain frozen records, no behaviour beyond their meaning."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import torch
from torch import Tensor

__all__ = ["SINGLE_INPUT", "Batch", "Collective", "Epoch", "KMeansResult", "LossOutput", "SingleProcess"]

#: Name of the input where there is only one.
SINGLE_INPUT = "x"


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


@dataclass(frozen=True)
class Batch:
    """What one training step sees.

    Attributes
    ----------
    index : Tensor of shape (B,), int64
        Row numbers in the training data of this process; objectives use them to look up per-row state.
    inputs : mapping of str to Tensor of shape (B, d_name)
        Scaled rows by the name of their input; a single input is called ``"x"`` (:data:`SINGLE_INPUT`).
    present : mapping of str to Tensor of shape (B,), bool, or None
        Which rows have the input; the values of the others mean nothing, and may be NaN. None: all rows have all.
    weight : Tensor of shape (B,) or None
        Sample weights with mean 1 over the training data; None means all ones.
    views : mapping of str to Tensor of shape (B, d_name), or None
        The same rows augmented (a shifted picture, a step towards a neighbour), as their cluster would survive it;
        None without augmentation.
    generator : torch.Generator or None
        On the device of the rows, seeded by (random_state, phase, epoch): what a step draws at random comes from it.
    collective : Collective
        The processes that share the batch: each holds the rows of it that are in its shard, maybe none.
    positions : Tensor of shape (B,), int64, or None
        Of these rows in the batch of all processes; None where this is all of it.
    n_samples : int or None
        Rows of the batch of all processes, where ``positions`` are given.
    """

    index: Tensor
    inputs: Mapping[str, Tensor]
    present: Mapping[str, Tensor] | None = None
    weight: Tensor | None = None
    views: Mapping[str, Tensor] | None = None
    generator: torch.Generator | None = None
    collective: Collective = field(default_factory=SingleProcess)
    positions: Tensor | None = None
    n_samples: int | None = None

    def draw(self, function: Callable[..., Tensor], like: Tensor) -> Tensor:
        """Random numbers of shape, dtype and device of ``like`` (B, ...), by ``torch.rand`` or ``torch.randn``.

        A row is given the same ones however many processes share the batch: each draws for all rows, also one that has
        none of them.
        """
        shape = like.shape if self.n_samples is None else (self.n_samples, *like.shape[1:])
        drawn = function(shape, generator=self.generator, device=like.device, dtype=like.dtype)
        return drawn if self.positions is None else drawn[self.positions]

    def own_generator(self) -> torch.Generator | None:
        """For draws whose number is not known: ``generator``, or one of this process where several share the batch."""
        if self.n_samples is None or self.generator is None:
            return self.generator
        device = self.generator.device
        seed = int(torch.randint(2**62, (), generator=self.generator, device=device))  # the same in all processes
        return torch.Generator(device).manual_seed(seed + self.collective.rank)

    def mean(self, per_row: Tensor) -> Tensor:
        """Weighted mean over the rows of this process of a quantity of shape (B,); 0 where there are none."""
        if not len(per_row):
            return per_row.sum()
        if self.weight is None:
            return per_row.mean()
        mass = self.weight.sum()
        # Rows of no weight may fill a batch; a tiny divisor instead of 1 would overflow in the gradient.
        return (per_row * self.weight).sum() / mass.masked_fill(mass == 0, 1.0)


@dataclass(frozen=True)
class LossOutput:
    """What an objective returns for one batch.

    Attributes
    ----------
    total : Tensor of shape ()
        The number to minimise, attached to the graph.
    terms : mapping of str to Tensor of shape ()
        Named parts for the history (detached by the loop).
    z : Tensor of shape (B, embedding_dim) or None
        The embedding of the batch, for ``end_step``.
    """

    total: Tensor
    terms: Mapping[str, Tensor] = field(default_factory=dict)
    z: Tensor | None = None


@dataclass(frozen=True)
class Epoch:
    """What an objective sees before the batches of one epoch.

    Attributes
    ----------
    number : int
        Epochs already trained in this phase: 0 before the first.
    cap : int
        Epochs until the schedule has run its course: the phase's ``max_epochs``, but for a cosine that leaves time for
        cooldown.
    z : Tensor of shape (n, embedding_dim)
        Embedding of all rows of this process, evaluated without noise.
    weight : Tensor of shape (n,) or None
    generator : torch.Generator
        Seeded by (random_state, phase, epoch): resuming repeats it exactly.
    collective : Collective
        The processes that hold the other rows.
    """

    number: int
    cap: int
    z: Tensor
    weight: Tensor | None
    generator: torch.Generator
    collective: Collective = field(default_factory=SingleProcess)


@dataclass(frozen=True)
class KMeansResult:
    """A finished K-Means.

    Attributes
    ----------
    centers : Tensor of shape (k, d), dtype of the data
    labels : Tensor of shape (n,), int32
    inertia : float
        Weighted sum of squared distances to the own centre, summed in float64.
    n_iter : int
    converged : bool
    n_relocated : int
        Empty clusters that were given a new centre on the way.
    history : tuple of float
        Inertia after each assignment; never rises except where a cluster was relocated.
    """

    centers: Tensor
    labels: Tensor
    inertia: float
    n_iter: int
    converged: bool
    n_relocated: int = 0
    history: tuple[float, ...] = ()
