"""Which fit a checkpoint belongs to, and finding the one to continue from."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import numpy as np
import scipy.sparse as sp

from ..runtime import Seeds

__all__ = ["open_checkpoints", "resumed_phase"]


#: What ``report_`` says of the machine, of the rows, or at length.
_NOT_OF_THE_FIT = ("device", "interrupted", "imputed", "n_clusters_selection")


def open_checkpoints(model: Any, X: Any, weight: np.ndarray | None, seeds: Seeds) -> Any:
    """The state to continue from, if a ``Checkpoint`` callback finds one of this very fit."""
    found = None
    for callback in model.callbacks or []:
        if hasattr(callback, "open"):
            found = callback.open(_fingerprint(model, X, weight, seeds)) or found
    return found


def resumed_phase(resumed: Any) -> str | None:
    """The phase in which the state to continue from was written."""
    return None if resumed is None else str(resumed[0]["phase"])


def _fingerprint(model: Any, X: Any, weight: np.ndarray | None, seeds: Seeds) -> dict[str, Any]:
    digest = hashlib.sha256()
    for part in (X.data, X.indices, X.indptr) if sp.issparse(X) else (X,):
        digest.update(np.ascontiguousarray(part).view(np.uint8).data)
    if weight is not None:
        digest.update(weight.tobytes())
    parts = {key: model.report_[key] for key in model.report_ if key not in _NOT_OF_THE_FIT}
    parts |= {"parameters": repr(model.objective_), "n_clusters": model._k, "tol": model.tol}
    parts |= {"network": json.dumps(model._architecture, sort_keys=True)}
    parts |= {"seed": seeds.root, "data": f"{X.shape} {X.dtype} {digest.hexdigest()}"}
    return parts
