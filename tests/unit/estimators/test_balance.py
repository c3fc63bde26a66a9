"""Sizes of clusters as a user asks for them: ``balance``, ``min_size`` and ``max_size``."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.exceptions import ConvergenceWarning

import deepkmeans
from deepkmeans import DeepKMeans, KMeans
from deepkmeans.exceptions import InvalidParameterError


def unequal(n: int = 400) -> np.ndarray:
    """Three groups of 75%, 18% and 7% of the rows."""
    random = np.random.RandomState(0)
    sizes = [n * 75 // 100, n * 18 // 100]
    sizes.append(n - sum(sizes))
    return np.concatenate([random.randn(size, 3) + at for size, at in zip(sizes, (0, -4, 5), strict=True)])


def sizes(model: KMeans | DeepKMeans) -> np.ndarray:
    return np.bincount(model.labels_, minlength=len(model.cluster_centers_))


def test_nothing_asked_nothing_changed() -> None:
    X = unequal()
    plain, asked = KMeans(3, random_state=0).fit(X), KMeans(3, balance=0, random_state=0).fit(X)
    within = KMeans(3, min_size=1, max_size=400, random_state=0).fit(X)
    for other in (asked, within):
        assert np.array_equal(plain.cluster_centers_, other.cluster_centers_)
        assert np.array_equal(plain.labels_, other.labels_) and plain.n_iter_ == other.n_iter_
        assert other.prices_.tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("asked", "low", "high"),
    [
        ({"balance": 1}, 133, 134), ({"balance": 0.8}, 106, 167), ({"min_size": 100}, 100, 400),
        ({"max_size": 180}, 1, 180), ({"min_size": 0.25}, 100, 400), ({"max_size": 0.4}, 1, 160),
        ({"min_size": 120, "max_size": 150}, 120, 150), ({"balance": 0.5, "min_size": 90}, 90, 267),
    ],
)  # fmt: skip
def test_sizes_are_kept_and_predicted(asked: dict[str, float], low: int, high: int) -> None:
    X = unequal()
    for dtype in (np.float32, np.float64):
        model = KMeans(3, random_state=0, **asked).fit(X.astype(dtype))
        assert low <= sizes(model).min() and sizes(model).max() <= high
        assert np.array_equal(model.predict(X.astype(dtype)), model.labels_)
        assert -model.score(X.astype(dtype)) == pytest.approx(model.inertia_)
        assert np.array_equal(model.counts_, sizes(model))


def test_prediction_is_the_nearest_centre_after_its_price() -> None:
    X = unequal()
    model = KMeans(3, balance=1, random_state=0).fit(X)
    new = np.random.RandomState(1).uniform(-6, 8, (50, 3))
    assert np.array_equal(model.predict(new), (model.transform(new) ** 2 + model.prices_).argmin(1))


def test_sparse_and_cosine() -> None:
    X = np.abs(unequal())
    dense, stored = (KMeans(3, balance=1, random_state=0).fit(each) for each in (X, sp.csr_matrix(X)))
    assert sizes(stored).max() - sizes(stored).min() <= 1
    assert np.array_equal(stored.predict(sp.csr_matrix(X)), stored.labels_)
    assert stored.inertia_ == pytest.approx(dense.inertia_, rel=0.02)
    cosine = KMeans(3, balance=1, metric="cosine", random_state=0).fit(X)
    assert sizes(cosine).max() - sizes(cosine).min() <= 1
    assert np.array_equal(cosine.predict(3 * X), cosine.labels_)


@pytest.mark.filterwarnings("ignore:Clusters have 199 to 201 weight")
def test_weights_count() -> None:
    X = unequal()
    weight = np.where(np.arange(len(X)) < 300, 1, 3).astype(float)
    model = KMeans(3, balance=1, random_state=0).fit(X, sample_weight=weight)
    assert np.ptp(model.counts_) <= 3
    dropped = KMeans(3, balance=1, random_state=0).fit(X, sample_weight=np.arange(len(X)) % 2)
    assert dropped.counts_.tolist() == [67, 67, 66] or sorted(dropped.counts_) == [66, 67, 67]


def test_into_a_file_and_back(tmp_path: Path) -> None:
    X = unequal()
    model = KMeans(3, max_size=0.4, random_state=0).fit(X)
    deepkmeans.save(model, tmp_path / "model.dkm")
    again = deepkmeans.load(tmp_path / "model.dkm")
    assert np.array_equal(again.prices_, model.prices_) and again.max_size == 0.4
    assert np.array_equal(again.predict(X), model.labels_)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"min_size": 200}, "n_clusters=3 and min_size=200 need 600 rows, and X has 400"),
        ({"max_size": 100}, "n_clusters=3 and max_size=100 hold at most 300 rows, and X has 400"),
        ({"min_size": 401}, "n_clusters=3 and min_size=401 need 1,203 rows, .*; lower min_size to at most 133, or"),
        ({"min_size": 0.5}, "need 600 rows, and X has 400 rows; lower min_size to at most 0.333333, or"),
        ({"max_size": 0.2}, "hold at most 240 rows, .*; raise max_size to at least 0.333334, or ask for more"),
        ({"min_size": 90, "max_size": 80}, "min_size=90 is larger than max_size=80"),
        ({"min_size": 1.0}, "must be None or an integer >= 1 or a number > 0 and < 1. Got 1.0 instead"),
        ({"max_size": 0}, "must be None or an integer >= 1 or a number > 0 and < 1. Got 0 instead"),
        ({"balance": True}, "'balance' parameter of KMeans must be a number from 0 to 1. Got True instead"),
        ({"balance": 1.5}, "'balance' parameter of KMeans must be a number from 0 to 1"),
        ({"min_size": 2.5}, "'min_size' parameter of KMeans must be None or an integer >= 1 or a number > 0 and < 1"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(asked: dict[str, float], message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        KMeans(3, **asked).fit(unequal())


def test_weights_are_said_and_numpy_numbers_taken() -> None:
    X, weight = unequal(), np.full(400, 0.005)  # 2 in all, 0.67 a cluster
    with pytest.raises(InvalidParameterError, match="need a weight of 3, and X has a weight of 2; lower .* 0.333333,"):
        KMeans(3, min_size=1).fit(X, sample_weight=weight)
    for size in (np.int64(120), np.float32(0.3)):
        assert sizes(KMeans(3, min_size=size, random_state=0).fit(X)).min() >= 120


@pytest.mark.filterwarnings("error::sklearn.exceptions.ConvergenceWarning")
def test_shares_reach_to_the_next_row() -> None:
    X = unequal()[:61]  # a quarter is 15.25 rows
    assert sorted(sizes(KMeans(4, min_size=0.25, random_state=0).fit(X))) == [15, 15, 15, 16]
    assert sizes(KMeans(4, max_size=0.25, random_state=0).fit(X)).max() <= 16


def test_a_stream_has_no_sizes() -> None:
    with pytest.raises(InvalidParameterError, match="min_size=5 is for fit"):
        KMeans(3, min_size=5).partial_fit(unequal())


def test_equal_rows_stay_together_and_that_is_said() -> None:
    X = np.repeat([[0.0], [1]], [16, 5], axis=0)
    with pytest.warns(ConvergenceWarning, match="Clusters have 5 to 16 rows, and were to have 10 to 11: equal rows"):
        KMeans(2, balance=1, random_state=0).fit(X)


@pytest.mark.filterwarnings("ignore:DeepKMeans reached max_epochs")
@pytest.mark.parametrize("objective", ["selflabel", "idec"])
def test_the_deep_one(objective: str, tmp_path: Path) -> None:
    X = unequal()
    short = {} if objective == "selflabel" else {"pretrain_epochs": 1, "max_epochs": 1}
    free = DeepKMeans(3, objective=objective, random_state=0, **short).fit(X)
    assert free.prices_.tolist() == [0, 0, 0]
    model = DeepKMeans(3, objective=objective, balance=1, random_state=0, **short).fit(X)
    assert sizes(model).max() <= 1.1 * sizes(model).min()
    assert np.array_equal(model.predict(X), model.labels_)
    assert np.array_equal(model.predict_proba(X).argmax(1), model.labels_)
    deepkmeans.save(model, tmp_path / "model.dkm")
    again = deepkmeans.load(tmp_path / "model.dkm")
    assert again.balance == 1 and np.array_equal(again.predict(X), model.labels_)


@pytest.mark.filterwarnings("ignore:Methods find different partitions")
def test_labels_that_a_network_learns_are_balanced() -> None:
    """Rings are no K-Means: the network learns a partition of the graph, whose sizes are brought together first."""
    random = np.random.RandomState(0)
    angle, radius = random.uniform(0, 2 * np.pi, 400), np.where(np.arange(400) < 320, 1.0, 3.0)
    X = np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1) + 0.05 * random.randn(400, 2)
    model = DeepKMeans(2, balance=1, partition="standard/15/modularity", random_state=0, max_epochs=20).fit(X)
    assert sizes(model).max() <= 1.1 * sizes(model).min()
    assert np.array_equal(model.predict(X), model.labels_)
