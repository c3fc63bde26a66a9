"""Texts as Python users hold them: one a row, in a list, a series or an array of one dimension."""

from __future__ import annotations

from typing import Any

import numpy as np

from .frame_inputs import as_frame

__all__ = ["given_texts", "is_missing", "one_dimension"]


def given_texts(X: Any, *, allow: str = "texts") -> list[str] | None:
    """The texts in ``X``, "" where one is missing; None where the cells are no texts, or more than one column.

    Parameters
    ----------
    X : Any
    allow : {"texts", "missing", "all"}
        Whether at least one cell must be a text; or all may be missing, and none be there; or any cell will do, as
        Python writes it.
    """
    cells = one_dimension(X)
    if cells is None:
        return None
    kinds = set(map(type, cells))
    if kinds == {str}:
        return cells
    if allow == "texts" and not any(issubclass(kind, str) for kind in kinds):
        return None
    if allow != "all" and any(not isinstance(cell, str) and not is_missing(cell) for cell in cells):
        return None
    return ["" if is_missing(cell) else str(cell) for cell in cells]


def is_missing(cell: Any) -> bool:
    """None, NaN, NaT or ``pandas.NA``; pandas is not imported for it."""
    if cell is None or type(cell).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(cell, (float, np.floating)) and bool(cell != cell)


def one_dimension(X: Any) -> list[Any] | None:
    """The cells of one dimension; None of anything else."""
    if isinstance(X, np.ndarray):
        return [*X.tolist()] if X.ndim == 1 and X.dtype.kind in "UOT" else None  # None where a mask hides a cell
    if isinstance(X, (list, tuple)):
        return [*X]
    if type(X).__module__.partition(".")[0] == "pyarrow" and hasattr(X, "to_pylist") and not hasattr(X, "columns"):
        return [*X.to_pylist()]
    frame = X if type(X).__name__ == "Index" and hasattr(X, "to_list") else as_frame(X)
    return None if frame is None or hasattr(frame, "columns") else [*frame.to_list()]
