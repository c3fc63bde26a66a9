"""What a column of a cluster typically holds."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from .original import OriginalColumn, OriginalRows

__all__ = ["TypicalValues"]


@dataclass(frozen=True, eq=False)
class TypicalValues:
    """Typical cells of the rows of each label, found when they are asked for."""

    rows: OriginalRows
    labels: np.ndarray
    _known: dict[tuple[str, int], str] = field(default_factory=dict, repr=False)

    def shown(self, column: OriginalColumn, label: int) -> str:
        """The median of numbers and dates, the most frequent level of others, as a person reads it; "" where there is
        none."""
        key = (column.name, label)
        if key not in self._known:
            self._known[key] = _typical(self.rows.column(column.name), np.flatnonzero(self.labels == label))
        return self._known[key]


def _typical(column: OriginalColumn, members: np.ndarray) -> str:
    part = column.take(members)
    missing = part.missing
    if not len(missing) or missing.all():
        return ""
    if missing.mean() > 0.5:
        return "often missing"
    numbers = part.numbers
    if numbers is not None and column.kind in ("number", "date"):
        return column.shown(float(np.median(numbers[~missing])))
    if column.kind == "text":
        return ""
    counts = Counter(part.values[~missing].tolist())
    return column.shown(max(sorted(counts, key=str), key=counts.__getitem__))
