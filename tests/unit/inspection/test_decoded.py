"""Centres as rows to look at."""

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import DBSCAN
from sklearn.cluster import KMeans as PlainKMeans
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from deepkmeans import DeepKMeans, KMeans
from deepkmeans.inspection import decoded_centers

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture(scope="module")
def iris():
    return load_iris(as_frame=True).data


@pytest.mark.parametrize("make", [KMeans, PlainKMeans])
def test_centres_among_the_rows_are_themselves(iris, make):
    model = make(3, n_init=1, random_state=0).fit(iris)
    found = decoded_centers(model)
    assert list(found.columns) == list(iris.columns)
    np.testing.assert_array_equal(found.to_numpy(), model.cluster_centers_)


def test_centres_of_kept_rows_decode_to_the_means_of_their_clusters(iris):
    model = DeepKMeans(3, partition="k-means", random_state=0).fit(iris)
    means = iris.groupby(model.labels_).mean()
    np.testing.assert_allclose(decoded_centers(model).to_numpy(), means.to_numpy(), rtol=1e-3)


def test_steps_of_a_pipeline_are_undone(iris):
    model = make_pipeline(StandardScaler(), PCA(4), PlainKMeans(3, n_init=1, random_state=0)).fit(iris)
    means = iris.groupby(model.predict(iris)).mean()
    np.testing.assert_allclose(decoded_centers(model).to_numpy(), means.to_numpy(), rtol=1e-6)


def test_tables_of_any_columns_and_pictures():
    table = pd.DataFrame({"n": [1.0, 2, 9, 10] * 10, "city": ["Bern", "Bern", "Chur", "Chur"] * 10})
    found = decoded_centers(DeepKMeans(2, random_state=0).fit(table))
    assert list(found.columns) == ["n", "city"] and set(found["city"]) == {"Bern", "Chur"}
    pictures = np.random.RandomState(0).rand(40, 8, 8)
    pictures[:20, :4] += 2
    assert decoded_centers(DeepKMeans(2, max_epochs=2, random_state=0).fit(pictures)).shape == (2, 8, 8)


def test_none_where_there_is_no_way_back(iris):
    assert decoded_centers(DBSCAN().fit(iris)) is None
    assert decoded_centers(DeepKMeans(2, random_state=0).fit(["red apple", "green apple", "fast car"] * 5)) is None
    assert decoded_centers(DeepKMeans(2, reduce="tsne", max_epochs=2, random_state=0).fit(iris)) is None
    model = make_pipeline(SelectKBest(f_classif, k=2), PlainKMeans(2, n_init=1, random_state=0))
    model.fit(iris, load_iris().target)
    assert decoded_centers(model).shape == (2, 4)
