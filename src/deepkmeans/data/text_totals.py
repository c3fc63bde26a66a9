"""Warn of a last row that seems to sum up the table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .text_footer import last_record, said_total
from .text_records import Layout

__all__ = ["doubtful_total"]


def doubtful_total(layout: Layout, columns: Sequence[np.ndarray]) -> list[str]:
    """A warning if the last row seems to sum up those above; ``columns``: the numbers (n,) of each column."""
    n = len(columns[0]) if columns else 0
    if n < 3 or layout.stop is not None:
        return []
    word = said_total(last_record(layout))
    if word is None and not _sums_up(columns, _rounded(layout)):
        return []
    line = layout.line_of(n - 1)
    reason = "holds the sum of every column" if word is None else f"begins with {word!r}"
    return [
        f"the last line ({line}) looks like a total, not a row (it {reason}); if so, leave it out with skipfooter=1"
    ]


def _rounded(layout: Layout) -> float:
    """By how much rounding may have changed the numbers of the last record."""
    decimals = [len(cell.strip().rpartition(".")[2]) for cell in last_record(layout) if "." in cell]
    return 0.51 * 10.0 ** -max(decimals, default=0)


def _sums_up(columns: Sequence[np.ndarray], rounded: float) -> bool:
    """Whether the last row is the sum of those above in every column that varies, and this cannot be chance."""
    n = len(columns[0])
    if n < 5:
        return False
    equal = 0
    for column in columns:
        rows, last = column[:-1], float(column[-1])
        if np.isnan(last):
            continue
        with np.errstate(all="ignore"):
            total, size = float(np.nansum(rows, dtype=np.float64)), float(np.nansum(np.abs(rows), dtype=np.float64))
            if size == 0 and last == 0:
                continue
            if not abs(total - last) <= max(1e-5 * size, min(rounded, 0.01 * size)):
                return False
        equal += 1
    return equal >= (2 if n < 10 else 1)
