"""How much the columns of a table have to do with one another: what tells nothing of any other counts less.

A clustering describes what columns have in common: if a group decides about several of them, these depend on each
other. A column that depends on no other cannot say anything about a group that shows in the others, but to K-Means its
variance is as good as any. Columns that are nearly functions of one another say one thing several times: together they
weigh as one, and do not speak for one another.
"""

from __future__ import annotations

import numpy as np

__all__ = ["part_weights", "redundancy", "relevance", "speaking"]

#: What one dependence counts at most, and the squared weight of a column on which no other depends.
_MOST, _LEAST = 0.3, 0.09
#: With this share of the largest sum of dependences a column counts in full: sums vary between columns that all tell
#: the same groups.
_ENOUGH = 1 / 3
#: Dependence from which on two parts say partly, and wholly, the same. In groups of like cells, borders of which fall
#: between one another, a function of a column hardly comes nearer to 1.
_LIKE, _SAME = 0.65, 0.8


def redundancy(depends: np.ndarray, owner: np.ndarray) -> np.ndarray:
    """How far every two parts (p, p) say the same, 0 to 1, from their dependences (p, p); 0 within a column."""
    alike = np.clip((depends - _LIKE) / (_SAME - _LIKE), 0.0, 1.0)
    return np.where(owner[:, None] == owner, 0.0, alike)


def speaking(depends: np.ndarray, owner: np.ndarray, alike: np.ndarray) -> np.ndarray:
    """How much each other part speaks for a part, (p, p), a row for each that is spoken for: their dependence, as far
    as their columns are not ``alike``.

    Parts of the same column, as ``owner`` (p,) numbers them, sorted, do not speak for one another: the season of dates
    within a year follows from their age. Nor do any parts of two columns of which one part says the same. What several
    parts say alike counts once. A dependence counts 0.3 at most, so that two columns that say much the same do not
    make all others look irrelevant.
    """
    first = np.r_[True, owner[1:] != owner[:-1]]
    starts, place = np.flatnonzero(first), np.cumsum(first) - 1
    linked = np.maximum.reduceat(np.maximum.reduceat(alike, starts, axis=0), starts, axis=1)  # of columns
    apart = np.where(owner[:, None] == owner, 0.0, 1.0 - linked[np.ix_(place, place)])
    return np.minimum(depends, _MOST) * apart / (1 + alike.sum(axis=1))


def relevance(speaks: np.ndarray) -> np.ndarray:
    """Relevance (p,) of parts of columns: what all others say for them, the sums of ``speaks`` (p, p), divided by a
    third of the largest, at most 1.

    All are 1 where nothing depends on anything.
    """
    total = speaks.sum(axis=1)
    return np.ones(len(total)) if total.max(initial=0.0) <= 0 else np.minimum(1.0, total / (_ENOUGH * total.max()))


def part_weights(relevant: np.ndarray, least: float = _LEAST) -> np.ndarray:
    """By what parts of this relevance r (p,) are multiplied: (``least`` + (1 - ``least``) r)^1/2, 0.09 by default.

    So the squared distance in a part, which is what K-Means adds up, counts by its relevance: of two columns in which
    the groups make up a share r1 and r2 of the variance, V^2 with a third is about in the ratio r1 : r2. The least is
    0.3, since a column on which no other depends may still part rows for a reason.
    """
    return np.sqrt(least + (1 - least) * relevant)
