"""The levels, the item or word, or the missing cells that set each cluster apart."""

from __future__ import annotations

import numpy as np

from .conditions import LEAST_STRENGTH, Condition
from .counts import Counts

__all__ = ["best_gap", "best_item", "best_levels"]

#: So much more must a further level say than those before it, and an absence than a presence.
_BETTER = 0.1


def best_levels(counts: Counts, family: float) -> list[Condition | None]:
    """For each cluster the level, or two or three, that set it apart; the level it lacks, where that says more."""
    m = counts.held.shape[1]
    n_tests = family * (m + m**2 / 2 + m**3 / 6 + m)
    inside, outside = counts.inside, counts.outside
    results: list[Condition | None] = []
    for cluster in range(counts.n_clusters):
        ahead = inside[cluster] - outside[cluster]
        order = np.argsort(-ahead, kind="stable")
        n_levels = 1
        while n_levels < min(3, m - 1) and ahead[order[n_levels]] >= 1.5 * _BETTER:
            n_levels += 1
        chosen = [order[:n_levels]]
        if m > 2 and -ahead[order[-1]] > ahead[order[:n_levels]].sum() + _BETTER:
            chosen.insert(0, order[-1:])
        results.append(_first(counts, cluster, chosen, (inside[cluster], outside[cluster]), n_tests))
    return results


def best_item(counts: Counts, family: float, *, absent: bool = True) -> list[Condition | None]:
    """For each cluster the item or word that sets it apart, or (``absent``) that is missing in it."""
    m = counts.held.shape[1]
    inside, outside = counts.inside, counts.outside
    results: list[Condition | None] = []
    for cluster in range(counts.n_clusters):
        ahead = inside[cluster] - outside[cluster]
        order = np.argsort(-ahead, kind="stable")
        chosen = [order[:1]]
        if absent and m and -ahead[order[-1]] > ahead[order[0]] + _BETTER:
            chosen.insert(0, order[-1:])
        results.append(_first(counts, cluster, chosen, (inside[cluster], outside[cluster]), 2 * m * family))
    return results


def _first(
    counts: Counts, cluster: int, chosen: list[np.ndarray], shares: tuple[np.ndarray, ...], n_tests: float
) -> Condition | None:  # fmt: skip
    """The first choice of levels that is strong enough and not chance."""
    if not counts.comparable[cluster]:
        return None
    for levels in chosen:
        p, q = (min(1.0, float(share[levels].sum())) for share in shares)
        strength = abs(p - q) * float(counts.present[cluster])
        often = p > q
        if len(levels) and strength >= LEAST_STRENGTH and not counts.is_chance(
            cluster, levels, n_tests, absent=not often
        ):
            return Condition("often" if often else "rarely", p, q, strength, levels=tuple(map(int, levels)))
    return None


def best_gap(counts: Counts, family: float) -> list[Condition | None]:
    """For each cluster whether cells are missing more, or less, often than elsewhere; the one level is "missing"."""
    inside, outside = counts.inside[:, 0], counts.outside[:, 0]
    results: list[Condition | None] = []
    for cluster in range(counts.n_clusters):
        p, q = float(inside[cluster]), float(outside[cluster])
        weak = not counts.comparable[cluster] or abs(p - q) < LEAST_STRENGTH
        if weak or counts.is_chance(cluster, [0], 2 * family, absent=p < q):
            results.append(None)
        else:
            results.append(Condition("missing", p, q, p - q) if p > q else Condition("given", 1 - p, 1 - q, q - p))
    return results
