"""Text tables: numbers alone as float32, other tables as a data frame."""

from __future__ import annotations

from typing import Any

import numpy as np

from .column_choice import ColumnChoice, unique_names
from .float32_range import float32_holds
from .request import Request
from .text_cells import labels_from
from .text_frame import read_frame
from .text_layout import find_layout
from .text_marks import refuse_other_decimals
from .text_numbers import checked_rows, read_numbers, shown, some
from .text_records import Layout
from .text_thousands import grouped_columns, has_decimal_commas, may_be_grouped
from .text_totals import doubtful_total

__all__ = ["column_names", "read", "read_column", "read_texts"]


def column_names(request: Request) -> list[str]:
    """The unique names of the columns; their positions where the file has no header."""
    layout = find_layout(request)
    return unique_names(layout.header or map(str, range(layout.n_named)), [])


def read_column(request: Request, column: str | int) -> np.ndarray:
    """One column in the dtype that its cells suggest."""
    return labels_from(read_texts(request, column))


def read_texts(request: Request, column: str | int) -> list[str]:
    """The cells of one column as they are written, without blanks around them."""
    layout = find_layout(request)
    _check_size(request, layout, 1)
    names = None if layout.header is None else unique_names(layout.header, [])
    position = ColumnChoice(request.file, label_column=column).resolve_label(layout.n_named, names)
    return [record[position].strip() for _, record in checked_rows(layout, [])]


def read(request: Request, *, typed: bool = False) -> dict[str, Any]:
    """The chosen columns: numbers as float32, unless some are none, or lie beyond it, or columns shall be ``typed``."""
    layout = find_layout(request)
    names = None if layout.header is None else unique_names(layout.header, request.notes)
    features, label = request.choice.resolve(names, layout.n_named)
    refuse_other_decimals(layout, names)
    _check_size(request, layout, len(features))
    plain = None if typed or layout.decimal == "," else read_numbers(layout, features, label, names)
    if plain is not None:
        X, labels, notes = plain
        if not float32_holds(X, whole=names is not None):
            plain = None
    if plain is None:
        X, labels, notes = read_frame(layout, features, label, names)
    numbers = _numbers(X, features)
    grouped, warnings = _grouped_thousands(layout, numbers, names)
    if grouped:
        X, labels, notes = read_frame(layout, features, label, names, grouped)
        numbers = _numbers(X, features)
    request.notes.extend(notes)
    return {
        "X": X if typed else _float32(X, whole=names is not None),
        "feature_names": None if names is None else [names[position] for position in features],
        "labels": labels,
        "index": None,
        "columns": features,
        "line_of": layout.line_of,
        "warnings": warnings + doubtful_total(layout, list(numbers.values())),
    }


def _float32(X: Any, *, whole: bool) -> Any:
    """A frame of numbers alone as an array, as other files of the same numbers are read."""
    if isinstance(X, np.ndarray) or any(dtype.kind not in "iuf" for dtype in X.dtypes):
        return X
    numbers = X.to_numpy(dtype=np.float64)
    return np.ascontiguousarray(numbers, dtype=np.float32) if float32_holds(numbers, whole=whole) else X


def _numbers(X: Any, features: list[int]) -> dict[int, np.ndarray]:
    """The columns of numbers, by their position in the file."""
    if isinstance(X, np.ndarray):
        return {position: X[:, slot] for slot, position in enumerate(features)}
    kinds = [dtype.kind for dtype in X.dtypes]
    return {j: X.iloc[:, slot].to_numpy() for slot, j in enumerate(features) if kinds[slot] in "iuf"}


def _grouped_thousands(
    layout: Layout, numbers: dict[int, np.ndarray], names: list[str] | None
) -> tuple[dict[int, tuple[int, str]], list[str]]:
    """Columns with points between thousands beside decimal commas; a warning if only semicolons suggest such points."""
    commas = has_decimal_commas(layout)
    if layout.decimal is not None or (not commas and layout.delimiter != ";"):
        return {}, []
    grouped = grouped_columns(layout, may_be_grouped(layout, numbers))
    if not grouped or commas:
        return grouped, []
    line, text = next(iter(grouped.values()))
    where = some([shown(position, names) for position in grouped])
    return {}, [
        f"{where} read with decimal points, but every point stands before three digits (line {line}: {text}); if "
        f"points separate thousands ({text.replace('.', '')}), say decimal=','"
    ]


def _check_size(request: Request, layout: Layout, n_features: int) -> None:
    """Check the memory needed: short lines under a long header stand for many cells, and pandas makes a copy."""
    each = 8 * max(1, n_features)
    if layout.n_lines * each > request.limit.allowed:
        n = sum(1 for _ in layout.rows())
        request.limit.check(n * each, f"a table of {n} rows and {n_features} columns")
