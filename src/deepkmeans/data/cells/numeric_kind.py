"""What a column of numbers is: numbers, moments, a key, or of no use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from .booleans import empty_means_no
from .epochs import epoch_unit
from .identifiers import counted_from, key_reason
from .kind import CONSTANT_NUMBER, EMPTY, ONE_NUMBER, Column
from .missing import SENTINELS
from .units import dimensions_of, in_words, is_currency

__all__ = ["number_reason", "numeric_kind"]


def numeric_kind(name: str, values: np.ndarray, options: dict[str, Any]) -> Column:
    """The column of ``values`` (n,), NaN where missing; ``options`` say how they are read from texts."""
    present = values[~np.isnan(values)]
    if not len(present):
        return Column(name, "empty", EMPTY)
    if (present == present[0]).all():
        return _one_number(name, float(present[0]), len(present) < len(values), options)
    unit = epoch_unit(name, present)
    if unit is not None:
        return Column(name, "date", f"{unit[1]}, as the name of the column says", {**options, "epoch": unit[0]})
    key = key_reason(name, values)
    if key is not None:
        return Column(name, "identifier", key, options)
    notes = [
        f"{mark:g} may stand for a missing value; leave such cells empty if so"
        for mark in SENTINELS if _stands_apart(present, mark)
    ]  # fmt: skip
    first = counted_from(values)
    if first is not None:
        notes.append(
            f"whole numbers {first} to {first + len(values) - 1}, each once, in no order: taken for a rank; if they "
            f"number the rows, say InputSpec(columns={{{name!r}: 'ignored'}})"
        )
    return Column(name, "number", number_reason(options), options, tuple(notes))


def _one_number(name: str, value: float, some_missing: bool, options: dict[str, Any]) -> Column:
    """A column of one number; where it is 1 and cells are missing, these say no."""
    if some_missing and value == 1:
        return Column(name, "boolean", ONE_NUMBER, {**options, "empty_is_no": True}, (empty_means_no("1"),))
    return Column(name, "constant", CONSTANT_NUMBER, options)


def _stands_apart(present: np.ndarray, value: float) -> bool:
    """Whether a number comes more than once, far outside all others."""
    there = present == value
    if there.sum() < 2 or there.all():
        return False
    others = present[~there]
    low, high = float(others.min()), float(others.max())
    return value < low - 2 * (high - low) or value > high + 2 * (high - low) or (value < 0 <= low)


def number_reason(options: Mapping[str, Any]) -> str:
    """What the numbers of a column are, by how they are written."""
    unit = options.get("unit", "")
    if options.get("duration"):
        return "lengths of time, in seconds"
    if options.get("units"):
        return f"{options['units']}, turned into {in_words(unit)}"
    if options.get("of"):
        return f"numbers out of {options['of']}"
    if options.get("opposite"):
        return f"numbers, negative where {options['opposite']!r} is beside them"
    if not unit:
        return "numbers"
    if unit == "%":
        return "percentages"
    if any(map(is_currency, unit.split())):
        words = unit.split()
        return f"amounts in {unit if is_currency(words[0]) else ''.join(reversed(words))}"
    named = dimensions_of(unit) or in_words(unit) == "degrees"
    return f"numbers in {in_words(unit)}" if named else f"numbers with {unit!r} beside them"
