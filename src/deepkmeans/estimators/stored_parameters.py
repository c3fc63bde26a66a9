"""The parameters of an estimator in a file: what comes back is what the model was made with.

JSON has numbers, strings and lists, so the document's ``parameters`` hold those, and ``given`` holds what they cannot
say: that sizes were a tuple, that ``random_state`` was a generator in a certain state, or the name of a GPU. Readers of
the first release know nothing of ``given`` and read the file all the same. Code (an encoder, a callback, a transformer)
is not in a file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .._validation import Instance, Interval, OneOf, validate_parameters
from ..data.input_spec import INPUT_KINDS, InputSpec
from ..data.preprocessing.stored import encoder_of
from ..exceptions import InvalidParameterError
from ..runtime import resolve_device
from ..storage.schema import (
    BOOL,
    FINITE,
    NUMBERS,
    TEXT,
    ListOf,
    MapOf,
    MismatchError,
    Record,
    Rule,
    TensorOf,
    check_value,
)

__all__ = [
    "GIVEN_TENSORS", "STORED_SPEC", "given_input_parameters", "given_rules", "parameters_from_parts",
    "parameters_to_parts", "spec_document",
]  # fmt: skip

_DEVICE = re.compile(r"auto|[a-z]{1,20}(:[0-9]{1,4})?")
_RANDOM_STATE = "given/random_state"
#: What is code or another model, or may be; an objective is written down by the one estimator that has it.
_CODE = ("align_to", "callbacks", "encoder", "objective", "preprocessor", "reduce")

#: An InputSpec.
STORED_SPEC = Record({
    "kind": [OneOf(*INPUT_KINDS)], "columns": [MapOf(TEXT)], "levels": [MapOf([ListOf(TEXT)])], "decimal": TEXT,
})  # fmt: skip
_GIVEN: Mapping[str, Sequence[Rule]] = {
    "random_state": [Record({
        "position": [Interval(int, 0, 624)], "has_gauss": [Interval(int, 0, 1)], "cached_gaussian": FINITE,
    })],
    "device": [Record({
        "name": [Instance(lambda v: isinstance(v, str) and bool(_DEVICE.fullmatch(v)), "the name of a device")],
        "is_torch_device": BOOL,
    })],
    "encoder": TEXT,  # the name of a pretrained encoder of texts
    "hidden_sizes": [OneOf("list", "array")],
    "init": [OneOf("list", "tensor")],
    "preprocessor": [STORED_SPEC],
}  # fmt: skip
#: Tensors of ``given``: the words of a Mersenne Twister.
GIVEN_TENSORS = {_RANDOM_STATE: TensorOf([torch.int64], ("n_words",), low=0, high=2**32 - 1, optional=True)}


def given_rules(*names: str, **others: Sequence[Rule]) -> Record:
    """Rules of ``given`` for an estimator that has these parameters, with those that it states itself."""
    return Record({}, {**{name: _GIVEN[name] for name in ("random_state", "device", *names)}, **others})


def parameters_to_parts(model: Any) -> tuple[dict[str, Any], dict[str, Any], dict[str, Tensor]]:
    """``parameters``, ``given`` and tensors of a model; without objective, encoder, callbacks and a transformer.

    Raises
    ------
    InvalidParameterError
        If a parameter was set, after the fit, to what :func:`parameters_from_parts` would refuse.
    """
    values = model.get_params(deep=False)
    validate_parameters(type(model).__name__, model._constraints, values)
    plain = {name: value for name, value in values.items() if name not in _CODE or isinstance(value, str)}
    plain.pop("objective", None)
    plain.pop("encoder", None)
    plain.pop("align_to", None)
    given: dict[str, Any] = {}
    tensors: dict[str, Tensor] = {}
    plain["device"] = str(values["device"]) if str(values["device"]) in ("auto", "cpu") else "auto"
    if values["device"] != plain["device"]:
        given["device"] = {
            "name": str(values["device"]), "is_torch_device": isinstance(values["device"], torch.device)
        }  # fmt: skip
    state = values["random_state"]
    if isinstance(state, np.random.RandomState):
        plain["random_state"] = None
        generator = state.get_state(legacy=False)
        if generator["bit_generator"] == "MT19937":
            words = generator["state"]
            given["random_state"] = {
                "position": int(words["pos"]), "has_gauss": int(generator["has_gauss"]),
                "cached_gaussian": float(generator["gauss"]),
            }  # fmt: skip
            tensors[_RANDOM_STATE] = torch.from_numpy(words["key"].astype(np.int64))
    elif state is not None and not isinstance(state, (int, np.integer)):  # the module numpy.random
        plain["random_state"] = None
    if "hidden_sizes" in values:
        sizes = values["hidden_sizes"]
        plain["hidden_sizes"] = [int(size) for size in sizes]
        if not isinstance(sizes, tuple):
            given["hidden_sizes"] = "list" if isinstance(sizes, list) else "array"
    if isinstance(values.get("encoder"), str) and values["encoder"] != "auto":
        given["encoder"] = values["encoder"]
    if isinstance(values.get("preprocessor"), InputSpec):
        given["preprocessor"] = spec_document(values["preprocessor"])
    if "init" in values and not isinstance(values["init"], str):
        init = plain.pop("init")
        if isinstance(init, (list, Tensor)):
            given["init"] = "list" if isinstance(init, list) else "tensor"
        array = torch.as_tensor(np.array(init)) if not isinstance(init, Tensor) else init.detach().cpu()
        tensors["init"] = array if array.dtype in NUMBERS else array.double()
    return {n: v.item() if isinstance(v, np.generic) else v for n, v in plain.items()}, given, tensors


def given_input_parameters(
    document: Mapping[str, Any], preprocessor: Any, encoder: Any, network: str | None
) -> dict[str, Any]:  # fmt: skip
    """The parameters ``encoder`` and ``preprocessor`` again, as far as they are not in ``parameters``.

    Parameters
    ----------
    document : mapping
        Of the estimator.
    preprocessor : Preprocessor or None
        Of the fit.
    encoder : Any
        As it is given to ``load``.
    network : "auto" or None
        What ``encoder`` is where it was a network of the package.

    Raises
    ------
    MismatchError
        For an ``InputSpec`` that is none.
    """
    given = document.get("given", {})
    if encoder is None:
        encoder = given.get("encoder", encoder_of(preprocessor) or network)
    parameters = {"encoder": encoder}
    if "preprocessor" in given:
        try:
            parameters["preprocessor"] = InputSpec(**given["preprocessor"])
        except InvalidParameterError as error:
            raise MismatchError(str(error).rstrip(".")) from None
    elif hasattr(preprocessor, "as_given"):
        parameters["preprocessor"] = preprocessor.as_given()
    return parameters


def parameters_from_parts(
    cls: Any, document: Mapping[str, Any], tensors: Mapping[str, Tensor], *, later: Sequence[str] = (), **others: Any
) -> dict[str, Any]:
    """Arguments of ``cls``, checked against its own constraints.

    Parameters
    ----------
    cls : class of an estimator
    document : mapping
        Its ``parameters``, and its ``given`` where it has one, whose rules have been checked.
    tensors : of the file, checked as well
    later : sequence of str
        Parameters that files of the first release do not have.
    **others : parameters that are not among ``parameters``

    Raises
    ------
    MismatchError
        For a key that ``cls`` does not have, one that is missing, or a value outside its domain.
    """
    parameters, given = document["parameters"], document.get("given", {})
    defaults = cls().get_params(deep=False)
    allowed = defaults.keys() - others.keys()
    absent = {*later, *(name for name in _CODE if name not in others), *(["init"] if "init" in tensors else [])}
    for name in sorted(allowed - absent - parameters.keys()):
        raise MismatchError(f"'parameters' lacks {name!r}")
    for name in parameters.keys() - allowed:
        raise MismatchError(f"'parameters' has the unknown key {name[:80]!r}")
    values = {**defaults, **parameters, **others}
    check_value(values["random_state"], [None, Interval(int, 0, 2**32 - 1)], "'parameters'['random_state']")
    check_value(values["device"], [OneOf("auto", "cpu")], "'parameters'['device']")
    if "random_state" in given:
        values["random_state"] = _random_state(tensors, **given["random_state"])
    if "device" in given:
        values["device"] = _device(**given["device"])
    if isinstance(values.get("hidden_sizes"), list):
        form, sizes = given.get("hidden_sizes"), values["hidden_sizes"]
        values["hidden_sizes"] = sizes if form == "list" else tuple(sizes)
    if "init" in tensors:
        form, init = given.get("init"), tensors["init"]
        values["init"] = init.tolist() if form == "list" else init if form == "tensor" else init.numpy()
    if isinstance(parameters.get("init"), list) and not _is_table(parameters["init"]):
        raise MismatchError("'parameters'['init'] is no table of finite numbers")
    try:
        validate_parameters(cls.__name__, cls._constraints, values)
    except InvalidParameterError as error:
        raise MismatchError(str(error).rstrip(".")) from None
    if given.get("hidden_sizes") == "array":
        values["hidden_sizes"] = np.array(values["hidden_sizes"], dtype=np.int64)
    return values


def spec_document(spec: InputSpec) -> dict[str, Any]:
    """An InputSpec as a file holds it."""
    levels = {str(column): [str(level) for level in levels] for column, levels in spec.levels.items()}
    columns = {str(column): kind for column, kind in spec.columns.items()}
    return {"kind": spec.kind, "columns": columns, "levels": levels, "decimal": spec.decimal}


def _is_table(rows: Any) -> bool:
    try:
        table = np.array(rows, dtype=np.float64)
    except (TypeError, ValueError):
        return False
    return table.ndim == 2 and table.size > 0 and bool(np.isfinite(table).all())


def _random_state(tensors: Mapping[str, Tensor], position: int, has_gauss: int, cached_gaussian: float) -> Any:
    words = tensors.get(_RANDOM_STATE)
    if words is None or len(words) != 624:
        raise MismatchError(f"the tensor {_RANDOM_STATE!r} does not hold the 624 words of a random_state")
    state = np.random.RandomState(0)
    state.set_state(("MT19937", words.numpy().astype(np.uint32), position, has_gauss, cached_gaussian))
    return state


def _device(name: str, is_torch_device: bool) -> Any:
    """The device of the fit where this machine has it, elsewhere "auto"."""
    try:
        resolve_device(name)
    except InvalidParameterError:
        return "auto"
    return torch.device(name) if is_torch_device and name != "auto" else name
