"""DeepKMeans(n_clusters="auto") and "divide"."""

import json
import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits, load_wine, make_blobs
from sklearn.metrics import adjusted_rand_score

from deepkmeans import DeepKMeans, load, save
from deepkmeans.exceptions import InvalidParameterError
from deepkmeans.graph import n_clusters_statistics
from deepkmeans.model_selection import select_n_clusters
from deepkmeans.training import Checkpoint


@pytest.fixture(scope="module")
def wine() -> DeepKMeans:
    return DeepKMeans("auto", random_state=0).fit(load_wine().data)


def test_the_fit_goes_on_with_what_was_chosen(wine):
    chosen = wine.report_["n_clusters_selection"]
    assert wine.n_clusters == "auto"
    assert wine.n_clusters_ == chosen["n_clusters"] == len(wine.cluster_centers_) == 3
    assert adjusted_rand_score(load_wine().target, wine.labels_) > 0.7
    assert set(chosen["curves"]) >= {"inertia", "silhouette", "gap", "stability", "merge_gain"}
    assert all(len(curve) == len(chosen["k"]) for curve in chosen["curves"].values())
    assert "gaps" in chosen["reason"]
    json.dumps(wine.report_, allow_nan=False)


def test_as_if_it_had_been_given(wine):
    given = DeepKMeans(3, random_state=0).fit(load_wine().data)
    np.testing.assert_array_equal(given.labels_, wine.labels_)


def test_files_hold_the_wish_and_the_answer(wine, tmp_path):
    save(wine, tmp_path / "wine.dkm")
    loaded = load(tmp_path / "wine.dkm")
    assert (loaded.n_clusters, loaded.n_clusters_) == ("auto", 3)
    assert loaded.report_ == wine.report_
    np.testing.assert_array_equal(loaded.predict(load_wine().data), wine.labels_)


def test_rows_without_clear_structure_are_divided_if_asked(tmp_path):
    random = np.random.RandomState(103)
    centers = np.repeat([[25, 20], [25, 80], [55, 50], [88, 17], [87, 82]], 40, axis=0)
    X = centers + random.randn(200, 2) * np.repeat(random.uniform(8, 15, (5, 2)), 40, axis=0)
    kept, divided = (DeepKMeans(asked, random_state=0).fit(X) for asked in ("auto", "divide"))
    chosen = divided.report_["n_clusters_selection"]
    assert chosen == kept.report_["n_clusters_selection"]
    k = chosen["useful_division"]["n_clusters"]
    assert (kept.n_clusters_, divided.n_clusters_, divided.n_clusters) == (1, k, "divide")
    np.testing.assert_array_equal(divided.labels_, DeepKMeans(k, random_state=0).fit(X).labels_)
    save(divided, tmp_path / "divided.dkm")
    np.testing.assert_array_equal(load(tmp_path / "divided.dkm").predict(X), divided.labels_)


def test_clear_structure_or_none_at_all_leave_nothing_to_divide(wine):
    assert DeepKMeans("divide", random_state=0).fit(load_wine().data).n_clusters_ == wine.n_clusters_
    assert DeepKMeans("divide", random_state=0).fit(np.random.RandomState(0).rand(200, 3)).n_clusters_ == 1


def test_clones_keep_the_wish(wine):
    assert clone(wine).n_clusters == "auto"
    with pytest.raises(InvalidParameterError, match="n_clusters"):
        DeepKMeans("many").fit(load_wine().data)


@pytest.mark.parametrize("objective", ["selflabel", "dcn"])
def test_without_structure_one_cluster(objective):
    X = np.random.RandomState(0).rand(300, 3)
    model = DeepKMeans("auto", objective=objective, pretrain_epochs=1, max_epochs=2, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(X)
    assert model.n_clusters_ == 1
    assert (model.labels_ == 0).all()
    assert (model.predict(X[:5]) == 0).all()
    assert model.predict_proba(X[:5]).shape == (5, 1)
    assert model.report_["n_clusters_selection"]["reason"].startswith("no clear structure")


def test_rows_that_are_all_the_same_are_one_cluster():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = DeepKMeans("auto", random_state=0).fit(np.ones((20, 3)))
    assert model.n_clusters_ == 1
    assert "same" in model.report_["n_clusters_selection"]["reason"]


def test_other_objectives_choose_alike():
    X = make_blobs(300, centers=4, n_features=4, random_state=0)[0].astype(np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = [
            DeepKMeans("auto", objective=name, pretrain_epochs=2, max_epochs=2, random_state=0).fit(X)
            for name in ("selflabel", "sequential")
        ]
    assert [model.report_["n_clusters_selection"]["n_clusters"] for model in found] == [4, 4]
    assert len(found[1].cluster_centers_) == 4


def test_a_resumed_fit_chooses_again_and_ends_alike(tmp_path):
    X = make_blobs(200, centers=3, n_features=4, random_state=0)[0].astype(np.float32)
    options = {"objective": "dcn", "pretrain_epochs": 3, "max_epochs": 3, "random_state": 0}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        whole = DeepKMeans("auto", **options).fit(X)

        class Stop(Checkpoint):
            def on_epoch_end(self, state):
                super().on_epoch_end(state)
                if state.phase == "cluster":
                    raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            DeepKMeans("auto", **options, callbacks=[Stop(tmp_path, every=1)]).fit(X)
        resumed = DeepKMeans("auto", **options, callbacks=[Checkpoint(tmp_path, every=1, resume=True)]).fit(X)
    np.testing.assert_array_equal(resumed.labels_, whole.labels_)
    assert resumed.report_["n_clusters_selection"] == whole.report_["n_clusters_selection"]


def test_evidence_is_json_and_the_same_again():
    import torch

    X = torch.from_numpy(make_blobs(150, centers=3, n_features=4, random_state=0)[0].astype(np.float32))
    once, again = (n_clusters_statistics(X, range(1, 7), np.random.RandomState(0)) for _ in range(2))
    assert json.loads(json.dumps(once, allow_nan=False)) == again
    assert once["n_clusters"] == 3


def test_pictures_are_counted_in_learnt_codes_whatever_the_seed():
    images, y = load_digits().images, load_digits().target
    images = images[np.isin(y, [0, 3, 5, 8])][:250]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = DeepKMeans("auto", max_epochs=1, random_state=0).fit(images)
    chosen = model.report_["n_clusters_selection"]
    assert chosen["n_clusters"] == model.n_clusters_
    assert model.n_clusters_ in (4, 5)  # a fifth gap has just the statistic that chance gives, or just more
    assert chosen["reason"].startswith("in learnt features, ")
    assert "n_clusters" not in {entry["phase"] for entry in model.history_}
    searched = select_n_clusters(DeepKMeans(random_state=1), images).to_dict()
    assert {name: searched[name] for name in chosen} == chosen
