"""A network of several inputs as a document and tensors, and back: see :mod:`.network_state`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from .._quoting import short
from ..data import InputPipeline
from ..data.joined_pipeline import JoinedPipeline
from ..data.joined_scaling import JoinedScaling, check_stored_balance
from ..data.preprocessing.stored import preprocessor_from_parts, uses_encoder
from ..encoders.networks import JOINED, make_encoder
from ..exceptions import ModelFileError
from ..runtime import seeded_torch
from ..storage.schema import SIZE, TEXT, ListOf, MapOf, MismatchError, Record, check_tensors_like, check_value
from .stored_by_name import given_to_load

__all__ = ["INPUTS", "check_joined_network", "joined_to_parts", "restore_joined_network"]

#: What the names of their tensors begin with.
INPUTS = "inputs/"
_ENCODER = "encoder/"
_INPUT = Record(
    {"name": TEXT, "n_given": SIZE, "scaling": TEXT},
    {"names": [ListOf(TEXT)], "preprocessing": [MapOf()], "pictures": [MapOf()]},
)  # fmt: skip
_ARCHITECTURE = Record(
    {"network": TEXT, "n_inputs": SIZE, "embedding_dim": SIZE, "inputs": [MapOf([MapOf()])]}
)  # fmt: skip
_BALANCE = ("mean", "gain")


def joined_to_parts(pipeline: JoinedPipeline) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Document and tensors of the pipelines."""
    inputs: list[dict[str, Any]] = []
    tensors: dict[str, Tensor] = {}
    for number, (name, part) in enumerate(pipeline.pipelines.items()):
        document, held = part.to_parts()
        document |= {"name": name, "n_given": pipeline.n_given[name]}
        if part.preprocessor is None and part.names is not None:
            document["names"] = [str(column) for column in part.names]
        inputs.append(document)
        held = held | pipeline.scaling.balance_of(name)
        tensors |= {f"{INPUTS}{number}/{key}": tensor.contiguous() for key, tensor in held.items()}
    return {"scaling": pipeline.scaling.kind, "inputs": inputs}, tensors


def check_joined_network(
    document: Mapping[str, Any], tensors: Mapping[str, Tensor],
    check_architecture: Callable[[Mapping[str, Any], Mapping[str, Tensor], str], None],
) -> dict[str, int]:  # fmt: skip
    """Refuse, with :class:`MismatchError`, what is no network of several inputs; the sizes that its parts agree on."""
    check_value(document["inputs"], [ListOf([_INPUT])], "'inputs'")
    architecture, inputs = document["architecture"], document["inputs"]
    check_value(architecture, [_ARCHITECTURE], "'architecture'")
    names = [part["name"] for part in inputs]
    if document["scaling"] != JOINED or architecture["network"] != JOINED or len(names) < 2:
        raise MismatchError("'inputs' are there, but 'scaling' and 'architecture' are not of several inputs")
    if names != sorted(set(names)) or sorted(architecture["inputs"]) != names:
        raise MismatchError("'architecture'['inputs'] and 'inputs' must have the same names, each once, sorted")
    known = tuple(f"{INPUTS}{number}/" for number in range(len(names)))
    for key in tensors:
        if key.startswith(INPUTS) and not key.startswith(known):
            raise MismatchError(f"the tensor {key[:80]!r} is of no input")
    total, given = 0, 0
    for number, part in enumerate(inputs):
        held, made = _of_input(tensors, number), architecture["inputs"][part["name"]]
        balance = {key: held.pop(key) for key in _BALANCE if key in held}
        sizes = InputPipeline.check_parts(part, held)
        check_stored_balance(balance, sizes)
        if sizes["n_given"] != part["n_given"]:
            raise MismatchError(f"'inputs'[{number}] takes {sizes['n_given']:,} columns, not {part['n_given']:,}")
        check_value(part.get("names"), [None, ListOf(TEXT, part["n_given"])], f"'inputs'[{number}]['names']")
        check_architecture(made, tensors, f"{_ENCODER}by_number.{number}.")
        if made["n_inputs"] != sizes["n_inputs"] or made["embedding_dim"] != architecture["embedding_dim"]:
            raise MismatchError(f"'architecture'['inputs'][{part['name'][:80]!r}] has other sizes than its tensors")
        total, given = total + sizes["n_inputs"], given + sizes["n_given"]
    shift = tensors.get(f"{_ENCODER}shift")
    width = 0 if shift is None else shift.numel()
    if architecture["n_inputs"] != total or architecture["embedding_dim"] != width:
        raise MismatchError("'architecture' has other sizes than the tensors in the file")
    return {"n_inputs": total, "n_given": given, "embedding_dim": width}


def restore_joined_network(
    document: Mapping[str, Any], tensors: Mapping[str, Tensor], *, encoder: Any, reduce: Any, preprocessor: Any
) -> dict[str, Any]:  # fmt: skip
    """Fitted attributes, after :func:`check_joined_network`; encoders and transformers are given by name."""
    names = [part["name"] for part in document["inputs"]]
    if reduce is not None:
        raise ModelFileError("The file holds all columns of a model of several inputs: load it without reduce=.")
    encoders = given_to_load("encoder", encoder, names)
    transformers = given_to_load("preprocessor", preprocessor, names)
    architecture = document["architecture"]
    weights = {k.removeprefix(_ENCODER): v for k, v in tensors.items() if k.startswith(_ENCODER)}
    with seeded_torch(0), torch.device("meta"):  # it draws a seed for training
        network = make_encoder(architecture)
    check_tensors_like(weights, network.state_dict(), prefix=_ENCODER)
    network.load_state_dict(weights, assign=True)
    network.requires_grad_(False).eval()
    pipelines, mean, gain, n_given = {}, {}, {}, {}
    for number, part in enumerate(document["inputs"]):
        held, name = _of_input(tensors, number), part["name"]
        mean[name], gain[name], n_given[name] = held.pop("mean"), held.pop("gain"), part["n_given"]
        made = _preprocessor(name, part.get("preprocessing"), held, transformers[name], encoders[name])
        pipeline = InputPipeline.from_parts(part, held, None, made)
        columns = part.get("names") if made is None else made.feature_names
        pipelines[name] = InputPipeline(pipeline.scaling, pipeline.reduction, columns, made, pipeline.pictures)
    scaling = JoinedScaling({name: part.scaling for name, part in pipelines.items()}, mean, gain)
    shapes = {name: architecture["inputs"][name].get("image_shape") for name, part in pipelines.items()
              if part.preprocessor is None}  # fmt: skip
    image_shapes = {name: None if shape is None else tuple(shape) for name, shape in shapes.items()}
    _check_mean_row(network, scaling)
    return {
        "encoder_": network, "_architecture": architecture, "scaling_": scaling, "_reduction": None,
        "n_features_in_": document["n_features_in"], "_preprocessor": None, "preprocessor_": None,
        "_joined": JoinedPipeline(pipelines, n_given, scaling, image_shapes),
    }  # fmt: skip


def _preprocessor(name: str, document: Any, held: Mapping[str, Tensor], transformer: Any, encoder: Any) -> Any:
    """The preprocessor of an input, around what a user gives to ``load`` for it; None for numbers."""
    if encoder is not None and not uses_encoder(document):
        raise ModelFileError(f"The file holds the whole network of the input {short(name)}: give no encoder for it.")
    if document is None:
        if transformer is not None:
            raise ModelFileError(f"The input {short(name)} of the fit was numbers: give no preprocessor for it.")
        return None
    try:
        return preprocessor_from_parts(document, held, transformer, encoder)
    except ModelFileError as error:
        raise ModelFileError(
            f"Input {name!r}: {error} What is not in the file is given by name, as {{{name!r}: ...}}."
        ) from error


def _of_input(tensors: Mapping[str, Tensor], number: int) -> dict[str, Tensor]:
    prefix = f"{INPUTS}{number}/"
    return {key.removeprefix(prefix): tensor for key, tensor in tensors.items() if key.startswith(prefix)}


@torch.no_grad()
def _check_mean_row(network: Any, scaling: JoinedScaling) -> None:
    """Refuse networks whose numbers are finite and whose embedding of the mean row is not."""
    inputs = {name: part.apply(part.fill[None]).to(network.shift.dtype) for name, part in scaling.parts.items()}
    if not bool(torch.isfinite(network.encode(inputs)).all()):
        raise MismatchError("the networks make no finite embedding of the mean row of the fit")
