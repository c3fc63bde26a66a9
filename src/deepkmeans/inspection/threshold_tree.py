"""A tree of thresholds on single features."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

__all__ = ["Split", "ThresholdTree"]


@dataclass(frozen=True)
class Split:
    """Rows in bins up to ``bin`` of a feature go left, the others right; missing values left if ``missing_left``."""

    feature: int
    bin: int
    missing_left: bool

    def goes_left(self, bins: np.ndarray, rows: np.ndarray, missing: int) -> np.ndarray:
        """Which of the rows (m,) of bins (n, p) go left."""
        column = bins[rows, self.feature]
        left = column <= self.bin
        return left | (column == missing) if self.missing_left else left


@dataclass(frozen=True)
class ThresholdTree:
    """Nodes by number; the root is the first, and every node stands before its children.

    Attributes
    ----------
    splits : tuple of Split or None
        None of leaves.
    children : tuple of (left, right)
        (-1, -1) of leaves.
    labels : tuple of int
        Of leaves the cluster; -1 of other nodes.
    missing : int
        The bin of missing values.
    """

    splits: tuple[Split | None, ...]
    children: tuple[tuple[int, int], ...]
    labels: tuple[int, ...]
    missing: int

    @property
    def n_leaves(self) -> int:
        """How many nodes are not split."""
        return sum(split is None for split in self.splits)

    def apply(self, bins: np.ndarray, start: int = 0) -> np.ndarray:
        """Leaf (n,) of rows of bins (n, p) that are put into node ``start``."""
        leaf = np.empty(len(bins), dtype=np.int64)
        for node, rows in self._through(bins, start).items():
            if self.splits[node] is None:
                leaf[rows] = node
        return leaf

    def predict(self, bins: np.ndarray, start: int = 0) -> np.ndarray:
        """Cluster (n,) that the leaf of each row says."""
        return np.array(self.labels)[self.apply(bins, start)]

    def rows_of_nodes(self, bins: np.ndarray) -> list[np.ndarray]:
        """For every node, which rows come through it."""
        through = self._through(bins, 0)
        return [through[node] for node in range(len(self.splits))]

    def _through(self, bins: np.ndarray, start: int) -> dict[int, np.ndarray]:
        through = {start: np.arange(len(bins))}
        waiting = [start]
        while waiting:
            node = waiting.pop()
            split, rows = self.splits[node], through[node]
            if split is None:
                continue
            left = split.goes_left(bins, rows, self.missing)
            for child, side in zip(self.children[node], (left, ~left), strict=True):
                through[child] = rows[side]
                waiting.append(child)
        return through

    def with_split(self, node: int, split: Split) -> ThresholdTree:
        """The same shape, one node divided otherwise."""
        return replace(self, splits=(*self.splits[:node], split, *self.splits[node + 1 :]))

    def divided(self, leaf: int, split: Split, labels: tuple[int, int]) -> ThresholdTree:
        """The tree with a leaf divided in two, which are its last two nodes."""
        n = len(self.splits)
        return ThresholdTree(
            (*self.splits[:leaf], split, *self.splits[leaf + 1 :], None, None),
            (*self.children[:leaf], (n, n + 1), *self.children[leaf + 1 :], (-1, -1), (-1, -1)),
            (*self.labels[:leaf], -1, *self.labels[leaf + 1 :], *labels), self.missing,
        )  # fmt: skip
