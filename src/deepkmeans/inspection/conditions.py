"""A simple condition on a column, and how well it tells a cluster from the other rows.

A condition is a threshold, an interval, a level or a few, an item, a word, a missing cell. Its strength is one number
for all kinds: the share of the cluster that meets it minus the share of all other rows that do. Over thresholds its
maximum is the statistic of Kolmogorov and Smirnov, over intervals that of Kuiper; of yes and no it is Cliff's delta.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["LEAST_STRENGTH", "Condition"]

#: What sets fewer rows apart is not worth a word.
LEAST_STRENGTH = 0.1


@dataclass(frozen=True)
class Condition:
    """A condition on a column.

    Attributes
    ----------
    direction : {"high", "low", "medium", "extreme", "often", "rarely", "missing", "given"}
    inside, outside : float
        Shares of the cluster and of all other rows that meet it, of the cells that are there.
    strength : float
        Their difference; less where the cluster's cells are missing.
    low, high : float
        Of ranges: ends, both included; of "extreme" it is met up to ``low`` and from ``high`` on.
    levels : tuple of int
        Columns of the counts: levels, items or words, the most telling first.
    """

    direction: str
    inside: float
    outside: float
    strength: float
    low: float = -math.inf
    high: float = math.inf
    levels: tuple[int, ...] = ()
