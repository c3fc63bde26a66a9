"""A fitted ``DeepKMeans`` as a document and tensors, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .._validation import Interval
from ..exceptions import ModelFileError
from ..storage.schema import (
    COUNT,
    NOT_NEGATIVE,
    TEXT,
    ListOf,
    MapOf,
    Record,
    TensorOf,
    check_tensors,
    check_value,
)
from .network_state import NETWORK_RULES, check_features, check_network, network_to_parts, restore_network
from .reduction import STORED_REDUCTION, Reduction, check_stored_reduction
from .stored_objective import (
    GIVEN_OBJECTIVE,
    STORED_OBJECTIVE,
    objective_from_parts,
    objective_given_from_parts,
    objective_given_to_parts,
    objective_to_parts,
)
from .stored_parameters import GIVEN_TENSORS, given_rules, parameters_from_parts, parameters_to_parts

__all__ = ["check_state", "from_state", "to_state"]

#: ``fit`` keeps the variance within clusters from this on, so that probabilities are numbers.
_LEAST, _MOST = float(np.finfo(np.float32).tiny), float(np.finfo(np.float64).max)
_FITTED = Record({"inertia": NOT_NEGATIVE, "n_iter": COUNT, "variance": [Interval(float, _LEAST, _MOST)]})
_RULES = Record(
    {**NETWORK_RULES, "parameters": [MapOf()], "objective": [STORED_OBJECTIVE], "fitted": [_FITTED]},
    {
        "given": [given_rules(objective=[GIVEN_OBJECTIVE])], "feature_names_in": [ListOf(TEXT)],
        "column_names": [ListOf(TEXT)],
        "reduce": [STORED_REDUCTION],
    },
)  # fmt: skip
_TENSORS = {
    "centers": TensorOf([torch.float32], ("n_clusters", "embedding_dim")),
    "labels": TensorOf([torch.int32], ("n_samples",), low=0, below="n_clusters"),
    **GIVEN_TENSORS,
}
#: Not in files of the first release.
_LATER = ("device", "partition", "random_state", "reduce")


def to_state(model: Any) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Document (JSON-safe) and tensors of a fitted model."""
    document, tensors = network_to_parts(model)
    document["parameters"], document["given"], own_tensors = parameters_to_parts(model)
    document["given"]["objective"] = objective_given_to_parts(model.objective)
    tensors |= own_tensors
    if model._reduction is not None:
        document["parameters"].pop("reduce", None)
        document["reduce"], own_tensors = model._reduction.to_parts()
        tensors |= own_tensors
    document |= {
        "history": model.history_,
        "report": model.report_,
        "objective": objective_to_parts(model.objective_),
        "fitted": {"inertia": model.inertia_, "n_iter": model.n_iter_, "variance": model._variance},
    }
    tensors["centers"] = torch.from_numpy(model.cluster_centers_)
    tensors["labels"] = torch.from_numpy(model.labels_)
    return document, tensors


def check_state(document: Any, tensors: Mapping[str, Tensor]) -> None:
    """Refuse, with :class:`~deepkmeans.storage.schema.MismatchError`, what :func:`to_state` does not give."""
    check_value(document, [_RULES], "the model")
    sizes = check_network(document, tensors)
    n_features, prefixes = sizes["n_columns"], ["encoder/", "scaling/"]
    if "reduce" in document:
        n_features = check_stored_reduction(tensors, sizes)["n_features"]
        prefixes.append("reduce/")
    check_features(document, n_features)
    check_tensors({n: t for n, t in tensors.items() if not n.startswith(tuple(prefixes))}, _TENSORS, sizes=sizes)


def from_state(
    cls: Any, document: dict[str, Any], tensors: dict[str, Tensor], encoder: Any = None, reduce: Any = None
) -> Any:
    """A fitted model from what :func:`to_state` gave."""
    check_state(document, tensors)
    fitted_objective = objective_from_parts(document["objective"])
    others = {
        "objective": objective_given_from_parts(document.get("given", {}).get("objective"), fitted_objective),
        "encoder": "auto" if encoder is None else encoder,
        "callbacks": None,
    }
    model = cls(**parameters_from_parts(cls, document, tensors, later=_LATER, **others))
    restore_network(model, document, tensors, encoder)
    model.reducer_ = reduce
    if "reduce" in document:
        model._reduction = Reduction.from_parts(document["reduce"], tensors, reduce)
        model.reduce = model._reduction.as_given()
    elif reduce is not None:
        raise ModelFileError("The file holds its whole reduction: load it without reduce=.")
    model.objective_ = fitted_objective
    model.cluster_centers_ = tensors["centers"].numpy()
    model.labels_ = tensors["labels"].numpy()
    model.n_clusters_ = len(np.unique(model.labels_))
    fitted = document["fitted"]
    model.inertia_, model.n_iter_, model._variance = fitted["inertia"], fitted["n_iter"], fitted["variance"]
    model.history_, model.report_ = document["history"], document["report"]
    return model
