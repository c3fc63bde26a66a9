"""Checks of the numbers of a file, whatever its format: infinite, empty or doubtful."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from ..exceptions import InvalidDataError
from .cells.missing import is_missing
from .column_choice import LABEL_NAMES
from .identifiers import identifier_columns
from .row_reference import row_reference
from .table import Table

__all__ = ["note_likely_labels", "note_lost_digits", "refuse_infinite", "warn_of_identifiers", "without_empty"]

_CHUNK_CELLS = 2**24


def without_empty(table: Table, line_of: Callable[[int], int] | None, *, keep_columns: bool) -> Table:
    """Leave out columns without any value, then rows; the other rows keep their numbers."""
    X = table.X
    if table.kind != "table":
        return table
    if not isinstance(X, np.ndarray):
        return _without_rows(table, _blank_rows(X), line_of) if hasattr(X, "columns") else table
    empty = np.ones(X.shape[1], dtype=bool)
    blank = np.zeros(X.shape[0], dtype=bool)
    for start, rows in _row_chunks(X):
        if np.isnan(rows.sum(dtype=np.float64)):
            missing = np.isnan(rows)
            empty &= missing.all(axis=0)
            blank[start : start + len(rows)] = missing.all(axis=1)
        else:
            empty[:] = False
    if empty.all():
        columns = f"none of its {X.shape[1]} columns holds" if X.shape[1] > 1 else "its column does not hold"
        raise InvalidDataError(f"{table.file}: {columns} a value; at least one is needed")
    if empty.any() and not keep_columns:
        kept = np.flatnonzero(~empty)
        names = [table.shown(position) for position in np.flatnonzero(empty).tolist()]
        shown = ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
        many = len(names) > 1
        table.notes.append(
            f"the column{'s' if many else ''} {shown} hold{'' if many else 's'} no value and "
            f"{'are' if many else 'is'} left out"
        )
        table = replace(
            table, X=np.ascontiguousarray(X[:, kept]), columns=[table.columns[position] for position in kept],
            empty_columns=[table.columns[position] for position in np.flatnonzero(empty)],
            feature_names=None if table.feature_names is None else [table.feature_names[i] for i in kept],
        )  # fmt: skip
    return _without_rows(table, blank, line_of)


def _blank_rows(frame: Any) -> np.ndarray:
    """Rows of a frame without a value in any column."""
    blank = np.ones(len(frame), dtype=bool)
    for position in range(frame.shape[1]):
        left = np.flatnonzero(blank)
        if not len(left):
            break
        cells = frame.iloc[left, position]
        holds = ~cells.isna().to_numpy(dtype=bool)
        texts = cells.to_numpy(dtype=object)[holds]
        holds[holds] = [not isinstance(cell, str) or not is_missing(cell) for cell in texts]
        blank[left[holds]] = False
    return blank


def _without_rows(table: Table, blank: np.ndarray, line_of: Callable[[int], int] | None) -> Table:
    """Leave out the ``blank`` rows; the others keep their numbers."""
    if not blank.any():
        return table
    if blank.all():
        raise InvalidDataError(f"{table.file}: no row holds a value; at least one is needed")
    rows_left, first = np.flatnonzero(~blank), int(blank.argmax())
    count = int(blank.sum())
    example = row_reference(first, line_of(first) if line_of else None)
    table.notes.append(
        f"{count} {'row has' if count == 1 else 'rows have'} no value in these columns and "
        f"{'is' if count == 1 else 'are'} left out; the first is {example}; the others keep their numbers"
    )
    return replace(
        table, rows=rows_left,
        X=table.X[rows_left] if isinstance(table.X, np.ndarray) else table.X.iloc[rows_left].reset_index(drop=True),
        labels=None if table.labels is None else table.labels[rows_left],
        index=None if table.index is None else table.index[rows_left],
    )  # fmt: skip


def refuse_infinite(table: Table, line_of: Callable[[int], int] | None, *, advise_drop: bool) -> None:
    """Raise :class:`InvalidDataError` if a cell is infinite; the message names the first column and row."""
    if hasattr(table.X, "columns") and table.feature_names is None and table.numeric:
        table = replace(table, X=table.X.to_numpy(dtype=np.float64))
    if table.kind != "table" or hasattr(table.X, "columns"):
        return  # of tables with names, they are missing values to whoever reads the numbers
    sparse = not isinstance(table.X, np.ndarray)
    if sparse:
        entries = table.X.tocoo()
        wrong = np.isinf(entries.data)
        counts = np.bincount(entries.col[wrong], minlength=table.X.shape[1]) if wrong.any() else np.zeros(1, int)
    else:
        counts = np.zeros(table.X.shape[1], dtype=np.int64)
        for _, rows in _row_chunks(table.X):
            # A sum is finite unless something in it is not; only then are the cells looked at one by one.
            with np.errstate(all="ignore"):
                clean = np.isfinite(rows.sum(dtype=np.float64))
            if not clean:
                counts += np.isinf(rows).sum(axis=0)
    if not counts.any():
        return
    column = int(np.flatnonzero(counts)[0])
    row = int(entries.row[wrong & (entries.col == column)].min() if sparse else np.isinf(table.X[:, column]).argmax())
    example = row_reference(row, line_of(row) if line_of else None)
    more = f"; {np.count_nonzero(counts) - 1} more columns have such values" if np.count_nonzero(counts) > 1 else ""
    values = "value" if counts[column] == 1 else "values"
    raise InvalidDataError(
        f"{table.file}: column {table.shown(column)} has {counts[column]} infinite {values} (or beyond 3.4e38, the "
        f"largest float32), the first in {example}{more}; correct that"
        + (f" or drop the column with {table.drop_advice(column)}" if advise_drop else "")
    )


def note_lost_digits(table: Table) -> None:
    """Note columns that vary by little more than float32 can resolve at their size: time stamps, long keys."""
    if not isinstance(table.X, np.ndarray) or table.X.shape[0] < 2 or table.feature_names is None:
        return
    low, high = np.fmin.reduce(table.X, axis=0), np.fmax.reduce(table.X, axis=0)  # these two skip NaN
    with np.errstate(over="ignore"):  # above the largest float32 there is no next one
        step = np.spacing(np.fmax(np.abs(low), np.abs(high)))
    extent = high.astype(np.float64) - low
    for position in np.flatnonzero((extent < 1000 * step) & ((extent > 0) | (step > 1))):
        table.notes.append(
            f"the column {table.feature_names[position]!r} is large compared with its range and loses digits in "
            "float32; subtract its smallest value, or leave it out if it is a key"
        )


def note_likely_labels(table: Table) -> None:
    """Note features with names that labels usually have."""
    table.notes.extend(
        f"the column {name!r} is a feature; if it is the answer, use label_column={name!r}"
        for name in table.feature_names or ()
        if table.labels is None and name.lower() in LABEL_NAMES
    )


def warn_of_identifiers(table: Table) -> None:
    """Warn of columns of an array that may number the rows; of columns with names, estimators leave them out."""
    if not isinstance(table.X, np.ndarray) or table.feature_names is not None:
        return
    identifiers = identifier_columns(table.X, table.feature_names)
    for position, reason in identifiers[:8]:
        table.warnings.append(
            f"the column {table.shown(position)} may number the rows instead of measuring them ({reason}); if so, "
            f"leave it out with {table.drop_advice(position)}"
        )
    if len(identifiers) > 8:
        table.warnings.append(f"{len(identifiers) - 8} more columns may number the rows")


def _row_chunks(X: np.ndarray) -> list[tuple[int, np.ndarray]]:
    """Blocks of rows, each with the number of its first."""
    step = max(1, _CHUNK_CELLS // max(1, X.shape[1]))
    return [(start, X[start : start + step]) for start in range(0, X.shape[0], step)]
