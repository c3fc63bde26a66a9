"""Missing cells of a table or texts: where a user wants none, and where a row has nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...exceptions import InvalidDataError
from ..given import GivenInput
from ..media.audio_files import shown_recording
from ..media.picture_files import shown_picture
from .column_block import missing_cells
from .series import series_of
from .series_grid import without_padding

__all__ = ["refuse_missing", "refuse_unreadable", "rows_of_missing_cells", "rows_without_cells"]


def refuse_missing(given: GivenInput, schema: Any = None) -> None:
    """Refuse missing texts, or missing cells in the columns that ``schema`` keeps of a table.

    Raises
    ------
    InvalidDataError
        It names the columns.
    """
    if given.kind == "series":
        return _refuse_gaps(given)
    values = {"": given.rows} if schema is None else schema.parse(given.rows)
    every = {name: np.flatnonzero(missing_cells(column)) for name, column in values.items()}
    missing = {name: rows for name, rows in every.items() if len(rows)}
    if not missing:
        return None
    shown = ", ".join(f"{len(rows)}{f' in column {name!r}' if name else ''}" for name, rows in [*missing.items()][:3])
    more = f" and {len(missing) - 3} more columns" if len(missing) > 3 else ""
    first = min(int(rows[0]) for rows in missing.values())
    raise InvalidDataError(
        f"Input X has missing {'texts' if schema is None else 'cells'}: {shown}{more}, the first in row {first} "
        "(counted from 0). Fill them, or use missing='impute'."
    )


def refuse_unreadable(given: GivenInput, X: np.ndarray) -> None:
    """Refuse pictures or recordings of which the rows X (n, p) are NaN, and pictures in memory beside which others were
    skipped.

    Raises
    ------
    InvalidDataError
        It names the first.
    """
    what, shown = ("picture", shown_picture) if given.kind == "image" else ("recording", shown_recording)
    skipped, items = getattr(given.rows, "skipped", ()), getattr(given.rows, "items", given.rows)
    names = [each["name"] for each in skipped] or [
        shown(items[row], row) for row in np.flatnonzero(np.isnan(X).all(axis=1)).tolist()
    ]  # fmt: skip
    if names:
        raise InvalidDataError(
            f"{len(names):,} {what}{' is' if len(names) == 1 else 's are'} missing or cannot be read, the first "
            f"{names[0]}. Leave them out, or use missing='impute'."
        )


def rows_without_cells(given: GivenInput, preprocessor: Any) -> np.ndarray:
    """Which rows (n,) have no known cell in the columns that a mixed table keeps, or are series without a value.

    Tables of numbers alone are left as they are: a flag in front of the network tells of each missing cell.
    """
    none = np.zeros(len(given), dtype=bool)
    if given.kind == "series":
        return np.array([each is None for each in series_of(given)])
    if preprocessor.kind != "table" or preprocessor.mixed is None:
        return none
    if len(preprocessor.missing) < len(preprocessor.schema.kept):  # a column without gaps: every row has a cell
        return none
    return rows_of_missing_cells(given, preprocessor)


def rows_of_missing_cells(given: GivenInput, preprocessor: Any) -> np.ndarray:
    """Which rows (n,) of a table have no known cell in the columns that it keeps."""
    values = preprocessor.schema.parse(given.rows)
    return np.asarray(np.logical_and.reduce([missing_cells(column) for column in values.values()]))


def _refuse_gaps(given: GivenInput) -> None:
    """Refuse series of which one is missing or has a gap."""
    for row, series in enumerate(series_of(given)):
        if series is None or np.isnan(without_padding(series)).any():
            what = "has no value" if series is None else "has missing values"
            raise InvalidDataError(
                f"Input X has missing values: series {row} (counted from 0) {what}. Fill them, or use missing='impute'."
            )
