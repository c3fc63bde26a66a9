"""Columns of a Parquet file that are not all numbers, as a data frame in the types of the file."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np

from .._quoting import short
from ..exceptions import InvalidDataError
from .column_choice import fits, listed
from .json_tables import cell_as_text
from .request import Request

__all__ = ["can_hold", "frame_column", "is_numeric", "is_text", "refuse_kinds", "repeated"]


def is_numeric(pa: Any, kind: Any) -> bool:
    """Whether a column of this type is numbers, yes/no or nothing."""
    t = pa.types
    if t.is_dictionary(kind):
        return is_numeric(pa, kind.value_type)
    return any(test(kind) for test in (t.is_integer, t.is_floating, t.is_boolean, t.is_decimal, t.is_null))


def is_text(pa: Any, kind: Any) -> bool:
    """Whether a column of this type is texts."""
    return any(test(kind) for test in (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view))


def can_hold(pa: Any, kind: Any) -> bool:
    """Whether a column of this type has a place in a frame."""
    t = pa.types
    if t.is_dictionary(kind):
        return can_hold(pa, kind.value_type)
    if t.is_nested(kind):
        return not t.is_union(kind) and all(can_hold(pa, kind.field(i).type) for i in range(kind.num_fields))
    times = (t.is_timestamp, t.is_date, t.is_time, t.is_duration)
    return is_numeric(pa, kind) or is_text(pa, kind) or any(test(kind) for test in times)


def frame_column(pa: Any, request: Request, column: Any, name: str) -> Any:
    """A column as pandas holds it: whole numbers without holes as such, dates as moments, texts that repeat once."""
    import pandas as pd

    kind = column.type
    if pa.types.is_dictionary(kind) and is_text(pa, kind.value_type):
        if isinstance(kind, pa.DictionaryType) and kind.ordered:
            return column.to_pandas()
        letters = sum(_letters(chunk) for chunk in column.chunks)
        request.limit.check(letters, f"the column {short(name)} of texts")
        return pd.Series(repeated(column))
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    if pa.types.is_boolean(kind):
        return column.to_pandas().astype("boolean") if column.null_count else column.to_pandas()
    if pa.types.is_null(kind) or pa.types.is_decimal(kind):
        return pd.Series(column.cast(pa.float64()).to_numpy(zero_copy_only=False))
    if pa.types.is_nested(kind) and not (_is_list(pa, kind) and is_text(pa, kind.value_type)):
        request.limit.check(8 * column.nbytes, f"the column {short(name)}")
        return pd.Series([_parts(cell, lists=_is_list(pa, kind)) for cell in column.to_pylist()], dtype=object)
    if pa.types.is_time(kind):
        column = column.cast(pa.string())
    request.limit.check(column.nbytes, f"the column {short(name)}")
    return column.to_pandas(date_as_object=False)


def _is_list(pa: Any, kind: Any) -> bool:
    """Whether cells of this type are lists of things that are no lists themselves, and have no parts."""
    t = pa.types
    lists = t.is_list(kind) or t.is_large_list(kind) or t.is_fixed_size_list(kind)
    return lists and not t.is_nested(kind.value_type)


def _parts(cell: Any, *, lists: bool) -> Any:
    """The texts of a list; what else has parts as JSON lines are read: as one text."""
    if cell is None:
        return None
    return [cell_as_text(part) for part in cell if part is not None] if lists else cell_as_text(cell)


def _letters(chunk: Any) -> int:
    """Bytes of the texts of a chunk, written out."""
    lengths = np.array([len(word or "") for word in chunk.dictionary.to_pylist()] + [0])
    positions = chunk.indices.fill_null(len(lengths) - 1).to_numpy(zero_copy_only=False)
    return int(lengths[positions].sum()) + 8 * len(positions)


def repeated(column: Any) -> np.ndarray:
    """Texts of a dictionary column as objects, of which equal texts share one; NaN where missing."""
    parts = []
    for chunk in column.chunks:
        words = np.array([*chunk.dictionary.to_pylist(), np.nan], dtype=object)
        parts.append(words[chunk.indices.fill_null(len(words) - 1).to_numpy(zero_copy_only=False)])
    return np.concatenate(parts) if parts else np.empty(0, dtype=object)


def refuse_kinds(request: Request, refused: dict[str, Any]) -> NoReturn:
    """Refuse columns of types that have no place in a frame."""
    first, kind = next(iter(refused.items()))
    drop = list(refused) if fits(refused) else ["A", "B"]
    affected = "1 column" if len(refused) == 1 else f"{len(refused)} columns"
    raise InvalidDataError(
        f"{request.file}: column {short(first)} holds {kind}, which is neither a number, a text nor a date; {affected} "
        f"of such kinds: {listed(refused)}; "
        + (
            "the model needs other values there"
            if request.choice.for_model
            else f"leave out with drop={drop}, or store their parts as columns of their own"
        )
    )
