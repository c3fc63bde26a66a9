"""Growing a tree: first one leaf a cluster, then leaf by leaf where the clusters are still mixed."""

from __future__ import annotations

import heapq
from collections.abc import Iterator

import numpy as np

from .binned_rows import BinnedRows
from .threshold_splits import Criterion, best_split, gini, goes_left
from .threshold_tree import Split, ThresholdTree

__all__ = ["grow_further", "one_leaf_a_cluster"]


def one_leaf_a_cluster(
    rows: BinnedRows, labels: np.ndarray, weight: np.ndarray, criterion: Criterion, *, relative: bool = False
) -> ThresholdTree:
    """Every split sends each cluster wholly to one side, so that each has a leaf in the end.

    A row on the other side than its cluster is a mistake, which no split below can make good: these look only at the
    others (Dasgupta, Frost, Moshkovitz & Rashtchian: Explainable k-means and k-medians clustering, ICML 2020). Where no
    threshold divides the clusters that are left, the largest has the leaf.

    labels : (n,), from 0; relative : a cluster goes where it has more than the clusters have on average, for features
    that few rows of any cluster have, such as words; else where it has most of its rows.
    """
    tree = ThresholdTree((None,), ((-1, -1),), (int(np.bincount(labels, weight).argmax()),), rows.missing)
    waiting = [(0, np.arange(len(labels)))]
    while waiting:
        leaf, index = waiting.pop()
        clusters, groups = np.unique(labels[index], return_inverse=True)
        best = best_split(rows, index, groups, weight[index], criterion) if len(clusters) > 1 else None
        if best is None:
            continue
        left = best[0].goes_left(rows.bins, index, rows.missing)
        total = np.bincount(groups, weight[index])
        on_left = goes_left(np.bincount(groups[left], weight[index][left], len(clusters)), total, relative=relative)
        largest = [int(clusters[side][total[side].argmax()]) for side in (on_left, ~on_left)]
        tree = tree.divided(leaf, best[0], (largest[0], largest[1]))
        halves = index[left & on_left[groups]], index[~left & ~on_left[groups]]
        waiting += zip(tree.children[leaf], halves, strict=True)
    return tree


def grow_further(
    tree: ThresholdTree, rows: BinnedRows, labels: np.ndarray, weight: np.ndarray, most_leaves: int
) -> Iterator[ThresholdTree]:
    """The tree, then the same with one leaf more each, where a split makes the leaves purest (CART).

    A leaf is of the cluster with the most weight in it, but no cluster loses its last leaf.
    """
    n_clusters = int(labels.max()) + 1
    waiting: list[tuple[float, int, Split, np.ndarray]] = []

    def look_at(leaf: int, index: np.ndarray) -> None:
        clusters, groups = np.unique(labels[index], return_inverse=True)
        if len(clusters) < 2:
            return
        total = np.bincount(groups, weight[index])
        impurity = float(total.sum() - (total**2).sum() / total.sum())
        best = best_split(rows, index, groups, weight[index], gini)
        if best is not None and best[1] < impurity * (1 - 1e-9):
            heapq.heappush(waiting, (best[1] - impurity, leaf, best[0], index))

    through = tree.rows_of_nodes(rows.bins)
    for leaf, split in enumerate(tree.splits):
        if split is None:
            look_at(leaf, through[leaf])
    yield tree
    while waiting and tree.n_leaves < most_leaves:
        _, leaf, split, index = heapq.heappop(waiting)
        left = split.goes_left(rows.bins, index, rows.missing)
        halves = index[left], index[~left]
        counts = np.array([np.bincount(labels[half], weight[half], n_clusters) for half in halves])
        most, old = counts.argmax(axis=1), tree.labels[leaf]
        if old not in most and tree.labels.count(old) == 1:
            most[(counts[:, old] / counts.sum(axis=1)).argmax()] = old
        tree = tree.divided(leaf, split, (int(most[0]), int(most[1])))
        for node, half in zip(tree.children[leaf], halves, strict=True):
            look_at(node, half)
        yield tree
