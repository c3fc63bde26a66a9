"""Spherical K-Means: by hand, against the definition, and against K-Means of rows of length one."""

import numpy as np
import pytest
import scipy.sparse as sp
import torch
from sklearn.metrics import adjusted_rand_score

import deepkmeans
from deepkmeans import DeepKMeans, KMeans
from deepkmeans.exceptions import InvalidParameterError
from deepkmeans.kmeans import csr_rows, unit_rows
from deepkmeans.model_selection import make_label_free_scorer


def directions(seed=0, n=300, d=5, k=4):
    random = np.random.RandomState(seed)
    way = random.randn(k, d)
    own = random.randint(k, size=n)
    return (way[own] + 0.2 * random.randn(n, d)) * np.exp(random.randn(n, 1)), own


def test_four_rows_by_hand():
    # Lengths do not count: 3 and 1 along x, 1 and 5 along y; the middle of (1, 0) and (4/5, 3/5) is (3, 1) / sqrt(10).
    X = np.array([[3.0, 0], [4, 3], [0, 1], [0, 5]])
    model = KMeans(2, metric="cosine", random_state=0).fit(X)
    assert model.labels_[0] == model.labels_[1] != model.labels_[2] == model.labels_[3]
    centers = model.cluster_centers_[model.labels_[[0, 2]]]
    np.testing.assert_allclose(centers, [[3 / np.sqrt(10), 1 / np.sqrt(10)], [0, 1]], atol=1e-12)
    assert model.inertia_ == pytest.approx(2 * (1 - 3 / np.sqrt(10)))
    np.testing.assert_allclose(model.transform([[7.0, 0]])[0, model.labels_[[0, 2]]], [1 - 3 / np.sqrt(10), 1])
    assert model.predict([[100.0, 1.0]]) == model.labels_[0]


@pytest.mark.parametrize("layout", ["dense", "sparse"])
@pytest.mark.parametrize("init", ["k-means++", "k-means||", "random"])
def test_the_definition_holds(init, layout):
    X, _ = directions()
    X = np.maximum(X, 0) if layout == "sparse" else X
    rows = sp.csr_matrix(X) if layout == "sparse" else X
    model = KMeans(4, init=init, metric="cosine", random_state=0).fit(rows)
    length = np.linalg.norm(X, axis=1, keepdims=True)
    unit = X / np.where(length > 0, length, 1)
    cosine = unit @ model.cluster_centers_.T
    np.testing.assert_allclose(np.linalg.norm(model.cluster_centers_, axis=1), 1)
    np.testing.assert_array_equal(model.labels_, cosine.argmax(1))
    np.testing.assert_array_equal(model.labels_, model.predict(rows))
    told = (length[:, 0] > 0) * (1 - cosine.max(1)) + (
        length[:, 0] == 0
    ) * 0.5  # half of the squared length of a centre
    assert model.inertia_ == pytest.approx(told.sum()) == -model.score(rows)
    for j in range(4):  # every centre is the mean direction of its rows
        mean = unit[model.labels_ == j].sum(0)
        np.testing.assert_allclose(model.cluster_centers_[j], mean / np.linalg.norm(mean), atol=1e-3)


def test_never_above_the_start_and_scale_changes_nothing():
    X, _ = directions(1)
    start = X[:4]
    plain = KMeans(4, init=start, metric="cosine").fit(X)
    moved = KMeans(4, init=start, metric="cosine", refine=True).fit(X)
    assert moved.inertia_ <= plain.inertia_
    factors = np.random.RandomState(0).uniform(0.1, 10, (len(X), 1))
    other = KMeans(4, init=start, metric="cosine").fit(X * factors)
    np.testing.assert_array_equal(plain.labels_, other.labels_)


def test_a_stream_and_a_file(tmp_path):
    X, own = directions(2, n=600)
    model = KMeans(4, metric="cosine", random_state=0)
    for start in range(0, 600, 100):
        model.partial_fit(X[start : start + 100])
    np.testing.assert_allclose(np.linalg.norm(model.cluster_centers_, axis=1), 1)
    labels = model.predict(X)
    assert all(len(set(labels[own == c])) == 1 for c in range(4)) and len(set(labels)) == 4
    deepkmeans.save(model, tmp_path / "m.dkm")
    again = deepkmeans.load(tmp_path / "m.dkm")
    assert again.metric == "cosine"
    np.testing.assert_array_equal(again.predict(torch.from_numpy(X)), labels)


def test_other_metrics_are_refused_in_words():
    with pytest.raises(InvalidParameterError, match="'metric'.*'euclidean', 'cosine'"):
        KMeans(2, metric="manhattan").fit([[0.0], [1]])


#: Factors whose squares, or sums of squares, no number of that dtype can hold.
FACTORS = {np.float32: (1e19, 1e36, 1e-19, 1e-35), np.float64: (1e160, 1e298, 1e-160, 1e-200)}


@pytest.mark.parametrize("layout", [np.asarray, sp.csr_matrix])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_only_the_direction_counts_whatever_the_magnitude(dtype, layout):
    X = np.maximum(directions(3, n=120)[0], 0)
    X[:, 0] += 0.1  # a row of zeros is as near to one centre as to another
    rows = layout(X.astype(dtype))
    model = KMeans(4, metric="cosine", random_state=0).fit(rows)
    given = KMeans(4, metric="cosine", init=X[:4]).fit(rows)
    stream = KMeans(4, metric="cosine", random_state=0).partial_fit(rows[:60]).partial_fit(rows[60:])
    for factor in FACTORS[dtype]:
        large = (X * factor).astype(dtype)
        scaled = layout(large)
        other = KMeans(4, metric="cosine", random_state=0).fit(scaled)
        assert adjusted_rand_score(other.labels_, model.labels_) == 1
        assert (
            other.inertia_ == pytest.approx(model.inertia_, rel=1e-4) == pytest.approx(-model.score(scaled), rel=1e-4)
        )
        np.testing.assert_array_equal(model.predict(scaled), model.labels_)
        np.testing.assert_allclose(model.transform(scaled), model.transform(rows), atol=1e-5)
        start = KMeans(4, metric="cosine", init=large[:4]).fit(scaled)
        np.testing.assert_allclose(start.cluster_centers_, given.cluster_centers_, atol=1e-5)
        batches = KMeans(4, metric="cosine", random_state=0).partial_fit(scaled[:60]).partial_fit(scaled[60:])
        np.testing.assert_allclose(batches.cluster_centers_, stream.cluster_centers_, atol=1e-5)


def test_rows_of_length_one_by_hand():
    rows = torch.tensor([[3.0, 4], [3e38, 0], [0, -1e-44], [0, 0], [3e30, -4e30]])
    expected = torch.tensor([[0.6, 0.8], [1, 0], [0, -1], [0, 0], [0.6, -0.8]])
    torch.testing.assert_close(unit_rows(rows), expected)
    sparse = csr_rows(
        torch.tensor([0, 2, 3, 4, 4, 6]),
        torch.tensor([0, 1, 0, 1, 0, 1]),
        torch.tensor([3.0, 4, 3e38, -1e-44, 3e30, -4e30]),
        (5, 2),
    )
    torch.testing.assert_close(unit_rows(sparse).to_dense(), expected)
    assert unit_rows(torch.zeros(0, 3)).shape == (0, 3) and unit_rows(torch.zeros(2, 0)).shape == (2, 0)


@pytest.mark.parametrize("layout", [np.asarray, sp.csr_array])
def test_networks_and_scorers_see_the_direction_alone_too(layout):
    X = np.maximum(directions(3, n=120, d=60)[0], 0)
    options = {"objective": "sequential", "scaling": "cosine", "pretrain_epochs": 2, "max_epochs": 1, "random_state": 0}
    model = DeepKMeans(4, **options).fit(layout(X))
    scorer = make_label_free_scorer()
    for factor in (1e140, 1e-200):
        scaled = layout(X * factor)
        np.testing.assert_array_equal(model.predict(scaled), model.labels_)
        np.testing.assert_allclose(model.transform(scaled), model.transform(layout(X)), rtol=1e-4, atol=1e-5)
        if sp.issparse(scaled):  # whose rows are taken for weights of words, in any unit
            other = DeepKMeans(4, **options).fit(scaled)
            assert adjusted_rand_score(other.labels_, model.labels_) > 0.9
            assert scorer(model, scaled) == pytest.approx(scorer(model, layout(X)), abs=1e-3)
