"""Columns of texts that are numbers in another spelling, as numbers: decimal commas, thousands, missing marks."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import Any

from .cells.column_types import column_cells
from .cells.missing import MISSING, is_marker
from .cells.parsing import parse_column
from .input_spec import InputSpec
from .text_numbers import missing_note, some

__all__ = ["typed_texts"]

_FIRST = 100
#: A sign, a bracket, digits of any script.
_BEGIN = re.compile(r"[-+(\u2010-\u2015\u2212\ufe63\uff0d]?\s?[.,]?\d")


def typed_texts(frame: Any, decimal: str | None, shown: list[str]) -> list[str]:
    """Replace the text columns of ``frame`` that are numbers in every cell; notes on how they are read.

    Units and percent signs are part of the text: such columns, and what is no number to :class:`.schema.Schema`, stay
    as they are. ``shown``: the columns for messages.
    """
    positions = [position for position in range(frame.shape[1]) if _may_be_numbers(frame.iloc[:, position])]
    if not positions:
        return []
    from .schema import Schema  # which knows how it is stored, and therefore torch

    texts = frame.iloc[:, positions]
    schema = Schema.recognise(texts, InputSpec(decimal=decimal or "auto"))
    commas, points, holed = [], [], []
    missing: Counter[str] = Counter()
    place_of = {name: place for place, name in enumerate(schema.sources)}
    for column in schema.columns:
        slot = place_of[column.source]
        position = positions[slot]
        if column.options.keys() - {"empty_is_no"} != {"decimal"}:
            continue
        values, lost = parse_column(column_cells(texts.iloc[:, slot]), replace(column, kind="number"))
        if lost:
            continue
        counts = texts.iloc[:, slot].value_counts()
        marks = {text: int(count) for text, count in counts.items() if text not in MISSING and is_marker(text)}
        if marks:
            missing.update(marks)
            holed.append(shown[position])
        if decimal == "," and column.options["decimal"] == ".":
            points.append(shown[position])
        if column.options["decimal"] == ",":
            commas.append(shown[position])
        frame.isetitem(position, values)
    notes = []
    if commas:
        notes.append(f"{some(commas)} read with decimal commas; decimal='.' reads points as decimal")
    if points:
        notes.append(f"{some(points)} read with decimal points, as written; decimal=',' does not fit there")
    return [*notes, missing_note(holed, missing)] if holed else notes


def _may_be_numbers(column: Any) -> bool:
    """Whether all of the first texts begin like numbers, or mean "missing"."""
    if column.dtype.kind in "iufb":
        return False
    cells = column.dropna().head(_FIRST).tolist()
    return all(_BEGIN.match(cell) is not None or is_marker(cell) for cell in cells)
