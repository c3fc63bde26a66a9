"""The search beyond a local optimum: by hand, never worse, and against many restarts of scikit-learn's K-Means."""

import numpy as np
import pytest
import scipy.sparse as sp
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans as PlainKMeans

from deepkmeans import KMeans
from deepkmeans.kmeans import fit_kmeans, lloyd
from deepkmeans.kmeans.lloyd import converge
from deepkmeans.kmeans.problem import prepare
from deepkmeans.kmeans.refinement import _halved, _pairs, refine
from deepkmeans.kmeans.rows import own_products
from deepkmeans.runtime.collective import SingleProcess

ALONE = SingleProcess()


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def six_points():
    """Three pairs on a line, of which Lloyd's rounds keep two together from these centres."""
    X = torch.tensor([[0.0], [1], [10], [11], [20], [21]], dtype=torch.float64)
    return X, torch.tensor([[0.0], [1], [15.5]], dtype=torch.float64)


def test_a_centre_is_carried_across_the_data_by_hand():
    X, start = six_points()
    stuck = lloyd(X, start)
    assert stuck.inertia == 101.0  # 2 * (5.5^2 + 4.5^2) around 15.5
    moved = fit_kmeans(X, 3, init=start, refine=True, generator=seeded())
    assert moved.inertia == 1.5 and sorted(moved.centers[:, 0].tolist()) == [0.5, 10.5, 20.5]


def test_cost_and_gain_are_told_without_a_run():
    X, start = six_points()
    problem = prepare(X)
    # Removing the centre at 0 costs 1 (its row goes to 1); splitting the far four rows gains 101 - 1.
    pairs, (one, two), sure = _pairs(problem, problem.inside(start))
    assert sure
    assert pairs == [(0, 2)]
    halves = sorted(float(problem.outside(half[2:3])) for half in (one, two))
    assert halves == [10.5, 20.5]
    labels = torch.tensor([0, 1, 2, 2, 2, 2])
    first = torch.tensor([0.0, 0, 30.25, 20.25, 20.25, 30.25], dtype=torch.float64)
    _, within = _halved(problem, problem.inside(start), labels, first)
    torch.testing.assert_close(within, torch.tensor([0.0, 0.0, 1.0], dtype=torch.float64))


@settings(deadline=None)  # the first example also warms torch up
@given(st.integers(0, 10_000), st.integers(1, 12), st.integers(1, 4), st.booleans())
def test_never_worse_than_the_start(seed, k, d, weighted):
    random = np.random.RandomState(seed)
    X = torch.from_numpy(random.randn(60, d).round(1))
    weight = (
        torch.from_numpy(random.randint(0, 3, 60).astype(float)) + (1e-3 if not weighted else 0) if weighted else None
    )
    if weight is not None and float(weight.sum()) == 0:
        weight[0] = 1.0
    start = X[random.permutation(60)[:k]]
    problem = prepare(X, weight)
    end = converge(problem, problem.inside(start), max_iter=3, tol=0.0, collective=ALONE)
    assert refine(problem, end, tol=0.0, collective=ALONE).history[-1] <= end.history[-1]
    plain = fit_kmeans(X, k, init=start, weight=weight, generator=seeded())
    assert fit_kmeans(X, k, init=start, weight=weight, refine=True, generator=seeded()).inertia <= plain.inertia


def test_a_weight_is_a_repetition_and_sparse_is_dense():
    random = np.random.RandomState(3)
    X = torch.from_numpy(random.randn(80, 3))
    weight = torch.from_numpy(random.randint(0, 4, 80).astype(float))
    start, twice = X[:9], X.repeat_interleave(weight.long(), dim=0)
    weighted = fit_kmeans(X, 9, init=start, weight=weight, refine=True, generator=seeded())
    repeated = fit_kmeans(twice, 9, init=start, refine=True, generator=seeded())
    torch.testing.assert_close(weighted.centers, repeated.centers)
    table = np.maximum(X.numpy(), 0)
    dense, sparse = (KMeans(5, random_state=0).fit(rows) for rows in (table, sp.csr_matrix(table)))
    np.testing.assert_allclose(dense.inertia_, sparse.inertia_)


def test_the_search_finds_what_restarts_do_not():
    random = np.random.RandomState(0)
    means = 4.0 * np.stack(np.meshgrid(range(8), range(8)), -1).reshape(-1, 2)
    X = (means[random.randint(64, size=20_000)] + random.randn(20_000, 2)).astype(np.float32)
    restarts = PlainKMeans(64, n_init=10, random_state=0).fit(X).inertia_
    ours = [KMeans(64, random_state=seed).fit(X) for seed in (0, 1, 2)]
    assert max(model.inertia_ for model in ours) < restarts
    assert all((model.labels_ == model.predict(X)).all() for model in ours)
    again = KMeans(64, random_state=0).fit(X)
    np.testing.assert_array_equal(again.cluster_centers_, ours[0].cluster_centers_)


def test_clusters_are_numbered_alike_whatever_rounding_does():
    random = np.random.RandomState(0)
    X = 5 * random.randn(12, 8)[random.randint(12, size=3000)] + random.randn(3000, 8)
    labels = KMeans(12, random_state=0).fit(X).labels_
    for _ in range(10):
        other = KMeans(12, random_state=0).fit(X * (1 + 1e-15 * random.randint(-3, 4, 8))).labels_
        assert (labels == other).mean() > 0.999


@pytest.mark.parametrize("k", [3, 10])
def test_few_clusters_are_as_good_as_the_best_of_many_restarts(k):
    X = np.random.RandomState(1).randn(4000, 6)
    best = PlainKMeans(k, n_init=30, random_state=0).fit(X).inertia_
    ours = [KMeans(k, random_state=seed).fit(X).inertia_ for seed in range(3)]
    assert np.mean(ours) <= best * 1.005  # one cloud: no optimum stands out


def test_samples_hold_no_rows_of_weight_zero_and_weights_are_heard():
    random = np.random.RandomState(2)
    X = np.concatenate([random.randn(9000, 2), 50 + random.randn(9000, 2)]).astype(np.float32)
    weight = np.r_[np.ones(9000), np.zeros(9000)]
    model = KMeans(4, random_state=0).fit(X, sample_weight=weight)
    assert np.abs(model.cluster_centers_).max() < 10


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("init", ["k-means++", "random"])
def test_fewer_weighted_rows_than_clusters(init):
    X = np.random.RandomState(0).randn(30, 2)
    model = KMeans(5, init=init, random_state=0).fit(X, sample_weight=np.r_[np.ones(3), np.zeros(27)])
    assert model.n_clusters_ == 3 and model.inertia_ < 1e-12


@pytest.mark.parametrize("k", [6, 120])
@pytest.mark.filterwarnings("ignore:Sparse CSR tensor support")  # of the conversion by torch, below
def test_products_within_clusters_are_the_same_sparse_and_dense(k):
    random = np.random.RandomState(4)
    rows = torch.from_numpy(np.maximum(random.randn(900, 7), 0))
    labels, way = torch.from_numpy(random.randint(k, size=900)), torch.from_numpy(random.randn(k, 7))
    dense = own_products(rows, way, labels)
    torch.testing.assert_close(dense, own_products(rows.to_sparse_csr(), way, labels))
    torch.testing.assert_close(dense, (rows @ way.T).gather(1, labels[:, None])[:, 0])


def test_more_clusters_than_distinct_rows():
    X = np.repeat(np.arange(5.0)[:, None], 2000, axis=0)
    with pytest.warns(match="distinct clusters"):
        model = KMeans(8, random_state=0).fit(X)
    assert model.n_clusters_ == 5 and model.inertia_ < 1e-12 and model.n_iter_ < 10


def test_texts_are_searched_in_all_their_words():
    """The main directions of counts keep little of them: starts from there are moved where nothing is left out."""
    random = np.random.RandomState(0)
    topic = random.dirichlet(np.full(500, 0.02), 15)[random.choice(15, 3_000)]
    X = sp.csr_matrix(random.poisson(20 * topic + 20 / 500).astype(np.float64))
    best = min(PlainKMeans(12, n_init=1, random_state=seed).fit(X).inertia_ for seed in range(20))
    assert KMeans(12, random_state=0).fit(X).inertia_ <= best * (1 + 1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_no_single_row_is_left_that_would_lower_the_inertia(seed):
    """By definition: after every other assignment of one row the sum of squares, computed anew, is no smaller."""
    X = np.random.RandomState(seed).randn(5_000, 3).round(2)
    model = KMeans(6, random_state=seed).fit(X)
    size = np.bincount(model.labels_)[:, None].astype(float)
    square = ((X[None] - model.cluster_centers_[:, None]) ** 2).sum(2)  # (k, n)
    away = (size / (size - 1) * square)[model.labels_, np.arange(len(X))]
    gain = (away - size / (size + 1) * square).max(0)
    assert gain.max() <= 1e-5 * model.inertia_
