"""Parquet files through pyarrow (extra ``parquet``)."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from .._optional import require
from ..exceptions import DeepKMeansError, InvalidDataError
from .column_choice import ColumnChoice, one_line, unique_names
from .float32_range import float32_holds
from .parquet_frame import can_hold, frame_column, is_numeric, is_text, refuse_kinds, repeated
from .request import Request

__all__ = ["column_names", "read", "read_column"]

#: Bytes that a cell takes while its column is read, besides the float32 rows.
_COLUMN_CELL = 24
#: Cells that are read at a time; at least one column.
_CELLS = 2**20


def column_names(request: Request) -> list[str]:
    """The unique names of the columns."""
    with _opened(request) as file:
        return unique_names(file.schema_arrow.names, [])


def read_column(request: Request, column: str | int) -> np.ndarray:
    """One column in the dtype of the file."""
    with _opened(request) as file:
        names = unique_names(file.schema_arrow.names, [])
        position = ColumnChoice(request.file, label_column=column).resolve_label(len(names), names)
        request.limit.check(_COLUMN_CELL * file.metadata.num_rows, f"a column of {file.metadata.num_rows} rows")
    return _labels(request, position, names[position])


def read(request: Request, *, typed: bool = False) -> dict[str, Any]:
    """Columns of numbers alone as float32, nulls as NaN; else, or if ``typed``, a frame in the types of the file.

    A data frame's stored index becomes ``index``.
    """
    pa = require("pyarrow", extra="parquet", purpose="Reading .parquet files")
    with _opened(request) as file:
        schema, n = file.schema_arrow, file.metadata.num_rows
        if n == 0:
            raise InvalidDataError(f"{request.file}: there is a header and no rows; at least one row is needed")
        stored = _index_columns(request, schema)
        data_columns = [position for position in range(len(schema.names)) if position not in stored]
        names = unique_names((schema.names[position] for position in data_columns), request.notes)
        features, label = request.choice.resolve(names, len(names))
        kinds = {names[slot]: schema.types[data_columns[slot]] for slot in features}
        if refused := {name: kind for name, kind in kinds.items() if not can_hold(pa, kind)}:
            refuse_kinds(request, refused)
        request.limit.check(n * (4 * len(features) + _COLUMN_CELL), f"a table of {n} rows and {len(features)} columns")
        wanted = {names[slot]: data_columns[slot] for slot in features}
        X: Any = None
        if not typed and all(is_numeric(pa, kind) for kind in kinds.values()):
            X = _float32(pa, file, list(wanted.values()), n)
        texts = [_leaf_path(file, wanted[name]) for name, kind in kinds.items() if is_text(pa, kind)]
    if X is None or not float32_holds(X):
        X = _frame(pa, request, wanted, texts)
    labels = None if label is None else _labels(request, data_columns[label], names[label])
    index = _labels(request, stored[0], "index") if len(stored) == 1 else None
    return {
        "X": X,
        "feature_names": [names[slot] for slot in features],
        "labels": labels,
        "index": _dates_as_text(index),
        "columns": features,
    }


def _float32(pa: Any, file: Any, positions: list[int], n: int) -> np.ndarray:
    """Columns of numbers, some at a time."""
    X = np.empty((n, len(positions)), dtype=np.float32)
    at_once = max(1, _CELLS // n)
    for start in range(0, len(positions), at_once):
        for slot, column in enumerate(_columns(file, positions[start : start + at_once]), start):
            X[:, slot] = _numbers(pa, column)
    return X


def _frame(pa: Any, request: Request, wanted: dict[str, int], texts: list[str]) -> Any:
    """Columns of any kind, one at a time; those of ``texts`` as a dictionary: repeated ones take memory once."""
    import pandas as pd

    with _opened(request, read_dictionary=texts) as file:
        columns = {name: frame_column(pa, request, _columns(file, [place])[0], name) for name, place in wanted.items()}
        return pd.DataFrame(columns, copy=False)


def _leaf_path(file: Any, position: int) -> str:
    return str(file.schema.column(_leaves(file)[position][0]).path)


@contextlib.contextmanager
def _opened(request: Request, **options: Any) -> Iterator[Any]:
    """Open the file; every error while it is read becomes one line."""
    parquet = require("pyarrow.parquet", extra="parquet", purpose="Reading .parquet files")
    try:
        with parquet.ParquetFile(request.path, **options) as file:
            _check_metadata(request, file.metadata)
            yield file
    except (DeepKMeansError, MemoryError):  # Arrow's own memory error is one, too
        raise
    except Exception as error:  # Arrow's errors, OSError, and what its Python parts raise on damaged text or JSON
        raise InvalidDataError(
            f"{request.file}: is damaged or not a Parquet file ({one_line(error)}); write it again"
        ) from error


def _check_metadata(request: Request, metadata: Any) -> None:
    """Check that the declared numbers of rows agree, as pyarrow may crash the process on damaged columns."""
    groups = [metadata.row_group(number).num_rows for number in range(metadata.num_row_groups)]
    if min(groups, default=0) < 0 or sum(groups) != metadata.num_rows:
        raise InvalidDataError(
            f"{request.file}: is damaged (it declares {metadata.num_rows} rows and its row groups {sum(groups)}); "
            "write it again"
        )


def _columns(file: Any, positions: list[int]) -> list[Any]:
    """Columns by their positions in the schema: names may repeat, or hold dots like those of nested columns."""
    leaves = _leaves(file)
    table = file.reader.read_all(column_indices=sorted(leaf for position in positions for leaf in leaves[position]))
    order = {position: number for number, position in enumerate(sorted(positions))}
    return [table.column(order[position]) for position in positions]


def _leaves(file: Any) -> list[range]:
    """For each column of the schema the stored columns that make it up: one, unless it is nested."""
    t = require("pyarrow", extra="parquet", purpose="Reading .parquet files").types

    def count(kind: Any) -> int:
        kind = getattr(kind, "storage_type", kind)  # of an extension
        if t.is_struct(kind):
            return sum(count(field.type) for field in kind)
        if t.is_map(kind):
            return count(kind.key_type) + count(kind.item_type)
        if hasattr(kind, "value_type") and not t.is_dictionary(kind):
            return count(kind.value_type)
        return 1

    ends = np.cumsum([0, *(count(kind) for kind in file.schema_arrow.types)]).tolist()
    if ends[-1] != len(file.schema):
        raise ValueError(f"{len(file.schema)} stored columns where the schema has {ends[-1]}")
    return [range(begin, end) for begin, end in itertools.pairwise(ends)]


def _index_columns(request: Request, schema: Any) -> list[int]:
    """pandas stores a data frame's index as one more column and says so in the metadata."""
    try:
        described = schema.pandas_metadata
        stored = [] if described is None else described.get("index_columns", [])
        if not isinstance(stored, list) or not all(isinstance(name, (str, dict)) for name in stored):
            raise TypeError("index_columns is no list of names")
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise InvalidDataError(
            f"{request.file}: what pandas noted in the file is damaged ({one_line(error)}); write the file again, "
            "or without an index, by frame.to_parquet(path, index=False)"
        ) from error
    names = [name for name in stored if isinstance(name, str)]
    return [schema.names.index(name) for name in dict.fromkeys(names) if name in schema.names]


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


def _labels(request: Request, position: int, name: str) -> np.ndarray:
    """One column in the dtype of the file. Texts are read as a dictionary, so that repeated ones take memory once."""
    with _opened(request) as file:
        kind = file.schema_arrow.types[position]
        path = _leaf_path(file, position)
        texts = str(kind) in ("string", "large_string")
    with _opened(request, read_dictionary=[path] if texts else []) as file:
        column = _columns(file, [position])[0]
        values = repeated(column) if texts else np.asarray(column.to_pandas())
    if values.dtype == object and all(isinstance(value, str) for value in values):
        longest = max(map(len, values), default=0)
        request.limit.check(4 * longest * len(values), f"the column {name!r} of texts of up to {longest} letters")
        return values.astype(str)
    return values


def _dates_as_text(index: np.ndarray | None) -> np.ndarray | None:
    """The index, with dates as text instead of integers."""
    return index.astype(str) if index is not None and index.dtype.kind in "mM" else index
