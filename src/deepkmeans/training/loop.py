"""The only training loop of the package. Nothing in this file knows a particular method.

An epoch is: mini-batches through the objective (forward, finite check, backward, clip, step), then all rows
are encoded, the objective clusters them (``begin_epoch``), and the labels are compared with the last ones.
The phase ends when labels and loss stand still (:mod:`.convergence`), when a callback says so, or at ``max_epochs``.
"""

from __future__ import annotations

import contextlib
import itertools
import math
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from ..data.augmentation import Augmentation
from ..data.sampling import BatchSampler, ordered_batches
from ..data.source import SampleSource
from ..encoders import Encoder, draws_nothing
from ..exceptions import InvalidParameterError, TrainingDivergedError
from ..kmeans import assign
from ..runtime import Seeds, one_thread, plain_torch, seeded_torch
from ..types import Batch, Epoch
from .callbacks import Callback
from .codes import chunk_size, encode_rows
from .contract import check_centers, check_loss
from .convergence import judge
from .optimizer import AdamW
from .state import Settings, TrainingState, refused

__all__ = ["train"]

_MAX_ROLLBACKS = 3
_OWN = f"{__package__.partition('.')[0]}."
#: Share of the rate, about that of the last step of a cosine, at which labels come to rest after it.
_LAST_RATE = 3e-5
#: Operations of a step (6 a multiplication and row) below which a second thread costs more than it brings.
_SMALL_STEP = 1e9


class _NonFinite(Exception):
    def __init__(self, term: str, step: int) -> None:
        self.term, self.step = term, step


@plain_torch()
def train(
    encoder: Encoder, objective: nn.Module, source: SampleSource, *, phase: str, settings: Settings, seeds: Seeds,
    history: list[dict[str, Any]], augmentation: Augmentation | None = None, callbacks: Sequence[Callback] = (),
    held_out: SampleSource | None = None, resume: tuple[Mapping[str, Any], Mapping[str, Tensor]] | None = None,
) -> TrainingState:  # fmt: skip
    """Train ``encoder`` (and the objective's own parameters) in place.

    Parameters
    ----------
    encoder : Encoder
    objective : Objective, already set up
    source : SampleSource
        The samples: :class:`~deepkmeans.data.Rows`, or several inputs joined.
    phase : str
        Name in history; part of the address of every random stream.
    settings : Settings
    seeds : Seeds
    history : list
        Records are appended.
    augmentation : Augmentation or None
        Makes the views of each batch.
    callbacks : sequence of Callback
        ``teardown`` is called whatever happens.
    held_out : SampleSource or None
        Samples that are only measured (term ``held_out``).
    resume : (document, tensors) or None
        A state of this phase to continue from, as ``TrainingState.to_parts`` gave it.

    Returns
    -------
    TrainingState

    Raises
    ------
    InvalidParameterError
        Neither encoder nor objective has a weight that could be trained, or the objective returns no loss.
    TrainingDivergedError
        A non-finite loss, gradient or code appeared again after three roll-backs; encoder and objective hold
        the last finite state.
    KeyboardInterrupt
        Passed on after encoder and objective were put back to the last complete epoch.
    """
    parameters = [p for p in itertools.chain(encoder.parameters(), objective.parameters()) if p.requires_grad]
    if not parameters:
        raise InvalidParameterError(
            "The network given as 'encoder' has no weights to train; give one that has some, or cluster what it "
            "computes with KMeans."
        )
    optimizer = AdamW(
        parameters, lr=settings.learning_rate, weight_decay=settings.weight_decay, fused=_can_fuse(parameters)
    )
    state = TrainingState(
        phase, settings, encoder, objective, optimizer, seeds, history, learning_rate=settings.learning_rate
    )
    weights = encoder.multiplications or sum(p.numel() for p in parameters)
    sampler = BatchSampler(source, settings.batch_size, augmentation)
    with contextlib.ExitStack() as stack:
        stack.enter_context(one_thread(source.device.type == "cpu" and 6 * weights * settings.batch_size < _SMALL_STEP))
        for callback in callbacks:
            stack.callback(callback.teardown, state)
            callback.setup(state)
        if resume is not None:
            state.restore(*resume, n_rows=len(source))
            _check_codes(state, source, resume[0])
        elif objective.needs_codes:
            _begin(state, source)
        stop = state.converged
        while not stop and state.epoch < settings.max_epochs:
            started = time.perf_counter()
            snapshot = state.snapshot()
            epoch, labels = state.epoch, state.labels
            try:
                terms = _epoch(state, sampler)
                state.epoch += 1
                if objective.needs_codes:
                    _cluster(state, source)
            except _NonFinite as bad:
                state.roll_back(snapshot)
                state.epoch, state.labels = epoch, labels
                _lower_rate_or_raise(state, bad)
                continue
            except KeyboardInterrupt:
                state.roll_back(snapshot)
                state.epoch, state.labels, state.interrupted = epoch, labels, True
                raise
            if held_out is not None:
                terms["held_out"] = _measure(state, held_out)
            changed = None if labels is None or state.labels is None else _share(labels != state.labels, source.weight)
            _record(state, terms, changed, time.perf_counter() - started)
            judge(state)
            # Every callback sees every epoch, also the one after which another callback stops.
            stop = any([bool(callback.on_epoch_end(state)) for callback in callbacks]) or state.converged
    return state


def _can_fuse(parameters: Iterable[Tensor]) -> bool:
    """Fused AdamW needs one device type and floating parameters; it saves about 40% of a step on the CPU."""
    return all(p.device.type in ("cpu", "cuda") and p.is_floating_point() for p in parameters)


def _epoch(state: TrainingState, sampler: BatchSampler) -> dict[str, float]:
    """All batches once; mean loss and terms."""
    encoder, objective, settings = state.encoder, state.objective, state.settings
    address = (state.phase, state.epoch, state.rollbacks)
    parameters = [p for group in state.optimizer.param_groups for p in group["params"]]
    n_steps = max(1, math.ceil(sampler.n_samples / settings.batch_size))
    sums: dict[str, Tensor] = {}
    mass = 0.0
    encoder.train()
    objective.train()
    step = -1
    shuffle = state.seeds.generator("shuffle", *address)
    draws = state.seeds.generator("step", *address, device=sampler.source.device)
    with _seeded(state, "layers", *address):
        for step, batch in enumerate(sampler.batches(shuffle, draws)):
            _set_rate(state, (state.epoch * n_steps + step) / (settings.max_epochs * n_steps))
            state.optimizer.zero_grad(set_to_none=True)
            output = objective(encoder, batch)
            if not state.epoch and not step:
                check_loss(objective, output)
            terms = {**output.terms, "loss": output.total}
            if not math.isfinite(output.total.item()):  # on a GPU the step waits here
                raise _NonFinite(next(k for k, v in terms.items() if not torch.isfinite(v)), step)
            output.total.backward()
            if not math.isfinite(nn.utils.clip_grad_norm_(parameters, settings.clip).item()):
                raise _NonFinite("gradient", step)
            state.optimizer.step()
            with torch.no_grad():
                objective.end_step(_detached(output), batch)  # type: ignore[operator]
                own = _mass(batch)
                mass += own
                for name, value in terms.items():
                    sums[name] = sums.get(name, 0.0) + value.detach().double() * own  # type: ignore[operator]
    return {name: float(value) / mass for name, value in sums.items()}


def _mass(batch: Batch) -> float:
    """What a batch counts in a mean over all rows: their number, or their weights together."""
    return len(batch.index) if batch.weight is None else float(batch.weight.double().sum())


def _share(which: Tensor, weight: Tensor | None) -> float:
    """Share of the rows (n,) that ``which`` marks."""
    if weight is None:
        return float(which.double().mean())
    return float((which * weight.double()).sum() / weight.double().sum())


def _seeded(state: TrainingState, *address: str | int) -> contextlib.AbstractContextManager[Any]:
    """Random numbers of code that knows no ``Batch.generator``: a user's network or objective."""
    if draws_nothing(state.encoder) and type(state.objective).__module__.startswith(_OWN):
        return contextlib.nullcontext()
    return seeded_torch(state.seeds.seed(*address))


def _detached(output: Any) -> Any:
    return output if output.z is None else type(output)(output.total.detach(), {}, output.z.detach())


@torch.no_grad()
def _cluster(state: TrainingState, source: SampleSource) -> None:
    """Encode all rows, let the objective cluster them, note the labels."""
    z = encode_rows(state.encoder, source)
    if not bool(torch.isfinite(z).all()):
        raise _NonFinite("codes", -1)
    shape = tuple(state.objective.centers.shape)  # type: ignore[arg-type, union-attr]
    generator = state.seeds.generator("cluster", state.phase, state.epoch)
    state.objective.begin_epoch(  # type: ignore[operator]
        Epoch(state.epoch, state.settings.scheduled_epochs, z, source.weight, generator)
    )
    check_centers(state.objective, "begin_epoch", shape=shape, finite=False)  # a roll-back may mend what is not finite
    centers: Tensor = state.objective.centers  # type: ignore[assignment]
    if not bool(torch.isfinite(centers).all()):
        raise _NonFinite("centres", -1)
    state.labels = assign(z, centers)[0]


def _check_codes(state: TrainingState, source: SampleSource, document: Mapping[str, Any]) -> None:
    """Weights of a checkpoint may all be finite and the codes that they make of the rows not."""
    if not bool(torch.isfinite(encode_rows(state.encoder, source).square().sum())):
        state.history.clear()
        raise refused(document, "its network makes codes that are not finite, or nearly")


def _begin(state: TrainingState, source: SampleSource) -> None:
    """The first clusters, to which there is no way back."""
    try:
        _cluster(state, source)
    except _NonFinite as bad:
        if bad.term == "centres" and not type(state.objective).__module__.startswith(_OWN):
            check_centers(state.objective, "begin_epoch")
        raise TrainingDivergedError(
            f"The {bad.term} are not finite before phase {state.phase!r} begins; check the scaling of the input, or "
            "the network given as 'encoder'.", term=bad.term,
        ) from None  # fmt: skip


@torch.no_grad()
def _measure(state: TrainingState, source: SampleSource) -> float:
    """Mean loss of rows that are not trained on, without noise."""
    state.encoder.eval()
    state.objective.eval()
    total, mass = 0.0, 0.0
    draws = state.seeds.generator("held_out", state.phase, state.epoch, device=source.device)
    with _seeded(state, "held_out layers", state.phase, state.epoch):
        for batch in ordered_batches(source, chunk_size(source), draws):
            own = _mass(batch)
            total, mass = total + float(state.objective(state.encoder, batch).total) * own, mass + own
    return total / mass


def _set_rate(state: TrainingState, progress: float) -> None:
    """``progress`` in [0, 1): share of the phase's steps done."""
    factor, settings = 1.0, state.settings
    if settings.schedule == "cosine":
        progress *= settings.max_epochs / settings.scheduled_epochs
        factor = min(1.0, (progress + 1e-3) / 0.05) * 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))
        if settings.settling and progress > 0.5:
            factor = max(factor, _LAST_RATE)
    for group in state.optimizer.param_groups:
        group["lr"] = state.learning_rate * factor


def _record(state: TrainingState, terms: dict[str, float], changed: float | None, seconds: float) -> None:
    state.record = {"phase": state.phase, "epoch": state.epoch, "loss": terms["loss"], **terms}
    if changed is not None:
        state.record["changed"] = changed
    state.record |= {"learning_rate": state.optimizer.param_groups[0]["lr"], "seconds": seconds}
    state.history.append(state.record)


def _lower_rate_or_raise(state: TrainingState, bad: _NonFinite) -> None:
    state.rollbacks += 1
    if state.rollbacks > _MAX_ROLLBACKS:
        raise TrainingDivergedError(
            f"The {bad.term} became non-finite in epoch {state.epoch + 1}, step {bad.step + 1} of phase "
            f"{state.phase!r}, {_MAX_ROLLBACKS} roll-backs with a lower learning rate (now {state.learning_rate:.1e}) "
            "notwithstanding; lower learning_rate, check the scaling of the input, or use precision='float32'.",
            term=bad.term, epoch=state.epoch, step=bad.step,
        )  # fmt: skip
    state.learning_rate *= 0.1
