"""The kind of one column, from its cells and its name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from .booleans import boolean_words, empty_means_no, says_yes
from .column import ColumnCells
from .currencies import currency_note, several_currencies
from .identifiers import is_key_name
from .kind import EMPTY, ONE_VALUE, Column, missing_note
from .levels import levels_in_order
from .lists import BRACKETS, list_separator, split_vector, vector_width
from .missing import is_marker
from .numeric_kind import numeric_kind
from .paths import place_kind
from .row_names import is_name_of_people
from .texts import kind_of_words
from .written import moments_kind, sample_of, written_dates, written_numbers

__all__ = ["recognise_column"]

#: A column has no more levels, and no more words for yes and no.
_MOST_LEVELS = 60
#: A word such as "unknown" stands for a missing value where it is in fewer than this share of the cells.
_RARE = 0.05


def recognise_column(name: str, cells: ColumnCells, *, decimal: str | None = None, order: str | None = None) -> Column:
    """What a column is; ``decimal`` mark and ``order`` of day and month are those of the other columns, if known."""
    column = _recognise(name, cells, decimal, order)
    notes = [missing_note(count, repr(mark)) for mark, count in cells.marks.items()]
    if cells.infinite:
        notes.append(missing_note(cells.infinite, "infinite"))
    return replace(column, notes=(*notes, *column.notes)) if notes else column


def _recognise(name: str, cells: ColumnCells, decimal: str | None, order: str | None) -> Column:
    if cells.holds in ("number", "boolean"):
        column = numeric_kind(name, cells.values, {})
        if cells.holds == "boolean" and column.kind in ("number", "identifier"):
            return Column(name, "boolean", "true or false")
        if cells.holds == "boolean" and column.kind == "boolean":
            return replace(column, reason="true, or nothing", notes=(empty_means_no("True"),))
        if cells.holds == "boolean" and column.kind == "constant" and np.isnan(cells.values).any():
            return Column(name, "category", "false, or nothing")
        return column
    if cells.holds == "date":
        return moments_kind(name, cells.values, {})
    if cells.holds == "list":
        if not any(cells.values):
            return Column(name, "empty", EMPTY)
        width = vector_width([row for row in cells.values if row])
        return Column(name, "list", "lists") if width is None else _vectors(name, width)
    if not cells.texts:
        return Column(name, "empty", EMPTY)
    if cells.ordered and cells.categories:
        return Column(name, "ordinal", "ordered by its type", {"levels": list(cells.categories)})
    few = _few(name, cells)
    if few is not None:
        return few
    if cells.categories is None:
        written = written_numbers(name, cells, decimal) or written_dates(name, cells, order)
        if written is not None:
            return written
        currencies = several_currencies(cells.texts, cells.counts)
        if currencies:
            notes = (currency_note(currencies),)
            return Column(name, "category", "amounts of money in several currencies", notes=notes)
    return _words(name, cells)


def _few(name: str, cells: ColumnCells) -> Column | None:
    """Yes and no, or levels in an order, where the distinct texts are few."""
    texts, rows = cells.texts, cells.counts.sum()
    if not 2 <= len(texts) <= _MOST_LEVELS:
        return None
    known = [text for text in texts if not is_marker(text)]
    for words in (texts, known):
        if len(words) > 1 and (truth := boolean_words(words)) is not None:
            true, false = truth
            plain = all(word.lower() in ("true", "false") for word in words)
            return Column(name, "boolean", f"{true[0]} or {false[0]}", {} if plain else {"true": true, "false": false})
    for words in (texts, known) if len(texts) <= 0.8 * rows or rows < 20 else ():
        levels = levels_in_order(words)
        if levels is not None:
            options: dict[str, Any] = {"levels": levels.names} | ({"period": levels.period} if levels.period else {})
            return Column(name, "ordinal", _lowest_first(levels.names), options)
    return None


def _lowest_first(levels: Sequence[str]) -> str:
    """The first of the levels in words; those with signs of their own in quotes."""
    more = ["..."] * (len(levels) > 4)
    if any(mark in level for level in levels for mark in "<>"):
        return f"lowest first: {', '.join([*map(repr, levels[:4]), *more])}"
    return " < ".join([*levels[:4], *more])


def _words(name: str, cells: ColumnCells) -> Column:
    """Text that is neither a number nor a date, nor a level."""
    texts, counts = cells.texts, cells.counts
    if len(texts) == 1:
        if counts[0] == len(cells):
            return Column(name, "constant", "one value in all rows")
        if says_yes(texts[0]):
            options = {"true": [texts[0]], "empty_is_no": True}
            return Column(name, "boolean", ONE_VALUE, options, (empty_means_no(texts[0]),))
        return Column(name, "category", ONE_VALUE)
    if cells.categories is not None:
        return Column(name, "category", "categories by its type")
    part = sample_of(texts)
    place = place_kind(texts[part], counts[part])
    if place is not None:
        return Column(name, place, {"link": "links", "image": "paths of images", "audio": "paths of recordings"}[place])
    width = vector_width([split_vector(text) for text in texts[part]])
    if width is not None:
        return _vectors(name, width)
    separator = list_separator(texts[part], counts[part])
    if separator is not None:
        reason = f"several entries in a cell, with {separator!r} between them"
        if separator == BRACKETS:
            objects = all(text.startswith("{") and ":" in text for text in texts[:20])
            reason = "names and values in braces" if objects else "lists in brackets"
        return Column(name, "list", reason, {"separator": separator})
    kind, reason = kind_of_words(texts, counts, len(cells), named=is_key_name(name), people=is_name_of_people(name))
    if kind != "category":
        return Column(name, kind, reason)
    rare = _RARE * counts.sum()
    lacking = [text for text, count in zip(texts, counts, strict=True) if count < rare and is_marker(text)]
    notes = tuple(f"the rare {text!r} counts as missing" for text in lacking)
    return Column(name, kind, reason, {"missing": lacking} if lacking else {}, notes)


def _vectors(name: str, width: int) -> Column:
    """Numbers that belong together, such as an embedding: as entries of lists they would mean nothing."""
    note = f"{width} numbers in each cell are left out; to use them, give each a column of its own"
    return Column(name, "ignored", f"{width} numbers in each cell", notes=(note,))
