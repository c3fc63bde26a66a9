"""Better splits for a tree of given shape, one node at a time."""

from __future__ import annotations

import numpy as np

from .binned_rows import BinnedRows
from .threshold_splits import middle_of_least
from .threshold_tree import Split, ThresholdTree

__all__ = ["refine"]

#: Passes over all nodes; most trees need two or three.
_MOST_PASSES = 4


def refine(tree: ThresholdTree, rows: BinnedRows, labels: np.ndarray, weight: np.ndarray) -> ThresholdTree:
    """Each node from the last to the first gets the threshold with which most rows come to a leaf of their cluster.

    What the subtrees say is kept: a row that is right on one side alone asks to go there, the others do not care
    (alternating optimisation: Carreira-Perpinan & Tavallali, NeurIPS 2018). So no pass is worse than the one before. No
    cluster of which half the rows are right comes to have less, nor any other less than it had: without this bound a
    small cluster would be given up for the borders of large ones.
    """
    total = np.bincount(labels, weight)
    right = tree.predict(rows.bins) == labels
    for _ in range(_MOST_PASSES):
        changed = False
        through = tree.rows_of_nodes(rows.bins)
        for node in range(len(tree.splits) - 1, -1, -1):
            index, now = through[node], tree.splits[node]
            if now is None or not len(index):
                continue
            bins = rows.bins[index]
            if_left, if_right = (tree.predict(bins, child) == labels[index] for child in tree.children[node])
            gain = weight[index] * (if_left.astype(np.float64) - if_right)
            split = _best(rows, index, gain)
            left, went = (each.goes_left(rows.bins, index, rows.missing) for each in (split, now))
            if gain[left].sum() - gain[went].sum() <= 1e-9 * np.abs(gain).sum():
                continue
            then = right.copy()
            then[index] = np.where(left, if_left, if_right)
            kept, had = (np.bincount(labels, weight * each) for each in (then, right))
            if (kept >= np.minimum(had, total / 2) * (1 - 1e-9)).all():
                tree, right, changed = tree.with_split(node, split), then, True
        if not changed:
            break
    return tree


def _best(rows: BinnedRows, index: np.ndarray, gain: np.ndarray) -> Split:
    """The split with the most gain (m,) on its left, of the rows at ``index`` (m,)."""
    asks = np.flatnonzero(gain)
    rows_asking, nothing, gain = index[asks], np.zeros(len(asks), dtype=np.int64), gain[asks]
    feature = _most(rows.sums(rows_asking, nothing, 1, gain)[..., 0])[0]
    _, number, missing_left = _most(rows.sums_of(feature, rows_asking, nothing, 1, gain)[None, :, 0])
    return Split(feature, number, missing_left)


def _most(table: np.ndarray) -> tuple[int, int, bool]:
    """Feature, bin, and whether missing values go left, from gains (p, b + 1) with that of the missing values last."""
    below, missing = table[:, :-1].cumsum(axis=1), table[:, -1:]
    value = np.stack([below, below + missing])
    side, feature, _ = np.unravel_index(int(value.argmax()), value.shape)
    return int(feature), middle_of_least(-value[side, feature]), bool(side)
