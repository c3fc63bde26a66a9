"""The autoencoder as a transformer."""

import numpy as np
import pytest
import torch
from sklearn.datasets import load_iris, make_low_rank_matrix
from sklearn.decomposition import PCA
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

import deepkmeans
from deepkmeans import Autoencoder, KMeans
from deepkmeans.encoders import ACTIVATIONS, DenseAutoencoder
from deepkmeans.exceptions import InvalidParameterError


@pytest.fixture(scope="module")
def iris():
    return load_iris().data


def test_one_layer_is_the_formula():
    network = DenseAutoencoder(3, 2, activation="sigmoid", output_activation="tanh")
    x = torch.tensor([[1.0, -2.0, 0.5]])
    (encoder,), (decoder,) = network.encoder_layers, network.decoder_layers
    w1, b1, w2, b2 = encoder.weight, encoder.bias, decoder.weight, decoder.bias
    h = 1 / (1 + torch.exp(-(x @ w1.T + b1)))
    torch.testing.assert_close(network.encode(x), h)
    torch.testing.assert_close(network.decode(h), torch.tanh(h @ w2.T + b2))


def test_tied_weights_are_the_transpose_and_are_trained():
    network = DenseAutoencoder(5, 2, (4,), activation="linear", tied=True)
    names = dict(network.named_parameters())
    encoder = [f"encoder_layers.{layer}.{name}" for layer in (0, 1) for name in ("bias", "weight")]
    assert sorted(names) == ["decoder_biases.0", "decoder_biases.1", *encoder]
    z = torch.randn(3, 2)
    expected = (z @ network.encoder_layers[1].weight) @ network.encoder_layers[0].weight
    torch.testing.assert_close(network.decode(z), expected)


def test_a_linear_autoencoder_comes_close_to_principal_components():
    X = make_low_rank_matrix(400, 12, effective_rank=3, tail_strength=0.05, random_state=0)
    X = X / X.std()
    scaled = X - X.mean(0)
    pca = PCA(3).fit(scaled)
    best = ((scaled - pca.inverse_transform(pca.transform(scaled))) ** 2).mean()
    model = Autoencoder(3, activation="linear", scaling="shared", validation_fraction=0, random_state=0).fit(X)
    reached = ((model.inverse_transform(model.transform(X)) - X) ** 2).mean()
    assert best <= reached < 1.1 * best


def test_iris_as_a_new_user_writes_it(iris):
    pipeline = make_pipeline(
        Autoencoder(embedding_dim=8, activation="relu", output_activation="sigmoid", random_state=42),
        KMeans(3, random_state=42),
    )
    labels = pipeline.fit_predict(iris)
    assert labels.shape == (150,) and set(labels) == {0, 1, 2}
    setosa = labels[:50]
    assert (setosa == setosa[0]).all() and not (labels[50:] == setosa[0]).any()


def test_a_sigmoid_output_reaches_every_value_of_unscaled_columns(iris):
    model = Autoencoder(4, hidden_sizes=(16,), output_activation="sigmoid", max_epochs=400, random_state=0).fit(iris)
    assert model.report_["scaling"] == "unit"
    restored = model.inverse_transform(model.transform(iris))
    residual = ((restored - iris) ** 2).mean(0) / iris.var(0)
    assert (residual < 0.2).all()
    bce = Autoencoder(3, output_activation="sigmoid", loss="bce", max_epochs=20, random_state=0).fit(iris)
    assert bce.score(iris) < 0 and np.isfinite(bce.score(iris))


def test_search_over_hidden_sizes(iris):
    search = GridSearchCV(Autoencoder(max_epochs=10), {"hidden_sizes": [(4,), (8,), (16, 8)]}, cv=3).fit(iris)
    assert search.best_params_["hidden_sizes"] in [(4,), (8,), (16, 8)]
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert (search.cv_results_["mean_test_score"] < 0).all()


@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
def test_every_activation_trains(iris, activation):
    model = Autoencoder(2, hidden_sizes=(8,), activation=activation, max_epochs=30, random_state=0).fit(iris)
    assert model.history_[-1]["loss"] < model.history_[0]["loss"]
    assert model.transform(iris.astype(np.float32)).dtype == np.float32


@pytest.mark.parametrize("options", [{"tied": True}, {"noise": 0.3}, {"schedule": "plateau"}, {"schedule": "constant"}])
def test_options_train(iris, options):
    model = Autoencoder(2, hidden_sizes=(8,), max_epochs=30, random_state=0, **options).fit(iris)
    assert model.history_[-1]["loss"] < 0.8 * model.history_[0]["loss"]


def test_early_stopping_keeps_the_best_held_out_epoch(iris):
    model = Autoencoder(3, hidden_sizes=(32,), learning_rate=0.05, schedule="constant", patience=3, random_state=0)
    model.fit(iris)
    held_out = [record["held_out"] for record in model.history_]
    assert len(held_out) < 200 and held_out[-1] >= min(held_out)


def test_saved_and_loaded_networks_agree_to_the_bit(iris, tmp_path):
    model = Autoencoder(2, hidden_sizes=(8,), max_epochs=3, random_state=0).fit(iris)
    deepkmeans.save(model, tmp_path / "ae.dkm")
    loaded = deepkmeans.load(tmp_path / "ae.dkm")
    np.testing.assert_array_equal(loaded.transform(iris), model.transform(iris))
    assert loaded.get_params()["hidden_sizes"] == (8,)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"activation": "rleu"}, r"'activation'.*\(did you mean 'relu'\?\)"),
        ({"hidden_sizes": (4, 0)}, "'hidden_sizes' parameter of Autoencoder must be a sequence of at most 1,000 "),
        ({"loss": "bce"}, "output_activation.*'sigmoid'"),
        ({"noise": 1.0}, "'noise'"),
    ],
)
def test_bad_parameters_are_named(iris, parameters, message):
    with pytest.raises(InvalidParameterError, match=message):
        Autoencoder(**parameters).fit(iris)


def test_pictures_are_taken_as_flat_rows():
    pictures = np.random.RandomState(0).rand(30, 6, 7)
    model = Autoencoder(2, max_epochs=1, random_state=0).fit(pictures)
    flat = Autoencoder(2, max_epochs=1, random_state=0).fit(pictures.reshape(30, -1))
    np.testing.assert_array_equal(model.transform(pictures), flat.transform(pictures.reshape(30, -1)))
