"""Designs of plain columns for the tests of rules."""

from __future__ import annotations

from typing import Any

import numpy as np

from deepkmeans.inspection.design import Design
from deepkmeans.inspection.original import OriginalColumn, OriginalRows


def design(**columns: Any) -> Design:
    """Numbers as they are; dates and words by their dtype."""
    made = []
    for name, values in columns.items():
        cells = np.asarray(values)
        kind = {"M": "date", "O": "category"}.get(cells.dtype.kind, "number")
        made.append(OriginalColumn(name, kind, cells.astype(float) if kind == "number" else cells))
    return OriginalRows(len(made[0]), tuple(made)).design()


def plain(X: np.ndarray) -> Design:
    """Columns x0, x1, ..."""
    return design(**{f"x{number}": column for number, column in enumerate(np.asarray(X, dtype=float).T)})
