"""The same tree with fewer leaves."""

from __future__ import annotations

import numpy as np

from .threshold_tree import ThresholdTree

__all__ = ["simplified"]


def simplified(tree: ThresholdTree, bins: np.ndarray) -> ThresholdTree:
    """The tree without splits that change nothing for rows of bins (n, p).

    These have no row on one side, or leaves of one cluster on both.
    """
    through = tree.rows_of_nodes(bins)
    stands_for: list[int] = list(range(len(tree.splits)))  # which node is there instead
    label = list(tree.labels)
    leaf = [split is None for split in tree.splits]
    for node in range(len(tree.splits) - 1, -1, -1):
        if leaf[node]:
            continue
        left, right = (stands_for[child] for child in tree.children[node])
        if not len(through[tree.children[node][0]]):
            stands_for[node] = right
        elif not len(through[tree.children[node][1]]):
            stands_for[node] = left
        elif leaf[left] and leaf[right] and label[left] == label[right]:
            leaf[node], label[node] = True, label[left]
    order, kept = [stands_for[0]], {stands_for[0]: 0}
    for node in order:
        if not leaf[node]:
            for child in tree.children[node]:
                kept[stands_for[child]] = len(order)
                order.append(stands_for[child])
    children = [
        [-1, -1] if leaf[node] else [kept[stands_for[child]] for child in tree.children[node]] for node in order
    ]
    return ThresholdTree(
        tuple(None if leaf[node] else tree.splits[node] for node in order),
        tuple((left, right) for left, right in children),
        tuple(label[node] for node in order), tree.missing,
    )  # fmt: skip
