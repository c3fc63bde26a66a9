"""How the numbers of a column are written: which decimal mark, which unit, whether "k" is a thousand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from .compounds import compound_units
from .number_grammar import power_of, unit_of
from .qualified import bare_number, marks_of_numbers
from .units import dimensions_of

__all__ = ["KEPT_OPTIONS", "number_options"]

#: What of :func:`number_options`, or of :func:`.durations.duration_options`, is kept with a column.
KEPT_OPTIONS = (
    "decimal", "unit", "units", "powers", "marked", "of", "fractions", "opposite", "ambiguous", "sure", "duration",
    "minutes",
)  # fmt: skip
#: Suffixes that count or name instead of measuring: "1st", "5 pm".
_NO_UNITS = frozenset(("st", "nd", "rd", "th", "am", "pm", "a.m.", "p.m.", "e", "bis", "ter", "er", "ère", "º", "ª"))
#: The sign of "5th" is meant for a degree where numbers have signs or decimals.
_DEGREES = re.compile(r"(?:[-+−–]\s?[0-9.,]+|[0-9]+[.,][0-9]+)\s?º")
_MARK = re.compile(r"[.,٫٬．，]")


def number_options(texts: Sequence[str], counts: Any, decimal: str | None) -> dict[str, Any] | None:
    """How a column of the distinct ``texts``, ``counts`` times each, writes numbers; None if none is a number.

    Parameters
    ----------
    texts : sequence of str
    counts : sequence of int
    decimal : {".", ","} or None
        The decimal mark, which is used unless the other one makes more cells numbers.

    Returns
    -------
    dict or None
        ``decimal``, ``unit``, ``units`` (what they measure, where there are several) and ``powers``, and ``marked``,
        ``of``, ``fractions`` and ``opposite`` where something else stands beside the numbers, all for
        :func:`~deepkmeans.data.cells.numbers.parse_numbers`; and ``fits``, the count of cells that are numbers so.
        ``sure`` is set if only one mark fits, ``ambiguous`` if with the other one the numbers would be others.
    """
    weight = np.asarray(counts)
    total = int(weight.sum())
    marks = marks_of_numbers(texts)
    if "opposite" in marks:  # of S and H these are no seconds and hours
        return _with_best_mark(texts, weight, decimal, marks)
    best = _with_best_mark(texts, weight, decimal, {})
    digits = sum(any(map(str.isnumeric, text)) for text in texts)
    if (best is not None and best["fits"] == total) or digits < 0.5 * len(texts):
        return best
    marked = _with_best_mark(texts, weight, decimal, marks)
    return marked if marked is not None and (best is None or marked["fits"] > best["fits"]) else best


def _with_best_mark(
    texts: Sequence[str], counts: np.ndarray, decimal: str | None, marks: dict[str, Any]
) -> dict[str, Any] | None:
    known = {}
    for mark in ".", ",":
        bare = [bare_number(text, {"decimal": mark, **marks}) for text in texts] if marks else texts
        options = _with_mark(bare, counts, mark)
        if options is not None:
            known[mark] = options | marks
    if decimal in known and known[decimal]["fits"] == max(options["fits"] for options in known.values()):
        return known[decimal]
    if not known:
        return None
    best = max(known, key=lambda mark: (known[mark]["fits"], mark == "."))
    options = known[best]
    if len(known) == 2 and known["."]["fits"] == known[","]["fits"]:
        bare = [bare_number(text, options) for text in texts] if marks else texts
        both = zip(texts, bare, strict=True)  # the point of 3.5 that was 3½ leaves no doubt
        options["ambiguous"] = any(_MARK.search(text) and _MARK.search(number) for text, number in both)
    else:
        options["sure"] = True
    return options


def _with_mark(texts: Sequence[str], counts: np.ndarray, decimal: str) -> dict[str, Any] | None:
    units: Counter[str] = Counter()
    compound: Counter[tuple[str, ...]] = Counter()
    degrees = any(map(_DEGREES.fullmatch, texts))
    for text, count in zip(texts, counts.tolist(), strict=True):
        unit = unit_of(text, decimal)
        if unit is not None:
            units[unit] += count
        elif several := compound_units(text, decimal):
            compound[several] += count
    if not units and not compound:
        return None
    options = _of_one_unit(units, degrees) if units else {"fits": 0}
    converted = _of_one_dimension(units, compound)
    return {"decimal": decimal, **(converted if converted["fits"] >= options["fits"] else options)}


def _of_one_unit(units: Counter[str], degrees: bool) -> dict[str, Any]:
    """The options by which most cells are numbers, with one unit or without any; of ``degrees`` º is the unit."""
    merged: Counter[str] = Counter()
    powers = False
    for unit, count in units.items():
        head, _, rest = unit.partition(" ")
        power = power_of(head, rest)
        powers = powers or power is not None
        merged[unit if power is None else rest] += count
    named = [unit for unit in merged if unit and (unit not in _NO_UNITS or (unit == "º" and degrees))]
    unit = max(named, key=lambda name: (merged[name], name), default="")
    options: dict[str, Any] = {"fits": merged[""] + (merged[unit] if unit else 0)}
    if unit:
        options["unit"] = unit
    if powers:
        options["powers"] = True
    return options


def _of_one_dimension(units: Counter[str], compound: Counter[tuple[str, ...]]) -> dict[str, Any]:
    """The options by which most cells are numbers, with units of which one can be turned into another."""
    held: Counter[str] = Counter()
    by_unit: dict[str, Counter[str]] = {}
    for several, count in [*(((unit,), count) for unit, count in units.items() if unit), *compound.items()]:
        for dimension in frozenset.intersection(*map(dimensions_of, several)):
            held[dimension] += count
            by_unit.setdefault(dimension, Counter())[several[0]] += count
    if not held:
        return {"fits": -1}
    dimension = max(held, key=lambda name: (held[name], name))
    if len(by_unit[dimension]) == 1 and not compound:
        return {"fits": -1}
    unit = max(by_unit[dimension], key=lambda name: (by_unit[dimension][name], name))
    return {"unit": unit, "units": dimension, "fits": held[dimension] + units[""]}
