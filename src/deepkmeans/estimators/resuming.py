"""Which fit a checkpoint belongs to, and finding the one to continue from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import scipy.sparse as sp

from .._validation import OneOf
from ..exceptions import CheckpointError
from ..objectives import OBJECTIVES
from ..runtime import Seeds
from ..storage.schema import TEXT, ListOf, MapOf, MismatchError, Record, check_value
from .stored_objective import objective_name

__all__ = ["open_checkpoints", "resumed_phase"]


#: What ``report_`` says of the machine, of the rows, or at length.
_NOT_OF_THE_FIT = ("device", "interrupted", "imputed", "n_clusters_selection")


#: Raised where the same rows and parameters give other numbers, so that no fit begins by one rule and ends by another.
_STATISTICS = 2
#: What "selflabel" notes of its choice.
_NOTES = Record({}, {"rounds": [ListOf([MapOf()])], "chosen": TEXT, "reason": TEXT})


def open_checkpoints(model: Any, X: Any, weight: np.ndarray | None, seeds: Seeds) -> Any:
    """The state to continue from, if a ``Checkpoint`` callback finds one of this very fit."""
    found = None
    for callback in model.callbacks or []:
        if hasattr(callback, "open"):
            found = callback.open(_fingerprint(model, X, weight, seeds)) or found
    if found is not None:
        _check_against(model, found[0])
    return found


def _check_against(model: Any, state: Mapping[str, Any]) -> None:
    """Refuse a phase that this fit does not have, and notes for its report that its objective does not make."""
    phases = ("over-1", "over-2", "cluster") if model.objective_.start == "graph" else ("pretrain", "cluster")
    try:
        check_value(state["phase"], [OneOf(*phases)], "'phase'")
        if objective_name(model.objective_) in OBJECTIVES:
            check_value(state["notes"], [_NOTES], "'notes'")
    except MismatchError as error:
        source = state.get("source", "the checkpoint")
        raise CheckpointError(
            f"{source}: the checkpoint in it is damaged or forged: {error}; start the fit again"
        ) from error


def resumed_phase(resumed: Any) -> str | None:
    """The phase in which the state to continue from was written."""
    return None if resumed is None else str(resumed[0]["phase"])


def _fingerprint(model: Any, X: Any, weight: np.ndarray | None, seeds: Seeds) -> dict[str, Any]:
    digest = hashlib.sha256()
    for part in (X.data, X.indices, X.indptr) if sp.issparse(X) else (X,):
        digest.update(np.ascontiguousarray(part).view(np.uint8).data)
    parts = {key: model.report_[key] for key in model.report_ if key not in _NOT_OF_THE_FIT}
    parts |= {"parameters": repr(model.objective_), "n_clusters": model._k, "tol": model.tol}
    parts |= {"network": json.dumps(model._architecture, sort_keys=True)}
    parts |= {"partition": model.partition, "statistics": _STATISTICS}
    parts["sample_weight"] = None if weight is None else hashlib.sha256(weight.tobytes()).hexdigest()
    parts |= {"seed": seeds.root, "data": f"{X.shape} {X.dtype} {digest.hexdigest()}"}
    return parts
