"""How samples may be changed and stay in their cluster."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import torch
from torch import Tensor

from ..types import SINGLE_INPUT, Batch
from .source import SampleSource

__all__ = ["Augmentation", "AugmentedPictures", "JoinedViews", "StepsToNeighbors"]


class Augmentation(Protocol):
    """Makes the views of a batch that has none yet: inputs of the same names and shapes.

    What it draws comes from ``batch.draw``, or from ``batch.own_generator()``, also of a batch of no rows: processes
    that share the batch draw alike.
    """

    def __call__(self, batch: Batch) -> Mapping[str, Tensor]: ...


@dataclass(frozen=True, eq=False)
class AugmentedPictures:
    """Pictures shifted and turned a little; other inputs stay.

    Attributes
    ----------
    augment : callable (x (B, d), generator) -> Tensor of shape (B, d)
        As :meth:`~deepkmeans.encoders.ConvAutoencoder.augment`.
    name : str
        The input that holds pictures.
    """

    augment: Callable[[Tensor, torch.Generator | None], Tensor]
    name: str = SINGLE_INPUT

    def __call__(self, batch: Batch) -> Mapping[str, Tensor]:
        generator, x = batch.own_generator(), batch.inputs[self.name]
        return {**batch.inputs, self.name: self.augment(x, generator) if len(x) else x}


@dataclass(frozen=True, eq=False)
class StepsToNeighbors:
    """Noise, and a step towards a neighbour: a way of moving rows that knows nothing of what they are.

    Attributes
    ----------
    source : SampleSource
        The samples towards which steps are made.
    neighbors : Tensor of shape (n, K), int64
        Of each sample of the batches, those of ``source`` to one of which it steps; -1 is the sample itself.
    noise : float
        Standard deviation of the noise.
    step : float
        The longest step, as a share of the way to the neighbour.
    """

    source: SampleSource
    neighbors: Tensor
    noise: float
    step: float

    def __call__(self, batch: Batch) -> Mapping[str, Tensor]:
        noisy = {name: x + self.noise * batch.draw(torch.randn, x) for name, x in batch.inputs.items()}
        neighbors = self.neighbors[batch.index]  # (B, K)
        pick = batch.draw(partial(torch.randint, neighbors.shape[1]), neighbors[:, :1])
        share = self.step * batch.draw(torch.rand, next(iter(noisy.values()))[:, :1])  # (B, 1)
        chosen = neighbors.gather(1, pick)
        itself = chosen < 0
        near, present = self.source.inputs(chosen.clamp_min(0)[:, 0])
        views = {}
        for name, x in noisy.items():
            moved = (1 - share) * x + share * torch.where(itself, batch.inputs[name], near[name])
            views[name] = moved if present is None else torch.where(itself | present[name][:, None], moved, x)
        return views


@dataclass(frozen=True, eq=False)
class JoinedViews:
    """Several inputs, each moved in its own way.

    Attributes
    ----------
    pictures : mapping of str to callable (x (B, d), generator) -> Tensor of shape (B, d)
        Of the inputs that know how they may be moved.
    steps : StepsToNeighbors
        Of the others; its own noise is 0.
    noise : mapping of str to float
        Standard deviation of their noise.
    """

    pictures: Mapping[str, Callable[[Tensor, torch.Generator | None], Tensor]]
    steps: StepsToNeighbors
    noise: Mapping[str, float]

    def __call__(self, batch: Batch) -> Mapping[str, Tensor]:
        moved, generator = self.steps(batch), batch.own_generator()
        views = {}
        for name, x in batch.inputs.items():
            if name in self.pictures:
                views[name] = self.pictures[name](x, generator) if len(x) else x
            else:
                views[name] = moved[name] + self.noise[name] * batch.draw(torch.randn, x)
        return views
