"""Numbers and dates that are written as text: how, and whether all other cells can be missing values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..._quoting import short
from .column import ColumnCells
from .date_options import DATE_OPTIONS, date_options
from .dates import parse_dates
from .durations import duration_options, is_hour_of_day
from .identifiers import ENOUGH, key_reason
from .kind import EMPTY, Column, missing_note
from .missing import is_marker
from .number_options import KEPT_OPTIONS, number_options
from .numbers import parse_numbers
from .numeric_kind import numeric_kind
from .qualified import marked_note

__all__ = ["sample_of", "written_dates", "written_numbers"]

#: Distinct texts on which a way of writing is decided; it is then tried on all.
_SAMPLE = 2000
#: So many different numbers or dates are no categories.
_MANY = 20
#: Names of columns of which parts of the labels mean something.
_POSTAL = re.compile(r"zip|post|plz|邮编|郵便|индекс|\bcap\b|\bcep\b|\bpin\b", re.IGNORECASE)
_PADDED = re.compile(r"0[0-9]+")


def sample_of(texts: Sequence[str]) -> slice:
    """Some of the distinct texts, from all over the rows."""
    return slice(None, None, max(1, len(texts) // _SAMPLE))


def written_numbers(name: str, cells: ColumnCells, decimal: str | None) -> Column | None:
    """The column as one of numbers, None where too many cells are none; ``decimal`` mark of other columns."""
    texts, counts = cells.texts, cells.counts
    if is_hour_of_day(name, texts[:_MANY]):
        return None
    for part in _ever_more(texts):
        options = number_options(texts[part], counts[part], decimal)
        options = options or duration_options(name, texts[part], counts[part])
        if options is None or options["fits"] < 0.5 * counts[part].sum():
            return None
        values = parse_numbers(texts, options)
        if not _rest_is_missing(texts, counts, np.isnan(values)) or (part.step > 1 and options.get("ambiguous")):
            continue
        if _are_digit_labels(texts):
            return _digit_labels(name, cells, values)
        infinite = np.isinf(values)
        rows = cells.per_row(np.where(infinite, np.nan, values), np.nan)
        column = numeric_kind(name, rows, {key: options[key] for key in KEPT_OPTIONS if key in options})
        numbers = np.flatnonzero(~np.isnan(values))
        notes = _rest(texts, counts, np.isnan(values), "number")
        notes += marked_note([texts[row] for row in numbers.tolist()], counts[numbers], options)
        if infinite.any():
            notes += (missing_note(int(counts[infinite].sum()), "infinite"),)
        return replace(column, notes=(*notes, *column.notes))
    return None


def written_dates(name: str, cells: ColumnCells, order: str | None) -> Column | None:
    """The column as one of dates, None where too many cells are none; ``order`` of day and month of other columns."""
    texts, counts = cells.texts, cells.counts
    few = texts[:: max(1, len(texts) // 20)]
    if date_options(few, [1] * len(few), order) is None:
        return None
    for part in _ever_more(texts):
        options = date_options(texts[part], counts[part], order)
        if options is None or options["fits"] < 0.5 * counts[part].sum():
            return None
        moments = parse_dates(texts, options)
        if not _rest_is_missing(texts, counts, np.isnat(moments)) or (part.step > 1 and options.get("ambiguous")):
            continue
        return replace(
            moments_kind(name, moments, {key: options[key] for key in DATE_OPTIONS if key in options}),
            notes=_rest(texts, counts, np.isnat(moments), "date"),
        )
    return None


def moments_kind(name: str, moments: np.ndarray, options: dict[str, Any]) -> Column:
    """The column of datetime64[s] (n,)."""
    present = moments[~np.isnat(moments)]
    if not len(present):
        return Column(name, "empty", EMPTY)
    if (present == present[0]).all():
        return Column(name, "constant", "one date in all rows", options)
    what = "times of day" if options.get("clock") else "seasons" if options.get("season") else "dates"
    return Column(name, "date", what, options)


def _ever_more(texts: Sequence[str]) -> list[slice]:
    first = sample_of(texts)
    return [first, slice(None, None, 1)] if first.step > 1 else [first]


def _rest_is_missing(texts: Sequence[str], counts: np.ndarray, other: np.ndarray) -> bool:
    """Whether cells that are not of the kind are few enough to be missing values.

    They are a twentieth of the cells, or a single one of ten; or, if all are one word, a fifth of the cells, or half of
    them beside many different numbers. Marks such as "unknown" do not count.
    """
    if not other.any():
        return True
    words = [row for row in np.flatnonzero(other).tolist() if not is_marker(texts[row])]
    strays, fitting = int(counts[words].sum()), int(counts[~other].sum())
    total = strays + fitting
    one_word = len(words) == 1 and not any(map(str.isdigit, texts[words[0]]))
    most = (0.5 if (~other).sum() >= _MANY else 0.2) if one_word else 0.05
    few = strays <= most * total or (strays == 1 and total >= 10)
    return fitting > 0 and few


def _rest(texts: Sequence[str], counts: np.ndarray, other: np.ndarray, of: str) -> tuple[str, ...]:
    if not other.any():
        return ()
    count = int(counts[other].sum())
    shown = ", ".join(short(texts[row], 24) for row in np.flatnonzero(other)[:3].tolist())
    return (missing_note(count, f"no {of}{'s' if count > 1 else ''} ({shown})"),)


def _are_digit_labels(texts: Sequence[str]) -> bool:
    """Whether whole numbers are padded with zeros to one width, or have more digits than a float can hold."""
    if not all(map(str.isdigit, texts)) or len({len(text) for text in texts}) > 1:
        return False
    width = len(texts[0])
    return (width > 2 and any(map(_PADDED.fullmatch, texts))) or width > 15


def _digit_labels(name: str, cells: ColumnCells, values: np.ndarray) -> Column:
    """Labels made of digits: a key where they are all different, else a category."""
    counts = cells.counts
    key = key_reason(name, cells.per_row(np.where(np.isinf(values), np.nan, values), np.nan))
    if key is None and len(counts) == counts.sum() >= ENOUGH and _POSTAL.search(name) is None:
        key = "labels made of digits, all different"
    if key is not None:
        return Column(name, "identifier", key)
    return Column(name, "category", f"labels made of digits, such as {short(cells.texts[0], 24)}")
