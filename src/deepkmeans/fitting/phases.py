"""One phase of training by the settings of a plan."""

from __future__ import annotations

from torch import Tensor

from ..data import Rows
from ..data.augmentation import Augmentation
from ..encoders import Encoder
from ..exceptions import InvalidParameterError
from ..objectives import Objective
from ..training import TrainingState, train
from .context import FitContext
from .result import Course, FitResult

__all__ = ["train_jointly", "train_phase"]


def train_phase(
    context: FitContext, course: Course, encoder: Encoder, objective: Objective, rows: Rows, phase: str, epochs: int,
    augmentation: Augmentation | None = None,
) -> TrainingState:  # fmt: skip
    """Train ``encoder`` and ``objective`` in place, as the objective says and for at most so many epochs."""
    settings = context.plan.settings(
        max_epochs=epochs, learning_rate=context.plan.learning_rate, schedule=objective.schedule,
        cooldown=objective.cooldown, weight_decay=objective.weight_decay, preparatory=phase != "cluster",
    )  # fmt: skip
    return train(
        encoder, objective, rows, phase=phase, settings=settings, seeds=context.seeds, history=course.history,
        augmentation=augmentation, callbacks=course.watchers, resume=course.resume(phase),
        collective=context.collective, kept=course.kept if phase == "cluster" else None,
    )  # fmt: skip


def train_jointly(
    context: FitContext, course: Course, rows: Rows | None = None, augmentation: Augmentation | None = None
) -> FitResult:
    """Encode, cluster, update the weights from the clustering, repeat until both have converged.

    The objective has its first centres, of ``start_centers``; ``rows`` are those of the network unless given.

    Raises
    ------
    InvalidParameterError
        If it has none.
    """
    plan, objective = context.plan, context.objective
    if not isinstance(getattr(objective, "centers", None), Tensor):
        raise InvalidParameterError(
            f"The objective {type(objective).__name__} has no centres yet: the run of the 'strategy' "
            f"{type(plan.strategy).__name__} must call start_centers(context, course) before train_jointly."
        )
    rows = context.rows.network if rows is None else rows
    state = train_phase(
        context, course, context.encoder, objective, rows, "cluster", plan.max_epochs, augmentation
    )  # fmt: skip
    return FitResult(
        context.encoder, plan.architecture, rows.scaling, state.converged, objective.centers.detach()
    )  # fmt: skip
