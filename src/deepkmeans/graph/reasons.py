"""Why a number of clusters was chosen: a sentence for every case, made of the numbers that decided it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from .low_density import FEWEST_ROWS, GapTree

__all__ = [
    "CONFIDENT", "how_sure", "of_chance", "of_communities", "of_copies", "of_few_rows", "reason_of_levels",
    "reason_of_none", "reason_of_some",
]  # fmt: skip

#: A choice is called sure from this confidence on, and fairly sure from the other.
CONFIDENT, _FAIRLY = 0.85, 0.5
_NONE = "no clear structure: "
_DEEPEST = "the clearest gap between groups of rows is"


def how_sure(confidence: float) -> str:
    """A confidence, from 0 to 1, in words and percent; nothing that is estimated is certain."""
    words = "sure" if confidence >= CONFIDENT else "fairly sure" if confidence >= _FAIRLY else "not sure"
    return f"{words}: {min(99, math.floor(100 * confidence))}%"


def of_chance(statistic: float) -> str:
    """How clear a gap is beside what chance can make; on the side of 1 where its test statistic is."""
    if statistic < 1:
        few = f"{math.floor(100 * statistic) / 100:.2f}"
        return f"only {few} times as clear as gaps in random rows can be"
    many = f"{statistic:.1f}" if statistic < 10 else f"{statistic:.0f}"
    return f"{many} times as clear as gaps in random rows can be"


def of_communities(count: int) -> str:
    """A number of communities of a graph, as groups."""
    return f"{count} group{'s' if count != 1 else ''}"


def of_few_rows(k: int, silhouette: float, of_chance: float) -> str:
    """Why the choice is ``k`` > 1 among few different rows."""
    few = f"{math.floor(100 * silhouette) / 100:.2f}, in random rows {math.ceil(100 * of_chance) / 100:.2f} at most"
    return f"the different rows are few, but in {k} groups far from each other: silhouette {few}"


def of_copies(count: int) -> str:
    """Why the choice is ``count`` where rows are copies of so many."""
    return f"nearly all rows are copies of {count} different ones"


def reason_of_levels(k: int) -> str:
    """Why the choice is ``k`` by latent classes."""
    if k == 1:
        return f"{_NONE}the columns do not go together in any groups of rows"
    return f"the columns go together best in {k} groups of rows (latent classes)"


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
            return f"{_NONE}no gap was found between any two groups of rows"
        words = f"{_NONE}{_DEEPEST} {of_chance(deepest)}"
        if usual is not None and 1 <= deepest < usual:
            return f"{words}, but in learnt features a gap counts from about {usual:.1f} times on"
        if deepest < 1:
            return words
        again = f"the clearest is {of_chance(least)}" if least else "there is none"
        return f"{words}, but in one of the samples of the rows {again}"
    if posterior[1] > 0.5:
        return f"{_NONE}gaps part off only small groups, which count as outliers and not as clusters"
    where = "gaps show only in samples of the rows"
    if tree.gaps:
        where = f"{_DEEPEST} {of_chance(deepest)}"
    return f"{_NONE}{where}, and how many groups there are is open: no number is more probable than {_above(posterior)}"


def reason_of_some(k: int, tree: GapTree, counts: Sequence[int], weight: np.ndarray, share: Mapping[int, float]) -> str:
    """Why the choice is ``k`` > 1.

    counts (m + 1), weight (m + 1,) : clusters of some size that 0, 1, ..., m splits leave, and the probability of each;
    share : of the groups counted in all rows and in samples that made ``k`` the answer, the probability of each number.
    """
    groups = max(share, key=lambda number: (share[number], number == k, -number))
    if groups != k:
        return f"the nearest of the numbers that were tried to the {groups} groups with gaps between them"
    fitting = [j for j, count in enumerate(counts) if count == k]
    small = ""
    if not fitting:
        if k > len(tree.gaps) + 1:
            return f"gaps lie between {k} groups in samples of the rows"
        fitting, small = [k - 1], ", small ones counted"
    splits = max(fitting, key=lambda j: float(weight[j]))
    weakest, rest = tree.gaps[splits - 1].reached, tree.gaps[splits:]
    blurred = ", as between groups that run into each other" if weakest < 1 else ""
    following = f"the next one is {_times(rest[0].reached)}" if rest else "there is no other"
    between = f"gaps lie between {k} groups{small}, the weakest of them {of_chance(weakest)}{blurred}"
    return f"{between}; {following}"


def _times(statistic: float) -> str:
    return f"{statistic:.2f} times" if statistic < 1 else f"{statistic:.1f} times"


def _above(posterior: Mapping[int, float]) -> str:
    return f"{math.ceil(100 * max(posterior.values())) / 100:.2f}"
