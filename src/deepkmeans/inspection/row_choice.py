"""Rows to look at where there are too many: at most so many, and every cluster among them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["ChosenRows", "choose_rows"]

#: The fewest of a cluster that has more.
_FEWEST = 100


@dataclass(frozen=True, eq=False)
class ChosenRows:
    """Positions ``index`` (m,) of rows, their labels (m,) from 0, and weights (m,).

    Clusters that are drawn from weigh as much as all their rows did. ``clusters`` (k,) are the labels' own numbers.
    """

    index: np.ndarray
    labels: np.ndarray
    weight: np.ndarray
    clusters: np.ndarray


def choose_rows(labels: np.ndarray, weight: np.ndarray, most: int, random: np.random.RandomState) -> ChosenRows:
    """About ``most`` rows at most, of those (n,) whose label is no noise (below 0) and whose weight is above 0."""
    used = np.flatnonzero((labels >= 0) & (weight > 0))
    clusters, number = np.unique(labels[used], return_inverse=True)
    number = number.reshape(-1)
    if len(used) <= most:
        return ChosenRows(used, number, weight[used], clusters)
    taken, share = [], most / len(used)
    order = random.permutation(len(used))
    order = order[number[order].argsort(kind="stable")]
    for members in np.split(order, np.cumsum(np.bincount(number))[:-1]):
        taken.append(members[: max(_FEWEST, round(share * len(members)))])
    some = np.sort(np.concatenate(taken))
    mass = weight[used]
    ratio = np.bincount(number, mass) / np.bincount(number[some], mass[some])
    return ChosenRows(used[some], number[some], mass[some] * ratio[number[some]], clusters)
