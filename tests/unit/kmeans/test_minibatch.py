"""Batches of a stream: by hand, against one pass over all rows, against scikit-learn's MiniBatchKMeans."""

import numpy as np
import pytest
import scipy.sparse as sp
import torch
from sklearn.cluster import MiniBatchKMeans
from sklearn.datasets import make_blobs

import deepkmeans
from deepkmeans import KMeans
from deepkmeans.exceptions import InvalidDataError, InvalidParameterError
from deepkmeans.kmeans import minibatch_step


def test_one_step_by_hand():
    X = torch.tensor([[2.0], [4.0], [12.0]], dtype=torch.float64)
    centers, counts = torch.tensor([[0.0], [10.0]], dtype=torch.float64), torch.tensor([2.0, 1.0]).double()
    step = minibatch_step(X, centers, counts)
    assert step.centers[:, 0].tolist() == [1.5, 11.0] and step.counts.tolist() == [
        4.0,
        2.0,
    ]  # (0 2 + 6) / 4, (10 + 12) / 2
    assert step.labels.tolist() == [0, 0, 1] and step.inertia == 0.5**2 + 2.5**2 + 1.0
    half = minibatch_step(X, centers, counts, decay_factor=0.5)
    assert half.centers[:, 0].tolist() == pytest.approx([2.0, (0.5 * 10 + 12) / 1.5])
    assert half.counts.tolist() == [3.0, 1.5]
    none = minibatch_step(X, centers, counts, decay_factor=0.0)
    assert none.centers[:, 0].tolist() == [3.0, 12.0]


def test_a_centre_without_weight_takes_the_farthest_row():
    X = torch.tensor([[0.0], [1.0], [50.0]])
    step = minibatch_step(X, torch.tensor([[0.5], [900.0]]), torch.tensor([5.0, 0.0]).double())
    assert step.centers[1, 0] == 50.0 and step.counts.tolist() == [7.0, 1.0] and step.labels.tolist() == [0, 0, 1]


def test_weights_are_repetitions_and_sparse_is_dense():
    random = np.random.RandomState(0)
    X, weight = torch.from_numpy(random.rand(50, 3)), torch.from_numpy(random.randint(0, 4, 50).astype(float))
    centers, counts = X[:4].clone(), torch.ones(4).double()
    weighted = minibatch_step(X, centers, counts, weight=weight)
    repeated = minibatch_step(X.repeat_interleave(weight.long(), dim=0), centers, counts)
    torch.testing.assert_close(weighted.centers, repeated.centers)
    rows = np.maximum(random.randn(60, 5), 0).astype(np.float32)
    dense, sparse = (
        KMeans(3, random_state=0).partial_fit(part).partial_fit(part) for part in (rows, sp.csr_matrix(rows))
    )
    one, other = (model.cluster_centers_[np.lexsort(model.cluster_centers_.T)] for model in (dense, sparse))
    np.testing.assert_allclose(one, other, rtol=1e-4)  # rows are centred where they are dense: other names


def test_the_same_centres_as_scikit_learn_from_the_same_start():
    X, y = make_blobs(600, centers=5, random_state=1)
    start = X[[np.flatnonzero(y == c)[0] for c in range(5)]]
    theirs = MiniBatchKMeans(5, init=start, n_init=1, reassignment_ratio=0, batch_size=100)
    centers, counts = torch.from_numpy(start), torch.zeros(5).double()
    for batch in np.split(X, 6):
        theirs.partial_fit(batch)
        step = minibatch_step(torch.from_numpy(batch), centers, counts)
        centers, counts = step.centers, step.counts
    np.testing.assert_allclose(centers, theirs.cluster_centers_)


def test_a_stream_in_batches_finds_the_clusters_and_follows_them(tmp_path):
    X, y = make_blobs(5000, centers=4, cluster_std=0.5, random_state=0)
    model = KMeans(4, random_state=0)
    for batch in np.array_split(X, 20):
        assert model.partial_fit(batch) is model
    assert model.n_steps_ == 20 and model.counts_.sum() == 5000
    means = np.stack([X[y == c].mean(0) for c in range(4)])
    gap = np.linalg.norm(model.cluster_centers_[:, None] - means, axis=2)
    assert gap.min(1).max() < 0.01  # all but a row or two went to their own cluster
    deepkmeans.save(model, tmp_path / "stream.dkm")
    loaded = deepkmeans.load(tmp_path / "stream.dkm")
    np.testing.assert_array_equal(
        loaded.partial_fit(X[:50]).cluster_centers_, model.partial_fit(X[:50]).cluster_centers_
    )
    moving = KMeans(4, random_state=0, decay_factor=0.3).fit(X)
    for step in range(30):
        moving.partial_fit(X[:500] + 0.1 * step)
    gap = np.linalg.norm(moving.cluster_centers_[:, None] - (means + 2.9), axis=2)
    assert gap.min(1).max() < 0.3


def test_bad_batches_are_refused_in_words():
    X = np.random.RandomState(0).randn(20, 3)
    with pytest.raises(InvalidDataError, match="contains NaN"):
        KMeans(3).partial_fit(np.full((3, 3), np.nan))
    model = KMeans(3, random_state=0).partial_fit(X)
    model.partial_fit(X[:1])  # later batches may be of any size
    with pytest.raises(ValueError, match="features"):
        model.partial_fit(X[:, :2])
    with pytest.raises(InvalidParameterError, match="holds 3 centres"):
        model.set_params(n_clusters=4).partial_fit(X)


def test_steps_are_batches_that_partial_fit_has_seen():
    X = np.random.RandomState(0).rand(40, 3)
    model = KMeans(3, random_state=0).partial_fit(X).partial_fit(X)
    assert model.n_steps_ == 2
    assert not hasattr(model.fit(X), "n_steps_") and model.partial_fit(X[:9]).n_steps_ == 1


def test_another_metric_amid_a_stream_is_refused():
    X = np.random.RandomState(0).rand(40, 3)
    model = KMeans(3, random_state=0).partial_fit(X).set_params(metric="cosine")
    centers = model.cluster_centers_.copy()
    with pytest.raises(InvalidParameterError, match="metric='cosine', but.*metric='euclidean'; clone it"):
        model.partial_fit(X)
    assert np.array_equal(model.cluster_centers_, centers) and model.fit(X).partial_fit(X).n_steps_ == 1
