"""The same numbers for the same clusters after a refit."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.cluster import KMeans as AnotherKMeans

from deepkmeans import DeepKMeans, load, save
from deepkmeans.estimators.alignment import EarlierClusters, aligned_order, same_clusters
from deepkmeans.exceptions import InvalidParameterError, ModelFileError

PLAIN = {"partition": "k-means", "random_state": 0, "device": "cpu"}


def groups(*sizes: int, at: tuple[int, ...] | None = None, seed: int = 0) -> np.ndarray:
    """Groups of these sizes, at these places of a line."""
    places = np.repeat(range(len(sizes)) if at is None else at, sizes)
    return (10 * places[:, None] + np.random.RandomState(seed).randn(len(places), 2)).astype(np.float32)


def test_same_clusters_by_hand() -> None:
    earlier = np.array([0, 0, 0, 0, 1, 1, 1, 2, 2, -1])
    labels = np.array([1, 1, 1, 0, 0, 0, 0, 2, 3, 3])
    ones = np.ones(10)
    assert same_clusters(earlier, labels, ones) == {1: 0, 0: 1, 2: 2}  # half of 2 is in 3, which holds one such row
    assert same_clusters(earlier, labels, np.where(labels == 3, 5.0, 1.0)) == {1: 0, 0: 1, 3: 2}
    assert same_clusters(np.full(3, -1), np.zeros(3, dtype=int), np.ones(3)) == {}
    # A cluster that has half of each of two is neither.
    assert same_clusters(np.array([0, 0, 0, 0, 1, 1, 1, 1]), np.array([0, 0, 1, 1, 0, 0, 1, 1]), np.ones(8)) == {}


def test_numbers_by_hand() -> None:
    assert aligned_order({0: 2, 2: 0}, 3).tolist() == [2, 1, 0]
    assert aligned_order({0: 1, 1: 0}, 4).tolist() == [1, 0, 2, 3]  # new ones come after the old ones
    assert aligned_order({0: 4, 1: 0}, 3).tolist() == [1, 0, 2]  # there is no number 4: what is left, before new ones
    assert aligned_order({}, 2).tolist() == [0, 1]


def test_what_the_report_says() -> None:
    earlier = EarlierClusters(np.array([0, 0, 1, 1, 1, 2]), {0: "a", 2: "c"}, "run")
    report = earlier.report(np.array([0, 0, 0, 1, 1, 1]), np.ones(6), 3)
    assert report["earlier"] == [0, 1, None] and report["new"] == [2] and report["vanished"] == [2]
    assert report["share_kept"] == 0.8 and report["model"] == "run"
    assert earlier.names_of({0: 0, 1: 1}) == {0: "a"}


def test_numbers_and_names_are_kept_when_sizes_change(tmp_path: Path) -> None:
    model = DeepKMeans(3, **PLAIN).fit(groups(60, 40, 20)).rename({0: "left", 2: "right"})
    grown = groups(60, 100, 150, seed=1)
    assert DeepKMeans(3, **PLAIN).fit(grown).labels_[[0, 60, 160]].tolist() == [2, 1, 0]
    save(model, tmp_path / "model.dkm")
    for given in (model, tmp_path, str(tmp_path / "model.dkm")):
        again = DeepKMeans(3, align_to=given, **PLAIN).fit(grown)
        np.testing.assert_array_equal(again.labels_, np.repeat([0, 1, 2], [60, 100, 150]))
        np.testing.assert_array_equal(again.predict(grown), again.labels_)
        assert again.cluster_names_ == {0: "left", 2: "right"}
        assert again.report_["cluster_sizes"] == [60, 100, 150]
        alignment = again.report_["alignment"]
        assert alignment["earlier"] == [0, 1, 2] and alignment["share_kept"] == 1 and alignment["vanished"] == []
        assert alignment["model"] == ("DeepKMeans" if given is model else str(given))
    assert "alignment" not in model.report_
    save(again, tmp_path / "again.dkm")
    assert load(tmp_path / "again.dkm").align_to is None


def test_new_and_vanished_clusters() -> None:
    model = DeepKMeans(3, **PLAIN).fit(groups(60, 40, 20)).rename({1: "middle", 2: "right"})
    more = DeepKMeans(4, align_to=model, **PLAIN).fit(groups(30, 40, 20, 100))
    assert more.report_["alignment"]["new"] == [3] and more.labels_[[0, 30, 70, -1]].tolist() == [0, 1, 2, 3]
    assert more.cluster_names_ == {1: "middle", 2: "right"}
    moved = DeepKMeans(3, align_to=model, **PLAIN).fit(groups(60, 2, 50, 90, at=(0, 1, 2, 4)))
    assert moved.report_["alignment"]["earlier"] == [0, None, 2]  # a new one has the number of one that is gone
    assert moved.report_["alignment"]["vanished"] == [1] and moved.cluster_names_ == {2: "right"}
    fewer = DeepKMeans(2, align_to=model, **PLAIN).fit(groups(40, 20, at=(1, 2)))
    assert fewer.report_["alignment"]["earlier"] == [2, 1]  # there is no number 2
    assert fewer.cluster_names_ == {0: "right", 1: "middle"}
    assert fewer.report_["alignment"]["share_kept"] == pytest.approx(2 / 3)


def test_after_corrections_and_other_models() -> None:
    X = groups(60, 40, 20)
    model = DeepKMeans(3, **PLAIN).fit(X).merge([0, 1]).rename({0: "both"})
    again = DeepKMeans(2, align_to=model, **PLAIN).fit(X)
    assert again.report_["alignment"]["earlier"] == [0, 1] and again.cluster_names_ == {0: "both"}
    assert again._corrections is None
    other = AnotherKMeans(3, random_state=0, n_init=3).fit(X)
    np.testing.assert_array_equal(DeepKMeans(3, align_to=other, **PLAIN).fit(X).labels_, other.labels_)
    copied = clone(DeepKMeans(3, align_to=other))
    assert copied.align_to is other
    earlier = copy.deepcopy(model)
    model.set_params(align_to=earlier, n_clusters=3).fit(X)  # the next fit of the same model
    assert model.report_["alignment"]["earlier"][0] == 0


def test_weights_count() -> None:
    X = groups(60, 40, 20)
    model = DeepKMeans(3, **PLAIN).fit(X)
    weight = np.r_[np.zeros(60), np.ones(40), 9 * np.ones(20)]
    again = DeepKMeans(2, align_to=model, **PLAIN).fit(X, sample_weight=weight)
    assert again.report_["alignment"]["vanished"] == [] and again.report_["alignment"]["earlier"] == [2, 1]


def test_wrong_models(tmp_path: Path) -> None:
    X = groups(30, 20)
    with pytest.raises(InvalidParameterError, match="'align_to' .* must be None or a fitted model"):
        DeepKMeans(2, align_to=3).fit(X)
    with pytest.raises(ModelFileError, match="none.dkm"):
        DeepKMeans(2, align_to=tmp_path / "none.dkm").fit(X)
    with pytest.raises(InvalidParameterError, match="The model of DeepKMeans cannot predict X: .*not fitted"):
        DeepKMeans(2, align_to=DeepKMeans(2)).fit(X)
    fitted = DeepKMeans(2, **PLAIN).fit(X)
    with pytest.raises(InvalidParameterError, match="cannot predict X: X has 3 features"):
        DeepKMeans(2, align_to=fitted).fit(np.c_[X, X[:, 0]])
    with pytest.raises(InvalidParameterError, match=r"Got the model that is fitted; give its file, or copy\.deepcopy"):
        fitted.set_params(align_to=fitted).fit(X)


@pytest.mark.slow
def test_five_refits_on_data_that_grow() -> None:
    rng = np.random.RandomState(3)
    places = 6 * rng.randn(5, 4)
    share = np.array([0.25, 0.22, 0.2, 0.18, 0.15])
    kept, free, X = [], [], np.zeros((0, 4), np.float32)
    models: dict[str, DeepKMeans] = {}
    for refit in range(6):
        n = 300 if refit == 0 else len(X) // 5
        new = places[rng.choice(5, n, p=rng.permutation(share))] + rng.randn(n, 4)  # what is common changes
        X = np.r_[X, new.astype(np.float32)]
        for name, numbers in (("aligned", kept), ("free", free)):
            earlier = models.get(name)
            model = DeepKMeans(5, align_to=earlier if name == "aligned" else None, random_state=refit).fit(X)
            if earlier is not None:
                before = EarlierClusters.of(earlier, X, len(X))
                numbers.append(before.report(model.labels_, np.ones(len(X)), 5)["share_kept"])
            models[name] = model.set_params(align_to=None)
    assert len(kept) == 5 and min(kept) >= 0.95, (kept, free)
    assert np.mean(free) < np.mean(kept)
