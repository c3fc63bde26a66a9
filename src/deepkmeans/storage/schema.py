"""Rules for what a file holds, stated beside the classes that write it and checked before anything is built.

Right checksums say nothing about who wrote a file, so its content is checked as well. A class states a :class:`Record`
for its part of the document and a table of :class:`TensorOf` for its tensors; single values follow the constraints of
``_validation``, as parameters do. Sizes are names that must mean one number throughout a file: tensors of
``("n_clusters", "n_features")`` and ``("n_clusters",)`` have to agree.
"""

from __future__ import annotations

import math
import re
import reprlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from .._validation import Constraint, Instance, Interval

__all__ = [
    "BOOL", "COUNT", "FINITE", "FLOATS", "NAME", "NOT_NEGATIVE", "NUMBER", "NUMBERS", "POSITIVE", "SIZE", "TEXT",
    "ListOf", "MapOf", "MismatchError", "Record", "Rule", "TensorOf", "check_tensors", "check_tensors_like",
    "check_value",
]  # fmt: skip


class MismatchError(ValueError):
    """A part of a file breaks its rule; the message names the part, what was expected and what is there."""


@dataclass(frozen=True)
class Record:
    """An object with these keys, each with its rules: ``optional`` ones may be absent, ``others`` allows more."""

    required: Mapping[str, Sequence[Rule]]
    optional: Mapping[str, Sequence[Rule]] = field(default_factory=dict)
    others: bool = False

    def __str__(self) -> str:
        return "an object"


@dataclass(frozen=True)
class ListOf:
    """A list whose entries all follow ``rules``."""

    rules: Sequence[Rule]
    length: int | None = None

    def __str__(self) -> str:
        return "a list" if self.length is None else f"a list of {self.length:,} entries"


@dataclass(frozen=True)
class MapOf:
    """An object with any keys whose values all follow ``rules``; without rules, any JSON."""

    rules: Sequence[Rule] = ()

    def __str__(self) -> str:
        return "an object"


Rule = Constraint | Record | ListOf | MapOf

BOOL: Sequence[Rule] = (Instance(bool, "a bool"),)
#: Counts, from 0, and sizes, from 1.
COUNT: Sequence[Rule] = (Interval(int, 0, None),)
SIZE: Sequence[Rule] = (Interval(int, 1, None),)
NUMBER: Sequence[Rule] = (Instance(lambda value: _is_number(value), "a number"),)
FINITE: Sequence[Rule] = (Instance(lambda value: _is_number(value) and math.isfinite(value), "a finite number"),)
#: Infinity included: a sum may have overflowed.
NOT_NEGATIVE: Sequence[Rule] = (Interval(float, 0, None),)
POSITIVE: Sequence[Rule] = (Instance(lambda value: _is_number(value) and 0 < value < math.inf, "a finite number > 0"),)
TEXT: Sequence[Rule] = (Instance(str, "a string"),)
#: The name of a class, a network or a phase, which messages show.
NAME: Sequence[Rule] = (Instance(lambda value: _is_name(value), "a printable name of at most 200 characters"),)

FLOATS = (torch.float64, torch.float32)
NUMBERS = (
    *FLOATS, torch.float16, torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8,
)  # fmt: skip


@dataclass(frozen=True)
class TensorOf:
    """A finite tensor of one of the dtypes and of this shape; :func:`check_tensors_like` uses its range alone.

    Attributes
    ----------
    dtypes : sequence of torch.dtype
    shape : tuple of str
        Names of sizes: the same name means the same number in the whole file, which is not 0 unless ``may_be_empty``.
    low, high : float or None
        Every entry is at least ``low`` (more with ``above``) and at most ``high``.
    below : str or None
        Every entry is below this size, as labels are.
    optional, may_be_empty : bool
    """

    dtypes: Sequence[torch.dtype] = ()
    shape: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    above: bool = False
    below: str | None = None
    optional: bool = False
    may_be_empty: bool = False


def check_value(value: Any, rules: Sequence[Rule], path: str) -> None:
    """Raise :class:`MismatchError` unless ``value``, at ``path`` in the document, follows one of the rules."""
    for rule in rules:
        if isinstance(rule, (Record, MapOf)):
            if isinstance(value, dict):
                return _check_object(value, rule, path)
        elif isinstance(rule, ListOf):
            if isinstance(value, list) and rule.length in (None, len(value)):
                for position, entry in enumerate(value):
                    check_value(entry, rule.rules, f"{path}[{position}]")
                return None
        elif value is None if rule is None else rule.accepts(value):
            return None
    expected = " or ".join("null" if rule is None else str(rule) for rule in rules)
    raise MismatchError(f"{path} must be {expected}. Got {_shown(value)} instead")


def check_tensors(
    tensors: Mapping[str, Tensor], table: Mapping[str, TensorOf], *, prefix: str = "",
    sizes: Mapping[str, int] | None = None,
) -> dict[str, int]:  # fmt: skip
    """Check the tensors whose names begin with ``prefix`` against ``table``; return the sizes, known ones included."""
    known = dict(sizes or {})
    present = {name[len(prefix) :]: tensor for name, tensor in tensors.items() if name.startswith(prefix)}
    for name in present.keys() - table.keys():
        raise MismatchError(f"the tensor {_shown(prefix + name)} is unknown")
    for name, rule in table.items():
        path = f"the tensor {prefix + name!r}"
        if name not in present:
            if rule.optional:
                continue
            raise MismatchError(f"{path} is missing")
        tensor = present[name]
        _check_layout(tensor, rule.dtypes, [known.get(size, size) for size in rule.shape], path)
        for size, number in zip(rule.shape, tensor.shape, strict=True):
            if number == 0 and not rule.may_be_empty:
                raise MismatchError(f"{path} is empty: its shape is {tuple(tensor.shape)}")
            known[size] = number
        _check_entries(tensor, rule, path, known)
    return known


def check_tensors_like(
    tensors: Mapping[str, Tensor], expected: Mapping[str, Tensor], *, prefix: str = "",
    ranges: Mapping[str, TensorOf] | None = None, sizes: Mapping[str, int] | None = None,
) -> None:  # fmt: skip
    """Check that ``tensors`` have the names, shapes and dtypes of ``expected``, and are finite where those are.

    ``ranges`` add bounds to tensors by the last part of their name. ``expected`` may be on the meta device; then every
    tensor must be finite.
    """
    table = {"running_var": TensorOf(low=0.0), **(ranges or {})}  # batch normalisation takes its root
    for name in tensors.keys() ^ expected.keys():
        raise MismatchError(f"the tensor {_shown(prefix + name)} is {'unknown' if name in tensors else 'missing'}")
    for name, tensor in expected.items():
        path = f"the tensor {prefix + name!r}"
        _check_layout(tensors[name], [tensor.dtype], list(tensor.shape), path)
        # The author of a network may have put an infinite mask in it; learnt weights are finite.
        if tensor.is_meta or bool(torch.isfinite(tensor).all()):
            _check_entries(tensors[name], table.get(re.split("[./]", name)[-1], TensorOf()), path, sizes or {})


def _check_object(value: dict[str, Any], rule: Record | MapOf, path: str) -> None:
    if isinstance(rule, MapOf):
        for key, entry in value.items() if rule.rules else ():
            check_value(entry, rule.rules, f"{path}[{_shown(key)}]")
        return
    for key in rule.required:
        if key not in value:
            raise MismatchError(f"{path} lacks {key!r}")
    for key, entry in value.items():
        rules = rule.required.get(key, rule.optional.get(key))
        if rules is not None:
            check_value(entry, rules, f"{path}[{key!r}]")
        elif not rule.others:
            raise MismatchError(f"{path} has the unknown key {_shown(key)}")


def _check_layout(tensor: Tensor, dtypes: Sequence[torch.dtype], shape: Sequence[int | str], path: str) -> None:
    if tensor.dtype not in dtypes:
        names = " or ".join(str(dtype).removeprefix("torch.") for dtype in dtypes)
        raise MismatchError(f"{path} must be of dtype {names}. Got {str(tensor.dtype).removeprefix('torch.')} instead")
    fits = tensor.dim() == len(shape) and all(
        isinstance(expected, str) or expected == number for expected, number in zip(shape, tensor.shape, strict=True)
    )
    if not fits:
        words = "(" + ", ".join(str(size) for size in shape) + ("," if len(shape) == 1 else "") + ")"
        raise MismatchError(f"{path} must be of shape {words}. Got {tuple(tensor.shape)} instead")


def _check_entries(tensor: Tensor, rule: TensorOf, path: str, sizes: Mapping[str, int]) -> None:
    if not tensor.numel() or tensor.dtype == torch.bool:
        return
    low, high = (float(bound) for bound in torch.aminmax(tensor.float() if tensor.element_size() < 4 else tensor))
    if not (math.isfinite(low) and math.isfinite(high)):
        raise MismatchError(f"{path} holds {'NaN' if low != low else 'infinity'}, where all numbers must be finite")
    if rule.low is not None and (low <= rule.low if rule.above else low < rule.low):
        raise MismatchError(f"{path} holds {low:g}, where all must be {'>' if rule.above else '>='} {rule.low:g}")
    most = rule.high if rule.below is None else sizes[rule.below] - 1
    if most is not None and high > most:
        raise MismatchError(f"{path} holds {high:g}, where all must be <= {most:g}")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 200 and value.isprintable()


_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = _SHORT.maxlong = 80


def _shown(value: Any) -> str:
    """A value of the file for a message: short and escaped, as it may be anything."""
    text = _SHORT.repr(value)
    return text if len(text) <= 200 else text[:197] + "..."
