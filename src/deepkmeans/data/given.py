"""The input as it was given, before anything is numbers: a table of any columns, or texts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

__all__ = ["GivenInput"]


@dataclass(frozen=True)
class GivenInput:
    """Rows of a table, or texts.

    Attributes
    ----------
    kind : {"table", "text"}
    rows : pandas.DataFrame or list of str
        Of a table its columns in the types in which they were given; of texts one a row, "" where one is missing.
    names : list of str or None
        Of the columns, where all of them have one.
    """

    kind: str
    rows: Any
    names: list[str] | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, index: np.ndarray) -> GivenInput:
        """The rows at ``index`` (m,), positions from 0."""
        if self.kind == "table":
            return replace(self, rows=self.rows.iloc[index])
        return replace(self, rows=[self.rows[position] for position in index.tolist()])
