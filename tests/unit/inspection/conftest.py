"""Groups of rows, a model of them, and its maps."""

import numpy as np
import pytest
from sklearn.datasets import make_blobs

from deepkmeans import DeepKMeans
from deepkmeans.inspection import project

METHODS = ["pca", "tsne", pytest.param("umap", marks=pytest.mark.slow)]  # UMAP is compiled on its first use
QUICK = {"pretrain_epochs": 3, "max_epochs": 4, "random_state": 0, "objective": "dcn"}


@pytest.fixture(scope="module")
def blobs():
    """Rows of 12 columns in 3 far groups, which lie in a plane, and as many new ones."""
    X, y = make_blobs(400, centers=3, n_features=12, cluster_std=1.0, random_state=1)
    return X[:200], y[:200], X[200:], y[200:]


@pytest.fixture(scope="module")
def deep(blobs):
    return DeepKMeans(3, **QUICK).fit(blobs[0])


@pytest.fixture(scope="module")
def maps(blobs, deep):
    made = {}

    def of(method):
        if method not in made:
            made[method] = project(deep, blobs[0], method, random_state=0)
        return made[method]

    return of


def extent(where):
    return float(np.ptp(where, axis=0).max())
