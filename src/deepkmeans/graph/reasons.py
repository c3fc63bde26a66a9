"""Why a number of clusters was chosen: a sentence for every case, made of the numbers that decided it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from .low_density import FEWEST_ROWS, GapTree

__all__ = ["of_chance", "of_communities", "reason_of_none", "reason_of_some"]

_NONE = "no clear structure: "
_DEEPEST = "the deepest low-density gap has"


def of_chance(statistic: float) -> str:
    """A test statistic as a part of what chance can give, or as times that; on the side of 1 where it is."""
    if statistic < 1:
        few = f"{math.floor(100 * statistic) / 100:.2f}"
        return f"only {few} of the test statistic that structureless rows can reach by chance"
    many = f"{statistic:.1f}" if statistic < 10 else f"{statistic:.0f}"
    return f"{many} times the test statistic that structureless rows can reach by chance"


def of_communities(count: int) -> str:
    """A number of communities of a graph."""
    return f"{count} communit{'ies' if count != 1 else 'y'}"


def reason_of_none(
    tree: GapTree, samples: Sequence[GapTree], posterior: Mapping[int, float], flat: float, usual: float | None
) -> str:
    """Why the choice is 1.

    flat : probability that no split is real; usual : statistic of half of the gaps between classes, if the rows are
    a learnt embedding, where chance is not the measure.
    """
    if tree.n_samples < FEWEST_ROWS:
        return f"{_NONE}{tree.n_samples} distinct rows are too few to see any"
    largest = [part.gaps[0].reached if part.gaps else 0.0 for part in (tree, *samples)]
    deepest, least = largest[0], min(largest)
    if flat > 0.5:
        if not tree.gaps:
            return f"{_NONE}no low-density gap was found between any two groups of rows"
        words = f"{_NONE}{_DEEPEST} {of_chance(deepest)}"
        if usual is not None and 1 <= deepest < usual:
            return f"{words}, but in a learnt embedding a split counts from about {usual:.1f} times on"
        if deepest < 1:
            return words
        again = f"the deepest has {of_chance(least)}" if least else "none was found"
        return f"{words}, but in one of the samples of the rows {again}"
    if posterior[1] > 0.5:
        return f"{_NONE}low-density gaps part off only small groups, which count as outliers and not as clusters"
    where = "low-density gaps show only in samples of the rows"
    if tree.gaps:
        where = f"{_DEEPEST} {of_chance(deepest)}"
    return (
        f"{_NONE}{where}, and how many groups there are is open: no number has a probability above "
        f"{_above(posterior)}"
    )


def reason_of_some(
    k: int, tree: GapTree, counts: Sequence[int], weight: np.ndarray, share: Mapping[int, float]
) -> str:
    """Why the choice is ``k`` > 1.

    counts (m + 1), weight (m + 1,) : clusters of some size that 0, 1, ..., m splits leave, and the probability of each;
    share : of the groups counted in all rows and in samples that made ``k`` the answer, the probability of each number.
    """
    groups = max(share, key=lambda number: (share[number], number == k, -number))
    if groups != k:
        return f"of the k that were tried the nearest to the {groups} groups with low-density gaps between them"
    fitting = [j for j, count in enumerate(counts) if count == k]
    small = ""
    if not fitting:
        if k > len(tree.gaps) + 1:
            return f"low-density gaps lie between {k} groups in samples of the rows"
        fitting, small = [k - 1], ", small ones counted"
    splits = max(fitting, key=lambda j: float(weight[j]))
    weakest, rest = tree.gaps[splits - 1].reached, tree.gaps[splits:]
    blurred = ", as blurred groups have" if weakest < 1 else ""
    following = f"the next gap has {rest[0].reached:.2f}" if rest else "no other gap was found"
    between = f"low-density gaps lie between {k} groups{small}, the weakest with {of_chance(weakest)}{blurred}"
    return f"{between}; {following}"


def _above(posterior: Mapping[int, float]) -> str:
    return f"{math.ceil(100 * max(posterior.values())) / 100:.2f}"
