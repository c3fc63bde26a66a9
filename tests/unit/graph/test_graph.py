"""The neighbour graph and its cuts: by hand on graphs that fit a page, and against independent computations."""

import numpy as np
import pytest
import scipy.sparse as sp
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import make_moons
from sklearn.metrics import adjusted_rand_score
from sklearn.neighbors import NearestNeighbors

from deepkmeans.decomposition import principal_components
from deepkmeans.graph import (
    CRITERIA,
    affinity,
    agglomerate,
    coarsen,
    diffuse,
    graph_partitions,
    micro_clusters,
    nearest_neighbors,
    spectral_embedding,
)
from deepkmeans.graph.neighbors import _smallest


@pytest.mark.parametrize(("n", "d"), [(40, 3), (700, 5), (4000, 12)])
def test_neighbours_are_those_of_scikit_learn(n, d):
    X = np.random.RandomState(0).randn(n, d).astype(np.float32)
    index, distance = nearest_neighbors(torch.from_numpy(X), 7)
    expected, other = NearestNeighbors(n_neighbors=8, algorithm="brute").fit(X).kneighbors(X)
    np.testing.assert_allclose(distance, expected[:, 1:], atol=1e-4)
    assert (index.numpy() == other[:, 1:]).mean() > 0.999  # two at one distance may change places


def test_copies_of_a_row_are_its_neighbours_but_never_itself():
    X = torch.zeros(6, 2)
    index, distance = nearest_neighbors(X, 5)
    for i in range(6):
        assert sorted(index[i].tolist()) == [j for j in range(6) if j != i]
    assert (distance == 0).all()
    assert np.isfinite(affinity(index.numpy(), distance.numpy()).data).all()


@given(st.integers(0, 10_000), st.integers(1, 6))
def test_smallest_by_groups_is_a_sort(seed, k):
    values = torch.rand(3, 64 * 2 * k + 65 + seed % 60, generator=torch.Generator().manual_seed(seed))
    index, least = _smallest(values, k)
    assert torch.equal(least, values.sort(1).values[:, :k])
    assert torch.equal(values.gather(1, index), least)


def test_affinity_by_hand():
    # Three points on a line at 0, 1, 3; two neighbours each; the scale is the distance to the second.
    index, distance = np.array([[1, 2], [0, 2], [1, 0]]), np.array([[1.0, 3.0], [1.0, 2.0], [2.0, 3.0]])
    graph = affinity(index, distance).toarray()
    s = [3.0, 2.0, 3.0]
    np.testing.assert_allclose(graph[0, 1], np.exp(-1 / (s[0] * s[1])))
    np.testing.assert_allclose(graph[1, 2], np.exp(-4 / (s[1] * s[2])))
    np.testing.assert_allclose(graph, graph.T)
    assert (graph.diagonal() == 0).all()


def two_triangles() -> sp.csr_matrix:
    """0-1-2 and 3-4-5, each fully connected with weight 1, joined by 2-3 with weight 0.5."""
    w = np.zeros((6, 6))
    for a, b in [(0, 1), (0, 2), (1, 2), (3, 4), (3, 5), (4, 5)]:
        w[a, b] = w[b, a] = 1
    w[2, 3] = w[3, 2] = 0.5
    return sp.csr_matrix(w)


def test_soft_labels_by_hand():
    q = diffuse(two_triangles(), np.array([0, 0, 0, 1, 1, 1]), 2, steps=0)
    np.testing.assert_allclose(q[0], [1, 0])
    np.testing.assert_allclose(q[2], [0.8, 0.2])  # 2 of 2.5 of its weight stays
    np.testing.assert_allclose(diffuse(two_triangles(), np.array([0, 0, 0, 1, 1, 1]), 2).sum(1), 1)


def test_the_first_merge_by_hand():
    # Volumes 2, 2, 2.5, 2.5, 2, 2, total 13. W_01 - v_0 v_1 / t = 1 - 4/13 is the best modularity gain.
    tree = agglomerate(two_triangles().toarray(), np.arange(6), "modularity")
    assert tree.gains[0] == pytest.approx(1 - 4 / 13)
    assert set(tree.merges[0]) in ({0, 1}, {4, 5})


@pytest.mark.parametrize("criterion", list(CRITERIA))
def test_every_criterion_separates_the_triangles_and_keeps_the_whole_tree(criterion):
    tree = agglomerate(two_triangles().toarray(), np.arange(6), criterion)
    assert adjusted_rand_score([0, 0, 0, 1, 1, 1], tree.labels(2)) == 1
    assert [len(np.unique(tree.labels(k))) for k in range(1, 7)] == [1, 2, 3, 4, 5, 6]
    assert tree.labels(9).max() == 5  # no more than there are micro-clusters


@pytest.mark.parametrize("criterion", list(CRITERIA))
def test_incremental_merging_scores_as_a_fresh_start_would(criterion):
    random = np.random.RandomState(1)
    w = sp.csr_matrix(np.triu(random.rand(12, 12) * (random.rand(12, 12) < 0.6), 1))
    w = (w + w.T).toarray()
    tree = agglomerate(w, np.arange(12), criterion)
    if criterion in ("markov", "ward"):  # these walk on the graph of the micro-clusters, not on that of the parts
        return
    labels = tree.labels(7)
    again = agglomerate(coarsen(sp.csr_matrix(w), labels), labels, criterion)
    assert adjusted_rand_score(tree.labels(3), again.labels(3)) == 1
    np.testing.assert_allclose(again.gains[:-1], tree.gains[5:-1], rtol=1e-9)


def test_parts_without_an_edge_between_them_get_an_axis_each():
    X, y = make_moons(600, noise=0.03, random_state=0)
    index, distance = nearest_neighbors(torch.from_numpy(X), 10)
    embedding = spectral_embedding(affinity(index.numpy(), distance.numpy()), 8, np.random.RandomState(0))
    assert embedding.shape == (600, 8)
    np.testing.assert_allclose(np.linalg.norm(embedding, axis=1), 1, rtol=1e-5)
    assert adjusted_rand_score(y, embedding[:, :2].argmax(1)) == 1
    found = graph_partitions(affinity(index.numpy(), distance.numpy()), embedding, 2, torch.Generator().manual_seed(0))
    assert adjusted_rand_score(y, found["spectral"]) == 1 and adjusted_rand_score(y, found["paris/0"]) == 1


def test_spectral_embedding_is_that_of_a_dense_eigensolver():
    X = np.random.RandomState(0).randn(300, 3)
    index, distance = nearest_neighbors(torch.from_numpy(X), 12)
    graph = affinity(index.numpy(), distance.numpy())
    scale = 1 / np.sqrt(np.asarray(graph.sum(1)).ravel())
    _, vectors = np.linalg.eigh(scale[:, None] * graph.toarray() * scale)
    expected = vectors[:, ::-1][:, :5]
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    found = spectral_embedding(graph, 5, np.random.RandomState(0))
    np.testing.assert_allclose(np.abs(found), np.abs(expected), atol=1e-3)


def test_micro_clusters_have_no_gaps_and_repeat():
    X = torch.randn(500, 4, generator=torch.Generator().manual_seed(0))
    first = micro_clusters(X, 40, torch.Generator().manual_seed(1))
    assert (np.unique(first) == np.arange(first.max() + 1)).all() and 30 < first.max() + 1 <= 40
    np.testing.assert_array_equal(first, micro_clusters(X, 40, torch.Generator().manual_seed(1)))


def test_principal_components_are_those_of_a_decomposition():
    X = torch.randn(200, 6, generator=torch.Generator().manual_seed(0)) @ torch.diag(torch.tensor([9.0, 5, 3, 2, 1, 1]))
    mean, axes = principal_components(X, 3, np.random.RandomState(0))
    _, _, expected = np.linalg.svd((X - X.mean(0)).numpy(), full_matrices=False)
    np.testing.assert_allclose(np.abs(axes.T.numpy()), np.abs(expected[:3]), atol=1e-3)
    np.testing.assert_allclose(mean, X.mean(0))
