"""One row, or rows that are all the same, with one cluster: a fit, and nothing to complain of."""

import warnings

import numpy as np
import pytest
from torch import nn

from deepkmeans import Autoencoder, DeepKMeans, KMeans
from deepkmeans.exceptions import CollapseWarning, InvalidDataError
from deepkmeans.objectives import OBJECTIVES

ROWS = {
    "row": np.array([[1.0, 2.0, 3.0]]),
    "cell": np.array([[1.0]]),
    "same rows": np.full((5, 2), 7.0),
    "picture": np.random.RandomState(0).rand(1, 8, 8),
    "grey pictures": np.ones((3, 8, 8)),
    "wide row": np.eye(1, 300),
}


@pytest.mark.parametrize("X", [*ROWS.values()], ids=[*ROWS])
@pytest.mark.parametrize("objective", ["selflabel", "sequential", "vade"])
def test_one_cluster_of_one_row_says_nothing(objective, X):
    options = {"objective": objective, "pretrain_epochs": 1, "max_epochs": 30, "random_state": 0}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for k in (1, "auto"):
            model = DeepKMeans(k, **options).fit(X)
            assert model.n_clusters_ == 1 and not model.labels_.any()
            np.testing.assert_array_equal(model.predict(X), model.labels_)
            np.testing.assert_allclose(model.predict_proba(X), 1)
            assert np.isfinite(model.cluster_centers_).all() and not model.report_["collapsed"]


@pytest.mark.parametrize("objective", [name for name in OBJECTIVES if name not in ("selflabel", "sequential", "vade")])
def test_every_objective_takes_one_row(objective):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = DeepKMeans(1, objective=objective, pretrain_epochs=1, max_epochs=30, random_state=0).fit(ROWS["row"])
    assert model.labels_.tolist() == [0]


def test_k_means_and_the_autoencoder_take_one_row():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for metric in ("euclidean", "cosine"):
            model = KMeans(1, metric=metric).fit(ROWS["row"])
            assert model.inertia_ == pytest.approx(0) and model.labels_.tolist() == [0]
        assert Autoencoder(1, max_epochs=1).fit(ROWS["row"]).transform(ROWS["row"]).shape == (1, 1)
        Autoencoder(1, max_epochs=1).fit(ROWS["cell"]).score(ROWS["cell"])


class Shrinking(nn.Module):
    """Codes that are one point whatever the row: a collapse of the network, whatever the number of clusters."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(3, 2)

    def encode(self, x):
        return 0 * self.layer(x)


def test_advice_fits_the_number_of_clusters():
    for estimator in (KMeans(2), DeepKMeans(2)):
        with pytest.raises(InvalidDataError, match="n_samples=1 should be >= n_clusters=2: give more rows or ask for"):
            estimator.fit(ROWS["row"])

    X = np.random.RandomState(0).randn(30, 3)
    options = {"encoder": Shrinking(), "objective": "dec", "max_epochs": 1, "random_state": 0}
    with pytest.warns(CollapseWarning, match=r"^The embedding has shrunk to one point: try another objective"):
        DeepKMeans(1, **options).fit(X)
    with pytest.warns(CollapseWarning, match="^1 of 2 clusters hold rows: ask for fewer clusters, or try another"):
        DeepKMeans(2, **options).fit(X)
