"""Which block a kind of column gets."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...exceptions import InvalidDataError
from ...runtime import Seeds
from .categories import CategoryBlock, cell_levels
from .column_block import ColumnBlock, missing_cells
from .dates import DateBlock
from .hashed import HashedBlock
from .lists import ListBlock
from .numbers import NumberBlock
from .ordinals import OrdinalBlock
from .text_column import TextBlock

__all__ = ["BLOCKS", "fit_block"]

#: A category of more levels than this, which is more than half of them in this many rows or fewer, goes by spelling.
_MANY = 200

BLOCKS: dict[str, Any] = {
    block.kind: block
    for block in (CategoryBlock, DateBlock, HashedBlock, ListBlock, NumberBlock, OrdinalBlock, TextBlock)
}


def fit_block(
    kind: str, values: Any, mass: np.ndarray, size: float, seeds: Seeds, encoder: Any = None
) -> tuple[ColumnBlock, float, np.ndarray | None] | None:  # fmt: skip
    """The block of a column of this kind, the share of its cells that are missing, and its numbers if already made.

    None where no cell tells anything: all are missing, or texts without a word.
    """
    gone = missing_cells(values)
    if gone.all():
        return None
    missing = float(mass[gone].sum() / mass.sum())
    if kind == "text":
        try:
            texts, numbers = TextBlock.fit(values, mass, seeds, encoder)
        except InvalidDataError:
            return None
        return texts, missing, numbers
    if kind == "category":
        return _of_category(values, mass, size), missing, None
    block = BLOCKS["ordinal" if kind == "boolean" else kind]
    return block.fit(values, mass), missing, None


def _of_category(values: Any, mass: np.ndarray, size: float) -> ColumnBlock:
    _, levels = cell_levels(values)
    return HashedBlock.fit(values, mass) if len(levels) > _MANY else CategoryBlock.fit(values, mass, size)
