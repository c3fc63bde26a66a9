"""Contributions where nothing can be differentiated: exact where the margin is a sum, and complete everywhere."""

import numpy as np
import pytest
from sklearn.cluster import DBSCAN, AgglomerativeClustering, BisectingKMeans
from sklearn.cluster import KMeans as PlainKMeans
from sklearn.datasets import load_wine
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from deepkmeans import DeepKMeans
from deepkmeans.inspection import explain_rows

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture(scope="module")
def wine():
    return load_wine(as_frame=True).data


def blobs():
    random = np.random.RandomState(0)
    X = random.normal(size=(120, 4))
    X[:60, 1] += 8
    return X


def test_shares_of_a_sum_are_exact_whatever_the_order(wine):
    """A scaler and K-Means: the margin is a sum over columns, so every order gives 2 (c_1 - c_2)(x - b) / s."""
    model = make_pipeline(StandardScaler(), PlainKMeans(3, n_init=1, random_state=0)).fit(wine)
    found = explain_rows(model, wine, index=[0, 100])
    assert found.method == "permutation sampling of distances" and found.columns == tuple(wine.columns)
    scaled, centers = model[0].transform(wine), model[1].cluster_centers_
    normal = 2 * (centers[found.first] - centers[found.second])
    slopes = found.values / np.where(normal == 0, 1, normal)  # x - b, the mean over the rows it is compared with
    inside = scaled[[0, 100]] - slopes
    low, high = scaled.min(axis=0) - 1e-9, scaled.max(axis=0) + 1e-9
    assert ((inside >= low) & (inside <= high)).all()
    assert found.completeness.max() < 1e-6


@pytest.mark.parametrize(
    ("model", "method"),
    [
        (BisectingKMeans(2, random_state=0), "labels"),
        (AgglomerativeClustering(2), "neighbours"),
        (DBSCAN(eps=3), "neighbours"),
    ],
    ids=["labels", "agglomerative", "dbscan"],
)
def test_any_clusterer_names_the_column_that_parts_its_clusters(model, method):
    X = blobs()
    if isinstance(model, BisectingKMeans):
        model.set_params(n_clusters=3)
    found = explain_rows(model.fit(X), X, index=np.arange(0, 120, 7))
    assert found.method.startswith("permutation sampling of") or found.method == "exact"
    assert found.completeness.max() < 1e-9
    if method == "neighbours":
        assert found.method.endswith(method) and (found.values.argmax(axis=1) == 1).all()


def test_a_layout_is_looked_at_from_outside():
    X = blobs()
    model = DeepKMeans(2, reduce="tsne", random_state=0, max_epochs=3).fit(X)
    found = explain_rows(model, X, index=[0, 1, 70, 80])
    assert found.method == "permutation sampling of distances" and found.completeness.max() < 1e-4
    assert (found.values.argmax(axis=1) == 1).all()
    np.testing.assert_array_equal(found.first, model.labels_[[0, 1, 70, 80]])


def test_words_are_left_out_where_a_transformer_of_the_users_makes_the_rows():
    texts = [f"{text} {end}" for text in ("goal match striker", "bank shares rates") for end in "abcdefgh"]
    for model in (
        make_pipeline(TfidfVectorizer(), PlainKMeans(2, n_init=1, random_state=0)).fit(texts),
        DeepKMeans(2, preprocessor=TfidfVectorizer(), random_state=0).fit(texts),
    ):
        found = explain_rows(model, texts, index=[0, 15])
        assert found.method == "permutation sampling of distances" and found.completeness.max() < 1e-4
        assert found.columns == ("a", "bank", "goal", "h", "match", "rates", "shares", "striker")
        assert {name for name, _ in found.top(0, 3)} == {"goal", "match", "striker"}
        assert (found.values[0][[1, 5, 6]] == 0).all()  # words that the text does not have


def test_pictures_are_taken_apart_in_patches():
    random = np.random.RandomState(0)
    X = random.rand(60, 10, 10)
    X[:30, :5] += 3
    model = DeepKMeans(2, reduce="tsne", random_state=0, max_epochs=3).fit(X)
    found = explain_rows(model, X, index=[0])
    assert found.picture(0).shape == (10, 10) and found.completeness.max() < 1e-4
    assert found.picture(0)[:5].sum() > found.picture(0)[5:].sum()
