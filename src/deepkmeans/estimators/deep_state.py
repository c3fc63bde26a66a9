"""A fitted ``DeepKMeans`` as a document and tensors, and back."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from .._validation import did_you_mean
from ..exceptions import InvalidParameterError, ModelFileError
from ..objectives import OBJECTIVES, Objective
from .reduction import Reduction

__all__ = ["UnknownObjective", "from_state", "objective_name", "to_state"]

#: What a file cannot hold: code, open handles, and what belongs to the machine.
_NOT_STORED = ("objective", "encoder", "callbacks", "random_state", "device")


class UnknownObjective:
    """Stands in a loaded model for an objective of the user's own, whose code is not in the file.

    Prediction needs only encoder and centres; fitting again needs the objective.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self) -> Objective:
        raise InvalidParameterError(
            f"The model was fitted with the objective {self.name}, whose code is not in the file; to fit again, "
            f"pass it: model.set_params(objective={self.name}(...)){did_you_mean(self.name, OBJECTIVES)}."
        )

    def __repr__(self) -> str:
        return f"<objective {self.name}, not in the file>"


def objective_name(objective: Any) -> str:
    """The registered name of an objective, or its class's name."""
    if isinstance(objective, UnknownObjective):
        return objective.name
    return next((name for name, cls in OBJECTIVES.items() if cls is type(objective)), type(objective).__name__)


def to_state(model: Any) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Document (JSON-safe) and tensors of a fitted model."""
    document, tensors = model._network_parts()
    parameters = {k: v for k, v in model.get_params(deep=False).items() if k not in _NOT_STORED}
    if model._reduction is not None:
        del parameters["reduce"]
        document["reduce"], own_tensors = model._reduction.to_parts()
        tensors |= own_tensors
    name = objective_name(model.objective_)
    own = model.objective_.get_params() if name in OBJECTIVES else {}
    document |= {
        "parameters": parameters,
        "history": model.history_,
        "report": model.report_,
        "objective": {"name": name, "parameters": own},
        "fitted": {"inertia": model.inertia_, "n_iter": model.n_iter_, "variance": model._variance},
    }
    tensors["centers"] = torch.from_numpy(model.cluster_centers_)
    tensors["labels"] = torch.from_numpy(model.labels_)
    return document, tensors


def from_state(
    cls: Any, document: dict[str, Any], tensors: dict[str, Tensor], encoder: Any = None, reduce: Any = None
) -> Any:
    """A fitted model from what :func:`to_state` gave."""
    name = document["objective"]["name"]
    objective: Any = UnknownObjective(name)
    if name in OBJECTIVES:
        objective = OBJECTIVES[name](**document["objective"]["parameters"])
    model = cls(**document["parameters"], objective=objective, encoder="auto" if encoder is None else encoder)
    model._restore_network(document, tensors, encoder)
    model.reducer_ = reduce
    if "reduce" in document:
        model._reduction = Reduction.from_parts(document["reduce"], tensors, reduce)
        model.reduce = reduce
    elif reduce is not None:
        raise ModelFileError("The file holds its whole reduction: load it without reduce=.")
    model.objective_ = objective
    model.cluster_centers_ = tensors["centers"].numpy()
    model.labels_ = tensors["labels"].numpy()
    model.n_clusters_ = len(np.unique(model.labels_))
    fitted = document["fitted"]
    model.inertia_, model.n_iter_, model._variance = fitted["inertia"], fitted["n_iter"], fitted["variance"]
    model.history_, model.report_ = document["history"], document["report"]
    return model
