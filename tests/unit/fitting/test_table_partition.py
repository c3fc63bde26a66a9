"""Ordinary tables: never worse than K-Means, copies are weights, and what was found can be taken by name."""

import warnings

import numpy as np
import pytest
import torch
from sklearn.cluster import KMeans as PlainKMeans
from sklearn.datasets import load_breast_cancer, make_blobs, make_moons
from sklearn.metrics import adjusted_rand_score as ari

import deepkmeans
from deepkmeans import DeepKMeans
from deepkmeans.exceptions import (
    InvalidDataError,
    InvalidParameterError,
    MissingValuesWarning,
    UncertainStructureWarning,
)
from deepkmeans.training import Callback

pytestmark = [
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
    pytest.mark.filterwarnings("ignore::deepkmeans.exceptions.UncertainStructureWarning"),
]


def plain(X, k):
    spread = X.std(0)
    return PlainKMeans(k, n_init=10, random_state=0).fit_predict((X - X.mean(0)) / np.where(spread > 0, spread, 1))


def scores():
    """Whole numbers from 1 to 10, a large group of low ones: most rows are there many times."""
    random = np.random.RandomState(0)
    y = (np.arange(600) % 3 == 0).astype(int)
    X = np.clip(np.round(np.where(y[:, None] == 0, 1.0, 6.0) + np.where(y[:, None] == 0, 0.6, 2.0)
                         * random.randn(600, 9)), 1, 10)  # fmt: skip
    return X, y


def one_hot():
    """Four clean groups in six columns, beside a random category of three values."""
    X, y = make_blobs(400, centers=4, n_features=6, cluster_std=1.0, random_state=0)
    return np.c_[(X - X.mean(0)) / X.std(0), np.eye(3)[np.random.RandomState(0).randint(3, size=400)]], y


def unequal():
    X, y = make_blobs([900, 90, 30], centers=[[0, 0], [6, 0], [0, 6]], random_state=0)
    return X, y


def outliers():
    X, y = make_blobs(300, centers=3, n_features=4, random_state=2)
    X[0, 0], X[1, 2] = 1e4, -1e4
    return X, y


def coin():
    """Four groups that overlap, beside a column of two values that means nothing: graphs fall apart along it."""
    X, y = make_blobs(300, n_features=4, centers=4, cluster_std=1.5, center_box=(-4, 4), random_state=3)
    return np.c_[X, np.random.RandomState(1).randint(2, size=300)], y


CASES = [(scores, 0.9), (one_hot, 0.95), (unequal, 0.9), (outliers, 0.95), (coin, 0.45)]


@pytest.mark.parametrize(("make", "least"), CASES)
def test_ordinary_tables_that_misled_the_graph(make, least):
    X, y = make()
    model = DeepKMeans(len(np.unique(y)), random_state=0).fit(X)
    reached = ari(y, model.labels_)
    assert reached >= least and reached >= ari(y, plain(X, len(np.unique(y)))) - 0.01
    assert (model.labels_ == model.predict(X)).all()


def test_rows_are_not_parted_by_which_cells_are_missing():
    X, y = make_blobs(300, n_features=5, centers=4, cluster_std=2, center_box=(-5, 5), random_state=1)
    missing = np.random.RandomState(0).rand(*X.shape) < 0.1
    X[missing] = np.nan
    with pytest.warns(MissingValuesWarning):
        model = DeepKMeans(4, random_state=0).fit(X)
    filled = np.where(missing, np.nanmean(X, axis=0), X)
    assert ari(y, model.labels_) >= max(0.7, ari(y, plain(filled, 4)) - 0.05)
    assert (model.labels_ == model.predict(X)).all() and model.report_["evidence"]["few_values"] == 0


def test_copies_of_rows_are_weights():
    X, _ = make_moons(150, noise=0.15, random_state=0)
    for times in (np.full(150, 2), np.full(150, 15), np.random.RandomState(1).randint(1, 50, 150)):
        whole = DeepKMeans(2, random_state=0).fit(np.repeat(X, times, axis=0))
        first = np.r_[0, np.cumsum(times)[:-1]]
        weighted = DeepKMeans(2, random_state=0).fit(X, sample_weight=times)
        np.testing.assert_array_equal(whole.labels_[first], weighted.labels_)
        np.testing.assert_array_equal(whole.cluster_centers_, weighted.cluster_centers_)
        assert whole.report_["reason"] == weighted.report_["reason"]


def test_the_order_of_the_rows_does_not_matter():
    X = load_breast_cancer().data
    order = np.random.RandomState(0).permutation(len(X))
    first, second = DeepKMeans(2, random_state=0).fit(X), DeepKMeans(2, random_state=0).fit(X[order])
    np.testing.assert_array_equal(first.labels_[order], second.labels_)


def test_rows_of_no_weight_are_not_learnt_from():
    X, _ = make_blobs(200, centers=3, random_state=0)
    far = np.r_[X, np.full((20, 2), 1e3) + np.arange(20)[:, None]]
    model = DeepKMeans(3, random_state=0).fit(far, sample_weight=np.r_[np.ones(200), np.zeros(20)])
    assert ari(model.labels_[:200], DeepKMeans(3, random_state=0).fit(X).labels_) == 1


def test_plain_k_means_by_name_is_k_means_of_the_standardised_columns():
    X = load_breast_cancer().data
    model = DeepKMeans(2, partition="k-means", random_state=0).fit(X)
    assert model.report_["chosen"] == "k-means" and model.report_["scaling"] == "standard"
    assert ari(plain(X, 2), model.labels_) > 0.95
    np.testing.assert_allclose(model.reconstruct(X), X, rtol=1e-4, atol=1e-4)


def test_any_alternative_can_be_taken_by_its_name(tmp_path):
    X = load_breast_cancer().data
    model = DeepKMeans(2, random_state=0).fit(X)
    names = [other["name"] for other in model.alternatives_]
    assert {"k-means", model.report_["chosen"]} <= set(names) and len(names) <= 4
    for other in model.alternatives_:
        assert other["labels"].shape == (len(X),) and other["labels"].dtype == np.int32
        again = DeepKMeans(2, partition=other["name"], random_state=0).fit(X)
        assert again.report_["chosen"] == other["name"] and ari(other["labels"], again.labels_) > 0.9
        assert again.report_["confidence"] is None and other["name"] in again.report_["reason"]
    deepkmeans.save(model, tmp_path / "m.dkm")
    assert deepkmeans.load(tmp_path / "m.dkm").report_["alternatives"] == names
    with pytest.raises(InvalidParameterError, match="'partition' parameter .*'k-means'.*Got 'k_means'"):
        DeepKMeans(2, partition="k_means", random_state=0).fit(X)


def test_partitions_of_equal_standing_are_said():
    random = np.random.RandomState(0)
    X = random.randn(400, 5)  # a ball: nothing tells which halves are meant
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model = DeepKMeans(2, random_state=0).fit(X)
    said = [str(w.message) for w in caught if issubclass(w.category, UncertainStructureWarning)]
    assert not model.report_["sure"] and model.report_["consensus"] < 0.4
    assert len(said) == 1 and "no clear structure" in said[0] and "alternatives_" in said[0]


@pytest.mark.parametrize(  # more than 1,024 columns are seen in their main directions
    ("partition", "n_columns"), [("k-means", 2), ("k-means", 1030), ("standard/15/ward", 2)]
)
def test_the_global_generator_is_left_alone(partition, n_columns):
    X, _ = make_blobs(60, n_features=n_columns, centers=3, random_state=0)
    before = torch.get_rng_state()
    model = DeepKMeans(3, partition=partition, max_epochs=2, random_state=0).fit(X)
    model.predict(X), model.transform(X)
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize(("k", "n_rows", "why"), [(1, 60, "one cluster"), (3, 20, "20 distinct rows are too few")])
def test_a_named_partition_that_cannot_be_given_is_refused(k, n_rows, why):
    X, _ = make_blobs(n_rows, centers=3, random_state=0)
    with pytest.raises(InvalidParameterError, match=f"'partition' parameter 'ranks/30/ward' .*{why}.*'k-means'"):
        DeepKMeans(k, partition="ranks/30/ward", random_state=0).fit(X)
    for name in ("auto", "k-means"):
        assert DeepKMeans(k, partition=name, random_state=0).fit(X).report_["chosen"] == "k-means"


def test_an_interrupted_fit_keeps_no_alternatives_of_the_one_before():
    X, _ = make_blobs(90, centers=3, random_state=0)
    model = DeepKMeans(3, random_state=0).fit(X)
    assert model.alternatives_

    class Stop(Callback):
        def on_epoch_end(self, state):
            raise KeyboardInterrupt

    model.set_params(partition="standard/15/ward", callbacks=[Stop()])
    with pytest.raises(KeyboardInterrupt):
        model.fit(X[:60])
    assert model.report_["interrupted"] and len(model.labels_) == 60 and model.alternatives_ == []


@pytest.mark.parametrize(
    ("scaling", "factor", "match"),
    [("none", 1e200, "float32 cannot hold"), ("none", 1e-200, "all rows of X the same"),
     ("counts", -1.0, "all rows of X the same")],
)  # fmt: skip
def test_rows_that_a_scaling_makes_useless_are_refused(scaling, factor, match):
    X = np.abs(np.random.RandomState(0).randn(120, 5)) * factor
    with pytest.raises(InvalidDataError, match=f"scaling='{scaling}' leaves.*{match}"):
        DeepKMeans(3, scaling=scaling, random_state=0).fit(X)


def test_a_partition_is_for_the_objective_that_chooses_one():
    with pytest.raises(InvalidParameterError, match="'partition' parameter 'k-means' is for objective='selflabel'"):
        DeepKMeans(2, objective="dcn", partition="k-means").fit(np.random.RandomState(0).randn(60, 3))
