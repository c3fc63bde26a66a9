"""The steps of one epoch, and the loss of samples that are only measured.

Where several processes share the rows, each counts with what its part of a batch weighs: the mean loss, the terms and
the gradients are those of the whole batch, and whatever is decided from them is decided alike everywhere.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from ..data.sampling import BatchSampler, ordered_batches
from ..data.source import SampleSource
from ..encoders import Encoder, draws_nothing
from ..runtime import seeded_torch
from ..runtime.collective import Collective
from ..types import Batch
from .contract import check_loss
from .embedding import chunk_size
from .state import TrainingState

__all__ = ["NonFiniteError", "is_of_package", "measure", "train_epoch"]

_PACKAGE = f"{__package__.partition('.')[0]}."
#: Share of the rate, about that of the last step of a cosine, at which labels come to rest after it.
_LAST_RATE = 3e-5


class NonFiniteError(Exception):
    """What is not finite, and in which step; -1 is after the last."""

    def __init__(self, term: str, step: int) -> None:
        self.term, self.step = term, step


def train_epoch(state: TrainingState, network: Encoder, sampler: BatchSampler) -> dict[str, float]:
    """All batches once; mean loss and terms, over all processes.

    ``network`` is the encoder of the state, or one that shares its weights.

    Raises
    ------
    NonFiniteError
        In all processes, after a step in which the loss or the gradient was not finite.
    """
    objective, settings, collective = state.objective, state.settings, state.collective
    address = (state.phase, state.epoch, state.rollbacks)
    parameters = [p for group in state.optimizer.param_groups for p in group["params"]]
    n_steps = max(1, math.ceil(sampler.n_samples / settings.batch_size))
    sums: dict[str, Tensor] = {}
    mass = 0.0
    network.train()
    objective.train()
    shuffle = state.seeds.generator("shuffle", *address)
    draws = state.seeds.generator("step", *address, device=sampler.source.device)
    with _seeded(state, "layers", *address):
        for step, batch in enumerate(sampler.batches(shuffle, draws)):
            _set_rate(state, (state.epoch * n_steps + step) / (settings.max_epochs * n_steps))
            state.optimizer.zero_grad(set_to_none=True)
            output = objective(network, batch)
            if not state.epoch and not step:
                check_loss(objective, output)
            terms = {**output.terms, "loss": output.total}
            mass_here = _mass(batch)
            values, empty = list(terms.values()), not len(batch.index)
            summed, mass_everywhere = _over_processes(values, mass_here, collective, empty=empty)
            if not math.isfinite(float(summed[-1])):  # on a GPU the step waits here
                finite = torch.isfinite(summed).tolist()
                raise NonFiniteError(next(name for name, good in zip(terms, finite, strict=True) if not good), step)
            share = mass_here / mass_everywhere if mass_everywhere else 0.0
            (output.total if collective.size == 1 else output.total * share).backward()
            _share_gradients(parameters, collective)
            if not math.isfinite(nn.utils.clip_grad_norm_(parameters, settings.clip).item()):
                raise NonFiniteError("gradient", step)
            state.optimizer.step()
            with torch.no_grad():
                objective.end_step(_detached(output), batch)  # type: ignore[operator]
            mass += mass_everywhere
            for name, value in zip(terms, summed, strict=True):
                sums[name] = sums.get(name, 0.0) + value  # type: ignore[operator]
    return {name: float(value) / mass for name, value in sums.items()}


@torch.no_grad()
def measure(state: TrainingState, source: SampleSource, epoch: int) -> float:
    """Mean loss, over all processes, of rows that are not trained on, without noise."""
    state.encoder.eval()
    state.objective.eval()
    total, mass = 0.0, 0.0
    draws = state.seeds.generator("held_out", state.phase, epoch, device=source.device)
    with _seeded(state, "held_out layers", state.phase, epoch):
        for batch in ordered_batches(source, chunk_size(source), draws):
            mass_here = _mass(batch)
            total, mass = total + float(state.objective(state.encoder, batch).total) * mass_here, mass + mass_here
    total, mass = state.collective.sum(torch.tensor([total, mass], dtype=torch.float64))[0].tolist()
    return total / mass


def is_of_package(objective: nn.Module) -> bool:
    """Whether an objective is one of this package, which draws from the generators it is given."""
    return type(objective).__module__.startswith(_PACKAGE)


def _mass(batch: Batch) -> float:
    """What a batch counts in a mean over all rows: their number, or their weights together."""
    return len(batch.index) if batch.weight is None else float(batch.weight.double().sum())


def _over_processes(
    values: Sequence[Tensor], mass_here: float, collective: Collective, *, empty: bool
) -> tuple[Tensor, float]:  # fmt: skip
    """Means over rows that weigh ``mass_here``, times that, summed over all processes (T,), and what all rows weigh."""
    total = torch.stack([value.detach().double().reshape(()) for value in values]) * mass_here
    if collective.size == 1:
        return total, mass_here
    # The mean over no rows is nothing, whatever an objective says.
    total = torch.zeros_like(total) if empty else total
    summed = collective.sum(torch.cat([total, total.new_tensor([mass_here])]))[0]
    return summed[:-1], float(summed[-1])


def _share_gradients(parameters: Sequence[Tensor], collective: Collective) -> None:
    """Sum the gradients over all processes, in each of them."""
    if collective.size == 1:
        return
    gradients = [torch.zeros_like(p) if p.grad is None else p.grad for p in parameters]
    known = torch.tensor([p.grad is not None for p in parameters], dtype=torch.int64, device=gradients[0].device)
    flat, known = collective.sum(torch.cat([gradient.reshape(-1) for gradient in gradients]), known)
    parts = torch.split(flat, [p.numel() for p in parameters])
    for parameter, part, count in zip(parameters, parts, known.tolist(), strict=True):
        parameter.grad = part.view_as(parameter).to(parameter.dtype) if count else None


def _seeded(state: TrainingState, *address: str | int) -> contextlib.AbstractContextManager[Any]:
    """Random numbers of code that knows no ``Batch.generator``: a user's network or objective."""
    if draws_nothing(state.encoder) and is_of_package(state.objective):
        return contextlib.nullcontext()
    rank = () if state.collective.size == 1 else (state.collective.rank,)
    return seeded_torch(state.seeds.seed(*address, *rank))


def _detached(output: Any) -> Any:
    return output if output.z is None else type(output)(output.total.detach(), {}, output.z.detach())


def _set_rate(state: TrainingState, progress: float) -> None:
    """``progress`` in [0, 1): share of the phase's steps done."""
    factor, settings = 1.0, state.settings
    if settings.schedule == "cosine":
        progress *= settings.max_epochs / settings.scheduled_epochs
        factor = min(1.0, (progress + 1e-3) / 0.05) * 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))
        if settings.cooldown and progress > 0.5:
            factor = max(factor, _LAST_RATE)
    for group in state.optimizer.param_groups:
        group["lr"] = state.learning_rate * factor
