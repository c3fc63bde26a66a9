"""What a checkpoint holds, and whether what was read is the state of this very phase.

The checksums of a file say nothing about who wrote it: counters, histories and tensors are checked before any of them
replaces a number of the fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from ..storage.schema import (
    BOOL,
    COUNT,
    NAME,
    NUMBER,
    POSITIVE,
    SIZE,
    TEXT,
    ListOf,
    MapOf,
    MismatchError,
    Record,
    Rule,
    TensorOf,
    check_tensors,
    check_tensors_like,
    check_value,
)

__all__ = ["COUNTERS", "check_checkpoint", "check_state"]

#: What changes from epoch to epoch, by its name in :class:`~deepkmeans.training.TrainingState`.
COUNTERS: Mapping[str, Sequence[Rule]] = {
    "phase": NAME, "epoch": SIZE, "learning_rate": POSITIVE, "rollbacks": COUNT, "best_loss": [None, *NUMBER],
    "n_no_improvement": COUNT, "converged": BOOL,
}  # fmt: skip
_EPOCH = Record({"phase": TEXT, "loss": NUMBER}, {"changed": NUMBER}, others=True)
_CHECKPOINT = Record({
    "fingerprint": [MapOf()],
    "state": [Record({
        **COUNTERS, "root": COUNT, "history": [ListOf([_EPOCH])], "notes": [MapOf()], "annealing": BOOL,
    })],
})  # fmt: skip
#: The embedding is whitened before it is clustered: its centres are small numbers.
_FARTHEST = 1e15


def check_checkpoint(document: Any) -> None:
    """Refuse, with :class:`~deepkmeans.storage.schema.MismatchError`, what no checkpoint says."""
    check_value(document, [_CHECKPOINT], "the document")


def check_state(
    document: Mapping[str, Any], tensors: Mapping[str, Tensor], *, encoder: nn.Module, objective: nn.Module,
    parameters: Iterable[Tensor], n_samples: int, settings: Any, kept: Mapping[str, Tensor],
) -> None:  # fmt: skip
    """Refuse what is not a state of these modules, optimised over these parameters by these settings.

    Tensors that are ``kept`` are checked where they are made.
    """
    if document["epoch"] > settings.max_epochs:
        raise MismatchError(f"'epoch' is {document['epoch']:,}, and the phase ends after {settings.max_epochs:,}")
    if document["learning_rate"] > settings.learning_rate:  # it only falls
        raise MismatchError(f"'learning_rate' is {document['learning_rate']:g}, above {settings.learning_rate:g}")
    parts: dict[str, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        part, _, rest = name.partition("/")
        parts.setdefault(part, {})[rest] = tensor
    labels = parts.pop("labels", {})
    centers = getattr(objective, "centers", None)
    sizes = {"n_samples": n_samples, "n_clusters": len(centers) if isinstance(centers, Tensor) else 1}
    check_tensors_like(parts.pop("encoder", {}), encoder.state_dict(), prefix="encoder/")
    ranges = {"centers": TensorOf(low=-_FARTHEST, high=_FARTHEST), **getattr(objective, "_state_ranges", {})}
    check_tensors_like(
        parts.pop("objective", {}), objective.state_dict(), prefix="objective/", ranges=ranges, sizes=sizes
    )
    _check_optimizer(parts.pop("optimizer", {}), list(parameters), 2 * settings.clip)
    check_tensors_like(parts.pop("kept", {}), kept, prefix="kept/")
    for part in parts:
        raise MismatchError(f"the tensors {part[:80] + '/'!r} are unknown")
    rule = TensorOf([torch.int32], ("n_samples",), low=0, below="n_clusters", optional=not objective.needs_embedding)
    check_tensors({f"labels{rest}": tensor for rest, tensor in labels.items()}, {"labels": rule}, sizes=sizes)


def _check_optimizer(state: Mapping[str, Tensor], parameters: Sequence[Tensor], steepest: float) -> None:
    """Parameters that have not had a gradient yet have no state, the others all of it; gradients are clipped."""
    wanted: dict[str, Tensor] = {}
    for number in {name.partition("/")[0] for name in state}:
        if not (number.isdecimal() and number.isascii() and int(number[:9]) < len(parameters)):
            raise MismatchError(f"the tensors {'optimizer/' + number[:80]!r} belong to no parameter")
        parameter = parameters[int(number[:9])]
        wanted |= {f"{number}/exp_avg": parameter, f"{number}/exp_avg_sq": parameter}
        wanted[f"{number}/step"] = torch.tensor(1.0, dtype=torch.float32)
    ranges = {
        "step": TensorOf(low=1.0), "exp_avg": TensorOf(low=-steepest, high=steepest),
        "exp_avg_sq": TensorOf(low=0.0, high=steepest**2),
    }  # fmt: skip
    check_tensors_like(state, wanted, prefix="optimizer/", ranges=ranges)
