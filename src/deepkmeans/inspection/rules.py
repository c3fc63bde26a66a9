"""Clusters as rules on the user's own columns: trees of thresholds, and how far they can be believed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..exceptions import InvalidDataError
from ..runtime import Seeds
from .design import Design
from .plain_tree import plain_tree
from .row_choice import ChosenRows, choose_rows
from .rule_fidelity import Fidelity, cross_validated
from .rule_node import RuleNode
from .rule_tree import Rule, RuleTree
from .rule_words import conditions_in_words
from .tree_fit import fit_trees

__all__ = ["Rule", "RuleTree", "rows_for_rules", "threshold_trees"]

#: Leaves a cluster that the large tree may have, and leaves that any tree may.
_LEAVES_A_CLUSTER, _MOST_LEAVES = 8, 512
#: Rows on which trees grow, fewer of many features.
_MOST_ROWS, _MOST_VALUES, _FEWEST_ROWS = 10_000, 400_000, 4000


def threshold_trees(design: Design, labels: Any, *, weight: Any = None, seeds: Seeds) -> tuple[RuleTree, RuleTree]:
    """A small tree, with one leaf a cluster, and a large one, with at most eight a cluster.

    Parameters
    ----------
    design : Design
        n rows as numbers; NaN is missing, and goes to the side that suits it.
    labels : array of shape (n,)
        Rows below 0 are noise: no rule is sought for them, but they count against the precision of the others.
    weight : array of shape (n,) or None
        A weight of 2 is the row twice, of 0 none.
    seeds : Seeds

    Returns
    -------
    small, large : RuleTree
        The large one has as few leaves as come within one standard error, or half a percent, of the best fidelity. A
        cluster has no leaf where no threshold divides it from another.

    Raises
    ------
    InvalidDataError
        If lengths differ, or no row is of a cluster.

    Notes
    -----
    Trees grow on at most 10,000 rows (4,000 from 100 features on; at least 100 of each cluster, as far as it has them)
    and the 128 features that tell any cluster best from the rest; coverage, precision and the thresholds are those of
    all rows.
    O(n p) time beside that.
    """
    values = design.values
    labels = np.asarray(labels)
    weight = np.ones(len(labels)) if weight is None else np.asarray(weight, dtype=np.float64)
    if not len(values) == len(labels) == len(weight):
        raise InvalidDataError(
            f"labels and weight must have one entry for each of the {len(values)} rows of the design; they have "
            f"{len(labels)} and {len(weight)}."
        )
    rows = rows_for_rules(design, labels, weight, seeds)
    if not len(rows.index):
        raise InvalidDataError("no row is of a cluster: all labels are below 0, or all weights are 0.")
    taken = values[rows.index]
    n_clusters = len(rows.clusters)
    a_cluster = max(1, min(_LEAVES_A_CLUSTER, _MOST_LEAVES // n_clusters))
    trees = fit_trees(taken, rows.labels, rows.weight, a_cluster)
    judged = cross_validated(taken, rows.labels, rows.weight, a_cluster, seeds)
    mass = {int(cluster): float(weight[labels == cluster].sum()) for cluster in rows.clusters}
    made = []
    for tree, fidelity in ((trees.small, judged.small), (trees.large(judged.n_leaves), judged.large)):
        root = plain_tree(tree, trees, design, labels, weight, rows.clusters)
        leaves = sorted(_rules(root, mass), key=lambda rule: (rule.cluster, -rule.coverage))
        made.append(_rule_tree(root, tuple(leaves), fidelity, judged.n_folds))
    return made[0], made[1]


def rows_for_rules(design: Design, labels: np.ndarray, weight: np.ndarray, seeds: Seeds) -> ChosenRows:
    """The rows on which the trees grow."""
    most = int(np.clip(_MOST_VALUES // max(1, design.values.shape[1]), _FEWEST_ROWS, _MOST_ROWS))
    return choose_rows(labels, weight, most, seeds.numpy("rules", "rows"))


def _rule_tree(root: RuleNode, leaves: tuple[Rule, ...], fidelity: Fidelity, n_folds: int) -> RuleTree:
    return RuleTree(
        len(leaves), fidelity.mean, fidelity.std, fidelity.by_chance, fidelity.is_confident, root, leaves, n_folds
    )


def _rules(root: RuleNode, mass: dict[int, float]) -> Iterator[Rule]:
    for path, leaf in root.paths():
        assert leaf.cluster is not None
        inside = leaf.weights.get(leaf.cluster, 0.0)
        total = sum(leaf.weights.values())
        yield Rule(
            leaf.cluster, conditions_in_words(path), inside / mass[leaf.cluster], inside / total if total else 0.0,
            tuple(path),
        )  # fmt: skip
