"""Clusters that a person merges, renames and splits."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
import torch
from sklearn.base import clone

from deepkmeans import DeepKMeans
from deepkmeans.data import Rows, fit_scaling
from deepkmeans.estimators.cluster_names import names_after
from deepkmeans.estimators.corrections import Corrections, Merge, Split
from deepkmeans.exceptions import InvalidDataError, InvalidParameterError

CPU = torch.device("cpu")
#: Two groups of two; the parts of the first are three apart.
CENTERS = np.array([[0, 0], [3, 0], [20, 0], [40, 0]])
GROUP = np.repeat([0, 1, 2, 3], [50, 40, 30, 20])


@pytest.fixture(scope="module")
def rows() -> np.ndarray:
    return (CENTERS[GROUP] + 0.3 * np.random.RandomState(0).randn(len(GROUP), 2)).astype(np.float32)


@pytest.fixture(scope="module")
def fitted(rows: np.ndarray) -> DeepKMeans:
    return DeepKMeans(3, partition="k-means", scaling="none", random_state=0, device="cpu").fit(rows)


@pytest.fixture
def model(fitted: DeepKMeans) -> DeepKMeans:
    return copy.deepcopy(fitted)


def table(*columns: float) -> torch.Tensor:
    return torch.tensor([columns], dtype=torch.float32)


def test_a_merge_by_hand() -> None:
    step = Merge((1, 3), (0.75, 0.25))
    assert step.numbers(np.array([0, 1, 2, 3, 4, -1])).tolist() == [0, 1, 2, 1, 3, -1]
    z = torch.zeros(1, 2)
    assert step.distances(z, table(5, 4, 3, 2, 1)).tolist() == [[5, 2, 3, 1]]
    X = np.zeros((1, 1), np.float32)
    summed = step.probabilities(Rows(X, fit_scaling(X, "none"), device=CPU), table(0.1, 0.2, 0.3, 0.15, 0.25))
    assert summed[0].tolist() == pytest.approx([0.1, 0.35, 0.3, 0.25])
    centers = np.array([[0, 0], [4, 0], [1, 1], [0, 8], [9, 9]], dtype=np.float32)
    assert step.centers(centers).tolist() == [[0, 0], [3, 2], [1, 1], [9, 9]]
    assert names_after({0: "a", 1: "b", 4: "c"}, step) == {0: "a", 1: "b", 3: "c"}
    assert names_after({1: "b", 3: "d"}, step) == {}
    assert names_after({3: "d"}, step) == {1: "d"}


def test_a_split_by_hand() -> None:
    step = Split(1, np.array([[0.0], [2.0]], np.float32), np.array([[5, 0], [7, 0]], np.float32), 0.5)
    X = np.array([[0.5], [1.9], [-3.0], [9.0]], np.float32)
    inputs, z = Rows(X, fit_scaling(X, "none"), device=CPU), torch.tensor([[5.0, 1], [7, 2], [0, 0], [8, 0]])
    corrections = Corrections(np.array([[0, 0], [6, 0]], np.float32)).then(step)
    labels, squared = corrections.assigned(z, inputs, np.array([1, 1, 0, 1]), np.array([2.0, 5, 0, 4]))
    assert labels.tolist() == [1, 2, 0, 2] and squared.tolist() == [1, 4, 0, 1]
    assert corrections.n_clusters == 3
    assert corrections.distances(z[2:3], table(0, 6)).tolist() == [[0, 5, 7]]
    shares = corrections.probabilities(inputs.subset(torch.tensor([0])), table(0.2, 0.8))
    near = np.exp([-0.25, -2.25])  # over twice the variance, which is 1
    assert shares.numpy() == pytest.approx(np.r_[0.2, 0.8 * near / near.sum()][None], rel=1e-6)
    assert corrections.centers().tolist() == [[0, 0], [5, 0], [7, 0]]
    assert names_after({0: "a", 1: "b"}, step) == {0: "a"}


def test_merged_labels_are_those_of_before_renumbered(model: DeepKMeans, rows: np.ndarray) -> None:
    before, distances, shares = model.predict(rows), model.transform(rows), model.predict_proba(rows)
    inertia = model.inertia_
    assert model.merge([2, 0]) is model
    np.testing.assert_array_equal(model.predict(rows), np.array([0, 1, 0])[before])
    np.testing.assert_array_equal(model.labels_, model.predict(rows))
    np.testing.assert_array_equal(model.transform(rows), np.c_[distances[:, [0, 2]].min(1), distances[:, 1]])
    np.testing.assert_allclose(model.predict_proba(rows), np.c_[shares[:, [0, 2]].sum(1), shares[:, 1]], atol=1e-6)
    assert model.n_clusters_ == 2 and model.report_["cluster_sizes"] == [110, 30] and model.inertia_ == inertia
    assert model.get_feature_names_out().tolist() == ["deepkmeans0", "deepkmeans1"]
    assert -model.score(rows) == pytest.approx(inertia)
    np.testing.assert_allclose(model.cluster_centers_[0], model.embed(rows)[model.labels_ == 0].mean(0), rtol=1e-4)
    assert model.report_["corrections"] == [
        {"correction": "merge", "clusters": [0, 2], "sizes": [90, 20], "into": 0}
    ]  # fmt: skip
    assert model.decode(model.cluster_centers_).shape == (2, 2)


@pytest.mark.parametrize("n_clusters", ["auto", 2])
def test_a_split_finds_the_parts_and_leaves_the_others(model: DeepKMeans, rows: np.ndarray, n_clusters: object) -> None:
    before = model.labels_
    model.rename({0: "left", 1: "middle"}).split(0, rows, n_clusters)
    np.testing.assert_array_equal(model.labels_, np.array([0, 3, 1, 2])[GROUP])
    np.testing.assert_array_equal(model.labels_, model.predict(rows))
    assert (model.labels_[before > 0] == before[before > 0]).all()
    assert model.cluster_names_ == {1: "middle"} and model.n_clusters_ == 4
    assert model.report_["cluster_sizes"] == [50, 30, 20, 40] == np.bincount(model.labels_).tolist()
    record = model.report_["corrections"][-1]
    assert (record["cluster"], record["into"], record["sizes"], record["names"]) == (0, [0, 3], [50, 40], ["left"])
    assert (record["reason"] is None) == (n_clusters == 2)
    assert model.transform(rows).argmin(1).tolist() == model.labels_.tolist()
    assert -model.score(rows) == pytest.approx(model.inertia_, rel=1e-5)
    np.testing.assert_allclose(model.distances_, model.transform(rows).min(1), rtol=1e-4)
    np.testing.assert_allclose(model.predict_proba(rows).sum(1), 1, atol=1e-6)
    new = np.array([[-1, 0], [4, 0], [19, 0]], dtype=np.float32)
    assert model.predict(new).tolist() == [0, 3, 1]


def test_a_split_is_undone_by_merging_its_parts(model: DeepKMeans, rows: np.ndarray) -> None:
    labels, distances, shares = model.predict(rows), model.transform(rows), model.predict_proba(rows)
    model.split(0, rows, 3)
    parts = model.report_["corrections"][-1]["into"]
    assert parts == [0, 3, 4]
    model.merge(parts)
    np.testing.assert_array_equal(model.predict(rows), labels)
    np.testing.assert_allclose(model.predict_proba(rows), shares, atol=1e-6)
    np.testing.assert_allclose(model.transform(rows)[:, 1:], distances[:, 1:])
    assert model.report_["cluster_sizes"] == [90, 30, 20] and len(model.report_["corrections"]) == 2


def test_splits_of_merged_clusters_and_of_parts(model: DeepKMeans, rows: np.ndarray) -> None:
    model.merge([0, 1]).split(0, rows, 2)  # the near pair, and the group at 20
    np.testing.assert_array_equal(model.labels_, np.array([0, 0, 2, 1])[GROUP])
    model.split(0, rows, 2)
    np.testing.assert_array_equal(model.labels_, np.array([0, 3, 2, 1])[GROUP])
    np.testing.assert_array_equal(model.labels_, model.predict(rows.astype(np.float64)))
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.predict_proba(rows), model.predict_proba(rows))


def test_weights_of_the_fit(rows: np.ndarray) -> None:
    weight = np.where(GROUP == 1, 3.0, 1.0)
    weight[:5] = 0
    model = DeepKMeans(3, partition="k-means", scaling="none", random_state=0).fit(rows, sample_weight=weight)
    assert model.report_["cluster_sizes"] == [165.0, 30.0, 20.0]
    with pytest.raises(InvalidDataError, match=r"that of the fit, by which cluster 0 weighs 165\. Got none: pass it"):
        model.split(0, rows, 2)
    with pytest.raises(InvalidDataError, match=r"cluster 0 weighs 165\. By the one given it weighs 330"):
        model.split(0, rows, 2, sample_weight=2 * weight)
    model.split(0, rows, 2, sample_weight=weight)
    assert model.report_["cluster_sizes"] == [120.0, 30.0, 20.0, 45.0]  # the heavier part keeps the number
    np.testing.assert_array_equal(model.labels_, np.array([3, 0, 1, 2])[GROUP])
    assert model.merge([0, 3]).report_["cluster_sizes"] == [165.0, 30.0, 20.0]


def test_rows_of_no_cluster_stay_so(model: DeepKMeans, rows: np.ndarray) -> None:
    model.labels_[[0, 60, 100]] = -1
    model.split(0, rows, 2).merge([1, 2])
    expected = np.array([0, 2, 1, 1])[GROUP]
    expected[[0, 60, 100]] = -1
    np.testing.assert_array_equal(model.labels_, expected)
    assert model.report_["cluster_sizes"] == [50, 50, 40]


def test_names(model: DeepKMeans) -> None:
    assert model.cluster_names_ == {}
    model.rename({2: " Night owls ", np.int64(0): "Everyone"})
    assert model.cluster_names_ == {0: "Everyone", 2: "Night owls"}
    model.rename({0: "Night owls", 2: "Everyone"}).rename({0: None, 1: None})
    assert model.cluster_names_ == {2: "Everyone"}
    last = model.report_["corrections"][-1]
    assert last == {"correction": "rename", "cluster": 0, "name": None, "before": "Night owls"}
    assert len(model.report_["corrections"]) == 5
    assert model.merge([1, 2]).cluster_names_ == {1: "Everyone"}


def test_a_new_fit_begins_without_corrections(model: DeepKMeans, rows: np.ndarray) -> None:
    model.merge([0, 1]).rename({0: "all"})
    assert not hasattr(clone(model), "cluster_names_")
    with pytest.raises(InvalidDataError):
        model.fit(rows * np.nan)
    assert model.cluster_names_ == {0: "all"} and len(model.cluster_centers_) == 2
    model.fit(rows)
    assert model.cluster_names_ == {} and len(model.cluster_centers_) == 3
    assert "corrections" not in model.report_
    np.testing.assert_array_equal(model.labels_, model.predict(rows))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda m, X: m.merge([0, 3]), "'clusters' parameter of merge must name .* numbers, from 0 to 2"),
        (lambda m, X: m.merge([1]), r"must name two different clusters or more. Got \[1\]"),
        (lambda m, X: m.merge(1), r"two different clusters or more. Got \[1\]"),
        (lambda m, X: m.merge([1, 1]), r"two different clusters or more. Got \[1, 1\]"),
        (lambda m, X: m.merge("01"), "by their numbers, from 0 to 2. Got '01'"),
        (lambda m, X: m.merge([True, 0]), "Got True"),
        (lambda m, X: m.rename("x"), r"must be a mapping such as \{3: 'Night owls'\}"),
        (lambda m, X: m.rename({3: "x"}), "'names' parameter of rename must name clusters by their numbers"),
        (lambda m, X: m.rename({0: " "}), "names of 1 to 100 printable characters"),
        (lambda m, X: m.rename({0: "a\nb"}), r"Got 'a\\nb' for cluster 0"),
        (lambda m, X: m.rename({0: 7}), "Got 7 for cluster 0"),
        (lambda m, X: m.rename({0: "x", 2: "x"}), r"Got 'x' for the clusters 0 and 2; merge\(\[0, 2\]\)"),
        (lambda m, X: m.split(3, X), "'cluster' parameter of split must name clusters by their numbers"),
        (lambda m, X: m.split(0, X, 1), "'n_clusters' parameter of split must be an integer >= 2 or 'auto'"),
    ],
)
def test_wrong_arguments_leave_the_model_as_it_is(model: DeepKMeans, rows: np.ndarray, wrong, said: str) -> None:
    before = dict(vars(model))
    with pytest.raises(InvalidParameterError, match=said):
        wrong(model, rows)
    assert vars(model) == before


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda m, X: m.split(0, X[:-1]), r"140 rows of the fit, in their order, .* Got 139 rows"),
        (lambda m, X: m.split(0, X[::-1]), "Got rows that are in other clusters"),
        (lambda m, X: m.split(2, X, 21), "Cluster 2 has 20 rows, fewer than the 21 parts"),
        (lambda m, X: m.split(2, X), r"Cluster 2 has no parts that can be told apart \(.*\); n_clusters=2 divides it"),
    ],
)
def test_wrong_rows(model: DeepKMeans, rows: np.ndarray, wrong, said: str) -> None:
    with pytest.raises(InvalidDataError, match=said):
        wrong(model, rows)
    assert model.n_clusters_ == 3 and "corrections" not in model.report_


def test_equal_rows_have_no_parts() -> None:
    X = np.repeat([[0.0], [5.0], [5.1]], [10, 6, 1], axis=0)
    model = DeepKMeans(2, partition="k-means", random_state=0).fit(X)
    with pytest.raises(InvalidDataError, match="rows of cluster 0 are too alike for 2 parts: there are 1 at most"):
        model.split(0, X, 2)


@pytest.mark.parametrize("clusters", [None, 3, "01", []])
def test_what_is_no_list_of_clusters_is_refused(clusters: object) -> None:
    model = DeepKMeans(3, partition="k-means", random_state=0).fit(np.random.default_rng(0).normal(size=(60, 2)))
    with pytest.raises(InvalidParameterError, match="'clusters' parameter of merge"):
        model.merge(clusters)  # type: ignore[arg-type]
