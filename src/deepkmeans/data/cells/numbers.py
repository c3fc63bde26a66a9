"""Numbers as people write them: marks between thousands, decimal commas, units, signs, percent, "1.2k", "(1,200)"."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from .compounds import compound_value
from .durations import seconds
from .number_grammar import NUMBER, SPACES, THOUSANDS, infinity, plain_marks, power_of, unit_name, unit_of
from .qualified import bare_number
from .units import convert

__all__ = ["parse_numbers"]

#: No unit: of texts that have several, or are no numbers.
_SEVERAL = "\0"


def parse_numbers(texts: Sequence[str], options: Mapping[str, Any]) -> np.ndarray:
    """Texts as float64 (n,), correctly rounded; NaN for what is no number, and infinity for "inf".

    Parameters
    ----------
    texts : sequence of str
    options : mapping
        Of :func:`~deepkmeans.data.cells.number_options.number_options`: ``decimal`` ("." if absent), ``unit``,
        ``units`` (what they measure, if there are several: all become ``unit``), ``powers`` (whether "k" is a
        thousand), ``marked``, ``of``, ``fractions``, ``opposite``; or ``duration`` and ``minutes``.
    """
    if options.get("duration"):
        return _each(lambda text: seconds(text, options.get("minutes", False)), texts)
    if options.get("marked"):
        texts = [bare_number(text, options) for text in texts]
    if options.get("units"):
        return _in_one_unit(texts, options.get("decimal", "."), options["unit"], options["units"])
    decimal, unit, powers = options.get("decimal", "."), options.get("unit", ""), bool(options.get("powers"))
    if decimal == "." and not unit and (values := _floats(texts)) is not None:
        return values
    reader = _Reader(decimal, unit, powers)
    common = np.fromiter(map(bool, map(_common_shape(decimal, unit, powers), texts)), dtype=bool, count=len(texts))
    if not common.any():
        return _each(reader.read, texts)
    values = np.empty(len(texts))
    if common.all():
        values[:] = _without_marks(texts, decimal, unit)
        return values
    values[common] = _without_marks([texts[row] for row in np.flatnonzero(common).tolist()], decimal, unit)
    values[~common] = _each(reader.read, [texts[row] for row in np.flatnonzero(~common).tolist()])
    return values


def _in_one_unit(texts: Sequence[str], decimal: str, unit: str, dimension: str) -> np.ndarray:
    """Numbers in units of one dimension, and without any, as so many of ``unit``."""
    grouped: dict[str, list[int]] = {}
    for row, text in enumerate(texts):
        written = unit_of(text, decimal)
        grouped.setdefault(_SEVERAL if written is None else written, []).append(row)
    values = np.full(len(texts), np.nan)
    for written, rows in grouped.items():
        if written == _SEVERAL:
            values[rows] = [compound_value(texts[row], decimal, unit, dimension) for row in rows]
            continue
        numbers = parse_numbers([texts[row] for row in rows], {"decimal": decimal, "unit": written})
        if written not in ("", unit):
            numbers = np.array([convert(number, written, unit, dimension) for number in numbers.tolist()])
        values[rows] = numbers
    return values


def _each(read: Callable[[str], float], texts: Sequence[str]) -> np.ndarray:
    return np.fromiter(map(read, texts), dtype=np.float64, count=len(texts))


def _floats(texts: Sequence[str]) -> np.ndarray | None:
    """Texts that all are numbers to Python, without the marks that only its programmers use."""
    if "_" in "".join(texts):
        return None
    try:
        return _each(float, texts)
    except ValueError:
        return None


def _common_shape(decimal: str, unit: str, powers: bool) -> Callable[[str], Any]:
    """What is true of a text that is a number as most are, which is read faster, to the same end."""
    if powers or unit in ("e", "E"):
        return lambda text: False
    spaces = f" {SPACES}"
    thousands = THOUSANDS[decimal].replace("[ ']", f"[{spaces}'’]")
    number = rf"(?:[0-9]+|{thousands})(?:{re.escape(decimal)}[0-9]+)?(?:[eE][+-]?[0-9]+)?"
    if unit:  # before the number or after it, not both
        number = rf"({re.escape(unit)}[{spaces}]?)?{number}(?(1)|(?:[{spaces}]?{re.escape(unit)})?)"
    return re.compile(f"-?{number}").fullmatch


def _without_marks(texts: Sequence[str], decimal: str, unit: str) -> np.ndarray:
    """Numbers of the common shape, all at once."""
    joined = "\n".join(texts)
    removed = [*SPACES, " ", "'", "’", "," if decimal == "." else "."]
    for mark in [unit, *removed] if unit else removed:
        joined = joined.replace(mark, "")
    return _each(float, joined.replace(decimal, ".").split("\n"))


class _Reader:
    """Reads a number with one decimal mark and one unit."""

    def __init__(self, decimal: str, unit: str, powers: bool) -> None:
        self.match = NUMBER[decimal].fullmatch
        self.unit, self.powers = unit, powers

    def read(self, text: str) -> float:
        """The number, or NaN."""
        match = self.match(plain_marks(text))
        if match is None:
            return infinity(text)
        opened, sign, before, sign2, whole, part, power, after, closed = match.groups()
        if (not whole and not part) or (opened is None) != (closed is None) or (sign and sign2):
            return np.nan
        if before or after:
            power, unit = self._unit(before, after, power)
            if unit and unit != self.unit:
                return np.nan
        digits = whole or "0"
        if not digits.isdigit():
            digits = re.sub("[^0-9]", "", digits)
        value = float(f"{digits}.{part or 0}{power or ''}")
        return -value if (sign or sign2) == "-" or opened else value

    def _unit(self, before: str | None, after: str | None, power: str | None) -> tuple[str | None, str]:
        """Power of ten and unit, as :func:`.number_grammar.unit_of` names it."""
        if after and self.powers and power is None:
            head, _, rest = after.strip().partition(" ")
            known = power_of(head, before or rest)
            if known is not None:
                power, after = f"e{known}", rest
        return power, " ".join(unit_name(unit) for unit in (after, before) if unit and unit.strip())
