"""DeepKMeans as its users meet it."""

import warnings

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse as sp
import torch
from sklearn.base import clone
from sklearn.datasets import make_blobs
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import adjusted_rand_score
from sklearn.model_selection import GridSearchCV
from torch import nn

import deepkmeans
from deepkmeans import DeepKMeans, KMeans
from deepkmeans.exceptions import (
    InvalidDataError,
    InvalidParameterError,
    MissingValuesWarning,
    ModelFileError,
)
from deepkmeans.objectives import DCN, IDEC, OBJECTIVES, Objective

QUICK = {"pretrain_epochs": 4, "max_epochs": 6, "random_state": 0, "objective": "dcn"}
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture(scope="module")
def blobs():
    X, y = make_blobs(300, centers=4, n_features=6, random_state=3)
    return X, y


@pytest.fixture(scope="module")
def fitted(blobs):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return DeepKMeans(4, **QUICK).fit(blobs[0])


@pytest.mark.parametrize("objective", sorted(OBJECTIVES))
def test_every_objective_finds_blobs_and_predicts_what_it_fitted(blobs, objective):
    X, y = blobs
    model = DeepKMeans(4, objective=objective, embedding_dim=3, pretrain_epochs=10, max_epochs=15, random_state=0).fit(
        X
    )
    assert adjusted_rand_score(y, model.labels_) > 0.95
    assert (model.labels_ == model.predict(X)).all() and model.labels_.dtype == np.int32
    assert model.cluster_centers_.shape[0] == 4 and model.n_clusters_ == 4
    distance = model.transform(X)
    np.testing.assert_array_equal(distance.argmin(1), model.labels_)
    assert model.inertia_ == pytest.approx((distance.min(1) ** 2).sum(), rel=1e-5)
    proba = model.predict_proba(X)
    np.testing.assert_allclose(proba.sum(1), 1, rtol=1e-6)
    np.testing.assert_array_equal(proba.argmax(1), model.labels_)
    assert model.score(X) == pytest.approx(-model.inertia_, rel=1e-6)


def test_history_and_report_tell_what_happened(fitted):
    phases = [record["phase"] for record in fitted.history_]
    assert phases == ["pretrain"] * 4 + ["cluster"] * fitted.n_iter_
    assert {"loss", "changed", "learning_rate", "seconds", "reconstruction", "distance"} <= set(fitted.history_[-1])
    assert fitted.report_["objective"] == "dcn" and sum(fitted.report_["cluster_sizes"]) == 300
    assert fitted.report_["interrupted"] is False and fitted.report_["collapsed"] is False


def test_new_rows_are_labelled_as_training_rows_are(blobs, fitted):
    X, _ = blobs
    for part in (X[:1], X[17:50], X[::-1]):
        index = [np.flatnonzero((X == row).all(1))[0] for row in part]
        np.testing.assert_array_equal(fitted.predict(part), fitted.labels_[index])


def test_reconstruction_and_centres_come_back_in_the_columns_own_units(blobs):
    X, _ = blobs
    model = DeepKMeans(4, pretrain_epochs=60, max_epochs=5, random_state=0).fit(X * 1000 + 5e4)
    restored = model.reconstruct(X * 1000 + 5e4)
    assert np.corrcoef(restored.ravel(), X.ravel())[0, 1] > 0.97
    assert abs(restored.mean() - (X * 1000 + 5e4).mean()) < 200
    assert model.decode(model.cluster_centers_).shape == (4, 6)


def test_containers_give_the_same_labels(blobs, fitted):
    X, _ = blobs
    frame = pd.DataFrame(X.copy(), columns=list("abcdef"))
    tables = [frame, pl.DataFrame(frame.to_dict("list")), pa.table(frame), torch.from_numpy(X), sp.csr_array(X)]
    for table in tables:
        model = DeepKMeans(4, **QUICK).fit(table)
        # Sums over sparse columns, and products of rows that lie elsewhere in memory, may be rounded in another order.
        assert adjusted_rand_score(model.labels_, fitted.labels_) > 0.98
        assert (model.predict(table) == model.labels_).all()
    model = DeepKMeans(4, **QUICK).set_output(transform="pandas").fit(frame)
    assert list(model.feature_names_in_) == list("abcdef")
    assert list(model.transform(frame).columns) == [f"deepkmeans{i}" for i in range(4)]
    assert model.transform(frame.astype(np.float32)).dtypes.unique().tolist() == [np.dtype("float32")]


def test_missing_cells_are_imputed_flagged_and_reported(blobs):
    X, y = blobs
    frame = pd.DataFrame(X.copy(), columns=list("abcdef"))
    frame.loc[::10, "b"] = np.nan
    with pytest.warns(MissingValuesWarning, match="'b': 30"):
        model = DeepKMeans(4, **QUICK).fit(frame)
    assert model.report_["imputed"] == {"b": 30}
    assert model.encoder_.module.n_inputs == 7
    assert adjusted_rand_score(y, model.predict(frame)) > 0.9
    assert model.reconstruct(frame).shape == (300, 6)
    with pytest.raises(InvalidDataError, match=r"contains NaN: 30 cells? in column 'b'"):
        DeepKMeans(4, missing="error").fit(frame)


def test_infinite_cells_are_refused_by_name(blobs):
    frame = pd.DataFrame(blobs[0].copy(), columns=list("abcdef"))
    frame.loc[3, "d"] = np.inf
    with pytest.raises(InvalidDataError, match=r"contains infinity: 1 cells? in column 'd'. Replace"):
        KMeans(4).fit(frame)
    with pytest.raises(InvalidDataError, match=r"contains infinity: 1 cells? in column 3"):
        DeepKMeans(4).fit(frame.to_numpy())


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"n_clusters": 0}, "'n_clusters' parameter of DeepKMeans must be an integer >= 1 or .* 'divide'. Got 0"),
        ({"objective": "deepclster"}, r"\(did you mean 'deepcluster'\?\)"),
        ({"embedding_dim": 0}, "'embedding_dim'"),
        ({"tol": -1.0}, "'tol'"),
        ({"precision": "float16"}, "'precision'"),
        ({"device": "cuda:99"}, "device"),
        ({"encoder": 3}, "'encoder'"),
        ({"learning_rate": 0.0}, "'learning_rate'"),
    ],
)
def test_bad_parameters_are_named_with_their_cure(blobs, parameters, message):
    with pytest.raises(InvalidParameterError, match=message):
        DeepKMeans(**parameters).fit(blobs[0])


def test_rows_that_cannot_be_clustered_are_refused(blobs):
    with pytest.raises(InvalidDataError, match="n_samples=3 should be >= n_clusters=8"):
        DeepKMeans().fit(blobs[0][:3])
    with pytest.raises(InvalidDataError, match="All 20 rows of X are the same"):
        DeepKMeans(2).fit(np.ones((20, 3)))
    with pytest.raises(InvalidDataError, match="All 20 rows of X are the same"):
        DeepKMeans(2).fit(sp.csr_array(np.ones((20, 3))))
    with pytest.raises(ValueError, match="features"):
        DeepKMeans(2, **QUICK).fit(blobs[0]).predict(blobs[0][:, :3])


def test_reaching_the_cap_warns_and_convergence_does_not(blobs):
    with pytest.warns(ConvergenceWarning, match=r"reached max_epochs=1 before convergence.*raise max_epochs"):
        DeepKMeans(4, **{**QUICK, "pretrain_epochs": 1, "max_epochs": 1}).fit(blobs[0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = DeepKMeans(4, **{**QUICK, "pretrain_epochs": 10, "max_epochs": 500}).fit(blobs[0])
    assert model.report_["converged"] and model.n_iter_ < 500


def test_weights_matter_and_equal_ones_do_not(blobs):
    X, _ = blobs
    plain = DeepKMeans(4, **QUICK).fit(X)
    ones = DeepKMeans(4, **QUICK).fit(X, sample_weight=np.full(300, 7.0))
    assert adjusted_rand_score(plain.labels_, ones.labels_) > 0.98
    assert ones.inertia_ == pytest.approx(7 * plain.inertia_, rel=1e-3)
    with pytest.raises(ValueError, match="at least one non-zero"):
        DeepKMeans(4).fit(X, sample_weight=np.zeros(300))


class Own(Objective):
    """An outsider's objective."""

    def __init__(self, weight=0.1):
        super().__init__()
        self.weight = weight

    def forward(self, encoder, batch):
        z = encoder.encode(batch.inputs, batch.present)
        near = torch.cdist(z, self.centers).amin(1)
        error = batch.mean(encoder.reconstruction_loss(z, batch))
        total = error + self.weight * batch.mean(near)
        return deepkmeans.types.LossOutput(total, {"near": batch.mean(near)}, z)


def test_an_objective_of_ones_own_trains_and_its_model_predicts_after_loading(blobs, tmp_path):
    X, y = blobs
    model = DeepKMeans(4, **{**QUICK, "objective": Own(0.2)}).fit(X)
    assert adjusted_rand_score(y, model.labels_) > 0.9 and "near" in model.history_[-1]
    deepkmeans.save(model, tmp_path / "own.dkm")
    loaded = deepkmeans.load(tmp_path / "own.dkm")
    np.testing.assert_array_equal(loaded.predict(X), model.labels_)
    with pytest.raises(InvalidParameterError, match="objective Own, whose code is not in the file"):
        loaded.fit(X)
    deepkmeans.save(loaded, tmp_path / "again.dkm")  # still says what it does not hold
    loaded.set_params(objective=Own(0.2)).fit(X)


class TwoLayers(nn.Module):
    def __init__(self, n_inputs, embedding_dim):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n_inputs, 16), nn.Tanh(), nn.Linear(16, embedding_dim))
        self.decoder = nn.Sequential(nn.Linear(embedding_dim, 16), nn.Tanh(), nn.Linear(16, n_inputs))


def test_a_network_of_ones_own(blobs, tmp_path):
    X, y = blobs
    given = TwoLayers(6, 3)
    before = given.encoder[0].weight.clone()
    model = DeepKMeans(4, encoder=given, **QUICK).fit(X)
    assert adjusted_rand_score(y, model.labels_) > 0.9 and model.cluster_centers_.shape == (4, 3)
    assert torch.equal(before, given.encoder[0].weight)  # copied, not trained in place
    made = DeepKMeans(4, encoder=TwoLayers, embedding_dim=2, **QUICK).fit(X)
    assert made.cluster_centers_.shape == (4, 2)
    deepkmeans.save(model, tmp_path / "net.dkm")
    with pytest.raises(ModelFileError, match=r"user's own \(TwoLayers\).*load\(path, encoder=...\)"):
        deepkmeans.load(tmp_path / "net.dkm")
    loaded = deepkmeans.load(tmp_path / "net.dkm", encoder=TwoLayers(6, 3))
    np.testing.assert_array_equal(loaded.predict(X), model.labels_)
    with pytest.raises(ModelFileError, match="does not fit"):
        deepkmeans.load(tmp_path / "net.dkm", encoder=TwoLayers(6, 2))
    with pytest.raises(InvalidParameterError, match="cannot take rows of 6 inputs"):
        DeepKMeans(4, encoder=TwoLayers(5, 3), **QUICK).fit(X)
    with pytest.raises(InvalidParameterError, match="decode"):
        DeepKMeans(4, encoder=nn.Linear(6, 3), **QUICK).fit(X)


def test_saved_and_loaded_models_agree_to_the_bit(blobs, fitted, tmp_path):
    X, _ = blobs
    deepkmeans.save(fitted, tmp_path / "model.dkm")
    loaded = deepkmeans.load(tmp_path / "model.dkm")
    np.testing.assert_array_equal(loaded.embed(X), fitted.embed(X))
    np.testing.assert_array_equal(loaded.transform(X), fitted.transform(X))
    np.testing.assert_array_equal(loaded.reconstruct(X), fitted.reconstruct(X))
    assert loaded.report_ == fitted.report_ and loaded.inertia_ == fitted.inertia_


def test_search_over_an_objectives_own_parameters(blobs):
    search = GridSearchCV(
        DeepKMeans(4, **{**QUICK, "objective": IDEC()}), {"objective__weight": [0.05, 0.2], "n_clusters": [3, 4]}, cv=2
    ).fit(blobs[0])
    assert set(search.best_params_) == {"objective__weight", "n_clusters"}
    assert clone(DeepKMeans(objective=DCN(0.7))).objective.weight == 0.7


@pytest.mark.parametrize("exponents", [(10, 10, 10), (-70, 0, 3)])
def test_a_power_of_two_is_another_unit_and_nothing_else(exponents):
    X = np.random.RandomState(0).normal(size=(200, 3))  # without structure, where little decides
    plain, other = (DeepKMeans(3, max_epochs=3, random_state=0).fit(x) for x in (X, X * np.exp2(exponents)))
    np.testing.assert_array_equal(plain.labels_, other.labels_)
    assert plain.report_["confidence"] == other.report_["confidence"]


def test_extreme_units_do_not_change_the_partition(blobs):
    X, _ = blobs
    plain = DeepKMeans(4, **QUICK).fit(X).labels_
    for factor, offset in ((1e-30, 0.0), (1e30, 0.0), (1.0, 1e8)):
        assert adjusted_rand_score(plain, DeepKMeans(4, **QUICK).fit(X * factor + offset).labels_) > 0.99
