"""The only training loop of the package. Nothing in this file knows a particular method.

An epoch is: mini-batches through the objective (:mod:`.steps`), then all rows are encoded, the objective clusters them
(``begin_epoch``), and the labels are compared with the last ones. The phase ends when labels and loss stand still
(:mod:`.convergence`), when a callback says so, or at ``max_epochs``.

Several processes may hold a shard of the rows each. They take the same steps and the same decisions, from sums over all
of them, and end with the same weights and centres; labels are those of the own rows.
"""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import torch
from torch import Tensor, nn

from ..data.augmentation import Augmentation
from ..data.sampling import BatchSampler
from ..data.source import SampleSource
from ..encoders import Encoder
from ..encoders.synchronized import synchronized
from ..exceptions import InvalidDataError, InvalidParameterError, TrainingDivergedError
from ..kmeans import assign
from ..runtime import Seeds, one_thread, plain_torch
from ..runtime.collective import Collective, SingleProcess, from_first
from ..types import Epoch
from .callbacks import Callback
from .contract import check_centers
from .convergence import judge
from .embedding import encode_rows
from .optimizer import AdamW
from .state import Settings, TrainingState, refused
from .steps import NonFiniteError, is_of_package, measure, train_epoch

__all__ = ["train"]

_MAX_ROLLBACKS = 3
#: Operations of a step (6 a multiplication and row) below which a second thread costs more than it brings.
_SMALL_STEP = 1e9


@plain_torch()
def train(
    encoder: Encoder, objective: nn.Module, source: SampleSource, *, phase: str, settings: Settings, seeds: Seeds,
    history: list[dict[str, Any]], augmentation: Augmentation | None = None, callbacks: Sequence[Callback] = (),
    held_out: SampleSource | None = None, resume: tuple[Mapping[str, Any], Mapping[str, Tensor]] | None = None,
    collective: Collective | None = None, kept: Mapping[str, Tensor] | None = None,
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
    collective : Collective or None
        Processes that each hold a shard of the rows, and call this together.
    kept : mapping of str to Tensor or None
        What checkpoints of this phase are to hold beside it; of a phase that continues what its checkpoint held.

    Returns
    -------
    TrainingState

    Raises
    ------
    InvalidParameterError
        Neither encoder nor objective has a weight that could be trained, or the objective returns no loss.
    InvalidDataError
        No sample has a weight, or the rows are of another dtype than the encoder.
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
    collective = collective or SingleProcess()
    if source.weight is not None and not float(collective.sum(source.weight.sum())[0]) > 0:
        raise InvalidDataError("The weights of all samples are 0; give at least one sample a weight.")
    state = TrainingState(
        phase, settings, encoder, objective, optimizer, seeds, history, learning_rate=settings.learning_rate,
        collective=collective, kept=kept or {},
    )  # fmt: skip
    weights = encoder.multiplications or sum(p.numel() for p in parameters)
    sampler = BatchSampler(source, settings.batch_size, augmentation, collective)
    with contextlib.ExitStack() as stack:
        stack.enter_context(one_thread(source.device.type == "cpu" and 6 * weights * settings.batch_size < _SMALL_STEP))
        for callback in callbacks:
            stack.callback(callback.teardown, state)
            callback.setup(state)
        if resume is not None:
            state.restore(*resume, n_samples=len(source))
            _check_embedding(state, source, resume[0])
        else:
            _start_alike(state)
            if objective.needs_embedding:
                state.begin(_first_labels(state, source))
        network = cast("Encoder", synchronized(encoder, collective))
        stop = state.converged
        while not stop and state.epoch < settings.max_epochs:
            started = time.perf_counter()
            snapshot = state.snapshot()
            try:
                terms = train_epoch(state, network, sampler)
                labels = _cluster(state, source, state.epoch + 1) if objective.needs_embedding else None
                if held_out is not None:
                    terms["held_out"] = measure(state, held_out, state.epoch + 1)
            except NonFiniteError as bad:
                state.roll_back(snapshot)
                state.lower_rate()
                if state.rollbacks > _MAX_ROLLBACKS:
                    raise _diverged(state, bad) from None
                continue
            except KeyboardInterrupt:
                state.interrupt(snapshot)
                raise
            changed = None
            if labels is not None and state.labels is not None:
                changed = _share(labels != state.labels, source.weight, collective)
            state.complete_epoch(terms, labels, changed, time.perf_counter() - started)
            state.take(judge(state))
            # Every callback sees every epoch, also the one after which another callback stops.
            asked = any([bool(callback.on_epoch_end(state)) for callback in callbacks])
            stop = _any(asked, collective) or state.converged
    return state


def _can_fuse(parameters: Iterable[Tensor]) -> bool:
    """Fused AdamW needs one device type and floating parameters; it saves about 40% of a step on the CPU."""
    return all(p.device.type in ("cpu", "cuda") and p.is_floating_point() for p in parameters)


def _share(which: Tensor, weight: Tensor | None, collective: Collective) -> float:
    """Share of the rows (n,) of all processes that ``which`` marks."""
    mass = torch.ones(len(which), dtype=torch.float64, device=which.device) if weight is None else weight.double()
    marked, total = collective.sum((which * mass).sum(), mass.sum())
    return float(marked / total)


def _any(yes: bool, collective: Collective) -> bool:
    """Whether it is so in any process."""
    return bool(collective.sum(torch.tensor(int(yes)))[0])


@torch.no_grad()
def _start_alike(state: TrainingState) -> None:
    """The weights and centres of rank 0, everywhere: those of unlike machines differ in last bits."""
    if state.collective.size == 1:
        return
    centers = getattr(state.objective, "centers", None)
    shared = itertools.chain(
        state.encoder.parameters(), state.encoder.buffers(), state.objective.parameters(),
        [centers] if isinstance(centers, Tensor) else [],
    )  # fmt: skip
    for tensor in shared:
        if tensor.dtype != torch.bool:
            tensor.copy_(from_first(tensor.detach(), state.collective))


@torch.no_grad()
def _cluster(state: TrainingState, source: SampleSource, epoch: int) -> Tensor:
    """Encode all rows, let the objective cluster them; their labels (n,)."""
    z, collective = encode_rows(state.encoder, source), state.collective
    if _any(not bool(torch.isfinite(z).all()), collective):
        raise NonFiniteError("embedding values", -1)
    shape = tuple(state.objective.centers.shape)  # type: ignore[arg-type, union-attr]
    generator = state.seeds.generator("cluster", state.phase, epoch)
    state.objective.begin_epoch(  # type: ignore[operator]
        Epoch(epoch, state.settings.scheduled_epochs, z, source.weight, generator, collective)
    )
    # A roll-back may mend what is not finite.
    check_centers(state.objective, "begin_epoch", shape=shape, dtype=z.dtype, finite=False)
    centers: Tensor = state.objective.centers  # type: ignore[assignment]
    if _any(not bool(torch.isfinite(centers).all()), collective):
        raise NonFiniteError("centres", -1)
    return assign(z, centers)[0]


def _check_embedding(state: TrainingState, source: SampleSource, document: Mapping[str, Any]) -> None:
    """Weights of a checkpoint may all be finite and the embedding that they make of the rows not."""
    if not bool(torch.isfinite(encode_rows(state.encoder, source).square().sum())):
        state.history.clear()
        raise refused(document, "its network makes an embedding that is not finite, or nearly")


def _first_labels(state: TrainingState, source: SampleSource) -> Tensor:
    """Of the first clusters, to which there is no way back."""
    try:
        return _cluster(state, source, 0)
    except NonFiniteError as bad:
        if bad.term == "centres" and not is_of_package(state.objective):
            check_centers(state.objective, "begin_epoch", dtype=state.encoder.shift.dtype)
        raise TrainingDivergedError(
            f"The {bad.term} are not finite before phase {state.phase!r} begins; check the scaling of the input, or "
            "the network given as 'encoder'.", term=bad.term,
        ) from None  # fmt: skip


def _diverged(state: TrainingState, bad: NonFiniteError) -> TrainingDivergedError:
    return TrainingDivergedError(
        f"The {bad.term} became non-finite in epoch {state.epoch + 1}, step {bad.step + 1} of phase "
        f"{state.phase!r}, {_MAX_ROLLBACKS} roll-backs with a lower learning rate (now {state.learning_rate:.1e}) "
        "notwithstanding; lower learning_rate, check the scaling of the input, or use precision='float32'.",
        term=bad.term, epoch=state.epoch, step=bad.step,
    )  # fmt: skip
