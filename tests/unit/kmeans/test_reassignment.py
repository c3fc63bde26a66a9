"""Centres that a stream leaves behind: by hand, then sorted, drifting and shuffled streams against full fits and
scikit-learn's MiniBatchKMeans."""

import numpy as np
import pytest
import scipy.sparse as sp
import torch
from sklearn.cluster import MiniBatchKMeans
from sklearn.datasets import load_digits, load_wine, make_blobs
from sklearn.exceptions import ConvergenceWarning
from sklearn.preprocessing import scale

from deepkmeans import KMeans
from deepkmeans.kmeans import minibatch_step


def tensor(rows):
    return torch.tensor(rows, dtype=torch.float64)


def test_two_centres_of_one_cluster_and_a_batch_of_another_by_hand():
    known, counts = tensor([[0.0], [1.0]]), tensor([10.0, 30.0])
    step = minibatch_step(tensor([[100.0], [102.0], [101.0]]), known, counts)
    order = step.centers[:, 0].argsort()
    # What was seen goes together to its mean, (10 x 0 + 30 x 1) / 40; the batch has a centre of its own.
    assert step.centers[order, 0].tolist() == [0.75, 101.0] and step.counts[order].tolist() == [40.0, 3.0]
    assert step.inertia == 2.0 and len(set(step.labels.tolist())) == 1
    assert order[1] == step.labels[0]


def test_two_clusters_far_apart_are_not_merged_for_a_little_gain():
    step = minibatch_step(tensor([[-3.0], [3.0]]), tensor([[0.0], [100.0]]), tensor([10.0, 10.0]))
    assert step.centers[:, 0].tolist() == [0.0, 100.0] and step.counts.tolist() == [12.0, 10.0]


def test_what_was_forgotten_holds_no_centre():
    known, batch = tensor([[0.0], [1000.0]]), tensor([[0.0], [0.0], [7.0], [7.0]])
    kept = minibatch_step(batch, known, tensor([1.0, 5.0]))
    assert kept.centers[:, 0].max() == 1000.0
    forgotten = minibatch_step(batch, known, tensor([1.0, 5.0]), decay_factor=1e-9)
    assert sorted(forgotten.centers[:, 0].round().tolist()) == [0.0, 7.0]


ORDERS = {
    "sorted": lambda X, y: np.argsort(y, kind="stable"),
    "reverse": lambda X, y: np.argsort(-y, kind="stable"),
    "by a column": lambda X, y: np.argsort(X[:, 0], kind="stable"),
    "drifting": lambda X, y: np.argsort(y + 1.7 * np.random.RandomState(0).rand(len(y)), kind="stable"),
    "shuffled": lambda X, y: np.random.RandomState(1).permutation(len(y)),
}
SETS = {
    "blobs": lambda: make_blobs(1200, centers=6, cluster_std=0.6, random_state=4),
    "uneven": lambda: make_blobs([700, 300, 60, 40], cluster_std=0.7, random_state=2, n_features=4),
    "wine": lambda: (scale(load_wine().data), load_wine().target),
    "digits": lambda: (load_digits().data[:900], load_digits().target[:900]),
}


def inertia(model, X):
    return ((X[:, None] - model.cluster_centers_) ** 2).sum(2).min(1).sum()


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("name", SETS)
def test_no_order_of_a_stream_loses_clusters(name, order):
    X, y = SETS[name]()
    k = len(np.unique(y))
    X = X[ORDERS[order](X, y)]
    ours, theirs = KMeans(k, random_state=0), MiniBatchKMeans(k, random_state=0)
    batches = [batch for batch in np.split(X, np.arange(100, len(X), 100)) if len(batch) >= k]
    for batch in batches:
        ours.partial_fit(batch)
        theirs.partial_fit(batch)
    full = KMeans(k, random_state=0).fit(X).inertia_
    assert inertia(ours, X) <= 1.25 * full
    assert inertia(ours, X) <= 1.05 * inertia(theirs, X)
    assert ours.counts_.sum() == sum(len(batch) for batch in batches)


@pytest.mark.parametrize("layout", [np.asarray, sp.csr_matrix])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("weighted", [False, True])
def test_sorted_batches_of_any_size_layout_and_weight(layout, dtype, weighted):
    X, y = make_blobs(800, centers=5, cluster_std=0.3, center_box=(1, 30), random_state=7)
    order = np.argsort(y, kind="stable")
    X, weight = X[order].astype(dtype), np.random.RandomState(0).rand(800) + 0.5
    runs = []
    for _ in range(2):
        model = KMeans(5, random_state=3)
        for part in np.split(np.arange(800), [3, 4, 90, 300, 310, 311, 650]):
            model.partial_fit(layout(X[part]), sample_weight=weight[part] if weighted else None)
        runs.append(model)
    assert np.array_equal(runs[0].cluster_centers_, runs[1].cluster_centers_)
    full = KMeans(5, random_state=0).fit(X)
    assert inertia(runs[0], X) <= 1.2 * full.inertia_
    assert runs[0].counts_.sum() == pytest.approx(weight.sum() if weighted else 800)


def test_directions_of_a_sorted_stream():
    random = np.random.RandomState(0)
    angle = np.repeat([0.1, 0.7, 1.4], 60) + 0.03 * random.randn(180)
    X = np.stack([np.cos(angle), np.sin(angle)], axis=1) * random.uniform(1, 5, (180, 1))
    model = KMeans(3, metric="cosine", random_state=0)
    for batch in np.split(X, 6):
        model.partial_fit(batch)
    np.testing.assert_allclose(np.linalg.norm(model.cluster_centers_, axis=1), 1)
    assert -model.score(X) <= 1.1 * KMeans(3, metric="cosine", random_state=0).fit(X).inertia_


@pytest.mark.parametrize("first", [np.array([[1.0, 4.0]]), np.ones((4, 2)), np.array([[2.0, 1.0], [-1.0, 8.0]])])
def test_a_first_batch_of_few_rows_is_a_beginning(first):
    X, _ = make_blobs(600, centers=4, cluster_std=0.4, random_state=0)
    with pytest.warns(ConvergenceWarning, match="smaller than n_clusters"):
        model = KMeans(4, random_state=0).partial_fit(first)
    assert len(model.labels_) == len(first) and model.n_clusters_ == len(np.unique(first, axis=0))
    assert model.counts_.sum() == len(first) and model.cluster_centers_.shape == (4, 2)
    for batch in np.split(X, 6):
        model.partial_fit(batch)
    assert inertia(model, X) <= 1.2 * KMeans(4, random_state=0).fit(X).inertia_
    assert model.n_clusters_ == 4 and model.counts_.sum() == 600 + len(first)


def test_shuffled_batches_of_found_clusters_move_nothing(monkeypatch):
    X, _ = make_blobs(900, centers=5, cluster_std=0.4, random_state=1)
    model = KMeans(5, random_state=0).fit(X)
    monkeypatch.setattr("deepkmeans.kmeans.reassignment.refine", None)  # not even tried
    for batch in np.split(X, 9):
        model.partial_fit(batch)
    assert model.n_steps_ == 9  # of partial_fit alone
