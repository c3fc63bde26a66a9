"""Columns and rows as profiles take them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from deepkmeans.inspection.original import OriginalColumn, OriginalRows

__all__ = ["column", "planted", "rows_of"]


def column(name: str, values: Iterable[Any], kind: str = "number", levels: Sequence[str] = ()) -> OriginalColumn:
    """A column; None is missing."""
    cells = list(values)
    if kind in ("number", "boolean", "ordinal"):
        array = np.array([np.nan if value is None else value for value in cells], dtype=np.float64)
    elif kind == "date":
        array = np.array(cells, dtype="datetime64[s]")
    else:
        array = np.empty(len(cells), dtype=object)
        array[:] = cells
    return OriginalColumn(name, kind, array, tuple(levels))


def rows_of(*columns: OriginalColumn) -> OriginalRows:
    """A table."""
    return OriginalRows(len(columns[0]), columns)


def planted(seed: int, *, k: int, n: int, heavy: bool, categories: bool) -> tuple[OriginalRows, np.ndarray]:
    """A table of 40 columns in any order, of which "true 0", "true 1" and "true 2" make k clusters, and its labels.

    The others are correlated among themselves; with ``heavy`` tails some of their numbers are far out.
    """
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, k, n)

    def drawn(*shape: int) -> np.ndarray:
        return rng.standard_t(1.5, shape) if heavy else rng.normal(size=shape)

    noise = drawn(n, 5) @ rng.normal(size=(37, 5)).T + drawn(n, 37)
    centers = 3.0 * np.stack([rng.permutation(k) for _ in range(3)], axis=1)
    signal = centers[labels] + (rng.standard_t(2.5, (n, 3)) if heavy else rng.normal(size=(n, 3)))
    columns = [column(f"noise {i}", noise[:, i]) for i in range(37)]
    true = [column(f"true {i}", signal[:, i]) for i in range(3)]
    if categories:
        cities = np.array([f"city {letter}" for letter in "ABCDEFGH"], dtype=object)
        of_cluster = rng.permutation(8)[labels % 8]
        anywhere = rng.integers(0, 8, n)
        true[0] = column("true 0", cities[np.where(rng.random(n) < 0.8, of_cluster, anywhere)], "category")
        for i in range(5):
            columns[i] = column(f"noise {i}", cities[rng.integers(0, 8, n)], "category")
    columns += true
    return rows_of(*[columns[i] for i in rng.permutation(40)]), labels
