"""A fitted ``DeepKMeans`` as a document and tensors, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .._validation import Interval
from ..data.reduction import Reduction
from ..storage.schema import (
    COUNT,
    NOT_NEGATIVE,
    TEXT,
    ListOf,
    MapOf,
    MismatchError,
    Record,
    TensorOf,
    check_tensors,
    check_value,
)
from .network_state import NETWORK_RULES, check_features, check_network, network_to_parts, restore_network
from .stored_doubt import PREFIX, STORED_DOUBT, check_doubt, doubt_from_parts, doubt_to_parts
from .stored_objective import (
    GIVEN_OBJECTIVE,
    STORED_OBJECTIVE,
    objective_from_parts,
    objective_given_from_parts,
    objective_given_to_parts,
    objective_to_parts,
)
from .stored_parameters import (
    GIVEN_TENSORS,
    given_input_parameters,
    given_rules,
    parameters_from_parts,
    parameters_to_parts,
)

__all__ = ["check_state", "from_state", "to_state"]

#: ``fit`` keeps the variance within clusters from this on, so that probabilities are numbers.
_LEAST, _MOST = float(np.finfo(np.float32).tiny), float(np.finfo(np.float64).max)
_FITTED = Record({"inertia": NOT_NEGATIVE, "n_iter": COUNT, "variance": [Interval(float, _LEAST, _MOST)]})
_RULES = Record(
    {**NETWORK_RULES, "parameters": [MapOf()], "objective": [STORED_OBJECTIVE], "fitted": [_FITTED]},
    {
        "given": [given_rules("encoder", "preprocessor", objective=[GIVEN_OBJECTIVE])],
        "feature_names_in": [ListOf(TEXT)], "column_names": [ListOf(TEXT)], "reduce": [MapOf()],
        "preprocessing": [MapOf()], "doubt": [STORED_DOUBT],
    },
)  # fmt: skip
_TENSORS = {
    "centers": TensorOf([torch.float32], ("n_clusters", "embedding_dim")),
    "labels": TensorOf([torch.int32], ("n_samples",), low=-1, below="n_clusters"),
    **GIVEN_TENSORS,
}
#: Not in files of the first release.
_LATER = ("device", "noise", "partition", "preprocessor", "random_state", "reduce")


def to_state(model: Any) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Document (JSON-safe) and tensors of a fitted model."""
    document, tensors = network_to_parts(model)
    document["parameters"], document["given"], own_tensors = parameters_to_parts(model)
    document["given"]["objective"] = objective_given_to_parts(model.objective)
    tensors |= own_tensors
    if isinstance(model._reduction, Reduction):
        document["parameters"].pop("reduce", None)
    document |= {
        "history": model.history_,
        "report": model.report_,
        "objective": objective_to_parts(model.objective_),
        "fitted": {"inertia": model.inertia_, "n_iter": model.n_iter_, "variance": model._variance},
    }
    if model._doubt is not None:
        document["doubt"], parts = doubt_to_parts(model._doubt, model._noise_limit)
        tensors |= parts
    tensors["centers"] = torch.from_numpy(model.cluster_centers_)
    tensors["labels"] = torch.from_numpy(model.labels_)
    return document, tensors


def check_state(document: Any, tensors: Mapping[str, Tensor]) -> None:
    """Refuse, with :class:`~deepkmeans.storage.schema.MismatchError`, what :func:`to_state` does not give."""
    check_value(document, [_RULES], "the model")
    sizes = check_network(document, tensors)
    check_features(document, sizes["n_given"])
    others = tuple(f"{name}/" for name in ("preprocessing", "reduce") if name in document)
    known = ("encoder/", "scaling/", PREFIX, *others)
    sizes = check_tensors({n: t for n, t in tensors.items() if not n.startswith(known)}, _TENSORS, sizes=sizes)
    check_doubt(document, tensors, sizes)
    if bool((tensors["labels"] < 0).any()) and "noise_limit" not in document.get("doubt", {}):
        raise MismatchError("the tensor 'labels' holds -1, where no rows can be noise")


def from_state(
    cls: Any, document: dict[str, Any], tensors: dict[str, Tensor], encoder: Any = None, reduce: Any = None,
    preprocessor: Any = None,
) -> Any:  # fmt: skip
    """A fitted model from what :func:`to_state` gave."""
    check_state(document, tensors)
    fitted_objective = objective_from_parts(document["objective"])
    network = restore_network(document, tensors, encoder, reduce, preprocessor)
    others = {
        "objective": objective_given_from_parts(document.get("given", {}).get("objective"), fitted_objective),
        "callbacks": None, **given_input_parameters(document, network["_preprocessor"], encoder, "auto"),
    }  # fmt: skip
    reduction = network["_reduction"]
    if isinstance(reduction, Reduction):
        others["reduce"] = reduction.as_given()
    parameters = parameters_from_parts(cls, document, tensors, later=_LATER, **others)
    labels, fitted = tensors["labels"].numpy(), document["fitted"]
    return cls(**parameters)._with_fitted({
        **network, "reducer_": None if reduction is None else reduction.transformer, "objective_": fitted_objective,
        "cluster_centers_": tensors["centers"].numpy(), "labels_": labels,
        "n_clusters_": len(np.unique(labels[labels >= 0])),
        "inertia_": fitted["inertia"], "n_iter_": fitted["n_iter"], "_variance": fitted["variance"],
        "history_": document["history"], "report_": document["report"], **doubt_from_parts(document, tensors),
    })  # fmt: skip
