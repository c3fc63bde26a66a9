"""Recognise columns that number or name the rows instead of measuring them, by their names and values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .cells.identifiers import ENOUGH, is_key_name

__all__ = ["identifier_columns"]

#: Whole numbers up to here are exact in float32.
_EXACT = 2**24


def identifier_columns(X: np.ndarray, names: Sequence[str] | None) -> list[tuple[int, str]]:
    """Positions in ``X`` of columns that look like keys, and the reason.

    Whole numbers that are evenly stepped or all different, in at least twenty rows; whole numbers of any kind in a
    column called like a key.
    """
    n = X.shape[0]
    low, high = np.fmin.reduce(X, axis=0), np.fmax.reduce(X, axis=0)  # these two skip NaN
    with np.errstate(invalid="ignore", over="ignore"):
        wide_enough = high.astype(np.float64) - low >= min(n, _EXACT) - 1
        sample = X[:: max(1, n // 50)]
        whole = ((sample == np.rint(sample)) | np.isnan(sample)).all(axis=0)
    identifiers = []
    for position in np.flatnonzero(whole & (high > low)).tolist():
        named = names is not None and is_key_name(names[position])
        if not named and (n < ENOUGH or not wide_enough[position]):
            continue
        column = X[:, position]
        present = np.sort(column[~np.isnan(column)]).astype(np.float64)
        if not (present == np.rint(present)).all():
            continue
        steps = np.diff(present)
        different = len(present) == n and bool((steps > 0).all())
        if different and n >= ENOUGH and steps.max() == steps.min():
            identifiers.append((position, "whole numbers in equal steps"))
        elif named:
            identifiers.append((position, "the name of a key"))
        elif different and n >= ENOUGH:
            identifiers.append((position, "whole numbers that are all different"))
    return identifiers
