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
from .joined_state import INPUTS
from .network_state import NETWORK_RULES, check_features, check_network, network_to_parts, restore_network
from .stored_by_name import STORED_BY_NAME, by_name_from_parts, by_name_to_parts, given_to_load
from .stored_corrections import PARTS, check_corrections, corrections_from_parts, corrections_to_parts
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
        "given": [given_rules("encoder", "preprocessor", objective=[GIVEN_OBJECTIVE], **STORED_BY_NAME)],
        "feature_names_in": [ListOf(TEXT)], "column_names": [ListOf(TEXT)], "reduce": [MapOf()],
        "preprocessing": [MapOf()], "corrections": [MapOf()], "doubt": [STORED_DOUBT], "inputs": [ListOf([MapOf()])],
        "input_names": [ListOf(TEXT)], "pictures": [MapOf()],
    },
)  # fmt: skip
_TENSORS = {
    "centers": TensorOf([torch.float32], ("n_clusters", "embedding_dim")),
    **PARTS,
    "prices": TensorOf([torch.float64], ("n_clusters",), low=0, optional=True),
    **GIVEN_TENSORS,
}
_LABELS = {"labels": TensorOf([torch.int32], ("n_samples",), low=-1, below="n_corrected")}
#: Not in files of the first release.
_LATER = ("balance", "device", "noise", "partition", "preprocessor", "random_state", "reduce")


def to_state(model: Any) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Document (JSON-safe) and tensors of a fitted model."""
    document, tensors = network_to_parts(model)
    if model._input_names is not None:
        document["input_names"] = model._input_names
    document["parameters"], document["given"], own_tensors = parameters_to_parts(model)
    document["given"] |= by_name_to_parts(model)
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
    corrections, parts = corrections_to_parts(model._corrections, model.cluster_names_)
    if corrections is not None:
        document["corrections"] = corrections
    tensors |= parts
    fitted = model.cluster_centers_ if model._corrections is None else model._corrections.fitted
    tensors["centers"] = torch.from_numpy(fitted)
    tensors["labels"] = torch.from_numpy(model.labels_)
    if model.prices_.any():
        tensors["prices"] = torch.from_numpy(model.prices_)
    return document, tensors


def check_state(document: Any, tensors: Mapping[str, Tensor]) -> None:
    """Refuse, with :class:`~deepkmeans.storage.schema.MismatchError`, what :func:`to_state` does not give."""
    check_value(document, [_RULES], "the model")
    sizes = check_network(document, tensors)
    check_features(document, sizes["n_given"])
    others = tuple(f"{name}/" for name in ("preprocessing", "reduce") if name in document)
    known = ("encoder/", INPUTS if "inputs" in document else "scaling/", PREFIX, *others)
    rest = {name: tensor for name, tensor in tensors.items() if not name.startswith(known)}
    labels = {name: rest.pop(name) for name in _LABELS if name in rest}
    sizes = check_tensors(rest, _TENSORS, sizes=sizes)
    sizes["n_corrected"] = sizes["n_clusters"]
    if "corrections" in document:
        sizes["n_corrected"] = check_corrections(document["corrections"], rest, sizes["n_clusters"])
    elif any(name in rest for name in PARTS):
        raise MismatchError("there are parts of clusters, but no 'corrections'")
    check_tensors(labels, _LABELS, sizes=sizes)
    check_doubt(document, tensors, sizes)
    if bool((labels["labels"] < 0).any()) and "noise_limit" not in document.get("doubt", {}):
        raise MismatchError("the tensor 'labels' holds -1, where no rows can be noise")


def from_state(
    cls: Any, document: dict[str, Any], tensors: dict[str, Tensor], encoder: Any = None, reduce: Any = None,
    preprocessor: Any = None,
) -> Any:  # fmt: skip
    """A fitted model from what :func:`to_state` gave."""
    check_state(document, tensors)
    fitted_objective = objective_from_parts(document["objective"])
    names, of_input = document.get("input_names"), {"encoder": encoder, "preprocessor": preprocessor}
    if names is not None and "inputs" not in document:  # one input, of which a mapping may speak by its name
        for parameter, value in of_input.items():
            if isinstance(value, Mapping):
                of_input[parameter] = given_to_load(parameter, value, names)[names[0]]
    network = restore_network(document, tensors, of_input["encoder"], reduce, of_input["preprocessor"])
    pipelines = {} if "_joined" not in network else network["_joined"].pipelines
    preprocessors = {name: part.preprocessor for name, part in pipelines.items()}
    if names is not None and not pipelines:
        preprocessors = {names[0]: network["_preprocessor"]}
    others = {
        "objective": objective_given_from_parts(document.get("given", {}).get("objective"), fitted_objective),
        "align_to": None, "callbacks": None,
        **given_input_parameters(document, network["_preprocessor"], of_input["encoder"], "auto"),
        **by_name_from_parts(document, preprocessors, encoder),
    }  # fmt: skip
    reduction = network["_reduction"]
    if isinstance(reduction, Reduction):
        others["reduce"] = reduction.as_given()
    parameters = parameters_from_parts(cls, document, tensors, later=_LATER, **others)
    labels, fitted = tensors["labels"].numpy(), document["fitted"]
    centers = tensors["centers"].numpy()
    corrections, names = corrections_from_parts(document.get("corrections"), tensors, centers)
    return cls(**parameters)._with_fitted({
        **network, "reducer_": None if reduction is None else reduction.transformer, "objective_": fitted_objective,
        "cluster_centers_": centers if corrections is None else corrections.centers(), "prices_": _prices(tensors),
        "_corrections": corrections, "cluster_names_": names, "labels_": labels,
        "n_clusters_": len(np.unique(labels[labels >= 0])),
        "inertia_": fitted["inertia"], "n_iter_": fitted["n_iter"], "_variance": fitted["variance"],
        "history_": document["history"], "report_": document["report"], "_input_names": document.get("input_names"),
        **doubt_from_parts(document, tensors),
    })  # fmt: skip


def _prices(tensors: Mapping[str, Tensor]) -> np.ndarray:
    """Of the clusters (k,); 0 in files without."""
    return tensors["prices"].numpy() if "prices" in tensors else np.zeros(len(tensors["centers"]))
