"""The union of the graphs of several inputs, by hand; who agrees with whom."""

import numpy as np
import pytest
import torch
from scipy.sparse import csr_matrix

from deepkmeans.data import Rows, fit_scaling
from deepkmeans.data.joined_scaling import JoinedScaling
from deepkmeans.data.source import JoinedRows
from deepkmeans.fitting.joined_graph import InputGraph, build_joined_graph, input_graphs, union, weigh_inputs

CPU = torch.device("cpu")


def joined(present=None, **inputs):
    parts = {name: Rows(X, fit_scaling(X), device=CPU) for name, X in inputs.items()}
    n = len(next(iter(parts.values())))
    there = {name: torch.ones(n, dtype=torch.bool) for name in parts} if present is None else present
    return JoinedRows(parts, there, None, JoinedScaling.fit(parts, there, None, ()))


def graph(name, index, edges, m=3):
    affinity = np.zeros((m, m))
    for i, j, weight in edges:
        affinity[i, j] = affinity[j, i] = weight
    m_v = len(index)
    return InputGraph(name, np.array(index), torch.zeros(m_v, 1), np.zeros((m_v, 1)), csr_matrix(affinity))


def test_the_union_by_hand():
    # Row 2 has the input a alone: its edges are as firm as if b agreed.
    a, b = graph("a", [0, 1, 2], [(0, 1, 0.5), (1, 2, 0.4)]), graph("b", [0, 1], [(0, 1, 1.0)])
    found = union([a, b], {"a": 1.0, "b": 3.0}, 3).toarray()
    # (0.5 + 3 * 1.0) / 1; 0.4 / sqrt(1 * 1/4)
    assert found[0, 1] == pytest.approx(3.5) and found[1, 2] == pytest.approx(0.8) and found[0, 2] == 0
    assert np.allclose(found, found.T)


def test_joined_rows_have_the_same_variance_in_each_input_and_the_mean_where_one_is_missing():
    random = np.random.RandomState(0)
    present = {"a": torch.ones(50, dtype=torch.bool), "b": torch.arange(50) >= 10}
    rows = joined(present, a=random.randn(50, 3), b=100 + 30 * random.randn(50, 8))
    X = rows.take(torch.arange(50))
    assert X.shape == (50, 11) and rows.n_inputs == 11
    assert float(X[:, :3].var(0, correction=0).sum()) == pytest.approx(1, abs=1e-4)
    assert float(X[10:, 3:].var(0, correction=0).sum()) == pytest.approx(1, abs=1e-4)
    assert float(X[:10, 3:].abs().max()) == 0
    assert torch.equal(torch.cat(list(rows.chunks(7))), X)
    assert torch.equal(rows.subset(torch.tensor([3, 20])).take(torch.arange(2)), X[[3, 20]])


def test_those_that_agree_outweigh_noise_and_a_lone_view_outweighs_it_by_its_structure():
    random, y = np.random.RandomState(0), np.arange(300) % 3
    views = {name: 4 * random.randn(3, 6)[y] + random.randn(300, 6) for name in "ab"}
    noise = random.randn(300, 6)
    found = weigh_inputs(input_graphs(joined(**views, noise=noise), 3, 15), 3)
    assert min(found["a"].weight, found["b"].weight) > 0.8 and found["noise"].weight < 0.1
    assert found["a"].agreement > 0.3 and abs(found["noise"].agreement) < 0.1
    found = weigh_inputs(input_graphs(joined(a=views["a"], noise=noise), 3, 15), 3)
    assert found["a"].weight == 1 and found["noise"].weight < 0.1


def test_inputs_that_do_not_vary_or_few_rows_have_make_no_graph():
    random = np.random.RandomState(0)
    present = {name: torch.ones(60, dtype=torch.bool) for name in "abc"}
    present["c"] = torch.arange(60) < 5
    rows = joined(present, a=random.randn(60, 4), b=np.ones((60, 2)), c=random.randn(60, 3))
    graphs = input_graphs(rows, 3, 15)
    assert [each.name for each in graphs] == ["a"]
    built = build_joined_graph(rows, torch.arange(60), graphs, {"a": 1.0}, 3, 15)
    assert built.neighbors.shape == (60, 15) and int(built.neighbors.max()) < 60
    strongest = np.argsort(-built.affinity.toarray()[0], kind="stable")[0]
    assert int(built.neighbors[0, 0]) == strongest
