"""A made-up problem on which an objective is tried without the loop: rows, a small network, batches, epochs."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ..encoders import DenseAutoencoder, Encoder, SingleInputEncoder, VariationalAutoencoder
from ..objectives import Objective, make_objective
from ..runtime import seeded_torch
from ..types import SINGLE_INPUT, Batch, Epoch, LossOutput

__all__ = ["EMBEDDING_DIM", "Problem", "make_problem"]

EMBEDDING_DIM = 3
#: Epochs of the phase that is played.
_CAP = 5


@dataclass(frozen=True)
class Problem:
    """Rows ``x`` (n, d), an untrained ``encoder`` of them, and the number of clusters."""

    x: Tensor
    encoder: Encoder
    n_clusters: int

    @property
    def z(self) -> Tensor:
        """The embedding of all rows, (n, EMBEDDING_DIM)."""
        with torch.no_grad():
            return self.encoder.encode({SINGLE_INPUT: self.x}).detach()

    @property
    def centers(self) -> Tensor:
        """The first rows of it, as centres to start from."""
        return self.z[: self.n_clusters].clone()

    def batch(self, index: Tensor | None = None, weight: Tensor | None = None, seed: int = 1) -> Batch:
        """The rows of ``index``, all when None, with the generator of ``seed``."""
        index = torch.arange(len(self.x)) if index is None else index
        inputs = {SINGLE_INPUT: self.x[index]}
        return Batch(index, inputs, weight=weight, generator=torch.Generator().manual_seed(seed))

    def begin(self, objective: Objective, number: int = 0, weight: Tensor | None = None, seed: int = 0) -> None:
        """Call ``begin_epoch`` as the loop does: without gradients, with the embedding of all rows."""
        with torch.no_grad(), seeded_torch(seed):
            objective.begin_epoch(Epoch(number, _CAP, self.z, weight, torch.Generator().manual_seed(seed)))

    def ready(self, objective: Objective, weight: Tensor | None = None) -> Objective:
        """A fresh copy of ``objective`` before its first batch."""
        made = make_objective(objective)
        made.setup(self.centers, len(self.x))
        self.begin(made, weight=weight)
        return made

    def loss(self, objective: Objective, batch: Batch | None = None, seed: int = 1) -> LossOutput:
        """The loss of a batch, of all rows when None; what it draws is that of ``seed``."""
        with seeded_torch(seed):
            return objective(self.encoder, self.batch(seed=seed) if batch is None else batch)  # type: ignore[no-any-return]

    def step(self, objective: Objective, weight: Tensor | None = None) -> LossOutput:
        """One batch of all rows, ``end_step`` included; the weights of the network stay."""
        batch = self.batch(weight=weight)
        output = self.loss(objective, batch)
        with torch.no_grad(), seeded_torch(2):
            objective.end_step(output, batch)
        return output

    def draws(self, objective: Objective) -> bool:
        """Whether its loss is of random numbers, which are drawn by position in the batch."""
        one, other = (self.loss(objective, seed=seed).total for seed in (1, 2))
        return not torch.equal(one, other)


def make_problem(objective: Objective, n_samples: int, n_features: int, n_clusters: int) -> Problem:
    """Rows of normal numbers, and the network that ``objective`` asks for, small, smooth, in float32."""
    network = {"dense": DenseAutoencoder, "variational": VariationalAutoencoder}[type(objective).network]
    with seeded_torch(0):
        encoder = SingleInputEncoder(network(n_features, EMBEDDING_DIM, (8,), activation="tanh"), EMBEDDING_DIM)
        x = torch.randn(n_samples, n_features, dtype=torch.float32)
    return Problem(x, encoder, n_clusters)
