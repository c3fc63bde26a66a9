"""Time of a fit that starts from the neighbour graph, for ``--dry-run``."""

from __future__ import annotations

from typing import Any

__all__ = ["choosing_seconds", "graph_seconds"]

#: Seconds of one cut of the graph of all landmarks, measured on one core of a server: half grows with the square of
#: the rows (neighbours), half with the rows (partitions and their scores).
_CUT = 5.0


#: Seconds of --clusters auto on all landmarks, on one core: valleys grow with the rows, criteria are on 2,000 of them.
_VALLEYS, _CRITERIA = 12.0, 8.0


def choosing_seconds(n: int) -> float:
    """Seconds of deciding how many clusters there are."""
    from ..estimators.self_labelling import LANDMARKS

    return _VALLEYS * min(n, LANDMARKS) / LANDMARKS + _CRITERIA * min(n, 2000) / 2000


def graph_seconds(report: dict[str, Any], n: int, a_row: float) -> dict[str, float]:
    """Seconds of the graph and of training, at most; ``a_row`` are those of one row in one epoch."""
    from ..estimators.self_labelling import LANDMARKS, LEARNT, teaching_epochs

    m = min(n, LANDMARKS)
    share = m / LANDMARKS
    over = teaching_epochs(m) if report["image_shape"] else []
    cuts = 1 + len(over)
    rows = m * sum(over) + report["max_epochs"] * min(n, LEARNT)
    return {"the graph": cuts * _CUT * (share**2 + share) / 2, "clustering": rows * a_row}
