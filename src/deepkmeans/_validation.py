"""The one place that says "bad argument": a table of constraints beside each class, checked in ``fit``.

A class states ``_constraints = {"n_clusters": [Interval(int, 1, None)], "init": [OneOf("random"), callable]}``;
:func:`validate_parameters` checks the stored values and raises one sentence that names the parameter,
the value, what is accepted and, for names, the nearest one.
"""

from __future__ import annotations

import difflib
import inspect
import math
import numbers
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .exceptions import InvalidParameterError

__all__ = [
    "Instance", "Interval", "OneOf", "did_you_mean", "refuse_renamed", "takes", "validate_estimator",
    "validate_parameters",
]  # fmt: skip


#: Integers from here on do not fit into 64 bits.
_BEYOND = 2**63


@dataclass(frozen=True)
class Interval:
    """Numbers of ``kind`` (int or float) from ``low`` to ``high``; None is unbounded, ends are included unless open.

    Numbers must be finite, and integers must fit into 64 bits, as all later code assumes.
    """

    kind: type
    low: float | None
    high: float | None
    open_low: bool = False
    open_high: bool = False

    def accepts(self, value: Any) -> bool:
        wanted = numbers.Integral if self.kind is int else numbers.Real
        if isinstance(value, bool) or not isinstance(value, wanted) or not _is_usable(value):
            return False
        number: Any = value  # compared as it is: as a float, a large integer would be rounded or overflow
        above = self.low is None or (number > self.low if self.open_low else number >= self.low)
        below = self.high is None or (number < self.high if self.open_high else number <= self.high)
        return bool(above and below)

    def __str__(self) -> str:
        name = "an integer" if self.kind is int else "a number"
        if self.low is not None and self.high is not None:
            if self.open_low or self.open_high:
                low, high = ">" if self.open_low else ">=", "<" if self.open_high else "<="
                return f"{name} {low} {self.low} and {high} {self.high}"
            return f"{name} from {self.low} to {self.high}"
        if self.low is not None:
            return f"{name} {'>' if self.open_low else '>='} {self.low}"
        if self.high is not None:
            return f"{name} {'<' if self.open_high else '<='} {self.high}"
        return name


def _is_usable(number: Any) -> bool:
    """Finite, and no integer beyond 64 bits."""
    if isinstance(number, numbers.Integral):
        return -_BEYOND <= int(number) < _BEYOND
    try:
        return math.isfinite(number)
    except OverflowError:  # of a fraction
        return False


class OneOf:
    """A closed set of names."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def accepts(self, value: Any) -> bool:
        return isinstance(value, str) and value in self.names

    def __str__(self) -> str:
        return ("one of " if len(self.names) > 1 else "") + ", ".join(repr(name) for name in self.names)


class Instance:
    """Values of a type, or values for which a predicate holds; ``words`` describe them in messages."""

    def __init__(self, test: type | tuple[type, ...] | Callable[[Any], bool], words: str) -> None:
        self.test, self.words = test, words

    def accepts(self, value: Any) -> bool:
        if isinstance(self.test, (type, tuple)):
            return isinstance(value, self.test)
        return bool(self.test(value))

    def __str__(self) -> str:
        return self.words


Constraint = Interval | OneOf | Instance | None


def did_you_mean(value: Any, names: Iterable[str]) -> str:
    """`` (did you mean 'x'?)`` for a name close to one of ``names``, else an empty string."""
    if not isinstance(value, str):
        return ""
    near = difflib.get_close_matches(value.lower(), list(names), n=1, cutoff=0.5)
    return f" (did you mean {near[0]!r}?)" if near else ""


def takes(function: Callable[..., Any], *arguments: Any) -> bool:
    """Whether ``function`` can be called with these arguments, as far as its signature tells."""
    try:
        inspect.signature(function).bind(*arguments)
    except TypeError:
        return False
    except ValueError:  # some functions written in C have no signature
        return True
    return True


def refuse_renamed(owner: str, given: Iterable[str], renamed: Mapping[str, str]) -> None:
    """Refuse arguments that ``owner`` does not take, with the name of today for one that had another."""
    for name in given:
        if name in renamed:
            raise InvalidParameterError(f"The {name!r} parameter of {owner} is now {renamed[name]!r}; pass that.")
        raise TypeError(f"{owner}() got an unexpected keyword argument {name!r}")


def validate_parameters(owner: str, constraints: Mapping[str, list[Constraint]], values: Mapping[str, Any]) -> None:
    """Check ``values`` against ``constraints``; raise :class:`InvalidParameterError` at the first that fails."""
    for name, accepted in constraints.items():
        value = values[name]
        if any(value is None if rule is None else rule.accepts(value) for rule in accepted):
            continue
        names = [entry for rule in accepted if isinstance(rule, OneOf) for entry in rule.names]
        expected = " or ".join("None" if rule is None else str(rule) for rule in accepted)
        shown = _shown(value)
        raise InvalidParameterError(
            f"The {name!r} parameter of {owner} must be {expected}. "
            f"Got {shown} instead{_why(value)}{did_you_mean(value, names)}."
        )


def validate_estimator(estimator: Any) -> None:
    """Check the parameters that ``estimator`` stores, also those that a subclass fixes and does not take itself."""
    name, constraints = type(estimator).__name__, estimator._constraints
    lacking = [each for each in constraints if not hasattr(estimator, each)]
    if lacking:
        raise InvalidParameterError(
            f"{name} does not store the parameter {lacking[0]!r}: call super().__init__(...) in its __init__."
        )
    validate_parameters(name, constraints, {each: getattr(estimator, each) for each in constraints})


def _shown(value: Any) -> str:
    try:
        text = repr(value)
    except ValueError:  # Python writes no integer of more than 4,300 digits
        text = f"an integer of about {int(value.bit_length() * 0.30103)} digits"
    return text if len(text) < 80 else text[:77] + "..."


def _why(value: Any) -> str:
    """Why a number within the stated bounds is refused all the same."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real) or _is_usable(value):
        return ""
    return ", which is more than 64 bits" if isinstance(value, numbers.Integral) else ", which is not finite"
