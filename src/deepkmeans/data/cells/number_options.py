"""How the numbers of a column are written: which decimal mark, which unit, whether "k" is a thousand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from .number_grammar import POWERS, unit_of

__all__ = ["number_options"]

#: Suffixes that count or name instead of measuring: "1st", "5 pm".
_NO_UNITS = frozenset(("st", "nd", "rd", "th", "am", "pm", "a.m.", "p.m.", "e", "bis", "ter", "er", "ère", "º", "ª"))
_MARK = re.compile(r"[.,٫٬．，]")


def number_options(texts: Sequence[str], counts: Any, decimal: str | None) -> dict[str, Any] | None:
    """How a column of the distinct ``texts``, ``counts`` times each, writes numbers; None if none is a number.

    Parameters
    ----------
    texts : sequence of str
    counts : sequence of int
    decimal : {".", ","} or None
        The decimal mark; None lets the mark win that makes more cells numbers.

    Returns
    -------
    dict or None
        ``decimal``, ``unit`` and ``powers`` for :func:`~deepkmeans.data.cells.numbers.parse_numbers`, and ``fits``,
        the count of cells that are numbers so. ``sure`` is set if only one mark fits, ``ambiguous`` if with the other
        one the numbers would be others.
    """
    known = {}
    for mark in (".", ",") if decimal is None else (decimal,):
        options = _with_mark(texts, counts, mark)
        if options is not None:
            known[mark] = options
    if not known:
        return None
    best = max(known, key=lambda mark: (known[mark]["fits"], mark == "."))
    options = known[best]
    if decimal is None:
        if len(known) == 2 and known["."]["fits"] == known[","]["fits"]:
            options["ambiguous"] = any(map(_MARK.search, texts))
        else:
            options["sure"] = True
    return options


def _with_mark(texts: Sequence[str], counts: Any, decimal: str) -> dict[str, Any] | None:
    units: Counter[str] = Counter()
    for text, count in zip(texts, counts, strict=True):
        unit = unit_of(text, decimal)
        if unit is not None:
            units[unit] += int(count)
    if not units:
        return None
    powers = any(unit.partition(" ")[0] in POWERS for unit in units)
    merged: Counter[str] = Counter()
    for unit, count in units.items():
        head, _, rest = unit.partition(" ")
        merged[rest if powers and head in POWERS else unit] += count
    named = [unit for unit in merged if unit and unit not in _NO_UNITS]
    unit = max(named, key=lambda name: (merged[name], name), default="")
    options: dict[str, Any] = {"decimal": decimal, "fits": merged[""] + (merged[unit] if unit else 0)}
    if unit:
        options["unit"] = unit
    if powers:
        options["powers"] = True
    return options
