"""Why a number of clusters was chosen, in words that never say anything else than the numbers do."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from .valleys import FEWEST_ROWS, ValleyTree

__all__ = ["of_chance", "of_parts", "reason_of_none", "reason_of_some"]

_NONE = "no clear structure: "
_DEEPEST = "the deepest valley of density has"


def of_chance(evidence: float) -> str:
    """Evidence as a part of what chance can give, or as times that; on the side of 1 where it is."""
    if evidence < 1:
        return f"only {math.floor(100 * evidence) / 100:.2f} of the evidence that structureless rows can give by chance"
    many = f"{evidence:.1f}" if evidence < 10 else f"{evidence:.0f}"
    return f"{many} times the evidence that structureless rows can give by chance"


def of_parts(count: int) -> str:
    """A number of parts of a graph."""
    return f"{count} part{'s' if count != 1 else ''}"


def reason_of_none(
    tree: ValleyTree, samples: Sequence[ValleyTree], belief: Mapping[int, float], flat: float, usual: float | None
) -> str:
    """Why the choice is 1.

    flat : probability that no split is real; usual : evidence of half of the valleys between classes, if the rows are
    learnt codes, where chance is not the measure.
    """
    if tree.n_rows < FEWEST_ROWS:
        return f"{_NONE}{tree.n_rows} rows are too few to see any"
    parts = [part.valleys[0].reached if part.valleys else 0.0 for part in (tree, *samples)]
    deepest, least = parts[0], min(parts)
    if flat > 0.5:
        if not tree.valleys:
            return f"{_NONE}no valley of density was found between any two groups of rows"
        words = f"{_NONE}{_DEEPEST} {of_chance(deepest)}"
        if usual is not None and 1 <= deepest < usual:
            return f"{words}, but in learnt codes a split counts from about {usual:.1f} times on"
        if deepest < 1:
            return words
        again = f"the deepest has {of_chance(least)}" if least else "none was found"
        return f"{words}, but in one of the samples of the rows {again}"
    if belief[1] > 0.5:
        return f"{_NONE}valleys of density part off only small groups, which count as outliers and not as clusters"
    where = "valleys of density show only in samples of the rows"
    if tree.valleys:
        where = f"{_DEEPEST} {of_chance(deepest)}"
    return f"{_NONE}{where}, and how many groups there are is open: no number has a probability above {_above(belief)}"


def reason_of_some(
    k: int, tree: ValleyTree, counts: Sequence[int], weight: np.ndarray, share: Mapping[int, float]
) -> str:
    """Why the choice is ``k`` > 1.

    counts (m + 1), weight (m + 1,) : clusters of some size that 0, 1, ..., m splits leave, and the probability of each;
    share : of the groups counted in all rows and in samples that made ``k`` the answer, the belief in each number.
    """
    groups = max(share, key=lambda number: (share[number], number == k, -number))
    if groups != k:
        return f"of the k that were tried the nearest to the {groups} groups with valleys of density between them"
    fitting = [j for j, count in enumerate(counts) if count == k]
    small = ""
    if not fitting:
        if k > len(tree.valleys) + 1:
            return f"valleys of density lie between {k} groups in samples of the rows"
        fitting, small = [k - 1], ", small ones counted"
    splits = max(fitting, key=lambda j: float(weight[j]))
    weakest, rest = tree.valleys[splits - 1].reached, tree.valleys[splits:]
    blurred = ", as blurred groups have" if weakest < 1 else ""
    following = f"the next valley has {rest[0].reached:.2f}" if rest else "no other valley was found"
    between = f"valleys of density lie between {k} groups{small}, the weakest with {of_chance(weakest)}{blurred}"
    return f"{between}; {following}"


def _above(belief: Mapping[int, float]) -> str:
    return f"{math.ceil(100 * max(belief.values())) / 100:.2f}"
