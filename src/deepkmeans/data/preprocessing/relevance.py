"""How much the columns of a table have to do with one another: what tells nothing of any other counts less.

A clustering describes what columns have in common: if a group decides about several of them, these depend on each
other. A column that depends on no other cannot say anything about a group that shows in the others, but to K-Means its
variance is as good as any.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

__all__ = ["dependence", "part_weights", "relevance"]

#: Deviations by which a statistic must exceed its mean under independence.
_CLEAR = 2.0
#: What one dependence counts at most, and the squared weight of a column on which no other depends.
_MOST, _LEAST = 0.3, 0.09
#: With this share of the largest sum of dependences a column counts in full: sums vary between columns that all tell
#: the same groups.
_ENOUGH = 1 / 3


def dependence(groups: Sequence[np.ndarray], mass: np.ndarray, size: float) -> np.ndarray:
    """Dependence (p, p) of every two columns of ``groups``, each (n,) from 0 with -1 missing: 0 of independent ones, 1
    where one follows from the other.

    It is Cramer's V^2 with the bias taken out (Bergsma, J. Korean Stat. Soc. 2013): phi^2 - (r - 1)(c - 1) / n over
    the rows where both are present, divided by min(r, c) - 1; and 0 where phi^2 is not two deviations of the
    chi-squared distribution above its mean. ``size`` is how many different rows the mass (n,) stands for. O(n p^2).
    """
    p = len(groups)
    depends = np.zeros((p, p))
    total = mass.sum()
    for j in range(p):
        for other in range(j):
            both = (groups[j] >= 0) & (groups[other] >= 0)
            held = mass[both].sum()
            if held <= 0:
                continue
            depends[j, other] = depends[other, j] = _cramer(
                groups[j][both], groups[other][both], mass[both] / held, size * held / total
            )
    return depends


def _cramer(a: np.ndarray, b: np.ndarray, share: np.ndarray, size: float) -> float:
    width = int(b.max()) + 1
    joint = np.bincount(a * width + b, share, (int(a.max()) + 1) * width).reshape(-1, width)
    rows, columns = joint.sum(axis=1), joint.sum(axis=0)
    joint = joint[rows > 0][:, columns > 0]
    if min(joint.shape) < 2 or size < 4:
        return 0.0
    expected = np.outer(rows[rows > 0], columns[columns > 0])
    phi = float((np.square(joint - expected) / expected).sum())
    freedom = (joint.shape[0] - 1) * (joint.shape[1] - 1)
    excess = phi - freedom / size
    if excess <= _CLEAR * np.sqrt(2 * freedom) / size:
        return 0.0
    return min(1.0, excess / (min(joint.shape) - 1))


def relevance(depends: np.ndarray, owner: np.ndarray) -> np.ndarray:
    """Relevance (p,) of parts of columns: the sum of their dependences (p, p) on others, divided by a third of the
    largest, at most 1.

    Parts of the same column, as ``owner`` (p,) numbers them, do not speak for one another: the season of dates within
    a year follows from their age. A dependence counts 0.3 at most, so that two columns that say the same thing twice
    do not make all others look irrelevant. All are 1 where nothing depends on anything.
    """
    among = np.where(owner[:, None] == owner, 0.0, np.minimum(depends, _MOST))
    total = among.sum(axis=1)
    return np.ones(len(total)) if total.max(initial=0.0) <= 0 else np.minimum(1.0, total / (_ENOUGH * total.max()))


def part_weights(relevant: np.ndarray, least: float = _LEAST) -> np.ndarray:
    """By what parts of this relevance r (p,) are multiplied: (``least`` + (1 - ``least``) r)^1/2, 0.09 by default.

    So the squared distance in a part, which is what K-Means adds up, counts by its relevance: of two columns in which
    the groups make up a share r1 and r2 of the variance, V^2 with a third is about in the ratio r1 : r2. The least is
    0.3, since a column on which no other depends may still part rows for a reason.
    """
    return np.sqrt(least + (1 - least) * relevant)
