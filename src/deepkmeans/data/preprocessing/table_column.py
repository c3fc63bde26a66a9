"""One column of a mixed table as it enters the rows: its block, the flag of missing cells, and what both weigh."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from .column_block import FARTHEST, ColumnBlock, missing_cells

__all__ = ["FLAG_WEIGHT", "TableColumn"]

#: A missing cell says less than what would stand there: its flag weighs half as much as a number of its relevance.
FLAG_WEIGHT = 0.5


@dataclass(frozen=True, eq=False)
class TableColumn:
    """A fitted column.

    Attributes
    ----------
    name : str
    block : ColumnBlock
    missing : float
        Share of the cells missing in the fit; where there were some, a last number says of each row whether its cell
        is, centred and of variance one; less where few are, so that a gap is never far from the other rows.
    relevance : tuple of float
        Of each part of the block, and of the flag, from 0 to 1.
    weights : tuple of float
        By which they are multiplied.
    """

    name: str
    block: ColumnBlock
    missing: float
    relevance: tuple[float, ...] = ()
    weights: tuple[float, ...] = ()

    @property
    def flagged(self) -> bool:
        return 0 < self.missing < 1

    @property
    def width(self) -> int:
        """Of the block."""
        return sum(self.block.parts)

    @property
    def feature_names(self) -> list[str]:
        return [*self.block.names(self.name), *([f"{self.name} (missing)"] if self.flagged else [])]

    @property
    def multipliers(self) -> np.ndarray:
        """Weights (w,) of the numbers, or (w + 1,) with the flag."""
        return np.repeat(self.weights, [*self.block.parts, *([1] if self.flagged else [])])

    def lighter(self, coded: float) -> np.ndarray:
        """Multipliers of the numbers that make columns of levels or items ``coded`` times as heavy."""
        return np.full(len(self.multipliers), coded if self.block.coded else 1.0)

    def flag(self, values: Any) -> np.ndarray:
        """Which cells are missing, (n,), as a number of mean 0 and variance 1 at most in the fit."""
        deviation = max(np.sqrt(self.missing * (1 - self.missing)), 1 / FARTHEST)
        return np.asarray((missing_cells(values) - self.missing) / deviation)

    def parts_of(self, numbers: np.ndarray, values: Any, mass: np.ndarray) -> Iterator[np.ndarray]:
        """Groups (n,) of each part and of the flag, to be compared with those of other columns."""
        yield from self.block.groups(numbers, mass)
        if self.flagged:
            yield missing_cells(values).astype(np.int64)

    def report(self) -> dict[str, Any]:
        """What was decided, as JSON."""
        said = {**self.block.decided(), "weight": round(max(self.weights[: len(self.block.parts)]), 3)}
        return {**said, "missing": round(self.missing, 4)} if self.missing else said
