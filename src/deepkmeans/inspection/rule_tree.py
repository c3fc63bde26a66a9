"""A tree of thresholds as its user reads it: rules for every cluster, and how far they can be believed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .design import Design
from .formatting import share_text
from .rule_node import RuleNode
from .rule_wording import ENGLISH, RuleWording
from .rule_words import Condition, conditions_in_words, joined_with_and

__all__ = ["Rule", "RuleTree"]


@dataclass(frozen=True)
class Rule:
    """One leaf of a tree.

    Attributes
    ----------
    cluster : int
    conditions : tuple of str
        All of them have to hold; none: every row.
    coverage : float
        Share of the cluster's weight that is in the leaf.
    precision : float
        Share of the leaf's weight that is of the cluster.
    path : tuple of Condition
        The same conditions, one a split, for other languages.
    """

    cluster: int
    conditions: tuple[str, ...]
    coverage: float
    precision: float
    path: tuple[Condition, ...] = field(default=(), compare=False, repr=False)

    @property
    def text(self) -> str:
        """``income above 52,000 EUR and visits at most 3``."""
        return joined_with_and(self.conditions)

    def __str__(self) -> str:
        return (
            f"{self.text} ({share_text(self.coverage)} of the cluster; {share_text(self.precision)} of such rows are "
            "in it)"
        )


@dataclass(frozen=True)
class RuleTree:
    """A tree of thresholds, each leaf of which says a cluster.

    Attributes
    ----------
    n_leaves : int
    fidelity, fidelity_std : float
        Share of the rows whose leaf says their label, among rows that were held out of the growth of the tree: mean
        and standard deviation over ``n_folds`` folds. NaN for fewer than two rows.
    by_chance : float
        The same where there is nothing to find: on shuffled labels, or by always saying the largest cluster.
    is_confident : bool
        Whether the tree mends at least half of what chance has wrong, and by more than an accident would.
    root : RuleNode
    leaves : tuple of Rule
        By cluster, and of a cluster those of most rows first.
    n_folds : int
    """

    n_leaves: int
    fidelity: float
    fidelity_std: float
    by_chance: float
    is_confident: bool
    root: RuleNode
    leaves: tuple[Rule, ...]
    n_folds: int

    @property
    def rules(self) -> dict[int, tuple[str, ...]]:
        """The rules of every cluster that has a leaf; any of them will do."""
        by_cluster: dict[int, tuple[str, ...]] = {}
        for leaf in self.leaves:
            by_cluster[leaf.cluster] = (*by_cluster.get(leaf.cluster, ()), leaf.text)
        return by_cluster

    @property
    def nodes(self) -> dict[str, Any]:
        """The tree from its root on, as JSON."""
        return self.root.to_dict()

    def rule_of(self, cluster: int, *, most: int | None = None, wording: RuleWording = ENGLISH) -> str | None:
        """All rules of a cluster in a sentence, or the ``most`` of most rows; None if it has no leaf."""
        leaves = [leaf for leaf in self.leaves if leaf.cluster == cluster]
        if not leaves:
            return None
        shown = [
            leaf.text if wording is ENGLISH else joined_with_and(conditions_in_words(leaf.path, wording), wording)
            for leaf in leaves[:most]
        ]
        if more := len(leaves) - len(shown):
            shown.append(wording("more_rules", count=more) if more > 1 else wording("one_more_rule"))
        return wording.templates["or_rule"].join(shown)

    def predict(self, design: Design) -> np.ndarray:
        """The cluster (n,) that the rules say of rows with the features that the tree was made for."""
        return self.root.predict(design.values)

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "n_leaves": self.n_leaves, "fidelity": _number(self.fidelity), "fidelity_std": _number(self.fidelity_std),
            "by_chance": self.by_chance, "is_confident": self.is_confident, "n_folds": self.n_folds,
            "rules": [
                {"cluster": leaf.cluster, "conditions": list(leaf.conditions), "text": leaf.text,
                 "coverage": leaf.coverage, "precision": leaf.precision}
                for leaf in self.leaves
            ],
            "nodes": self.nodes,
        }  # fmt: skip


def _number(value: float) -> float | None:
    return value if np.isfinite(value) else None
