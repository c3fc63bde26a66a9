"""Data files as a verb sees them, with everything the reader decided said aloud."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..exceptions import InvalidDataError, InvalidParameterError
from .console import Console

if TYPE_CHECKING:
    from ..data.files import Table

__all__ = ["named", "read_for_fit", "read_for_model", "row_names"]


def read_for_fit(
    console: Console, path: Path, *, columns: list[str] | None, drop: list[str] | None, label_column: str | None
) -> Table:
    """The table to fit on. Labels stay out of the fit."""
    from ..data.files import read_table

    table = read_table(path, columns=columns, drop=drop, label_column=label_column)
    n, d = table.X.shape
    console.guess("columns", f"{d} numeric", because=f"{n} rows", flag="--columns A,B or --drop A,B")
    for note in table.notes:
        console.note(f"{path.name}: {note}")
    if table.labels is not None and label_column is None:
        console.guess("labels", "key y", because="kept out of the fit, used by evaluate", flag="--label-column")
    return table


def read_for_model(
    console: Console, path: Path, feature_names: Sequence[str] | None, *, width: int, selection: Mapping[str, Any]
) -> Table:
    """The table to predict on: the model's own columns where both have names, else those chosen in the fit.

    A file without names that is already ``width`` columns wide is taken as it is; a wider one is narrowed by the
    ``selection`` (columns, drop, label_column) of the fit.
    """
    from ..data.files import read_table

    names_inside = path.suffix.lower() not in (".npy", ".npz")
    try:
        table = read_table(path, columns=list(feature_names) if feature_names is not None and names_inside else None)
    except InvalidParameterError as error:
        raise InvalidDataError(f"{path.name} does not hold the columns of the fit: {error}") from error
    if table.X.shape[1] != width and feature_names is None and any(selection.values()):
        table = read_table(path, **selection)
    for note in table.notes:
        console.note(f"{path.name}: {note}")
    if table.X.shape[1] != width:
        raise InvalidDataError(
            f"{path.name} has {table.X.shape[1]} columns and the model was fitted on {width}; "
            "give a file with the columns of the fit"
        )
    return table


def row_names(table: Table) -> Iterable[Any]:
    """What stands in the column ``row``: the index that the file stores, else 0, 1, 2, ..."""
    return range(table.X.shape[0]) if table.index is None else table.index.tolist()


def named(table: Table) -> Any:
    """The rows with their column names, so that a model can check them later; without names, the bare array."""
    import scipy.sparse as sp

    if table.feature_names is None or sp.issparse(table.X):
        return table.X
    import pandas as pd

    return pd.DataFrame(table.X, columns=table.feature_names, copy=False)
