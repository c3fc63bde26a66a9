"""The default objective from start to end: labels found on the graph, taught, carried to all rows, guarded."""

import numpy as np
import pytest
import scipy.sparse as sp
import torch
from sklearn.cluster import KMeans as PlainKMeans
from sklearn.datasets import load_digits, load_wine, make_blobs, make_circles, make_moons
from sklearn.metrics import adjusted_rand_score

import deepkmeans
from deepkmeans import DeepKMeans
from deepkmeans.exceptions import InvalidDataError
from deepkmeans.objectives import SelfLabel
from deepkmeans.training import Callback, Checkpoint

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def agrees(model, X):
    return (model.labels_ == model.predict(X)).all()


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("make", [make_moons, make_circles])
def test_shapes_that_k_means_cannot_see(make, seed):
    X, y = make(600, noise=0.05, random_state=0, **({"factor": 0.5} if make is make_circles else {}))
    model = DeepKMeans(2, random_state=seed).fit(X)
    assert adjusted_rand_score(y, model.labels_) >= 0.99 and agrees(model, X)
    assert model.report_["chosen"] != "k-means" and model.report_["agreement"] > 0.95
    fresh, classes = make(300, noise=0.05, random_state=7, **({"factor": 0.5} if make is make_circles else {}))
    assert adjusted_rand_score(classes, model.predict(fresh)) > 0.97


def test_the_choice_and_its_reason_are_in_the_report():
    X, _ = make_blobs(300, centers=4, n_features=6, random_state=3)
    report = DeepKMeans(4, random_state=0).fit(X).report_
    (only,) = report["rounds"]
    assert only["stage"] == "table" and only["chosen"] == report["chosen"] and report["reason"]
    assert "k-means" in only["candidates"] and len(only["candidates"]) > 20
    assert 0 <= report["confidence"] <= 1 and report["sure"] == (report["confidence"] >= 0.9)
    assert report["n_landmarks"] == 300 and report["image_shape"] is None


def test_few_rows_fall_back_to_k_means_and_say_so(tmp_path):
    X, _ = make_blobs(20, centers=3, random_state=0)
    model = DeepKMeans(3, random_state=0).fit(X)
    assert model.report_["chosen"] == "k-means" and "too few" in model.report_["reason"] and agrees(model, X)
    expected = PlainKMeans(3, n_init=10, random_state=0).fit(X - X.mean(0))
    assert adjusted_rand_score(expected.labels_, model.labels_) == pytest.approx(1)
    np.testing.assert_allclose(model.reconstruct(X), X, rtol=1e-4, atol=1e-4)  # two columns are two directions
    deepkmeans.save(model, tmp_path / "few.dkm")
    np.testing.assert_array_equal(deepkmeans.load(tmp_path / "few.dkm").predict(X), model.labels_)


def test_when_k_means_is_chosen_prediction_is_k_means_of_the_rows():
    X = load_wine().data
    model = DeepKMeans(3, random_state=0).fit(X)
    if model.report_["chosen"] != "k-means":
        pytest.skip("another processor, another choice")
    scaled = (X - X.mean(0)) / X.std(0)
    assert adjusted_rand_score(PlainKMeans(3, n_init=10, random_state=0).fit_predict(scaled), model.labels_) > 0.99


@pytest.fixture(scope="module")
def digits():
    return load_digits()


@pytest.fixture(scope="module")
def pictures(digits):
    return DeepKMeans(10, random_state=0).fit(digits.images)


@pytest.mark.slow
def test_pictures_are_learnt_far_beyond_the_graph(digits, pictures, tmp_path):
    plain = adjusted_rand_score(digits.target, PlainKMeans(10, n_init=10, random_state=0).fit_predict(digits.data))
    reached = adjusted_rand_score(digits.target, pictures.labels_)
    assert reached > 0.88 and reached > plain + 0.15
    assert pictures.report_["image_shape"] == [8, 8, 1] and pictures.report_["scaling"] == "pixels"
    assert [part["stage"] for part in pictures.report_["rounds"]] == ["graph", "deep-1", "deep-2"]
    assert agrees(pictures, digits.images) and agrees(pictures, digits.data)  # shaped or flat
    assert pictures.decode(pictures.cluster_centers_).shape == (10, 64)
    deepkmeans.save(pictures, tmp_path / "pictures.dkm")
    loaded = deepkmeans.load(tmp_path / "pictures.dkm")
    np.testing.assert_array_equal(loaded.predict(digits.images), pictures.labels_)
    np.testing.assert_array_equal(loaded.embed(digits.data), pictures.embed(digits.data))


@pytest.mark.slow
def test_flat_rows_of_pictures_are_treated_as_pictures(digits, pictures):
    flat = DeepKMeans(10, random_state=0).fit(digits.data.astype(digits.images.dtype))
    assert flat.report_["image_shape"] == [8, 8, 1]
    np.testing.assert_array_equal(flat.labels_, pictures.labels_)
    given = DeepKMeans(10, scaling="standard", random_state=0, max_epochs=2).fit(digits.data)
    assert given.report_["image_shape"] is None  # a scaling that the user has chosen is not overruled


class InterruptAt(Callback):
    def __init__(self, phase, epoch):
        self.phase, self.epoch = phase, epoch

    def on_epoch_end(self, state):
        if (state.phase, state.epoch) == (self.phase, self.epoch):
            raise KeyboardInterrupt


@pytest.mark.slow
@pytest.mark.parametrize("stop", [("over-1", 2), ("over-2", 1), ("cluster", 1), ("cluster", 3)])
def test_a_killed_fit_resumes_to_the_same_bits(digits, tmp_path, stop):
    X, options = digits.images[:600], {"max_epochs": 4, "random_state": 0}
    options["objective"] = SelfLabel(n_landmarks=400, round_epochs=1)
    whole = DeepKMeans(10, **options).fit(X)
    assert whole.history_[-1]["phase"] == "cluster" and whole.report_["n_landmarks"] == 400
    with pytest.raises(KeyboardInterrupt):
        DeepKMeans(10, callbacks=[Checkpoint(tmp_path), InterruptAt(*stop)], **options).fit(X)
    resumed = DeepKMeans(10, callbacks=[Checkpoint(tmp_path, resume=True)], **options).fit(X)
    np.testing.assert_array_equal(resumed.labels_, whole.labels_)
    np.testing.assert_array_equal(resumed.cluster_centers_, whole.cluster_centers_)
    for a, b in zip(resumed.encoder_.state_dict().values(), whole.encoder_.state_dict().values(), strict=True):
        assert torch.equal(a, b)
    assert resumed.report_ == whole.report_
    np.testing.assert_array_equal(resumed.predict_proba(X), whole.predict_proba(X))
    np.testing.assert_array_equal(resumed.confidence(X), whole.confidence(X))
    assert [r["phase"] for r in resumed.history_] == [r["phase"] for r in whole.history_]


@pytest.mark.parametrize("phase", ["cluster", "over-1"])
def test_ctrl_c_keeps_a_usable_model(digits, phase):
    X = digits.images[:300]
    model = DeepKMeans(10, callbacks=[InterruptAt(phase, 1)], random_state=0)
    with pytest.raises(KeyboardInterrupt) as caught:
        model.fit(X)
    assert caught.value.model is model and model.report_["interrupted"] is True and agrees(model, X)
    assert adjusted_rand_score(digits.target[:300], model.labels_) > 0.3


def test_landmarks_stand_for_the_rest():
    X, y = make_moons(2000, noise=0.05, random_state=0)
    model = DeepKMeans(2, objective=SelfLabel(n_landmarks=1200, n_train=900), random_state=0).fit(X)
    assert model.report_["n_landmarks"] == 300 and agrees(model, X)
    assert len(model.objective_.given) == 900
    assert adjusted_rand_score(y, model.labels_) > 0.95


def test_the_seed_moves_the_cut_of_a_table_a_little():
    X, _ = make_blobs(300, centers=5, cluster_std=1.5, n_features=4, random_state=3)
    first, again, second = (DeepKMeans(5, random_state=seed).fit(X) for seed in (0, 0, 1))
    assert first.report_["rounds"] == again.report_["rounds"] != second.report_["rounds"]
    np.testing.assert_array_equal(first.cluster_centers_, again.cluster_centers_)
    assert adjusted_rand_score(first.labels_, second.labels_) > 0.95


def test_sparse_text_like_rows_are_never_dense(monkeypatch):
    random = np.random.RandomState(0)
    topics = random.dirichlet(np.full(600, 0.02), 4)
    y = np.arange(400) % 4
    words = sp.csr_matrix(np.stack([random.multinomial(40, topics[c]) for c in y]).astype(np.float32))
    words = words.multiply(1 / np.sqrt(words.multiply(words).sum(1))).tocsr()
    real = sp.csr_matrix.toarray
    monkeypatch.setattr(
        sp.csr_matrix, "toarray", lambda self, *a: real(self, *a) if min(self.shape) < 10 else pytest.fail("densified")
    )
    model = DeepKMeans(4, random_state=0).fit(words)
    kept = model.report_["chosen"] == "k-means"
    assert model.report_["scaling"] == "cosine" and model.report_["n_directions"] == (50 if kept else 128)
    assert adjusted_rand_score(y, model.labels_) > 0.9 and agrees(model, words)
    assert model.embed(words[:3]).shape[0] == 3


def test_counts_are_recognised_and_decoded_as_counts():
    random = np.random.RandomState(0)
    rates = random.gamma(0.3, 3.0, (3, 300))
    y = np.arange(240) % 3
    X = random.poisson(rates[y] * random.uniform(0.3, 3, (240, 1))).astype(np.float64)
    model = DeepKMeans(3, random_state=0).fit(X)
    assert model.report_["scaling"] == "counts" and adjusted_rand_score(y, model.labels_) > 0.95
    assert (model.reconstruct(X) >= 0).all()
    np.testing.assert_array_equal(model.predict(3 * X), model.labels_)  # three times the effort, the same cell


def test_weights_are_heard_and_constant_tables_refused():
    X, y = make_blobs(200, centers=3, cluster_std=0.5, random_state=0)
    model = DeepKMeans(3, random_state=0).fit(X, sample_weight=np.r_[np.ones(100), 2 * np.ones(100)])
    assert adjusted_rand_score(y, model.labels_) > 0.9
    with pytest.raises(InvalidDataError, match="nothing to learn"):
        DeepKMeans(3).fit(np.ones((100, 4)))


def test_one_cluster_and_a_network_without_decoder():
    X, _ = make_blobs(100, centers=2, n_features=6, random_state=0)
    assert (DeepKMeans(1, random_state=0).fit(X).labels_ == 0).all()
    model = DeepKMeans(2, encoder=torch.nn.Sequential(torch.nn.Linear(6, 8), torch.nn.Tanh(), torch.nn.Linear(8, 3)),
                       random_state=0).fit(X)  # fmt: skip
    assert agrees(model, X) and "reconstruction" not in model.history_[-1]
