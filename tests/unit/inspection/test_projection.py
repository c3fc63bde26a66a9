"""Maps of rows and embedding: known shapes, new rows in their group, the same seed and the same map."""

import numpy as np
import pytest
from scipy.spatial.distance import pdist
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.neighbors import KNeighborsClassifier

from deepkmeans import DeepKMeans
from deepkmeans.inspection import project
from tests.unit.inspection.conftest import METHODS, QUICK, extent

pytestmark = [
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
    pytest.mark.filterwarnings("ignore:Tensorflow not installed:ImportWarning"),
]


def test_two_columns_keep_their_distances():
    X = np.array([[0.0, 0], [4, 0], [0, 3], [4, 3], [2, 9]])
    found = project(KMeans(2, n_init=1, random_state=0).fit(X), X)
    np.testing.assert_allclose(pdist(found.raw), pdist(X))
    assert found.embedding is None and found.labels.shape == (5,) and sum(found.shares["raw"]) == pytest.approx(1)
    np.testing.assert_allclose(found.place([[4.0, 0]]).raw[0], found.raw[1], atol=1e-12)


def test_pca_of_raw_rows_is_that_of_scikit_learn():
    X = np.random.RandomState(0).rand(40, 6) * [1, 2, 3, 4, 5, 6]
    found = project(KMeans(2, n_init=1, random_state=0).fit(X), X)
    expected = PCA(2).fit(X)
    np.testing.assert_allclose(np.abs(found.raw), np.abs(expected.transform(X)), atol=1e-10)
    np.testing.assert_allclose(found.shares["raw"], expected.explained_variance_ratio_)


def test_raw_rows_of_a_deep_k_means_are_drawn_in_its_scaling(blobs):
    X = blobs[0] * 10.0 ** np.arange(12)
    model = DeepKMeans(4, **QUICK).fit(X)
    expected = PCA(2).fit_transform((X - X.mean(0)) / X.std(0))
    np.testing.assert_allclose(np.abs(project(model, X).raw), np.abs(expected), atol=1e-6)
    codes = model.embed(X)
    np.testing.assert_allclose(
        np.abs(project(model, X).embedding), np.abs(PCA(2).fit_transform(codes)), rtol=1e-6, atol=1e-5
    )


@pytest.mark.parametrize("method", METHODS)
def test_groups_are_apart_and_the_picture_is_believable(blobs, maps, method):
    found = maps(method)
    assert found.raw.shape == found.embedding.shape == (200, 2) and found.raw.dtype == np.float64
    np.testing.assert_array_equal(found.mapped, np.arange(200))
    for where in (found.raw, found.embedding):
        assert KNeighborsClassifier(5).fit(where, blobs[1]).score(where, blobs[1]) > 0.95
    least = {"pca": 0.7, "tsne": 0.9, "umap": 0.9}[method]
    assert all(least < value <= 1 for value in found.trustworthiness.values())


@pytest.mark.parametrize("method", METHODS)
def test_training_rows_are_placed_on_or_near_themselves(blobs, maps, method):
    found = maps(method)
    placed = found.place(blobs[0][20:50])
    share = {"pca": 1e-9, "tsne": 1e-9, "umap": 0.05}[method]
    for where, known in ((placed.raw, found.raw), (placed.embedding, found.embedding)):
        moved = np.linalg.norm(where - known[20:50], axis=1)
        assert np.median(moved) <= share * extent(known) and moved.max() <= 4 * share * extent(known)
    np.testing.assert_array_equal(placed.labels, found.labels[20:50])


@pytest.mark.parametrize("method", METHODS)
def test_new_rows_are_placed_among_their_group(blobs, maps, method):
    found = maps(method)
    before = found.raw.copy()
    placed = found.place(blobs[2])
    for where, known in ((placed.raw, found.raw), (placed.embedding, found.embedding)):
        assert where.shape == (200, 2)
        assert KNeighborsClassifier(5).fit(known, blobs[1]).score(where, blobs[3]) > 0.95
        assert (where.min(0) > known.min(0) - 0.3 * extent(known)).all()
        assert (where.max(0) < known.max(0) + 0.3 * extent(known)).all()
    np.testing.assert_array_equal(found.raw, before)
    assert found.place(blobs[2][:1]).raw.shape == (1, 2)


def test_tsne_places_a_row_between_its_neighbours_and_not_between_groups():
    X = np.r_[np.random.RandomState(0).randn(60, 3), np.random.RandomState(1).randn(60, 3) + 30]
    found = project(KMeans(2, n_init=1, random_state=0).fit(X), X, "tsne", random_state=0)
    lonely = found.place(np.full((1, 3), 12.0)).raw[0]  # nearer to the first group: with it, not in the gap
    own = found.raw[:60]
    assert (own.min(0) <= lonely).all() and (lonely <= own.max(0)).all()


@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_gives_the_same_bits(blobs, deep, maps, method):
    state = np.random.get_state()[1].copy()
    again = project(deep, blobs[0], method, random_state=0)
    np.testing.assert_array_equal(again.raw, maps(method).raw)
    np.testing.assert_array_equal(again.embedding, maps(method).embedding)
    np.testing.assert_array_equal(again.place(blobs[2]).raw, maps(method).place(blobs[2]).raw)
    np.testing.assert_array_equal(np.random.get_state()[1], state)


@pytest.mark.parametrize("method", METHODS)
def test_many_rows_are_mapped_by_a_sample_and_the_rest_placed(blobs, deep, method):
    X = np.r_[blobs[0], blobs[2]]
    found = project(deep, X, method, max_rows=120, random_state=0)
    assert len(found.mapped) == 120 and (np.diff(found.mapped) > 0).all()
    others = np.setdiff1d(np.arange(400), found.mapped)
    np.testing.assert_allclose(found.place(X[others]).raw, found.raw[others], atol=1e-6)
    y = np.r_[blobs[1], blobs[3]]
    mapped = KNeighborsClassifier(5).fit(found.raw[found.mapped], y[found.mapped])
    assert mapped.score(found.raw[others], y[others]) > 0.95
    assert (project(deep, X, method, max_rows=120, random_state=1).mapped != found.mapped).any()


def test_options_reach_the_method(blobs, deep, maps):
    other = project(deep, blobs[0], "tsne", random_state=0, options={"perplexity": 5})
    assert (other.raw != maps("tsne").raw).any()
