"""Rows that become known in any order."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp

__all__ = ["RowCollection"]


class RowCollection:
    """Rows (n, p) of which some are known: dense ones in one array, sparse ones batch by batch."""

    def __init__(self, n: int, width: int | None) -> None:
        self._n, self.width = n, width
        self._dense: np.ndarray | None = None
        self._sparse: list[tuple[list[int], Any]] = []

    def put(self, positions: list[int], rows: Any) -> None:
        self.width = rows.shape[1]
        if self._sparse or (sp.issparse(rows) and self._dense is None):
            self._sparse.append((positions, sp.csr_matrix(rows)))
            return
        if self._dense is None:
            self._dense = np.zeros((self._n, self.width), dtype=np.float32)
        self._dense[positions] = rows.toarray() if sp.issparse(rows) else rows

    def dense_at(self, positions: list[int]) -> np.ndarray | None:
        return None if self._dense is None else self._dense[positions]

    def gathered(self, source: np.ndarray) -> Any:
        """All rows, (n, p), that at ``source[i]`` for row i."""
        if self._sparse:
            where = np.concatenate([positions for positions, _ in self._sparse])
            stacked = sp.vstack([rows for _, rows in self._sparse], format="csr")
            order = sp.csr_matrix((np.ones(len(where), np.float32), (where, range(len(where)))), (self._n, len(where)))
            return (order @ stacked)[source]
        if self._dense is None:
            return np.zeros((self._n, self.width or 0), dtype=np.float32)
        copies = np.flatnonzero(source != np.arange(self._n))
        self._dense[copies] = self._dense[source[copies]]
        return self._dense
