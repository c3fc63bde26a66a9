"""The guard: what is chosen, why, and that known classes play no part."""

import numpy as np
import pytest
import torch
from sklearn.datasets import load_iris, load_wine, make_blobs
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score, silhouette_samples

from deepkmeans.graph import (
    KMEANS,
    affinity,
    choose,
    graph_partitions,
    kmeans_partition,
    modularity,
    nearest_neighbors,
    spectral_embedding,
    vote,
)
from deepkmeans.metrics.consensus import pairwise_nmi
from deepkmeans.metrics.internal import macro_silhouettes, predictability


def problem(X, k, seed=0):
    rows = torch.from_numpy(X)
    index, distance = nearest_neighbors(rows, 10)
    graph = affinity(index.numpy(), distance.numpy())
    embedding = spectral_embedding(graph, k + 10, np.random.RandomState(seed))
    generator = torch.Generator().manual_seed(seed)
    partitions = graph_partitions(graph, embedding, k, generator)
    return graph, embedding, partitions | {KMEANS: kmeans_partition(rows, k, generator)}


def test_scores_by_hand():
    # Two pairs: within 1, between 0.25 (once): volumes 2.25 = 1 + 1.25 each, total 4.5.
    graph = np.zeros((4, 4))
    graph[0, 1] = graph[1, 0] = graph[2, 3] = graph[3, 2] = 1
    graph[1, 2] = graph[2, 1] = 0.25
    import scipy.sparse as sp

    assert modularity(sp.csr_matrix(graph), np.array([0, 0, 1, 1])) == pytest.approx(2 * (2 / 4.5 - 0.25))
    assert modularity(sp.csr_matrix(graph), np.zeros(4, dtype=int)) == pytest.approx(0)


def test_macro_silhouette_counts_small_clusters_fully():
    X, y = make_blobs([200, 10], centers=[[0, 0], [3, 0]], random_state=0)
    value = silhouette_samples(X, y)
    expected = (value[y == 0].mean() + value[y == 1].mean()) / 2
    alone = np.r_[np.zeros(209, dtype=int), 1]
    pool = {"two": y, "one": np.zeros(210, dtype=int), "alone": alone}
    found = macro_silhouettes(X, pool, np.random.RandomState(0))
    np.testing.assert_allclose(found[:2], [expected, -1], rtol=1e-4)
    assert found[2] == pytest.approx(silhouette_samples(X, alone)[:209].mean() / 2, abs=1e-4)  # a single row counts 0


def test_predictability_tells_a_boundary_from_dice():
    X, y = make_blobs(400, centers=3, cluster_std=0.4, random_state=0)
    dice = np.random.RandomState(1).randint(3, size=400)
    assert predictability(X, y, np.random.RandomState(0)) > 0.95
    assert predictability(X, dice, np.random.RandomState(0)) < 0.1


def test_agreement_of_equal_and_unrelated_partitions():
    a = np.arange(300) % 3
    table = pairwise_nmi({"a": a, "renamed": (a + 1) % 3, "other": np.arange(300) // 100}, np.random.RandomState(0))
    assert table[0, 1] == pytest.approx(1) and table[0, 2] < 0.05
    np.testing.assert_allclose(table, table.T)
    random = np.random.RandomState(0)
    pool = {str(i): random.randint(2 + i, size=500) for i in range(4)}
    pool["one"] = np.zeros(500, dtype=int)
    expected = [[normalized_mutual_info_score(a, b) for b in pool.values()] for a in pool.values()]
    np.testing.assert_allclose(pairwise_nmi(pool, random), expected, atol=1e-9)


def test_the_choice_on_blobs_is_the_blobs():
    X, y = make_blobs(400, centers=4, n_features=5, random_state=2)
    graph, _, partitions = problem(X, 4)
    choice = choose(partitions, graph, X, 0)
    assert adjusted_rand_score(y, choice.labels) == 1
    assert choice.name in partitions and choice.reason
    assert set(choice.table) == set(partitions) and {"consensus"} <= set(choice.table[choice.name])


def test_k_means_is_kept_where_nothing_speaks_against_it():
    X = load_wine().data
    X = (X - X.mean(0)) / X.std(0)
    graph, _, partitions = problem(X, 3)
    # The best other candidate is a copy of it but for one row: no judge can prefer that one.
    almost = partitions[KMEANS].copy()
    almost[0] = (almost[0] + 1) % 3
    pool = {f"copy/{i}": almost for i in range(6)} | {KMEANS: partitions[KMEANS]}
    choice = choose(pool, graph, X, 0)
    assert choice.name == KMEANS and "simpler" in choice.reason


def test_one_seed_one_choice():
    X = load_iris().data
    first, second = (problem(X, 3) for _ in range(2))
    a, b = (choose(p, g, X, 5) for g, _, p in (first, second))
    assert a.name == b.name and a.table == b.table
    np.testing.assert_array_equal(vote(a, first[2]), vote(b, second[2]))


def test_the_vote_brings_stray_rows_back_and_keeps_all_clusters():
    truth = np.arange(300) // 100
    pool = {}
    for i in range(7):
        pool[f"p{i}"] = truth.copy()
        pool[f"p{i}"][i * 10] = (truth[i * 10] + 1) % 3  # every candidate errs on a row of its own
    graph, embedding, _ = problem(np.random.RandomState(0).randn(300, 4) + 9 * truth[:, None], 3)
    choice = choose(pool, graph, embedding, 0)
    assert adjusted_rand_score(truth, choice.labels) < 1
    assert adjusted_rand_score(truth, vote(choice, pool)) == 1
