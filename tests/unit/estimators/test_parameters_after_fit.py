"""A fitted model answers as it was fitted, whatever its parameters are set to afterwards, also out of a file."""

import numpy as np
import pytest
import scipy.sparse as sp

from deepkmeans import Autoencoder, DeepKMeans, KMeans, load, save
from deepkmeans.exceptions import InvalidParameterError, ModelFileError
from deepkmeans.storage import read_container
from tests.unit.persistence.models import crafted

X = np.random.RandomState(0).randn(60, 4) + 6 * np.eye(4)[np.arange(60) % 3] + 3

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning", "ignore::UserWarning")


def answers(model, rows):
    names = [name for name in ("predict", "transform", "predict_proba", "embed", "score") if hasattr(model, name)]
    return {name: np.asarray(getattr(model, name)(rows)) for name in names}


def assert_same(found, expected):
    assert found.keys() == expected.keys()
    for name, value in found.items():
        np.testing.assert_array_equal(value, expected[name], err_msg=name)


@pytest.mark.parametrize("make", [np.asarray, sp.csr_matrix])
@pytest.mark.parametrize("first", ["fit", "partial_fit"])
@pytest.mark.parametrize(("metric", "other"), [("euclidean", "cosine"), ("cosine", "euclidean")])
def test_the_metric_of_k_means(make, first, metric, other, tmp_path):
    rows = make(X)
    model = getattr(KMeans(3, metric=metric, random_state=0), first)(rows)
    before = answers(model, rows)
    model.set_params(metric=other)
    assert_same(answers(model, rows), before)
    with pytest.raises(InvalidParameterError, match=f"metric='{other}', but .* centres of metric='{metric}'"):
        model.partial_fit(rows)
    save(model, tmp_path / "a.dkm")
    back = load(tmp_path / "a.dkm", expected=KMeans)
    assert back.metric == other
    assert_same(answers(back, rows), before)
    assert_same(answers(model.fit(rows), rows), answers(KMeans(3, metric=other, random_state=0).fit(rows), rows))
    save(model, tmp_path / "b.dkm")
    assert_same(answers(load(tmp_path / "b.dkm"), rows), answers(model, rows))


def test_the_loss_of_an_autoencoder(tmp_path):
    options = {"output_activation": "sigmoid", "max_epochs": 2, "random_state": 0}
    model = Autoencoder(2, loss="bce", **options).fit(X)
    before = answers(model, X)
    model.set_params(loss="mse", scaling="none", missing="error", embedding_dim=3)
    assert_same(answers(model, X), before)
    save(model, tmp_path / "a.dkm")
    back = load(tmp_path / "a.dkm", expected=Autoencoder)
    assert back.loss == "mse"
    assert_same(answers(back, X), before)


def test_the_parameters_of_deep_k_means(tmp_path):
    model = DeepKMeans(3, objective="dcn", pretrain_epochs=1, max_epochs=1, random_state=0).fit(X)
    before = answers(model, X)
    model.set_params(objective="idec", scaling="none", reduce="pca", n_clusters=5, embedding_dim=2, partition="k-means")
    assert_same(answers(model, X), before)
    save(model, tmp_path / "a.dkm")
    assert_same(answers(load(tmp_path / "a.dkm"), X), before)


def test_a_file_with_an_unknown_metric_of_the_fit_is_refused(tmp_path):
    model = KMeans(3, random_state=0).fit(X).set_params(metric="cosine")
    save(model, tmp_path / "a.dkm")
    document, tensors = read_container(tmp_path / "a.dkm", kind="model")
    assert document["state"]["fitted_metric"] == "euclidean"
    document["state"]["fitted_metric"] = "manhattan"
    with pytest.raises(ModelFileError, match="'fitted_metric'"):
        crafted(tmp_path / "b.dkm", "KMeans", document, tensors)


def test_an_autoencoder_that_does_not_say_its_loss(tmp_path):
    model = Autoencoder(max_epochs=1, random_state=0).fit(X)
    score = model.score(X)
    del model._loss  # as a pickle of an earlier version
    assert model.score(X) == score
    save(model, tmp_path / "a.dkm")
    assert load(tmp_path / "a.dkm").score(X) == score
