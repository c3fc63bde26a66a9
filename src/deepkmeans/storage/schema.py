"""Rules for what a file holds, stated beside the classes that write it and checked before anything is built.

A file whose checksums hold says nothing about who wrote it. So a class states a :class:`Record` for its part of the
document and a table of :class:`TensorOf` for its tensors; single values follow the constraints of ``_validation``, the
same that its parameters follow. Sizes are names that must mean one number throughout a file: tensors of
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
    """A part of a file is not what its rule says: the part, what was expected and what is there, in one line."""


@dataclass(frozen=True)
class Record:
    """An object with these keys, each with its rules; ``optional`` ones may be absent, ``others`` may be there."""

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
#: Whole numbers that count something, and sizes, of which there is at least one.
COUNT: Sequence[Rule] = (Interval(int, 0, None),)
SIZE: Sequence[Rule] = (Interval(int, 1, None),)
NUMBER: Sequence[Rule] = (Instance(lambda value: _is_number(value), "a number"),)
FINITE: Sequence[Rule] = (Instance(lambda value: _is_number(value) and math.isfinite(value), "a finite number"),)
#: Sums may have left the floats upwards.
NOT_NEGATIVE: Sequence[Rule] = (Interval(float, 0, None),)
POSITIVE: Sequence[Rule] = (Instance(lambda value: _is_number(value) and 0 < value < math.inf, "a finite number > 0"),)
TEXT: Sequence[Rule] = (Instance(str, "a string"),)
#: Of a class, a network, a phase: it is shown in messages.
NAME: Sequence[Rule] = (Instance(lambda value: _is_name(value), "a printable name of at most 200 characters"),)

FLOATS = (torch.float64, torch.float32)
NUMBERS = (
    *FLOATS, torch.float16, torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8,
)  # fmt: skip


@dataclass(frozen=True)
class TensorOf:
    """A tensor of one of the dtypes and of this shape, all finite; for :func:`check_tensors_like` its range alone.

    Attributes
    ----------
    dtypes : sequence of torch.dtype
    shape : tuple of str
        Names of sizes; the same name is the same number in the whole file. None of them is 0 unless ``may_be_empty``.
    low, high : float or None
        Every entry is at least ``low`` (more with ``above``) and at most ``high``.
    below : str or None
        Every entry is below this size: labels.
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


def check_value(value: Any, rules: Sequence[Rule], place: str) -> None:
    """Raise :class:`MismatchError` unless ``value``, found at ``place``, follows one of the rules."""
    for rule in rules:
        if isinstance(rule, (Record, MapOf)):
            if isinstance(value, dict):
                return _check_object(value, rule, place)
        elif isinstance(rule, ListOf):
            if isinstance(value, list) and rule.length in (None, len(value)):
                for position, entry in enumerate(value):
                    check_value(entry, rule.rules, f"{place}[{position}]")
                return None
        elif value is None if rule is None else rule.accepts(value):
            return None
    expected = " or ".join("null" if rule is None else str(rule) for rule in rules)
    raise MismatchError(f"{place} must be {expected}. Got {_shown(value)} instead")


def check_tensors(
    tensors: Mapping[str, Tensor], table: Mapping[str, TensorOf], *, prefix: str = "",
    sizes: Mapping[str, int] | None = None,
) -> dict[str, int]:  # fmt: skip
    """Check the tensors whose names begin with ``prefix`` against ``table``; return the sizes, known ones included."""
    known = dict(sizes or {})
    own = {name[len(prefix) :]: tensor for name, tensor in tensors.items() if name.startswith(prefix)}
    for name in own.keys() - table.keys():
        raise MismatchError(f"the tensor {_shown(prefix + name)} is unknown")
    for name, rule in table.items():
        place = f"the tensor {prefix + name!r}"
        if name not in own:
            if rule.optional:
                continue
            raise MismatchError(f"{place} is missing")
        tensor = own[name]
        _check_layout(tensor, rule.dtypes, [known.get(size, size) for size in rule.shape], place)
        for size, number in zip(rule.shape, tensor.shape, strict=True):
            if number == 0 and not rule.may_be_empty:
                raise MismatchError(f"{place} is empty: its shape is {tuple(tensor.shape)}")
            known[size] = number
        _check_entries(tensor, rule, place, known)
    return known


def check_tensors_like(
    found: Mapping[str, Tensor], wanted: Mapping[str, Tensor], *, prefix: str = "",
    ranges: Mapping[str, TensorOf] | None = None, sizes: Mapping[str, int] | None = None,
) -> None:  # fmt: skip
    """Check that ``found`` has the names, shapes and dtypes of ``wanted``, and finite numbers where that has.

    ``ranges`` say more of the tensors whose last name they have. ``wanted`` may be on the meta device, and should then
    be finite everywhere.
    """
    table = {"running_var": TensorOf(low=0.0), **(ranges or {})}  # batch normalisation takes its root
    for name in found.keys() ^ wanted.keys():
        raise MismatchError(f"the tensor {_shown(prefix + name)} is {'unknown' if name in found else 'missing'}")
    for name, tensor in wanted.items():
        place = f"the tensor {prefix + name!r}"
        _check_layout(found[name], [tensor.dtype], list(tensor.shape), place)
        # Whoever wrote a network may have put an infinite mask in it; what a fit has learnt is finite.
        if tensor.is_meta or bool(torch.isfinite(tensor).all()):
            _check_entries(found[name], table.get(re.split("[./]", name)[-1], TensorOf()), place, sizes or {})


def _check_object(value: dict[str, Any], rule: Record | MapOf, place: str) -> None:
    if isinstance(rule, MapOf):
        for key, entry in value.items() if rule.rules else ():
            check_value(entry, rule.rules, f"{place}[{_shown(key)}]")
        return
    for key in rule.required:
        if key not in value:
            raise MismatchError(f"{place} lacks {key!r}")
    for key, entry in value.items():
        rules = rule.required.get(key, rule.optional.get(key))
        if rules is not None:
            check_value(entry, rules, f"{place}[{key!r}]")
        elif not rule.others:
            raise MismatchError(f"{place} has the unknown key {_shown(key)}")


def _check_layout(tensor: Tensor, dtypes: Sequence[torch.dtype], shape: Sequence[int | str], place: str) -> None:
    if tensor.dtype not in dtypes:
        names = " or ".join(str(dtype).removeprefix("torch.") for dtype in dtypes)
        raise MismatchError(f"{place} must be of dtype {names}. Got {str(tensor.dtype).removeprefix('torch.')} instead")
    fits = tensor.dim() == len(shape) and all(
        isinstance(wanted, str) or wanted == number for wanted, number in zip(shape, tensor.shape, strict=True)
    )
    if not fits:
        words = "(" + ", ".join(str(size) for size in shape) + ("," if len(shape) == 1 else "") + ")"
        raise MismatchError(f"{place} must be of shape {words}. Got {tuple(tensor.shape)} instead")


def _check_entries(tensor: Tensor, rule: TensorOf, place: str, sizes: Mapping[str, int]) -> None:
    if not tensor.numel() or tensor.dtype == torch.bool:
        return
    low, high = (float(bound) for bound in torch.aminmax(tensor.float() if tensor.element_size() < 4 else tensor))
    if not (math.isfinite(low) and math.isfinite(high)):
        raise MismatchError(f"{place} holds {'NaN' if low != low else 'infinity'}, where all numbers must be finite")
    if rule.low is not None and (low <= rule.low if rule.above else low < rule.low):
        raise MismatchError(f"{place} holds {low:g}, where all must be {'>' if rule.above else '>='} {rule.low:g}")
    most = rule.high if rule.below is None else sizes[rule.below] - 1
    if most is not None and high > most:
        raise MismatchError(f"{place} holds {high:g}, where all must be <= {most:g}")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 200 and value.isprintable()


_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = _SHORT.maxlong = 80


def _shown(value: Any) -> str:
    """A value of the file in a message: short, and escaped, since it may be anything."""
    text = _SHORT.repr(value)
    return text if len(text) <= 200 else text[:197] + "..."
