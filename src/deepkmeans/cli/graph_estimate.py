"""Seconds of a fit that finds its labels first, for ``--dry-run``."""

from __future__ import annotations

from typing import Any

__all__ = ["choosing_seconds", "graph_seconds"]

#: Seconds of partitioning the graph of so many pictures, on one core of a server: half grows with the square of the
#: rows (neighbours), half with the rows (partitions and their scores).
_PARTITION, _LANDMARKS = 5.0, 12_000

#: Seconds of the candidates of a table in one space, on one core: a constant, and what grows with the landmarks, once
#: and for each cluster, measured on so many landmarks.
_POOL_START, _POOL, _POOL_A_CLUSTER, _POOL_ROWS = 0.1, 0.3, 0.03, 1_500

#: Seconds of what the first step of a process loads, and how many times longer a step on augmented views takes.
_FIRST_STEP, _AUGMENTED = 1.0, 1.5

#: Seconds of --clusters auto on all landmarks, on one core: low-density gaps grow with the rows, criteria are on 2,000
#: of them.
_GAPS, _CRITERIA = 9.0, 4.5


def choosing_seconds(n: int) -> float:
    """Seconds of deciding how many clusters there are."""
    return _GAPS * min(n, _LANDMARKS) / _LANDMARKS + _CRITERIA * min(n, 2000) / 2000


def graph_seconds(plan: Any, rows: Any, n_clusters: int, a_row: float) -> dict[str, float]:
    """Seconds of finding a partition and of training, at most; ``a_row`` are those of one row in one epoch.

    ``rows`` are the distinct rows as plain K-Means sees them. The graph of pictures is partitioned again after each
    over-clustering round.
    """
    n, strategy = len(rows), plan.strategy
    training = plan.max_epochs * min(n, strategy.n_train) * a_row
    if not plan.finds_pictures:
        learnt = _FIRST_STEP + _AUGMENTED * training
        return {"the candidates": _table_seconds(rows, n_clusters, strategy), "clustering": learnt}
    m = min(n, strategy.n_landmarks)
    share = m / _LANDMARKS
    *over, _ = plan.phases.values()
    partitions = (1 + len(over)) * _PARTITION * (share**2 + share) / 2
    return {"the graph": partitions, "clustering": m * sum(over) * a_row + training}


def _table_seconds(rows: Any, n_clusters: int, strategy: Any) -> float:
    from ..fitting.table_partition import is_table, n_landmarks

    spaces = 3 if is_table(rows) else 1
    share = n_landmarks(rows, strategy) / _POOL_ROWS
    return spaces * (_POOL_START + share * (_POOL + _POOL_A_CLUSTER * n_clusters))
