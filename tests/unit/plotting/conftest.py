"""Models to draw."""

import numpy as np
import pytest
from sklearn.datasets import make_blobs
from sklearn.exceptions import ConvergenceWarning

from deepkmeans import DeepKMeans

QUICK = {"pretrain_epochs": 3, "max_epochs": 4, "random_state": 0, "objective": "dcn"}


@pytest.fixture(scope="session")
def blobs():
    """Rows of 6 columns in 3 far groups of 20, 60 and 120 rows."""
    X, y = make_blobs([20, 60, 120], n_features=6, cluster_std=0.5, random_state=1)
    return X, y


@pytest.fixture(scope="session")
def deep(blobs):
    with pytest.warns(ConvergenceWarning):
        return DeepKMeans(3, **QUICK).fit(blobs[0])


@pytest.fixture(scope="session")
def chosen(blobs):
    """A model that chose its number of clusters."""
    return DeepKMeans("auto", random_state=0).fit(blobs[0])


def words(ax):
    """All texts in the axes but titles and ticks."""
    return [text.get_text() for text in ax.texts]


def ticks(axis):
    return [text.get_text() for text in axis.get_ticklabels()]


def rgb(colour):
    from matplotlib.colors import to_rgb

    return np.round(to_rgb(colour), 3).tolist()
