"""The cells of a column as values of its kind, as :func:`.recognition.recognise_column` decided at the fit."""

from __future__ import annotations

from typing import Any

import numpy as np

from .column import ColumnCells, label
from .dates import parse_dates
from .epochs import moments_of
from .kind import Column
from .levels import level_key
from .lists import split_lists
from .missing import is_marker
from .numbers import parse_numbers

__all__ = ["parse_column"]


def parse_column(cells: ColumnCells, column: Column) -> tuple[Any, int]:
    """Values of the kind of ``column``, one a row, and how many cells could not be read, or were infinite.

    float64 of numbers, yes/no (0 or 1) and ordered levels (ranks), NaN where missing; datetime64[s] of dates; a
    pandas.Categorical of categories; a list of str of texts, "" where missing; a list of tuples of lists.
    """
    return _READERS[column.kind](cells, column.options)


def _per_row(cells: ColumnCells, values: np.ndarray, missing: Any, lost: np.ndarray) -> tuple[Any, int]:
    known = [row for row in np.flatnonzero(lost).tolist() if not is_marker(cells.texts[row])]
    return cells.per_row(values, missing), int(cells.counts[known].sum())


def _number(cells: ColumnCells, options: Any) -> tuple[Any, int]:
    if cells.holds in ("number", "boolean"):
        return cells.values, cells.infinite
    if cells.holds == "date":
        return np.full(len(cells), np.nan), int((~np.isnat(cells.values)).sum())
    cells = cells.as_text()
    values = parse_numbers(cells.texts, options)
    lost = ~np.isfinite(values)
    return _per_row(cells, np.where(lost, np.nan, values), np.nan, lost)


def _boolean(cells: ColumnCells, options: Any) -> tuple[Any, int]:
    absent = 0.0 if options.get("empty_is_no") else np.nan
    if cells.holds in ("number", "boolean"):
        lost = ~np.isin(cells.values, (0.0, 1.0)) & ~np.isnan(cells.values)
        return np.where(lost | np.isnan(cells.values), absent, cells.values), int(lost.sum())
    cells = cells.as_labels()
    words = {word.lower(): 0.0 for word in (*options.get("false", ()), "false", "0")}
    words |= {word.lower(): 1.0 for word in (*options.get("true", ()), "true", "1")}
    values = np.array([words.get(text.lower(), np.nan) for text in cells.texts], dtype=np.float64)
    lost = np.isnan(values)
    return _per_row(cells, np.where(lost, absent, values), absent, lost)


def _ordinal(cells: ColumnCells, options: Any) -> tuple[Any, int]:
    cells = cells.as_labels()
    ranks = {level_key(level): float(rank) for rank, level in enumerate(options["levels"])}
    ranks |= {label(level): float(rank) for rank, level in enumerate(options["levels"])}
    values = np.array([ranks.get(text, ranks.get(level_key(text), np.nan)) for text in cells.texts], dtype=np.float64)
    return _per_row(cells, values, np.nan, np.isnan(values))


def _date(cells: ColumnCells, options: Any) -> tuple[Any, int]:
    if cells.holds == "date":
        return cells.values, 0
    if "epoch" in options:
        values, lost = _number(cells, options)
        return moments_of(values, options["epoch"]), lost
    cells = cells.as_text()
    moments = parse_dates(cells.texts, options)
    return _per_row(cells, moments, np.datetime64("NaT", "s"), np.isnat(moments))


def _category(cells: ColumnCells, options: Any) -> tuple[Any, int]:
    import pandas as pd

    cells = cells.as_labels()
    lacking = set(options.get("missing", ()))
    names = sorted(text for text in cells.texts if text not in lacking)
    rank = {text: position for position, text in enumerate(names)}
    ranks = np.array([*(rank.get(text, -1) for text in cells.texts), -1], dtype=np.intp)
    return pd.Categorical.from_codes(ranks[cells.index], categories=pd.Index(names, dtype=object)), 0


def _text(cells: ColumnCells, options: Any) -> tuple[Any, int]:
    cells = cells.as_text()
    texts = [*cells.texts, ""]
    return [texts[code] for code in cells.index.tolist()], 0


def _list(cells: ColumnCells, options: Any) -> tuple[Any, int]:
    if cells.holds == "list":
        return cells.values, 0
    cells = cells.as_text()
    lists = [*split_lists(cells.texts, cells.counts, options.get("separator")), ()]
    return [lists[code] for code in cells.index.tolist()], 0


_READERS = {
    "number": _number, "boolean": _boolean, "ordinal": _ordinal, "date": _date, "category": _category, "text": _text,
    "list": _list,
}  # fmt: skip
