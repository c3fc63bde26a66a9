"""Which fit a checkpoint belongs to, and finding the one to continue from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import scipy.sparse as sp

from .._validation import OneOf
from ..exceptions import CheckpointError
from ..fitting import FitPlan
from ..objectives import OBJECTIVES
from ..runtime import Seeds
from ..storage.schema import TEXT, ListOf, MapOf, MismatchError, Record, check_value

__all__ = ["open_checkpoints"]

#: Raised where the same rows and parameters give other numbers, so that no fit begins by one rule and ends by another.
_STATISTICS = 3
#: What "selflabel" notes of its choice.
_NOTES = Record({}, {"rounds": [ListOf([MapOf()])], "chosen": TEXT, "reason": TEXT})


def open_checkpoints(
    callbacks: Sequence[Any], plan: FitPlan, X: Any, weight: np.ndarray | None, seeds: Seeds
) -> Any:  # fmt: skip
    """The state to continue from, if a ``Checkpoint`` callback finds one of this very fit."""
    state = None
    for callback in callbacks:
        if hasattr(callback, "open"):
            state = callback.open(_fingerprint(plan, X, weight, seeds)) or state
    if state is not None:
        _check_against(plan, state[0])
    return state


def _check_against(plan: FitPlan, state: Mapping[str, Any]) -> None:
    """Refuse a phase that this fit does not have, and notes for its report that its objective does not make."""
    try:
        check_value(state["phase"], [OneOf(*plan.phases)], "'phase'")
        if plan.objective in OBJECTIVES:
            check_value(state["notes"], [_NOTES], "'notes'")
    except MismatchError as error:
        source = state.get("source", "the checkpoint")
        raise CheckpointError(
            f"{source}: the checkpoint in it is damaged or forged: {error}; start the fit again"
        ) from error


def _fingerprint(plan: FitPlan, X: Any, weight: np.ndarray | None, seeds: Seeds) -> dict[str, Any]:
    digest = hashlib.sha256()
    for part in (X.data, X.indices, X.indptr) if sp.issparse(X) else (X,):
        digest.update(np.ascontiguousarray(part).view(np.uint8).data)
    return {
        **plan.fingerprint(), "statistics": _STATISTICS, "seed": seeds.root,
        "sample_weight": None if weight is None else hashlib.sha256(weight.tobytes()).hexdigest(),
        "data": f"{X.shape} {X.dtype} {digest.hexdigest()}",
    }  # fmt: skip
