"""What the encoding of one column of a table does, whatever its kind: cells to a few numbers, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Protocol

import numpy as np

from ...storage.schema import Rule, TensorOf

__all__ = ["FARTHEST", "TWO_VALUED", "ColumnBlock", "missing_cells"]

#: (2 / pi)^1/2: see :class:`ColumnBlock`.
TWO_VALUED = 0.8
#: The largest distance of two levels, and of a number from the middle of its column.
FARTHEST = 4.0


class ColumnBlock(Protocol):
    """A fitted encoding of one column; frozen.

    Every block is centred and has a total variance of one over the cells present in its fit, so that a number, a
    category of any number of levels, an ordered category and a text all contribute 2 to the expected squared distance
    of two rows. A date has that variance in each of its parts. It is less where nearly all cells are the same: no two
    levels are more than :data:`FARTHEST` apart, as no number is farther than that from the middle; two rows of a
    thousand that alone say "no" would else be a cluster.

    Attributes
    ----------
    kind : str
        Its name in a model file.
    parts : tuple of int
        Widths of the pieces that may mean something each by itself: one, except for dates.
    emphasis : float
        By what the block is multiplied before its relevance is known. :data:`TWO_VALUED` where cells stand at a few
        points: a cut between two of these explains all of their variance, but 2 / pi of that of a normal column, so
        K-Means would cut there first, whatever it means. More than 1 of a text, whose variance is in many directions.
    coded : bool
        Whether cells are levels or items, which part rows more sharply than numbers do.
    """

    kind: ClassVar[str]
    coded: ClassVar[bool]
    #: What a file holds of it: the document's keys beside "kind", and its arrays.
    RULES: ClassVar[Mapping[str, Sequence[Rule]]]
    ARRAYS: ClassVar[Mapping[str, TensorOf]]

    @property
    def parts(self) -> tuple[int, ...]: ...

    @property
    def emphasis(self) -> float: ...

    def names(self, column: str) -> list[str]:
        """Of the numbers made of a column of this name."""
        ...

    def encode(self, values: Any) -> np.ndarray:
        """Cells (n,) to numbers (n, sum(parts)) float64; a row of NaN where a cell is missing or tells nothing."""
        ...

    def decode(self, numbers: np.ndarray) -> Any:
        """Numbers (n, sum(parts)) to the cells that are nearest, (n,)."""
        ...

    def groups(self, numbers: np.ndarray, mass: np.ndarray) -> list[np.ndarray]:
        """Of each part the rows (n,) in a few groups from 0, -1 where missing; see :mod:`.grouping`."""
        ...

    def decided(self) -> dict[str, Any]:
        """What was decided, as JSON, for the report."""
        ...

    def to_parts(self) -> tuple[dict[str, Any], Mapping[str, np.ndarray]]:
        """Document (JSON) and arrays for a file."""
        ...

    @classmethod
    def from_parts(cls, document: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> ColumnBlock:
        """The block again, of parts that are checked."""
        ...


def missing_cells(values: Any) -> np.ndarray:
    """Which of the values (n,) of a column, as a schema parses them, are missing."""
    if hasattr(values, "categories"):
        return np.asarray(values.codes) < 0
    if isinstance(values, np.ndarray) and values.dtype.kind in "fM":
        return np.isnan(values)
    return np.array([value is None or len(value) == 0 for value in values], dtype=bool)
