"""How samples may be changed and stay in their cluster."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

from ..types import SINGLE_INPUT
from .source import SampleSource

__all__ = ["Augmentation", "AugmentedPictures", "StepsToNeighbors"]


class Augmentation(Protocol):
    """Makes views of a batch: inputs (B, d_name) by name, of the samples ``index`` (B,), to inputs of the same shapes.

    What it draws comes from ``generator``, on the device of the inputs; None is torch's global one.
    """

    def __call__(
        self, inputs: Mapping[str, Tensor], index: Tensor, generator: torch.Generator | None
    ) -> Mapping[str, Tensor]: ...  # fmt: skip


@dataclass(frozen=True, eq=False)
class AugmentedPictures:
    """Pictures moved a little; other inputs stay.

    Attributes
    ----------
    augment : callable (x (B, d), generator) -> Tensor of shape (B, d)
        As :meth:`~deepkmeans.encoders.ConvAutoencoder.augment`.
    name : str
        The input that holds pictures.
    """

    augment: Callable[[Tensor, torch.Generator | None], Tensor]
    name: str = SINGLE_INPUT

    def __call__(
        self, inputs: Mapping[str, Tensor], index: Tensor, generator: torch.Generator | None
    ) -> Mapping[str, Tensor]:  # fmt: skip
        return {**inputs, self.name: self.augment(inputs[self.name], generator)}


@dataclass(frozen=True, eq=False)
class StepsToNeighbors:
    """Noise, and a step towards a neighbour: a way of moving rows that knows nothing of what they are.

    Attributes
    ----------
    source : SampleSource
        Of n samples, the neighbours among them.
    neighbors : Tensor of shape (n, K), int64
        Of each sample, those to one of which it steps.
    noise : float
        Standard deviation of the noise.
    step : float
        The longest step, as a share of the way to the neighbour.
    """

    source: SampleSource
    neighbors: Tensor
    noise: float
    step: float

    def __call__(
        self, inputs: Mapping[str, Tensor], index: Tensor, generator: torch.Generator | None
    ) -> Mapping[str, Tensor]:  # fmt: skip
        drawing: dict[str, Any] = {"generator": generator, "device": index.device}
        noisy = {
            name: x + self.noise * torch.randn(x.shape, dtype=x.dtype, **drawing) for name, x in inputs.items()
        }  # fmt: skip
        neighbors = self.neighbors[index]  # (B, K)
        pick = torch.randint(neighbors.shape[1], (len(index), 1), **drawing)
        share = self.step * torch.rand(len(index), 1, dtype=next(iter(inputs.values())).dtype, **drawing)
        near, present = self.source.inputs(neighbors.gather(1, pick)[:, 0])
        views = {}
        for name, x in noisy.items():
            moved = (1 - share) * x + share * near[name]
            views[name] = moved if present is None else torch.where(present[name][:, None], moved, x)
        return views
