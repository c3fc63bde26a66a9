"""Missing cells of a table or texts, where a user wants none."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...exceptions import InvalidDataError
from ..given import GivenInput
from .column_block import missing_cells

__all__ = ["refuse_missing"]


def refuse_missing(given: GivenInput, schema: Any = None) -> None:
    """Refuse missing texts, or missing cells in the columns that ``schema`` keeps of a table.

    Raises
    ------
    InvalidDataError
        It names the columns.
    """
    values = {"": given.rows} if schema is None else schema.parse(given.rows)
    every = {name: np.flatnonzero(missing_cells(column)) for name, column in values.items()}
    missing = {name: rows for name, rows in every.items() if len(rows)}
    if not missing:
        return
    shown = ", ".join(f"{len(rows)}{f' in column {name!r}' if name else ''}" for name, rows in [*missing.items()][:3])
    more = f" and {len(missing) - 3} more columns" if len(missing) > 3 else ""
    first = min(int(rows[0]) for rows in missing.values())
    raise InvalidDataError(
        f"Input X has missing {'texts' if schema is None else 'cells'}: {shown}{more}, the first in row {first} "
        "(counted from 0). Fill them, or use missing='impute'."
    )
