"""What a column of numbers is: numbers, moments, a key, or of no use."""

from __future__ import annotations

from typing import Any

import numpy as np

from .epochs import epoch_unit
from .identifiers import is_key_name, key_reason
from .kind import CONSTANT_NUMBER, EMPTY, Column
from .missing import SENTINELS

__all__ = ["numeric_kind"]


def numeric_kind(name: str, values: np.ndarray, options: dict[str, Any]) -> Column:
    """The column of ``values`` (n,), NaN where missing; ``options`` say how they are read from texts."""
    present = values[~np.isnan(values)]
    if not len(present):
        return Column(name, "empty", EMPTY)
    if (present == present[0]).all():
        return Column(name, "constant", CONSTANT_NUMBER, options)
    unit = epoch_unit(name, present)
    if unit is not None:
        return Column(name, "date", f"{unit[1]}, and the name of a time", {**options, "epoch": unit[0]})
    key = key_reason(values, named=is_key_name(name))
    if key is not None:
        return Column(name, "identifier", key, options)
    marks = [mark for mark in SENTINELS if _stands_apart(present, mark)]
    notes = tuple(f"{mark:g} may stand for a missing value; leave such cells empty if so" for mark in marks)
    reason = f"numbers in {options['unit']}" if options.get("unit") else "numbers"
    return Column(name, "number", reason, options, notes)


def _stands_apart(present: np.ndarray, value: float) -> bool:
    """Whether a number comes more than once, far outside all others."""
    there = present == value
    if there.sum() < 2 or there.all():
        return False
    others = present[~there]
    low, high = float(others.min()), float(others.max())
    return value < low - 2 * (high - low) or value > high + 2 * (high - low) or (value < 0 <= low)
