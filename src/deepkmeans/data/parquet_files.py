"""Parquet files through pyarrow (extra ``parquet``)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from .._optional import require
from .._quoting import shell_list
from ..exceptions import InvalidDataError
from .column_choice import ColumnChoice, listed, one_line, unique_names

__all__ = ["column_names", "read", "read_column"]


def column_names(path: Path) -> list[str]:
    """The unique names of the columns."""
    return unique_names(_open(path).schema_arrow.names, [])


def read_column(path: Path, column: str | int) -> np.ndarray:
    """One column in its own dtype."""
    table = _load(path)
    names = unique_names(table.schema.names, [])
    position = ColumnChoice(path.name, label_column=column).resolve_label(len(names), names)
    return _labels(table.column(position))


def read(path: Path, choice: ColumnChoice, notes: list[str]) -> dict[str, Any]:
    """Numeric and boolean columns, nulls as NaN; a data frame's stored index becomes ``index``."""
    pa = require("pyarrow", extra="parquet", purpose="Reading .parquet files")
    table = _load(path)
    index, table = _split_index(table)
    names = unique_names(table.schema.names, notes)
    features, label = choice.resolve(names, len(names))
    refused = [(names[position], table.schema.types[position]) for position in features]
    refused = [(name, kind) for name, kind in refused if not _numeric(pa, kind)]
    if refused:
        affected = "1 column is" if len(refused) == 1 else f"{len(refused)} columns are"
        drop = shell_list(name for name, _ in refused)
        raise InvalidDataError(
            f"{path.name}: column {refused[0][0]!r} holds {refused[0][1]}, not numbers; {affected} not numeric: "
            f"{listed(name for name, _ in refused)}; leave out with --drop {drop}, or name the one that is the known "
            f"class with --label-column"
        )
    X = np.empty((table.num_rows, len(features)), dtype=np.float32)
    for slot, position in enumerate(features):
        X[:, slot] = _numbers(pa, table.column(position))
    labels = None if label is None else _labels(table.column(label))
    return {"X": X, "feature_names": [names[position] for position in features], "labels": labels, "index": index}


def _open(path: Path) -> Any:
    parquet = require("pyarrow.parquet", extra="parquet", purpose="Reading .parquet files")
    arrow = require("pyarrow", extra="parquet", purpose="Reading .parquet files")
    try:
        return parquet.ParquetFile(path)
    except (arrow.ArrowException, OSError) as error:
        raise _damaged(path, error) from error


def _load(path: Path) -> Any:
    arrow = require("pyarrow", extra="parquet", purpose="Reading .parquet files")
    file = _open(path)
    try:
        return file.read()
    except (arrow.ArrowException, OSError) as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> InvalidDataError:
    return InvalidDataError(f"{path.name}: is damaged or not a Parquet file ({one_line(error)}); write it again")


def _split_index(table: Any) -> tuple[np.ndarray | None, Any]:
    """pandas stores a data frame's index as one more column and says so in the metadata."""
    stored = (table.schema.pandas_metadata or {}).get("index_columns", [])
    inside = [name for name in stored if isinstance(name, str) and name in table.schema.names]
    if not inside:
        return None, table
    index = _labels(table.column(inside[0])) if len(inside) == 1 else None
    return index, table.drop_columns(inside)


def _numeric(pa: Any, kind: Any) -> bool:
    t = pa.types
    if t.is_dictionary(kind):
        return _numeric(pa, kind.value_type)
    tests = (t.is_integer, t.is_floating, t.is_boolean, t.is_decimal, t.is_null)
    return any(test(kind) for test in tests)


def _numbers(pa: Any, column: Any) -> np.ndarray:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.uint8())
    if pa.types.is_null(column.type):
        return np.full(len(column), np.nan, dtype=np.float32)
    values = column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    with np.errstate(over="ignore"):  # what does not fit becomes infinite and is reported as such
        return values.astype(np.float32)


def _labels(column: Any) -> np.ndarray:
    values = np.asarray(column.to_pandas())
    if values.dtype == object and all(isinstance(value, str) for value in values):
        return values.astype(str)
    return values
