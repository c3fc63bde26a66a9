"""Carrying out the strategy of a plan, and what is left of one that was stopped."""

from __future__ import annotations

from torch import Tensor

from .._quoting import short
from ..exceptions import InvalidParameterError
from ..objectives import Pretrained, SelfLabelling
from .context import FitContext
from .kept_rows import keep_rows
from .pretrained import run_pretrained, start_centers
from .result import Course, FitResult
from .self_labelling import run_self_labelling

__all__ = ["last_state", "run_strategy"]


def run_strategy(context: FitContext, course: Course) -> FitResult:
    """What the strategy of the plan makes of a prepared fit.

    Raises
    ------
    InvalidParameterError
        If a strategy of the user's own has no ``run``, or it returns something else than a result.
    """
    strategy = context.plan.strategy
    run = getattr(strategy, "run", None)
    if run is not None:
        return _checked(run(context, course), context)
    if isinstance(strategy, SelfLabelling):
        return run_self_labelling(context, course, strategy)
    if isinstance(strategy, Pretrained):
        return run_pretrained(context, course)
    raise InvalidParameterError(f"The strategy {type(strategy).__name__} does not define run(context, course).")


def last_state(context: FitContext) -> FitResult:
    """The result of a fit that was stopped: network and centres as they are, or K-Means where there are no centres."""
    plan, objective, rows = context.plan, context.objective, context.rows.network
    if not isinstance(getattr(objective, "centers", None), Tensor):
        if plan.strategy.compares_rows:
            return keep_rows(context, rows)
        start_centers(context, Course([], []))
    return FitResult(context.encoder, plan.architecture, rows.scaling, False, objective.centers.detach())


def _checked(result: object, context: FitContext) -> FitResult:
    name = type(context.plan.strategy).__name__
    if not isinstance(result, FitResult):
        raise InvalidParameterError(
            f"The run of the 'strategy' {name} must return a deepkmeans.fitting.FitResult, as train_jointly does. Got "
            f"{short(repr(result))[1:-1]} instead."
        )
    wanted = (context.n_clusters, result.architecture["embedding_dim"])
    if not isinstance(result.centers, Tensor) or tuple(result.centers.shape) != wanted:
        given = tuple(result.centers.shape) if isinstance(result.centers, Tensor) else type(result.centers).__name__
        raise InvalidParameterError(
            f"The FitResult of the 'strategy' {name} must have centers, a tensor of shape (n_clusters, embedding_dim) "
            f"= {wanted}. Got {given} instead."
        )
    return result
