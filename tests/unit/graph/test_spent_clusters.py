"""Clusters of one or two rows among many are no clusters: a candidate with such is taken only where all have them."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix

from deepkmeans.graph import judge
from deepkmeans.graph.candidates import KMEANS, choose
from deepkmeans.graph.partition_quality import spends_clusters


def test_by_hand() -> None:
    two_rows = np.repeat([0, 1], [88, 2])
    assert spends_clusters(two_rows)
    assert not spends_clusters(np.repeat([0, 1], [87, 3]))
    assert not spends_clusters(np.repeat([0, 1], [40, 2]))  # of so few, two may be all there are
    assert not spends_clusters(two_rows, np.repeat([1.0, 2.0], [88, 2]))  # four, as copies


def pairs(labels: np.ndarray) -> csr_matrix:
    """A graph whose rows are joined to the next ones of their group."""
    n = len(labels)
    near = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    return csr_matrix(((near <= 3) & (near > 0)).astype(float))


def test_the_choice_of_pictures_passes_them_over() -> None:
    halves, thirds = np.repeat([0, 1], [60, 60]), np.repeat([0, 1], [80, 40])
    spent = np.repeat([0, 1], [118, 2])
    partitions = {"a": spent, "b": spent.copy(), "c": spent.copy(), "d": halves, KMEANS: thirds}
    features = np.random.RandomState(0).randn(120, 2)
    choice = choose(partitions, pairs(halves), features, 0)
    assert choice.table["a"]["consensus"] > choice.table["d"]["consensus"]
    assert choice.name not in ("a", "b", "c")
    only = choose({"a": spent, "b": spent.copy()}, pairs(halves), features, 0)
    assert only.name == "a"


def test_the_judge_of_tables_passes_them_over() -> None:
    halves, other = np.repeat([0, 1], [60, 60]), np.tile([0, 1], 60)
    spent = np.repeat([0, 1], [118, 2])
    partitions = {KMEANS: other, "standard/15/ward": halves}
    partitions |= {f"standard/15/{name}": spent.copy() for name in ("paris", "markov", "modularity", "relative")}
    verdict = judge(partitions, {"standard/15": pairs(halves)}, few_values=0.5)
    assert verdict.table["standard/15/paris"]["consensus"] > verdict.table["standard/15/ward"]["consensus"]
    assert verdict.name in (KMEANS, "standard/15/ward")
