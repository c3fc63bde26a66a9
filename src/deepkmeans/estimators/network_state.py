"""The network and the scaling of an estimator as a document and tensors, and back.

Before a network is made, the sizes in the document are compared with each other and with the tensors of the file, so
that none costs more memory or time than the file is large.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from .._validation import OneOf
from ..data import InputPipeline
from ..data.media.pictures_as_arrays import ArrayPictures
from ..data.preprocessing.stored import preprocessor_from_parts, uses_encoder
from ..encoders import SingleInputEncoder, adapt, copy_module
from ..encoders.adapter import embedding_of
from ..encoders.networks import NETWORKS, make_network
from ..exceptions import ModelFileError
from ..runtime import seeded_torch
from ..storage.schema import (
    BOOL,
    NAME,
    NUMBER,
    SIZE,
    TEXT,
    ListOf,
    MapOf,
    MismatchError,
    Record,
    Rule,
    check_tensors_like,
    check_value,
)
from ..types import SINGLE_INPUT
from .given_inputs import fitted_preprocessing
from .joined_state import check_joined_network, joined_to_parts, restore_joined_network
from .network import NetworkEstimator

__all__ = ["NETWORK_RULES", "check_features", "check_network", "network_to_parts", "restore_network"]

_ENCODER = "encoder/"
_CUSTOM = Record({"network": [OneOf("custom")], "class": NAME, "n_inputs": SIZE, "embedding_dim": SIZE})

#: What the document of an estimator with a network holds of it, and of its fit.
NETWORK_RULES: Mapping[str, Sequence[Rule]] = {
    "architecture": [MapOf()],
    "scaling": TEXT,
    "n_features_in": SIZE,
    "history": [ListOf([MapOf()])],
    # Read for its text alone; the rest of a report is for people.
    "report": [Record(
        {}, {"chosen": TEXT, "reason": TEXT, "runner_up": [None, *TEXT], "confidence": [None, *NUMBER], "sure": BOOL},
        others=True,
    )],
}  # fmt: skip


def network_to_parts(model: NetworkEstimator) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Document and tensors from which :func:`restore_network` rebuilds encoder and pipeline."""
    joined = getattr(model, "_joined", None)
    document, tensors = model._pipeline.to_parts() if joined is None else joined_to_parts(joined)
    document |= {"architecture": model._architecture, "n_features_in": int(model.n_features_in_)}
    if hasattr(model, "feature_names_in_"):
        document["feature_names_in"] = [str(name) for name in model.feature_names_in_]
    if hasattr(model, "_column_names"):
        document["column_names"] = model._column_names
    return document, tensors | {f"{_ENCODER}{k}": v.cpu() for k, v in model.encoder_.state_dict().items()}


def check_network(document: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> dict[str, int]:
    """Refuse, with :class:`MismatchError`, what is no network; the sizes that its parts agree on."""
    if "inputs" in document:
        return check_joined_network(document, tensors, _check_architecture)
    sizes = InputPipeline.check_parts(document, tensors)
    architecture = document["architecture"]
    check_value(architecture.get("network"), [OneOf("custom", *NETWORKS)], "'architecture'['network']")
    if architecture["network"] == "custom":
        check_value(architecture, [_CUSTOM], "'architecture'")
    else:
        _check_architecture(architecture, tensors, _ENCODER)
    shift = tensors.get(f"{_ENCODER}shift")
    for place, stated, wanted in (
        ("'architecture'['n_inputs']", architecture["n_inputs"], sizes["n_inputs"]),
        ("'architecture'['embedding_dim']", architecture["embedding_dim"], 0 if shift is None else shift.numel()),
    ):
        if stated != wanted:
            raise MismatchError(f"{place} is {stated:,}, but the tensors in the file have {wanted:,}")
    return {**sizes, "embedding_dim": architecture["embedding_dim"]}


def _check_architecture(architecture: Mapping[str, Any], tensors: Mapping[str, Tensor], prefix: str) -> None:
    """Refuse what is no network of this package, or larger than its tensors, whose names begin with ``prefix``."""
    check_value(architecture.get("network"), [OneOf(*NETWORKS)], "'architecture'['network']")
    network = NETWORKS[architecture["network"]]
    weights = {name: tensor for name, tensor in tensors.items() if name.startswith(prefix)}
    arguments = inspect.signature(network).parameters.values()
    needed = {a.name for a in arguments if a.default is a.empty and a.kind is not a.VAR_KEYWORD}
    rules = network._constraints
    check_value(architecture, [Record({"network": TEXT, **{n: rules[n] for n in needed}}, rules)], "'architecture'")
    hidden = architecture.get("hidden_sizes", [])
    largest = max((max(tensor.shape, default=0) for tensor in weights.values()), default=0)
    if len(hidden) > len(weights) or max(hidden, default=0) > largest:
        raise MismatchError("'architecture'['hidden_sizes'] are not those of the tensors in the file")
    height, width, depth = architecture.get("image_shape", (1, 1, 1))
    if height * width * depth > architecture["n_inputs"]:
        raise MismatchError(f"'architecture'['image_shape'] has more than {architecture['n_inputs']:,} pixels")


def _earlier_pictures(architecture: Mapping[str, Any], pipeline: InputPipeline) -> ArrayPictures | None:
    """Of a file of before models said it: by its network, and what is known of the values."""
    shape = architecture.get("image_shape")
    if shape is None or pipeline.preprocessor is not None:
        return None
    return ArrayPictures.of(pipeline.scaling.fill.numpy(), (shape[0], shape[1], shape[2]))


def check_features(document: Mapping[str, Any], n_features: int) -> None:
    """The columns that the document counts and names are those of the tensors, or of what makes these."""
    if document["n_features_in"] != n_features:
        stated, made = document["n_features_in"], "preprocessing" in document
        holder = "'preprocessing' takes" if made else "the tensors in the file have"
        raise MismatchError(f"'n_features_in' is {stated:,}, but {holder} {n_features:,} columns")
    for names in ("feature_names_in", "column_names"):
        check_value(document.get(names), [None, ListOf(TEXT, n_features)], f"'{names}'")


def restore_network(
    document: Mapping[str, Any], tensors: Mapping[str, Tensor], encoder: Any, transformer: Any = None,
    preprocessor: Any = None,
) -> dict[str, Any]:  # fmt: skip
    """Fitted attributes of what :func:`network_to_parts` took from a model, after :func:`check_network`."""
    if "inputs" in document:
        return restore_joined_network(
            document, tensors, encoder=encoder, reduce=transformer, preprocessor=preprocessor
        )  # fmt: skip
    architecture = document["architecture"]
    custom = architecture["network"] == "custom"
    fitted_preprocessor = _preprocessor(document, tensors, preprocessor, None if custom else encoder)
    if custom and encoder is None:
        raise ModelFileError(
            f"The model was fitted with an encoder of the user's own ({architecture['class']}), whose code is "
            "not in the file; load it with load(path, encoder=...), the same module or function as in fit."
        )
    if encoder is not None and not custom and not uses_encoder(document.get("preprocessing")):
        raise ModelFileError(f"The file holds its whole network ({architecture['network']}): load it without encoder=.")
    weights = {k.removeprefix(_ENCODER): v for k, v in tensors.items() if k.startswith(_ENCODER)}
    if custom:
        network = SingleInputEncoder(_own(encoder, architecture), architecture["embedding_dim"])
        try:
            check_tensors_like(weights, network.state_dict(), prefix=_ENCODER)
        except MismatchError as error:
            raise ModelFileError(f"The encoder does not fit the weights in the file: {error}") from error
        network.load_state_dict(weights)
    else:  # without memory, which the tensors of the file have already
        with torch.device("meta"):
            network = SingleInputEncoder(make_network(architecture), architecture["embedding_dim"])
        check_tensors_like(weights, network.state_dict(), prefix=_ENCODER)
        network.load_state_dict(weights, assign=True)
    network.requires_grad_(False).eval()
    pipeline = InputPipeline.from_parts(document, tensors, transformer, fitted_preprocessor)
    _check_mean_row(network, pipeline)
    fitted = {
        "encoder_": network, "_architecture": architecture, "scaling_": pipeline.scaling,
        "_reduction": pipeline.reduction, "n_features_in_": document["n_features_in"],
        "_pictures": pipeline.pictures or _earlier_pictures(architecture, pipeline),
        **fitted_preprocessing(pipeline.preprocessor),
    }  # fmt: skip
    if "feature_names_in" in document:
        fitted["feature_names_in_"] = np.asarray(document["feature_names_in"], dtype=object)
    if "column_names" in document:
        fitted["_column_names"] = document["column_names"]
    return fitted


def _preprocessor(document: Mapping[str, Any], tensors: Mapping[str, Tensor], given: Any, encoder: Any) -> Any:
    """The preprocessor of the fit, around what a user gives to ``load``."""
    if "preprocessing" in document:
        return preprocessor_from_parts(document["preprocessing"], tensors, given, encoder)
    if given is not None:
        raise ModelFileError("The model was fitted on numbers: load it without preprocessor=.")
    return None


@torch.no_grad()
def _check_mean_row(network: SingleInputEncoder, pipeline: InputPipeline) -> None:
    """Refuse a network whose numbers are finite and whose embedding of the mean row is not."""
    row = pipeline.scaling.apply(pipeline.scaling.fill[None])
    if not bool(torch.isfinite(network.encode({SINGLE_INPUT: row.to(network.shift.dtype)})).all()):
        raise MismatchError("the network makes no finite embedding of the mean row of the fit")


def _own(encoder: Any, architecture: Mapping[str, Any]) -> nn.Module:
    """The user's module as given to ``load``, its lazy layers built by one pass."""
    with torch.no_grad(), seeded_torch(0):
        made = copy_module(encoder) if isinstance(encoder, nn.Module) else encoder(
            architecture["n_inputs"], architecture["embedding_dim"]
        )  # fmt: skip
        module = adapt(made)
        embedding_of(module, torch.zeros(2, architecture["n_inputs"], dtype=torch.float32))
    return module
