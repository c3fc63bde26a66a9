"""What the loop knows at any moment, and how it is put aside and taken up again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from ..encoders import Encoder
from ..exceptions import CheckpointError
from ..runtime import Seeds
from ..runtime.collective import Collective, SingleProcess
from ..storage.schema import MismatchError
from .stored_state import COUNTERS, check_state

if TYPE_CHECKING:
    from .convergence import Verdict

__all__ = ["Settings", "TrainingState", "refused"]


@dataclass(frozen=True)
class Settings:
    """How one phase is trained.

    Attributes
    ----------
    max_epochs : int
        Cap on epochs.
    batch_size : int
    learning_rate : float
        Of AdamW.
    schedule : {"constant", "cosine", "plateau"}
        ``"cosine"``: linear warm-up over 5% of the steps, then half a cosine to zero, at ``max_epochs`` or before
        ``cooldown``.
        ``"plateau"``: times 0.3 when the loss has not fallen by 5 ``tol`` (relative) for two epochs.
    cooldown : float in [0, 1)
        Share of ``max_epochs`` that follows a cosine, at about the rate of its last step, so that labels can come to
        rest: ``window`` epochs at least, as far as half of all allows. 0: the cosine takes all epochs.
    tol : float
        Converged when, over the last ``window`` epochs together, at most this share of the labels changed, and the mean
        loss of these epochs differs from that of as many before by at most this an epoch (relative), or by less than
        its standard error, without which a loss with noise in it would never rest. Rising counts as falling does. With
        ``"cosine"`` the loss comes to rest with the rate: the last ``window`` epochs must be after the cosine, and
        labels alone are asked. Never while the objective is annealing.
    patience : int
        The most that ``window`` is: it is a sixth of ``max_epochs``, but at least 2, or 1 in a cosine
        of four or five epochs.
    clip : float
        Largest norm of the gradient of all parameters together.
    weight_decay : float
    preparatory : bool
        Another phase follows, whose record may have other terms.
    """

    max_epochs: int
    batch_size: int
    learning_rate: float
    schedule: str = "plateau"
    tol: float = 1e-3
    patience: int = 5
    clip: float = 5.0
    weight_decay: float = 0.0
    cooldown: float = 0.0
    preparatory: bool = False

    @property
    def window(self) -> int:
        """Epochs over which labels and loss have to stand still."""
        least = 1 if self.schedule == "cosine" and 4 <= self.max_epochs < 6 else 2
        return max(least, min(self.patience, self.max_epochs // 6))

    @property
    def scheduled_epochs(self) -> int:
        """Epochs in which the rate follows its schedule: all, but for a cosine that leaves time for cooldown."""
        if self.schedule != "cosine" or not self.cooldown:
            return self.max_epochs
        after = max(min(self.window, self.max_epochs // 2), round(self.cooldown * self.max_epochs))
        return max(1, self.max_epochs - after)


@dataclass
class TrainingState:
    """The loop's state; callbacks read it.

    Attributes
    ----------
    phase : {"pretrain", "cluster"} or the caller's word
    epoch : int
        Epochs completed in this phase.
    record : dict
        The history record of the last epoch (loss, terms, changed, learning_rate, seconds).
    history : list of dict
        All records of the fit, earlier phases included.
    labels : Tensor of shape (n,), int32, or None
        Nearest centres after the last epoch, of the rows of this process.
    learning_rate : float
        Base rate after plateaus and roll-backs.
    rollbacks : int
        Times a non-finite number sent the phase back to the start of an epoch.
    converged : bool
        Labels and loss stand still, see :class:`Settings`.
    interrupted : bool
    collective : Collective
        The processes that share the rows; every number of the record but ``seconds`` is the same in all.
    kept : dict of str to Tensor
        What the fit has found before this phase and needs after it: checkpoints hold it, the phase does not look at it.
    """

    phase: str
    settings: Settings
    encoder: Encoder
    objective: nn.Module
    optimizer: torch.optim.Optimizer
    seeds: Seeds
    history: list[dict[str, Any]]
    learning_rate: float
    epoch: int = 0
    labels: Tensor | None = None
    rollbacks: int = 0
    best_loss: float = float("inf")
    n_no_improvement: int = 0
    converged: bool = False
    interrupted: bool = False
    record: dict[str, Any] = field(default_factory=dict)
    collective: Collective = field(default_factory=SingleProcess)
    kept: Mapping[str, Tensor] = field(default_factory=dict)

    @property
    def max_epochs(self) -> int:
        return self.settings.max_epochs

    def begin(self, labels: Tensor) -> None:
        """The first labels, before any epoch."""
        self.labels = labels

    def complete_epoch(
        self, terms: Mapping[str, float], labels: Tensor | None, changed: float | None, seconds: float
    ) -> None:  # fmt: skip
        """An epoch is complete: its mean loss and terms, its labels, and the share of them that it changed."""
        self.epoch, self.labels = self.epoch + 1, labels
        self.record = {"phase": self.phase, "epoch": self.epoch, "loss": terms["loss"], **terms}
        if changed is not None:
            self.record["changed"] = changed
        self.record |= {"learning_rate": self.optimizer.param_groups[0]["lr"], "seconds": seconds}
        self.history.append(self.record)

    def take(self, verdict: Verdict) -> None:
        """What an epoch means for the next."""
        self.best_loss, self.n_no_improvement, self.learning_rate, self.converged = verdict

    def lower_rate(self) -> None:
        """Try an epoch again, in smaller steps."""
        self.rollbacks += 1
        self.learning_rate *= 0.1

    def to_parts(self) -> tuple[dict[str, Any], dict[str, Tensor]]:
        """A JSON-safe document and the tensors that continue this state bit for bit."""
        document: dict[str, Any] = {name: getattr(self, name) for name in COUNTERS}
        document["best_loss"] = None if self.best_loss == float("inf") else self.best_loss
        document |= {"root": self.seeds.root, "history": self.history}
        document["notes"] = dict(getattr(self.objective, "notes", {}))
        tensors = {f"encoder/{k}": v for k, v in self.encoder.state_dict().items()}
        tensors |= {f"objective/{k}": v for k, v in self.objective.state_dict().items()}
        document["annealing"] = bool(getattr(self.objective, "annealing", False))
        for i, values in self.optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer/{i}/{k}": torch.as_tensor(v) for k, v in values.items()}
        tensors |= {f"kept/{k}": v for k, v in self.kept.items()}
        if self.labels is not None:
            tensors["labels"] = self.labels
        return document, tensors

    def restore(self, document: Mapping[str, Any], tensors: Mapping[str, Tensor], n_samples: int) -> None:
        """Continue from what :meth:`to_parts` gave for a fit of so many rows.

        Raises
        ------
        CheckpointError
            If it is not a state of this phase; nothing has changed then. ``source`` in the document names the file.
        """
        parameters = [p for group in self.optimizer.param_groups for p in group["params"]]
        try:
            check_state(
                document, tensors, encoder=self.encoder, objective=self.objective, parameters=parameters,
                n_samples=n_samples, settings=self.settings, kept=self.kept,
            )  # fmt: skip
        except MismatchError as error:
            raise refused(document, str(error)) from error
        for name in COUNTERS:
            setattr(self, name, document[name])
        self.best_loss = float("inf") if document["best_loss"] is None else document["best_loss"]
        self.history[:] = [dict(record) for record in document["history"]]
        self.encoder.load_state_dict(_under("encoder/", tensors))
        self.objective.load_state_dict(_under("objective/", tensors))
        self.objective.resume(  # type: ignore[operator]
            annealing=document["annealing"], notes=dict(document["notes"])
        )
        slots: dict[int, dict[str, Tensor]] = {}
        for name, value in _under("optimizer/", tensors).items():
            i, key = name.split("/", 1)
            slots.setdefault(int(i), {})[key] = value
        groups = self.optimizer.state_dict()["param_groups"]
        self.optimizer.load_state_dict({"state": slots, "param_groups": groups})
        self.labels = tensors.get("labels")

    def snapshot(self) -> dict[str, Any]:
        """Copies of everything an epoch changes, for roll-back and for an interrupted epoch."""
        constant: frozenset[str] = getattr(self.objective, "_constant_buffers", frozenset())
        objective = {name: value for name, value in self.objective.state_dict().items() if name not in constant}
        return {
            "encoder": _copied(self.encoder.state_dict()),
            "objective": _copied(objective),
            "optimizer": _optimizer_copied(self.optimizer.state_dict()),
        }

    def roll_back(self, snapshot: dict[str, Any]) -> None:
        """Put a :meth:`snapshot` back."""
        self.encoder.load_state_dict(snapshot["encoder"])
        self.objective.load_state_dict({**self.objective.state_dict(), **snapshot["objective"]})
        self.optimizer.load_state_dict(_optimizer_copied(snapshot["optimizer"]))

    def interrupt(self, snapshot: dict[str, Any]) -> None:
        """An epoch is given up half-way, and the phase with it."""
        self.roll_back(snapshot)
        self.interrupted = True


def refused(document: Mapping[str, Any], why: str) -> CheckpointError:
    """The error for a state that was read and is none, naming the file."""
    return CheckpointError(
        f"{document.get('source', 'the checkpoint')}: the checkpoint in it is damaged or forged: {why}; "
        "remove it to continue from the one before it, or start the fit again"
    )


def _copied(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in tensors.items()}


def _optimizer_copied(state: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "state": {
            i: {name: value.clone() if isinstance(value, Tensor) else value for name, value in slots.items()}
            for i, slots in state["state"].items()
        },
        "param_groups": [{**group, "params": list(group["params"])} for group in state["param_groups"]],
    }  # fmt: skip


def _under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name[len(prefix) :]: value for name, value in tensors.items() if name.startswith(prefix)}
