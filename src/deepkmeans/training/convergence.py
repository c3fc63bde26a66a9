"""What the loss and the labels of the last epochs say: the loss is on a plateau, or the phase has converged."""

from __future__ import annotations

import statistics
from typing import Any, NamedTuple

from .state import Settings, TrainingState

__all__ = ["Verdict", "judge"]

#: A fall of the loss under this many tol is a plateau, and after so many epochs of it the rate is lowered: well before
#: convergence is asked for.
_PLATEAU, _PLATEAU_EPOCHS = 5.0, 2


class Verdict(NamedTuple):
    """What an epoch means for the next.

    Attributes
    ----------
    best_loss : float
        The lowest so far.
    n_no_improvement : int
        Epochs since it fell, or since the rate was lowered.
    learning_rate : float
        Lower than before on a plateau.
    converged : bool
    """

    best_loss: float
    n_no_improvement: int
    learning_rate: float
    converged: bool


def judge(state: TrainingState) -> Verdict:
    """Whether the rate is to be lowered, and whether the phase has converged, from its records in ``state.history``."""
    settings, annealing = state.settings, bool(getattr(state.objective, "annealing", False))
    loss, rate = _loss(state.record), state.learning_rate
    best = state.best_loss
    fall = float("inf") if annealing or state.epoch == 1 else (best - loss) / max(abs(best), 1e-30)
    count = 0 if fall > _PLATEAU * settings.tol else state.n_no_improvement + 1
    if settings.schedule == "plateau" and count >= _PLATEAU_EPOCHS:
        rate, count = rate * 0.3, 0
    records = [record for record in state.history[-2 * settings.window :] if record["phase"] == state.phase]
    converged = not annealing and _labels_rest(records, settings) and _loss_rests(records, state.epoch, settings)
    return Verdict(loss if annealing else min(loss, best), count, rate, converged)


def _loss(record: dict[str, Any]) -> float:
    return float(record.get("held_out", record["loss"]))


def _labels_rest(records: list[dict[str, Any]], settings: Settings) -> bool:
    recent = [record.get("changed", 1.0) for record in records[-settings.window :]]
    return len(recent) == settings.window and sum(recent) <= settings.tol


def _loss_rests(records: list[dict[str, Any]], epoch: int, settings: Settings) -> bool:
    if settings.schedule == "cosine":  # the loss comes to rest with the rate
        return epoch >= settings.scheduled_epochs + settings.window
    if len(records) < 2 * settings.window:
        return False
    losses = [_loss(record) for record in records]
    before, after = losses[: settings.window], losses[settings.window :]
    mean = statistics.fmean(before)
    change = abs(statistics.fmean(after) - mean)
    noise = ((statistics.variance(before) + statistics.variance(after)) / settings.window) ** 0.5
    return change <= max(settings.tol * settings.window * abs(mean), noise)
