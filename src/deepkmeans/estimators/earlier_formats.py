"""Model files of earlier formats, brought to the names of today: the only place that knows the old ones.

Whatever else is in a file is checked afterwards, by the rules for files of today. A name of today in a file that is
older than it is refused: no version has written one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from ..storage import FORMAT
from ..storage.schema import MismatchError

__all__ = ["upgraded"]

Value = TypeVar("Value")
State = dict[str, Any]

_NETWORK = "encoder/module."
_DENSE = {
    "down": "encoder_layers", "down_norm": "encoder_norms", "up": "decoder_layers", "up_bias": "decoder_biases",
    "up_norm": "decoder_norms",
}  # fmt: skip
#: Layers of the networks of the package, by the name of the network; those of a user's own keep their names.
_LAYERS = {
    "convolutional": {"code": "embedding", "back": "decoder_hidden", "paint": "decoder_out"},
    "dense": _DENSE,
    "variational": _DENSE,
}
#: Hyper-parameters, by the name of the objective.
_PARAMETERS = {"selflabel": {"self_trust": "bootstrap_weight"}}


def upgraded(number: int, state: State, tensors: Mapping[str, Value]) -> tuple[State, dict[str, Value]]:
    """State and tensors of a model in a file of format ``number``, as a file of today has them.

    Raises
    ------
    MismatchError
        For names that the format does not have.
    """
    parts = state, dict(tensors)
    for older in range(number, FORMAT):
        parts = _STEPS[older](*parts)
    return parts


def _from_1_to_2(state: State, tensors: dict[str, Any]) -> tuple[State, dict[str, Any]]:
    """Layers of the networks and a hyper-parameter had other names."""
    state = dict(state)
    layers = _LAYERS.get(_entry(state.get("architecture"), "network"), {})
    if "objective" in state:
        state["objective"] = _objective(state["objective"])
    if isinstance(state.get("given"), dict) and "objective" in state["given"]:
        state["given"] = {**state["given"], "objective": _objective(state["given"]["objective"])}
    return state, {_layer(name, layers): tensor for name, tensor in tensors.items()}


def _from_2_to_3(state: State, tensors: dict[str, Any]) -> tuple[State, dict[str, Any]]:
    """All models took numbers alone."""
    if "preprocessing" in state:
        raise MismatchError("the part 'preprocessing' is unknown in a file of format 2")
    return state, tensors


def _from_3_to_4(state: State, tensors: dict[str, Any]) -> tuple[State, dict[str, Any]]:
    """Clusters could not be corrected, and models knew nothing of their own doubt."""
    for name in ("corrections", "doubt"):
        if name in state:
            raise MismatchError(f"the part {name!r} is unknown in a file of format 3")
    return state, tensors


def _objective(stored: Any) -> Any:
    """An objective with its hyper-parameters under their names of today."""
    names = _PARAMETERS.get(_entry(stored, "name"), {})
    if not names or not isinstance(stored.get("parameters"), dict):
        return stored
    parameters = {_renamed(name, names, "the hyper-parameter"): each for name, each in stored["parameters"].items()}
    return {**stored, "parameters": parameters}


def _layer(name: str, layers: Mapping[str, str]) -> str:
    if not name.startswith(_NETWORK):
        return name
    layer, dot, rest = name.removeprefix(_NETWORK).partition(".")
    return f"{_NETWORK}{_renamed(layer, layers, 'the layer')}{dot}{rest}"


def _renamed(name: str, names: Mapping[str, str], what: str) -> str:
    if name in names.values():
        raise MismatchError(f"{what} {name!r} is unknown in a file of format 1")
    return names.get(name, name)


def _entry(document: Any, key: str) -> str:
    """The text under ``key``, and "" where there is none: nothing has been checked yet."""
    value = document.get(key) if isinstance(document, dict) else None
    return value if isinstance(value, str) else ""


#: From each earlier format to the next.
_STEPS: dict[int, Callable[[State, dict[str, Any]], tuple[State, dict[str, Any]]]] = {
    1: _from_1_to_2, 2: _from_2_to_3, 3: _from_3_to_4,
}  # fmt: skip
