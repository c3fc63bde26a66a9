"""A grown tree with thresholds that a person would take, and what it makes of all rows."""

from __future__ import annotations

import numpy as np

from .design import Design, DesignFeature
from .plain_threshold import plain_threshold
from .rule_node import RuleNode, goes_left
from .rule_words import Condition
from .threshold_tree import Split, ThresholdTree
from .tree_fit import FittedTrees

__all__ = ["plain_tree"]

#: Whether any value is missing, whether all others are whole, and the levels of a category that no row lacks.
_Kind = tuple[bool, bool, tuple[str, ...]]


def plain_tree(
    tree: ThresholdTree, trees: FittedTrees, design: Design, labels: np.ndarray, weight: np.ndarray,
    clusters: np.ndarray,
) -> RuleNode:  # fmt: skip
    """A grown tree with plain thresholds, which divide the rows at each node as the grown ones do.

    labels, weight : of all rows (n,); clusters (k,) : the numbers of the clusters by the tree's own.
    """
    index = [np.arange(0)] * len(tree.splits)
    index[0] = np.flatnonzero(weight > 0)
    sides: list[tuple[int, Condition, Condition] | None] = []
    columns = {feature: np.ascontiguousarray(design.values[:, feature]) for feature in _used(tree, trees)}
    kinds = {feature: _kind(column, design.features[feature]) for feature, column in columns.items()}
    for node, split in enumerate(tree.splits):
        side = None
        if split is not None:
            feature = int(trees.features[split.feature])
            column = columns[feature][index[node]]
            side = feature, *_both_sides(column, design.features[feature], split, trees, kinds[feature])
            left = goes_left(column, side[1].threshold, side[1].missing)
            children = tree.children[node]
            index[children[0]], index[children[1]] = index[node][left], index[node][~left]
        sides.append(side)
    made: dict[int, RuleNode] = {}
    for node in range(len(tree.splits) - 1, -1, -1):
        present, position = np.unique(labels[index[node]], return_inverse=True)
        masses = np.bincount(position.reshape(-1), weight[index[node]], len(present))
        weights = dict(zip(present.tolist(), masses.tolist(), strict=True))
        side = sides[node]
        if side is None:
            made[node] = RuleNode(weights, cluster=int(clusters[tree.labels[node]]))
        else:
            left_node, right_node = (made.pop(child) for child in tree.children[node])
            made[node] = RuleNode(weights, None, *side, left_node, right_node)
    return made[0]


def _both_sides(
    column: np.ndarray, feature: DesignFeature, split: Split, trees: FittedTrees, kind: _Kind
) -> tuple[Condition, Condition]:
    """What the left and the right side of a split say of a column (m,) of the rows that come to it."""
    threshold = float(trees.bins.middle[split.feature][split.bin])
    if feature.level is not None:
        threshold = 0.5
    elif np.isfinite(threshold):
        low = float(column[column <= threshold].max(initial=-np.inf))
        high = float(column[column > threshold].min(initial=np.inf))
        threshold = plain_threshold(low, high, _measure(feature))
    return (
        Condition(feature, threshold, False, split.missing_left, *kind),
        Condition(feature, threshold, True, not split.missing_left, *kind),
    )


def _measure(feature: DesignFeature) -> str:
    """What its numbers are: "date", "length" (of time) or "number"."""
    if feature.column.kind == "date":
        return "date"
    return "length" if feature.column.kind == "number" and feature.column.options.get("duration") else "number"


def _used(tree: ThresholdTree, trees: FittedTrees) -> set[int]:
    """Numbers of the design's features that divide any node."""
    return {int(trees.features[split.feature]) for split in tree.splits if split is not None}


def _kind(column: np.ndarray, feature: DesignFeature) -> _Kind:
    """Of all values (n,) of a feature."""
    known = column[~np.isnan(column)]
    levels: set[str | None] = set()
    if feature.column.kind == "category":
        levels = set(feature.column.values.tolist())
    every = tuple(sorted(str(level) for level in levels)) if None not in levels else ()
    return len(known) < len(column), bool((known == np.floor(known)).all()), every
