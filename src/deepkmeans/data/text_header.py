"""Does the first line of a text table hold names or values?

Decided from the cells of each column below it. A text over numbers is a name. A number over numbers is a value, and
then so are the texts beside it: a file of measurements whose last column is a class has no header. A text that occurs
again below it is a value. Numbers can be names, too: 0, 1, 2, ... as pandas writes them, or years over quantities.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from .text_cells import is_value

__all__ = ["Header", "find_header"]

_WHOLE = re.compile(r"0|[1-9][0-9]{0,8}")
#: At most this many columns and cells are examined.
_MOST_COLUMNS, _MOST_CELLS = 2000, 200_000
_YEARS = range(1000, 3000)


@dataclass(frozen=True)
class Header:
    """Whether the first line holds names, and whether nothing in the file contradicts that."""

    names: bool
    sure: bool


def find_header(first: Sequence[str], below: Sequence[Sequence[str]], *, commas: bool = False) -> Header:
    """Decide from the first record and a sample of those below it; ``commas``: a decimal comma is possible."""
    first = [cell.strip() for cell in first]
    chosen = range(len(first)) if len(first) <= _MOST_COLUMNS else [*range(_MOST_COLUMNS), len(first) - 1]
    below = below[: max(5, _MOST_CELLS // len(chosen))]
    kinds = {j: is_value(first[j], commas=commas) for j in chosen}
    if not below:
        values, texts = (sum(kind is wanted for kind in kinds.values()) for wanted in (True, False))
        return Header(names=0 < texts >= values, sure=0 in (values, texts))
    over_values: list[int] = []
    named = repeated = 0
    for j, kind in kinds.items():
        cells = [record[j].strip() for record in below if j < len(record)]
        known = [is_value(cell, commas=commas) for cell in cells]
        values, texts = known.count(True), known.count(False)
        if kind is False:
            again = first[j] in cells
            repeated += again
            named += bool(values) and values >= texts and not again
        elif kind is True and values and values >= texts:
            over_values.append(j)
    counted = [j for j in over_values if j < _MOST_COLUMNS]  # without a gap before the last
    if counted and _are_names(first, counted, below, alone=len(over_values) == len(kinds)):
        return Header(names=True, sure=False)
    if named or over_values:
        return Header(names=named >= max(1, len(over_values)), sure=not (named and over_values))
    return Header(names=not repeated and any(kind is False for kind in kinds.values()), sure=False)


def _are_names(first: Sequence[str], columns: list[int], below: Sequence[Sequence[str]], *, alone: bool) -> bool:
    """Whether the numbers of the first record count its columns or the years."""
    if not all(_WHOLE.fullmatch(first[j]) for j in columns):
        return False
    numbers = [int(first[j]) for j in columns]
    steps = {after - before for before, after in pairwise(numbers)}
    if len(steps) > 1 or 0 in steps:
        return False
    if numbers == list(range(len(numbers))) and len(numbers) > 2:
        return True
    years = all(number in _YEARS for number in numbers)
    if len(numbers) < (2 if years or numbers[0] == 0 else 3) and not (years and not alone):
        return False
    values = [_numbers(j, below) for j in columns]
    if years and alone and all(value in _YEARS for column in values for value in column):
        return False
    return all(cells and not min(cells) <= name <= max(cells) for name, cells in zip(numbers, values, strict=True))


def _numbers(j: int, below: Sequence[Sequence[str]]) -> list[float]:
    values = []
    for record in below:
        try:
            values.append(float(record[j]))
        except (ValueError, IndexError):
            continue
    return values
