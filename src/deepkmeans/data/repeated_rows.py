"""Rows of a table that come again, as where a file was joined to a part of itself."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["first_of_each"]

#: Of tables with more repeated rows than this they are taken for what the rows are like.
_MOST = 0.1
_SAMPLE = 20_000


def first_of_each(frame: Any) -> np.ndarray | None:
    """The first of the rows of a pandas frame that are alike, and all others; None if none is, or too many are.

    So are frames of one column. Rows are told apart column by column, so that few are left after some.
    """
    n = len(frame)
    if frame.shape[1] < 2 or n < 2:
        return None
    sample = np.arange(0, n, max(1, n // _SAMPLE))
    if len(sample) < n and len(_repeated(frame, sample)) > _MOST * len(sample):  # of all rows no less are repeated
        return None
    repeated = _repeated(frame, np.arange(n))
    return np.delete(np.arange(n), repeated) if 0 < len(repeated) <= _MOST * n else None


def _repeated(frame: Any, rows: np.ndarray) -> np.ndarray:
    """Those of the rows that are like one before them."""
    groups = np.zeros(len(rows), dtype=np.int64)
    for position in _cheap_first(frame):
        cells = _numbered(frame.iloc[:, position].take(rows))
        _, groups, sizes = np.unique(groups * (cells.max() + 1) + cells, return_inverse=True, return_counts=True)
        again = sizes[groups] > 1
        rows, groups = rows[again], groups[again]
        if not len(rows):
            return rows
    return np.delete(rows, np.unique(groups, return_index=True)[1])


def _cheap_first(frame: Any) -> list[int]:
    """Positions of columns, those of numbers and moments first, of which the rows differ soonest."""
    kinds = [getattr(kind, "kind", "O") for kind in frame.dtypes]
    return sorted(range(len(kinds)), key=lambda position: kinds[position] not in "fiumM")


def _numbered(column: Any) -> np.ndarray:
    """Numbers (n,) from 0, alike where the cells are."""
    import pandas as pd

    try:
        numbers = pd.factorize(column)[0]
    except TypeError:  # lists have no hash
        numbers = pd.factorize(np.array(list(map(repr, column)), dtype=object))[0]
    return np.asarray(numbers, dtype=np.int64) + 1
