"""A node of a tree of rules, and all below it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from .rule_words import Condition, side_in_words

__all__ = ["RuleNode", "goes_left"]


@dataclass(frozen=True)
class RuleNode:
    """A node; of a leaf ``left``, ``right`` and ``feature`` are None.

    Attributes
    ----------
    weights : dict
        Weight of the rows that come here, by label.
    cluster : int or None
        What a leaf says.
    feature : int or None
        Number of the design's feature that divides the node.
    at_most, above : Condition or None
        What the left and the right side say.
    left, right : RuleNode or None
    """

    weights: dict[int, float]
    cluster: int | None = None
    feature: int | None = None
    at_most: Condition | None = None
    above: Condition | None = None
    left: RuleNode | None = None
    right: RuleNode | None = None

    def paths(self) -> Iterator[tuple[tuple[Condition, ...], RuleNode]]:
        """The conditions of every leaf, and the leaf."""
        waiting: list[tuple[tuple[Condition, ...], RuleNode]] = [((), self)]
        while waiting:
            path, node = waiting.pop()
            if node.left is None or node.right is None or node.at_most is None or node.above is None:
                yield path, node
            else:
                waiting += [((*path, node.above), node.right), ((*path, node.at_most), node.left)]

    def predict(self, values: np.ndarray) -> np.ndarray:
        """The cluster (n,) that the leaf of each row (n, p) says."""
        said: np.ndarray = np.empty(len(values), dtype=np.int64)
        waiting = [(self, np.arange(len(values)))]
        while waiting:
            node, index = waiting.pop()
            if node.left is None or node.right is None or node.at_most is None or node.feature is None:
                said[index] = node.cluster
            else:
                left = goes_left(values[index, node.feature], node.at_most.threshold, node.at_most.missing)
                waiting += [(node.left, index[left]), (node.right, index[~left])]
        return said

    def to_dict(self) -> dict[str, Any]:
        """As JSON, with all nodes below."""
        weights = {str(label): weight for label, weight in self.weights.items()}
        if self.left is None or self.right is None or self.at_most is None or self.above is None:
            return {"cluster": self.cluster, "weights": weights}
        threshold = self.at_most.threshold
        return {
            "column": self.at_most.feature.column.name, "level": self.at_most.feature.level,
            "threshold": threshold if np.isfinite(threshold) else None,
            "missing": "left" if self.at_most.missing else "right", "weights": weights,
            "left_if": side_in_words(self.at_most), "left": self.left.to_dict(),
            "right_if": side_in_words(self.above), "right": self.right.to_dict(),
        }  # fmt: skip


def goes_left(column: np.ndarray, threshold: float, missing: bool) -> np.ndarray:
    """Which values (m,) are at most the threshold, or missing if these go left."""
    return np.where(np.isnan(column), missing, column <= threshold)
