"""A fit that is refused leaves the estimator as it was: fitted on what it knew before, or not at all."""

import numpy as np
import pytest
import torch
from sklearn.datasets import make_blobs

from deepkmeans import Autoencoder, DeepKMeans, KMeans
from deepkmeans.exceptions import InvalidDataError, InvalidParameterError
from deepkmeans.training import Callback

X, _ = make_blobs(60, centers=3, n_features=4, random_state=0)


def refusals(estimator):
    """Rows and parameters that a fit refuses at one of its stages."""
    bad = X.copy()
    bad[0, 0] = np.inf
    yield bad, {}
    yield np.array([["a"] * 4] * 60, dtype=object), {}
    if not isinstance(estimator, Autoencoder):
        yield X[:2], {}
        yield X[:, :2], {"n_clusters": 61}
    if isinstance(estimator, DeepKMeans):
        yield X[:, :3] * np.nan, {}
        yield np.ones((60, 3)), {}
        yield X[:, :3] - 5, {"partition": "standard/k-meens"}
        yield X[:, :3], {"objective": "dcn", "partition": "k-means"}


def same(one, other):
    return (one == other).all() if isinstance(one, np.ndarray) else one is other


@pytest.mark.parametrize("make", [KMeans, lambda *a, **o: Autoencoder(2, max_epochs=2, **o), DeepKMeans])
def test_a_refused_fit_changes_nothing(make):
    estimator = make(3, random_state=0)
    fitted = make(3, random_state=0).fit(X)
    for rows, parameters in refusals(estimator):
        for model in (estimator, fitted):
            given = model.get_params()
            model.set_params(**parameters)
            before = dict(vars(model))
            with pytest.raises((InvalidDataError, InvalidParameterError, ValueError)):
                model.fit(rows)
            assert vars(model).keys() == before.keys()
            assert all(same(value, vars(model)[name]) for name, value in before.items())
            model.set_params(**given)
    again = fitted.transform(X)
    np.testing.assert_array_equal(again, make(3, random_state=0).fit(X).transform(X))
    assert not any(name.endswith("_") for name in vars(estimator))


class Breaks(Callback):
    """Stops the first phase, and leaves a network whose codes are not finite."""

    def __init__(self, error):
        self.error = error

    def setup(self, state):
        with torch.no_grad():
            for weight in state.encoder.parameters():
                weight.fill_(torch.nan)
        raise self.error


@pytest.mark.parametrize("fitted", [False, True])
@pytest.mark.parametrize("error", [RuntimeError("the first"), ValueError("the first")])
def test_the_first_error_is_the_one_to_be_seen(error, fitted):
    model = DeepKMeans(3, objective="dcn", pretrain_epochs=2, max_epochs=2, random_state=0)
    if fitted:
        model.fit(X)
    model.set_params(callbacks=[Breaks(error)])
    before = dict(vars(model))
    with pytest.raises(type(error), match="the first") as stopped:
        model.fit(X[:, :3])
    assert stopped.value is error and error.__context__ is None and not hasattr(error, "model")
    assert vars(model).keys() == before.keys()
    assert all(same(value, vars(model)[name]) for name, value in before.items())


@pytest.mark.parametrize("rows", [X, np.random.RandomState(0).rand(60, 8, 8)])
def test_batches_of_one_row_are_refused_by_a_network_that_normalises_them(rows):
    words = "'batch_size' parameter of DeepKMeans must be at least 2 here: .* batch normalisation.* Got 1 instead"
    with pytest.raises(InvalidParameterError, match=words):
        DeepKMeans(3, batch_size=1).fit(rows)
    DeepKMeans(3, batch_size=1, objective="dcn", pretrain_epochs=1, max_epochs=1).prepare(X)
    network = torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.BatchNorm1d(4), torch.nn.Linear(4, 2))
    with pytest.raises(InvalidParameterError, match="'batch_size' parameter of Autoencoder must be at least 2 here"):
        Autoencoder(2, encoder=network, batch_size=1).fit(X)
