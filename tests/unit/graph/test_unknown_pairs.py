"""Rows that have no input in common: the weight by chance of their pairs, by hand, and what it does to cuts."""

import numpy as np
import pytest
import scipy.sparse as sp

from deepkmeans.graph.agglomeration import merge_trees
from deepkmeans.graph.unknown_pairs import UnknownPairs


def test_by_hand():
    # Two rows have a, two b, each pair one edge: volumes 1 become 2, as in two graphs of their own.
    graph = sp.csr_matrix(np.kron(np.eye(2), [[0, 1], [1, 0]]).astype(float))
    present = np.array([[1, 0], [1, 0], [0, 1], [0, 1]], dtype=bool)
    unknown = UnknownPairs(graph, present)
    assert unknown.volume == pytest.approx([2, 2, 2, 2]) and unknown.total == pytest.approx(8)
    expected = np.kron([[0, 1], [1, 0]], np.full((2, 2), 2 * 2 / 8))
    assert np.allclose(unknown.between(np.arange(4)), expected)
    assert np.allclose(unknown.between(np.array([0, 0, 1, 1])), [[0, 2], [2, 0]])
    assert not UnknownPairs(graph, np.ones((4, 1), dtype=bool)).between(np.arange(4)).any()


def test_rows_with_both_inputs_tell_which_clusters_are_one():
    # Clusters 0 and 1 by input a, 2 and 3 by b; a few edges of rows with both tie 0 to 2 and 1 to 3, noise 0 to 1.
    weights = np.diag([20.0, 20, 20, 20])
    for one, other, weight in [(0, 2, 1.0), (1, 3, 1.0), (0, 1, 6.0), (2, 3, 6.0)]:
        weights[one, other] = weights[other, one] = weight
    rows = np.array([[1, 0], [1, 0], [0, 1], [0, 1]], dtype=bool)
    unknown = UnknownPairs(sp.csr_matrix(weights), rows)
    for criterion in ("modularity", "modularity-0.5", "relative"):
        without = merge_trees(weights, np.arange(4), [criterion])[criterion].labels(2)
        assert without.tolist() == [0, 0, 1, 1]  # which input a row has
        found = merge_trees(weights, np.arange(4), [criterion], chance=unknown.between(np.arange(4)))[criterion]
        assert found.labels(2).tolist() == [0, 1, 0, 1]
