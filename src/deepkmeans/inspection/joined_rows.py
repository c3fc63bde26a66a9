"""Several inputs of the same rows as one: the columns of all, by names that say which input they are of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from .original import OriginalColumn, OriginalRows

__all__ = ["joined_rows"]


def joined_rows(inputs: Mapping[str, OriginalRows]) -> OriginalRows:
    """Rows of several ``inputs``, by name.

    A column of a table keeps its name where no other has it; of pictures, recordings and series the input comes before
    it, ``photo brightness``. Texts are a column that is called as their input.
    """
    seen = Counter(column.name for rows in inputs.values() for column in rows.columns) + Counter(list(inputs))
    columns: list[OriginalColumn] = []
    for name, rows in inputs.items():
        if rows.texts is not None:
            columns.append(OriginalColumn(name, "text", np.array([text or None for text in rows.texts], dtype=object)))
        for column in rows.columns:
            if rows.kind != "table":
                columns.append(replace(column, name=f"{name} {column.name}"))
            else:
                columns.append(column if seen[column.name] == 1 else replace(column, name=f"{name}: {column.name}"))
    n_samples = len(next(iter(inputs.values())))
    names = next((rows.names for rows in inputs.values() if rows.names is not None), None)
    return OriginalRows(
        n_samples, tuple(columns), n_left_out=sum(rows.n_left_out for rows in inputs.values()), names=names,
        inputs=dict(inputs),
    )  # fmt: skip
