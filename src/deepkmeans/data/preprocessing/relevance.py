"""How much the columns of a table have to do with one another: what tells nothing of any other counts less.

A clustering describes what columns have in common: if a group decides about several of them, these depend on each
other. A column that depends on no other cannot say anything about a group that shows in the others, but to K-Means its
variance is as good as any.
"""

from __future__ import annotations

import numpy as np

__all__ = ["part_weights", "relevance"]

#: What one dependence counts at most, and the squared weight of a column on which no other depends.
_MOST, _LEAST = 0.3, 0.09
#: With this share of the largest sum of dependences a column counts in full: sums vary between columns that all tell
#: the same groups.
_ENOUGH = 1 / 3


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
