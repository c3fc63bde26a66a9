"""What the loss and the labels of the last epochs say: the loss is on a plateau, or the phase has converged."""

from __future__ import annotations

import statistics
from typing import Any

from .state import Settings, TrainingState

__all__ = ["judge"]

#: A fall of the loss under this many tol is a plateau, and after so many epochs of it the rate is lowered: well before
#: convergence is asked for.
_PLATEAU, _PLATEAU_EPOCHS = 5.0, 2


def judge(state: TrainingState) -> None:
    """Lower the rate on a plateau and say whether the phase has converged, from its records in ``state.history``."""
    settings, annealing = state.settings, bool(getattr(state.objective, "annealing", False))
    loss = _loss(state.record)
    best = state.best_loss
    fall = float("inf") if annealing or state.epoch == 1 else (best - loss) / max(abs(best), 1e-30)
    state.best_loss = loss if annealing else min(loss, best)
    state.stale = 0 if fall > _PLATEAU * settings.tol else state.stale + 1
    if settings.schedule == "plateau" and state.stale >= _PLATEAU_EPOCHS:
        state.learning_rate *= 0.3
        state.stale = 0
    records = [record for record in state.history[-2 * settings.window :] if record["phase"] == state.phase]
    state.converged = not annealing and _labels_rest(records, settings) and _loss_rests(records, state.epoch, settings)


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
