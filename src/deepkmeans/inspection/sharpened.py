"""A range of bins with its ends where they tell a cluster best: at numbers that occur."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .conditions import Condition

__all__ = ["sharpened"]

#: Sums in another order of the rows are the same to so many digits.
_DIGITS = 12


def sharpened(
    condition: Condition, cluster: int, values: np.ndarray, group: np.ndarray, weight: np.ndarray, present: float
) -> Condition:  # fmt: skip
    """The same direction with the ends of the largest difference between both shares.

    ``values`` (n,) are ascending. Whether the condition is chance was decided on bins, which labels do not move; the
    ends here only describe. O(n).
    """
    last = np.flatnonzero(np.append(values[1:] != values[:-1], True))
    distinct, m = values[last], len(last)
    inside, outside = (_shares(np.where(side, weight, 0.0))[last] for side in (group == cluster, group != cluster))
    inside, outside = np.append(0.0, inside), np.append(0.0, outside)
    lead = np.round(inside - outside, _DIGITS)
    if condition.direction == "low":
        first, end = 0, 1 + int(lead[1:m].argmax())
    elif condition.direction == "high":
        first, end = 1 + int(lead[1:m].argmin()), m
    else:
        rising = lead if condition.direction == "medium" else -lead
        end = int((rising - np.minimum.accumulate(rising)).argmax())
        first = int(rising[: end + 1].argmin())
        if first == 0 or end == m:
            return condition
    p, q = float(inside[end] - inside[first]), float(outside[end] - outside[first])
    low, high = (-np.inf if first == 0 else distinct[first]), (np.inf if end == m else distinct[end - 1])
    if condition.direction == "extreme":
        p, q, low, high = 1 - p, 1 - q, distinct[first - 1], distinct[end]
    p, q = (min(1.0, max(0.0, round(share, _DIGITS))) for share in (p, q))
    strength = min(1.0, max(0.0, p - q) * present)
    return replace(condition, inside=p, outside=q, strength=strength, low=float(low), high=float(high))


def _shares(weight: np.ndarray) -> np.ndarray:
    held = np.cumsum(weight)
    return np.asarray(held / held[-1])
