"""The parameters ``encoder`` and ``preprocessor`` of a model in a file where they are given by the names of inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._validation import OneOf
from ..data.by_name import given_by_name
from ..data.input_spec import InputSpec
from ..data.preprocessing.stored import encoder_of
from ..exceptions import InvalidParameterError, ModelFileError
from ..storage.schema import TEXT, MapOf, MismatchError, Rule
from .stored_parameters import STORED_SPEC, spec_document

__all__ = ["STORED_BY_NAME", "by_name_from_parts", "by_name_to_parts", "given_to_load"]

#: Rules of ``given``: names of encoders, and what is said of inputs; code is not in a file.
STORED_BY_NAME: Mapping[str, Sequence[Rule]] = {
    "encoders": [MapOf(TEXT)], "preprocessors": [MapOf([OneOf("auto"), STORED_SPEC])],
}  # fmt: skip


def by_name_to_parts(model: Any) -> dict[str, Any]:
    """What ``given`` holds of the parameters that are mappings."""
    given: dict[str, Any] = {}
    if isinstance(model.encoder, Mapping):
        given["encoders"] = {name: each for name, each in model.encoder.items() if isinstance(each, str)}
    if isinstance(model.preprocessor, Mapping):
        given["preprocessors"] = {
            name: each if isinstance(each, str) else spec_document(each)
            for name, each in model.preprocessor.items()
            if isinstance(each, (str, InputSpec))
        }
    return given


def by_name_from_parts(document: Mapping[str, Any], preprocessors: Mapping[str, Any], encoder: Any) -> dict[str, Any]:
    """The parameters that were mappings again, with the preprocessors of the fit by name, and what ``load`` is given.

    Raises
    ------
    MismatchError
        For an ``InputSpec`` that is none.
    """
    given, parameters = document.get("given", {}), dict[str, Any]()
    if "encoders" in given or isinstance(encoder, Mapping):
        encoders = {name: encoder_of(preprocessor) for name, preprocessor in preprocessors.items()}
        encoders = {name: each for name, each in encoders.items() if each is not None}
        loaded = encoder
        if not isinstance(encoder, Mapping):  # of the one input
            loaded = {} if encoder is None else dict.fromkeys(preprocessors, encoder)
        parameters["encoder"] = {**encoders, **given.get("encoders", {}), **loaded}
    if "preprocessors" in given:
        transformers = {name: each.as_given() for name, each in preprocessors.items() if hasattr(each, "as_given")}
        try:
            parameters["preprocessor"] = transformers | {
                name: each if isinstance(each, str) else InputSpec(**each)
                for name, each in given["preprocessors"].items()
            }
        except InvalidParameterError as error:
            raise MismatchError(str(error).rstrip(".")) from None
    return parameters


def given_to_load(parameter: str, value: Any, names: Sequence[str]) -> dict[str, Any]:
    """What ``load`` is given for each of the inputs, None where nothing is.

    Raises
    ------
    ModelFileError
        For what is not by name, or has a name that no input has.
    """
    if value is None:
        return dict.fromkeys(names)
    try:
        by_name = given_by_name("load", parameter, value, names)
    except InvalidParameterError as error:
        raise ModelFileError(str(error).rstrip(".")) from None
    return {name: None if isinstance(each, str) and each == "auto" else each for name, each in by_name.items()}
