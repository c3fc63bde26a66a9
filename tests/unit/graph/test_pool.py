"""The pool of candidates: what is in it, one seed one pool, threads, weights."""

import numpy as np
import pytest
import torch
from sklearn.datasets import make_blobs
from sklearn.metrics import adjusted_rand_score as ari

from deepkmeans.graph import CRITERIA, candidate_pool
from deepkmeans.kmeans import COVARIANCES


def table(n=120):
    X, y = make_blobs(n, centers=3, n_features=6, cluster_std=3.0, random_state=4)  # they overlap
    return X, y


def pool(spaces, k=3, weight=None, seed=0):
    return candidate_pool(spaces, k, weight=weight, generator=torch.Generator().manual_seed(seed))


@pytest.fixture(scope="module")
def made():
    X, _ = table()
    return pool({"standard": X, "ranks": X**3})


def mean_ari(first, second):
    assert first.partitions.keys() == second.partitions.keys()
    return np.mean([ari(labels, second.partitions[name]) for name, labels in first.partitions.items()])


def test_names_are_space_and_method_and_all_have_so_many_clusters(made):
    methods = {"k-means", "whitened/k-means", "5/k-means"}  # of 6 columns, so that "6/k-means" is "k-means"
    methods |= {f"{m}/mixture-{covariance}" for m in (5, 6) for covariance in COVARIANCES}
    methods |= {f"{m}/{criterion}" for m in (15, 30) for criterion in (*CRITERIA, "spectral")}
    methods |= {f"15/spectral-{covariance}" for covariance in COVARIANCES}
    possible = {f"{space}/{method}" for space in ("standard", "ranks") for method in methods}
    assert set(made.partitions) <= possible and len(made.partitions) > 0.8 * len(possible)
    assert set(made.graphs) == {f"{space}/{m}" for space in ("standard", "ranks") for m in (15, 30)}
    for labels in made.partitions.values():
        assert labels.shape == (120,) and set(labels.tolist()) == {0, 1, 2}
    for graph in made.graphs.values():
        assert graph.shape == (120, 120) and abs(graph - graph.T).max() < 1e-12 and graph.diagonal().max() == 0


def test_two_threads_are_one_thread(made):
    X, _ = table()
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2 if before == 1 else 1)
        other = pool({"standard": X, "ranks": X**3})
        assert torch.get_num_threads() == (2 if before == 1 else 1)  # put back
    finally:
        torch.set_num_threads(before)
    assert list(other.partitions) == list(made.partitions) and mean_ari(made, other) > 0.95


def test_one_seed_one_pool_and_a_space_does_not_know_those_after_it(made):
    X, _ = table()
    alone = pool({"standard": X})
    own = {name: labels for name, labels in made.partitions.items() if name.startswith("standard/")}
    assert alone.partitions.keys() == own.keys()
    assert np.mean([ari(labels, alone.partitions[name]) for name, labels in own.items()]) > 0.95


def test_distinct_groups_are_found_by_nearly_all():
    X, y = make_blobs(90, centers=3, n_features=4, cluster_std=0.5, random_state=2)
    right = [ari(y, labels) == 1 for labels in pool({"standard": X}).partitions.values()]
    assert len(right) > 15 and np.mean(right) > 0.9


def test_k_means_and_mixtures_know_weights_and_graphs_do_not():
    random = np.random.RandomState(0)
    X = np.r_[random.randn(40, 2) * 0.3, random.randn(40, 2) * 0.3 + [2, 0], random.randn(40, 2) * 0.3 + [10, 0]]
    y, light = np.repeat([0, 1, 2], 40), np.repeat([1.0, 1.0, 1e-6], 40)
    plain, weighted = pool({"standard": X}, 2).partitions, pool({"standard": X}, 2, light).partitions
    assert ari(y == 2, plain["standard/k-means"]) == 1  # the far third is a cluster of its own,
    assert ari(y[:80], weighted["standard/k-means"][:80]) == 1  # unless it weighs next to nothing
    graphs = [pool({"standard": X}, 2, weight).graphs["standard/15"] for weight in (None, np.full(120, 3.0))]
    np.testing.assert_allclose(graphs[0].toarray(), graphs[1].toarray(), atol=1e-3)


def test_fewer_rows_than_neighbours():
    X = np.random.RandomState(0).randn(12, 3)
    found = pool({"standard": X}, 2)
    assert set(found.graphs) == {"standard/11"} and len(found.partitions) > 5
