"""Which cells of a table were missing before they were filled, as the flags among a network's inputs tell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from torch import Tensor

from ..data.sharding import AllRows
from .context import FitContext

__all__ = ["MissingCells", "find_missing"]


@dataclass(frozen=True)
class MissingCells:
    """The flags of a fit.

    Attributes
    ----------
    rows : Rows or ShardedRows
        As the network sees them.
    flags : ndarray of shape (m,), int64
        Which of their numbers are above 0 where a cell was missing.
    """

    rows: AllRows
    flags: np.ndarray

    def of(self, index: Tensor) -> np.ndarray:
        """Which cells of the rows at ``index`` (n,) were missing, (n, m)."""
        return np.asarray(self.rows.take(index)[:, self.flags].cpu().numpy() > 0)


def find_missing(context: FitContext) -> MissingCells | None:
    """The flags of this fit, if cells were missing."""
    flags = context.rows.flags
    return MissingCells(context.all_rows(context.rows.network), flags) if len(flags) else None
