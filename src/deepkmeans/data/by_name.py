"""What a user gives for each input by its name: ``encoder={"title": ...}``, ``preprocessor={"facts": ...}``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._quoting import short
from .._validation import did_you_mean
from ..exceptions import InvalidParameterError

__all__ = ["given_by_name"]


def given_by_name(owner: str, parameter: str, value: Any, names: Sequence[str]) -> dict[str, Any]:
    """The value of a parameter for each of the inputs that are called ``names``: "auto" where there is none.

    Raises
    ------
    InvalidParameterError
        For a name that no input has, and for what is neither "auto" nor by name.
    """
    if isinstance(value, str) and value == "auto":
        return dict.fromkeys(names, "auto")
    if not isinstance(value, Mapping):
        raise InvalidParameterError(
            f"The {parameter!r} parameter of {owner} must be 'auto' or a mapping for several inputs. Got "
            f"{short(value)} instead; say for which input it is, as {parameter}={{{names[0]!r}: ...}}."
        )
    for name in value:
        if name not in names:
            raise InvalidParameterError(
                f"The {parameter!r} parameter of {owner} has a value for {short(name)}, and the inputs are "
                f"{', '.join(map(repr, names))}{did_you_mean(name, names)}; name it as in fit, or leave it out."
            )
    return {name: value.get(name, "auto") for name in names}
