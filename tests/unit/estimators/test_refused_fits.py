"""A fit that is refused leaves the estimator as it was: fitted on what it knew before, or not at all."""

import numpy as np
import pytest
from sklearn.datasets import make_blobs

from deepkmeans import Autoencoder, DeepKMeans, KMeans
from deepkmeans.exceptions import InvalidDataError, InvalidParameterError

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
