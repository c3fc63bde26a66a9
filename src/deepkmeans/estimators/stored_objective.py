"""The objective of a model in a file: its name and hyper-parameters, and how it was given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._validation import OneOf, did_you_mean
from ..exceptions import InvalidParameterError
from ..objectives import OBJECTIVES, Objective, make_objective
from ..storage.schema import FINITE, NAME, MapOf, MismatchError, Record

__all__ = [
    "GIVEN_OBJECTIVE", "STORED_OBJECTIVE", "UnknownObjective", "objective_from_parts", "objective_given_from_parts",
    "objective_given_to_parts", "objective_name", "objective_to_parts",
]  # fmt: skip

#: Hyper-parameters of all objectives are numbers.
STORED_OBJECTIVE = Record({"name": NAME, "parameters": [MapOf(FINITE)]})
#: The parameter ``objective``: a name, an instance, a class, or code that is not in the file.
GIVEN_OBJECTIVE = Record(
    {"form": [OneOf("name", "instance", "class", "code")], "name": NAME}, {"parameters": [MapOf(FINITE)]}
)


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
    return _registered(type(objective)) or type(objective).__name__


def objective_to_parts(objective: Any) -> dict[str, Any]:
    """Name and hyper-parameters of the objective of a fit; of code of the user's own the name alone."""
    parameters = objective.get_params() if _registered(type(objective)) else {}
    return {"name": objective_name(objective), "parameters": parameters}


def objective_from_parts(document: Mapping[str, Any]) -> Any:
    """The objective of the fit, or what stands for it."""
    name = document["name"]
    if name not in OBJECTIVES:
        return UnknownObjective(name)
    cls, parameters = OBJECTIVES[name], document["parameters"]
    names = set(cls._parameter_names())
    if not names - cls._later_parameters <= parameters.keys() <= names:
        raise MismatchError(f"the hyper-parameters of the objective {name!r} are not {cls._parameter_names()!r}")
    try:
        return make_objective(cls(**parameters))
    except InvalidParameterError as error:
        raise MismatchError(str(error).rstrip(".")) from None


def objective_given_to_parts(value: Any) -> dict[str, Any]:
    """The parameter ``objective`` as it was given."""
    if isinstance(value, str):
        return {"form": "name", "name": value}
    if isinstance(value, Objective) and _registered(type(value)):
        return {"form": "instance", **objective_to_parts(value)}
    if isinstance(value, type):
        name = _registered(value)
        return {"form": "code" if name is None else "class", "name": name or value.__name__}
    is_instance = isinstance(value, (Objective, UnknownObjective))
    return {"form": "code", "name": objective_name(value) if is_instance else getattr(value, "__name__", "function")}


def objective_given_from_parts(document: Mapping[str, Any] | None, fitted: Any) -> Any:
    """The parameter again; of code, which is not in the file, ``fitted``, the objective that it made.

    So it is for files of the first release, which do not say how it was given.
    """
    if document is None or document["form"] == "code":
        return fitted
    if document["form"] == "instance":
        return objective_from_parts({"name": document["name"], "parameters": document.get("parameters", {})})
    if document["name"] not in OBJECTIVES:
        raise MismatchError(f"'given'['objective'] names {document['name'][:80]!r}, which is no objective")
    return document["name"] if document["form"] == "name" else OBJECTIVES[document["name"]]


def _registered(cls: type) -> str | None:
    return next((name for name, registered in OBJECTIVES.items() if registered is cls), None)
