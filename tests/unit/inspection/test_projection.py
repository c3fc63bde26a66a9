"""Maps of rows and embedding: known shapes, new rows in their place, every clusterer, and what cannot be drawn."""

import importlib
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
import torch
from scipy.spatial.distance import pdist
from sklearn.cluster import DBSCAN, HDBSCAN, AgglomerativeClustering, KMeans
from sklearn.datasets import load_digits, make_blobs
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from deepkmeans import DeepKMeans
from deepkmeans.exceptions import InvalidDataError, InvalidParameterError, MissingDependencyError
from deepkmeans.inspection import project
from deepkmeans.inspection.maps import _geometric_median
from tests.subprocesses import PATIENCE, environment

pytestmark = [
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
    pytest.mark.filterwarnings("ignore:Tensorflow not installed:ImportWarning"),
]
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


def test_two_columns_keep_their_distances():
    X = np.array([[0.0, 0], [4, 0], [0, 3], [4, 3], [2, 9]])
    projection = project(KMeans(2, n_init=1, random_state=0).fit(X), X)
    np.testing.assert_allclose(pdist(projection.raw), pdist(X))
    assert projection.embedding is None and projection.labels.shape == (5,)
    assert sum(projection.shares["raw"]) == pytest.approx(1)
    np.testing.assert_allclose(projection.place([[4.0, 0]]).raw[0], projection.raw[1], atol=1e-12)


def test_pca_of_raw_rows_is_that_of_scikit_learn():
    X = np.random.RandomState(0).rand(40, 6) * [1, 2, 3, 4, 5, 6]
    projection = project(KMeans(2, n_init=1, random_state=0).fit(X), X)
    expected = PCA(2).fit(X)
    np.testing.assert_allclose(np.abs(projection.raw), np.abs(expected.transform(X)), atol=1e-10)
    np.testing.assert_allclose(projection.shares["raw"], expected.explained_variance_ratio_)


def test_a_weighted_geometric_median_by_hand():
    line = np.array([[0.0, 0], [1, 2], [5, 10]])  # on a line: its median
    square = np.array([[0.0, 0], [2, 0], [2, 2]])  # and of a triangle the point that sees its sides under 120 degrees
    medians = _geometric_median(
        np.array([line, line, line, square]), np.array([[1.0, 1, 1], [1, 0, 0], [1, 1, 3], [1] * 3])
    )
    np.testing.assert_allclose(medians[:3], [[1, 2], [0, 0], [5, 10]], atol=1e-6)
    sides = (square - medians[3]) / np.linalg.norm(square - medians[3], axis=1)[:, None]
    np.testing.assert_allclose((sides @ sides.T)[np.triu_indices(3, 1)], -0.5, atol=1e-6)


def test_raw_rows_of_a_deep_k_means_are_drawn_in_its_scaling(blobs):
    X = blobs[0] * 10.0 ** np.arange(12)
    model = DeepKMeans(4, **QUICK).fit(X)
    expected = PCA(2).fit_transform((X - X.mean(0)) / X.std(0))
    np.testing.assert_allclose(np.abs(project(model, X).raw), np.abs(expected), atol=1e-6)
    embedded = model.embed(X)
    np.testing.assert_allclose(
        np.abs(project(model, X).embedding), np.abs(PCA(2).fit_transform(embedded)), rtol=1e-6, atol=1e-5
    )


@pytest.mark.parametrize("method", METHODS)
def test_groups_are_apart_and_the_picture_is_believable(blobs, maps, method):
    projection = maps(method)
    assert projection.raw.shape == projection.embedding.shape == (200, 2) and projection.raw.dtype == np.float64
    np.testing.assert_array_equal(projection.mapped, np.arange(200))
    for where in (projection.raw, projection.embedding):
        assert KNeighborsClassifier(5).fit(where, blobs[1]).score(where, blobs[1]) > 0.95
    least = {"pca": 0.7, "tsne": 0.9, "umap": 0.9}[method]
    assert all(least < value <= 1 for value in projection.trustworthiness.values())


@pytest.mark.parametrize("method", METHODS)
def test_training_rows_are_placed_on_or_near_themselves(blobs, maps, method):
    projection = maps(method)
    placed = projection.place(blobs[0][20:50])
    share = {"pca": 1e-9, "tsne": 1e-9, "umap": 0.05}[method]
    for where, known in ((placed.raw, projection.raw), (placed.embedding, projection.embedding)):
        moved = np.linalg.norm(where - known[20:50], axis=1)
        assert np.median(moved) <= share * extent(known) and moved.max() <= 4 * share * extent(known)
    np.testing.assert_array_equal(placed.labels, projection.labels[20:50])


@pytest.mark.parametrize("method", METHODS)
def test_new_rows_are_placed_among_their_group(blobs, maps, method):
    projection = maps(method)
    before = projection.raw.copy()
    placed = projection.place(blobs[2])
    for where, known in ((placed.raw, projection.raw), (placed.embedding, projection.embedding)):
        assert where.shape == (200, 2)
        assert KNeighborsClassifier(5).fit(known, blobs[1]).score(where, blobs[3]) > 0.95
        assert (where.min(0) > known.min(0) - 0.3 * extent(known)).all()
        assert (where.max(0) < known.max(0) + 0.3 * extent(known)).all()
    np.testing.assert_array_equal(projection.raw, before)
    assert projection.place(blobs[2][:1]).raw.shape == (1, 2)


def test_tsne_places_a_row_between_its_neighbours_and_not_between_groups():
    X = np.r_[np.random.RandomState(0).randn(60, 3), np.random.RandomState(1).randn(60, 3) + 30]
    projection = project(KMeans(2, n_init=1, random_state=0).fit(X), X, "tsne", random_state=0)
    lonely = projection.place(np.full((1, 3), 12.0)).raw[0]  # nearer to the first group: with it, not in the gap
    members = projection.raw[:60]
    assert (members.min(0) <= lonely).all() and (lonely <= members.max(0)).all()


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
    projection = project(deep, X, method, max_rows=120, random_state=0)
    assert len(projection.mapped) == 120 and (np.diff(projection.mapped) > 0).all()
    others = np.setdiff1d(np.arange(400), projection.mapped)
    np.testing.assert_allclose(projection.place(X[others]).raw, projection.raw[others], atol=1e-6)
    y = np.r_[blobs[1], blobs[3]]
    mapped = KNeighborsClassifier(5).fit(projection.raw[projection.mapped], y[projection.mapped])
    assert mapped.score(projection.raw[others], y[others]) > 0.95
    assert (project(deep, X, method, max_rows=120, random_state=1).mapped != projection.mapped).any()


@pytest.mark.parametrize("method", ["pca", "tsne"])
def test_sparse_rows_stay_sparse_and_are_drawn_as_dense_ones_are(method, monkeypatch):
    random = np.random.RandomState(0)
    rate = np.where(np.arange(400)[None, :] % 2 == np.arange(90)[:, None] % 2, 0.3, 0.03)
    X = sp.csr_matrix(random.poisson(rate).astype(float))
    plain, deep = KMeans(2, n_init=1, random_state=0).fit(X), DeepKMeans(2, **QUICK).fit(X)
    dense = project(plain, X.toarray())

    def refuse(self, *args, **kwargs):
        raise AssertionError(f"a sparse matrix of shape {self.shape} was made dense")

    monkeypatch.setattr(sp.csr_matrix, "toarray", refuse)
    monkeypatch.setattr(sp.csr_matrix, "todense", refuse)
    projection = project(plain, X, method, random_state=0)
    assert projection.place(X[:3]).raw.shape == (3, 2)
    if method == "pca":
        np.testing.assert_allclose(np.abs(projection.raw), np.abs(dense.raw), atol=1e-6)
    both = project(deep, X, method, random_state=0)
    assert both.embedding.shape == (90, 2) and np.isfinite(both.raw).all()
    np.testing.assert_array_equal(both.labels, deep.labels_)


def test_narrow_sparse_rows_and_single_columns_can_be_drawn():
    X = np.r_[np.arange(20.0), np.arange(50.0, 70)][:, None]
    model = KMeans(2, n_init=1, random_state=0).fit(X)
    for method in ("pca", "tsne"):
        projection = project(model, X, method, random_state=0)
        assert np.isfinite(projection.raw).all() and projection.shares["raw"] == (1.0, 0.0)
    np.testing.assert_allclose(project(model, sp.csr_matrix(X)).raw, project(model, X).raw)
    few = sp.random(4, 100, 0.5, random_state=0, format="csr")
    assert project(KMeans(2, n_init=1, random_state=0).fit(few), few).raw.shape == (4, 2)


@pytest.mark.parametrize(
    "model", [DBSCAN(eps=4.0), AgglomerativeClustering(4), HDBSCAN(min_cluster_size=5, copy=True)], ids=repr
)
def test_clusterers_that_cannot_predict(blobs, model):
    X = blobs[0]
    projection = project(model.fit(X), X)
    np.testing.assert_array_equal(projection.labels, model.labels_)
    assert projection.place(blobs[2]).labels is None and projection.place(blobs[2]).raw.shape == (200, 2)
    assert len(projection.plot(blobs[2][:5]).axes) == 1
    with pytest.raises(InvalidDataError, match="cannot predict, so X must be the rows it was fitted on: .* 200 rows"):
        project(model, X[:50])


def test_pipelines_and_searches_are_looked_into(blobs, deep):
    X = blobs[0] * 10.0 ** np.arange(12)
    pipeline = make_pipeline(StandardScaler(), KMeans(4, n_init=1, random_state=0)).fit(X)
    expected = PCA(2).fit_transform(StandardScaler().fit_transform(X))
    projection = project(pipeline, X)
    np.testing.assert_allclose(np.abs(projection.raw), np.abs(expected), atol=1e-8)
    np.testing.assert_array_equal(projection.labels, pipeline.predict(X))
    np.testing.assert_allclose(projection.place(X[:3]).raw, projection.raw[:3], atol=1e-8)
    search = GridSearchCV(pipeline, {"kmeans__n_clusters": [3, 4]}, cv=2).fit(X)
    np.testing.assert_array_equal(project(search, X).labels, search.predict(X))
    texts = ["red rose", "blue rose", "red wine", "white wine", "old wine", "a rose"] * 5
    words = make_pipeline(CountVectorizer(), DeepKMeans(2, **QUICK)).fit(texts)
    drawn = project(words, texts)
    assert drawn.embedding.shape == (30, 2)
    np.testing.assert_array_equal(drawn.labels, words.predict(texts))


def test_a_second_space_of_ones_own_or_none(blobs, deep):
    model = KMeans(4, n_init=1, random_state=0).fit(blobs[0])
    projection = project(model, blobs[0], embedding=model.transform)
    np.testing.assert_allclose(
        np.abs(projection.embedding), np.abs(PCA(2).fit_transform(model.transform(blobs[0]))), atol=1e-8
    )
    np.testing.assert_allclose(projection.place(blobs[0][:4]).embedding, projection.embedding[:4], atol=1e-8)
    assert project(deep, blobs[0], embedding=None).embedding is None
    with pytest.raises(InvalidDataError, match=r"'embedding' of 200 rows must be an array .* shape \(200, e\)"):
        project(deep, blobs[0], embedding=lambda X: X[:3])
    collapsed = project(deep, blobs[0], "tsne", embedding=lambda X: X * 0, random_state=0)
    np.testing.assert_array_equal(collapsed.embedding, np.zeros((200, 2)))


def test_pictures_frames_holes_and_transformers(blobs, maps):
    images = load_digits().images[:120]
    model = DeepKMeans(3, **QUICK).fit(images)
    np.testing.assert_array_equal(project(model, images).raw, project(model, images.reshape(120, -1)).raw)
    plain = KMeans(3, n_init=1, random_state=0).fit(images.reshape(120, -1))
    assert project(plain, images).raw.shape == (120, 2)
    frame = pd.DataFrame(blobs[0].copy(), columns=list("abcdefghijkl"))
    frame.loc[::9, "b"] = np.nan
    frame["c"] = np.nan
    with pytest.warns(UserWarning, match="imputed"):
        holes = DeepKMeans(4, **QUICK).fit(frame)
    projection = project(holes, frame)
    assert np.isfinite(projection.raw).all() and np.isfinite(projection.place(frame[:7]).embedding).all()
    with pytest.raises(ValueError, match="feature names"):
        projection.place(frame.rename(columns={"a": "z"}))
    with pytest.raises(ValueError, match="11 features, but ProjectedRows is expecting 12"):
        maps("pca").place(blobs[2][:, 1:])
    reduced = DeepKMeans(4, reduce=PCA(3), **QUICK).fit(blobs[0])
    expected = PCA(2).fit_transform((blobs[0] - blobs[0].mean(0)) / blobs[0].std(0))
    assert np.corrcoef(np.abs(project(reduced, blobs[0]).raw).ravel(), np.abs(expected).ravel())[0, 1] > 0.9


@pytest.mark.parametrize(
    ("model", "X", "options", "error", "words"),
    [
        (KMeans(2), np.eye(6), {}, NotFittedError, "not fitted yet"),
        (KMeans, np.eye(6), {}, InvalidParameterError, "fitted clusterer. Got KMeans instead; make one and fit"),
        (3, np.eye(6), {}, InvalidParameterError, "must be a fitted clusterer. Got int instead"),
        (PCA(2).fit(np.eye(6)), np.eye(6), {}, InvalidParameterError, "with predict or labels_. Got PCA instead"),
        ("fit", np.eye(6), {"method": "tnse"}, InvalidParameterError, r"'method'.*did you mean 'tsne'"),
        ("fit", np.eye(6), {"max_rows": 2}, InvalidParameterError, "'max_rows' parameter of project must be an int"),
        ("fit", np.eye(6), {"embedding": "codes"}, InvalidParameterError, "'embedding'"),
        ("fit", np.eye(6), {"options": {"perplexity": 3}}, InvalidParameterError, "method='pca'\\) must be empty"),
        ("fit", np.eye(6), {"method": "tsne", "options": {"perplexty": 3}}, InvalidParameterError, "'perplexty'"),
        ("fit", np.eye(6), {"method": "tsne", "options": {"n_components": 3}}, InvalidParameterError, "n_components"),
        ("fit", np.eye(6)[:1], {}, InvalidDataError, "n_samples=1 should be >= 2 for method='pca'"),
        ("fit", np.eye(6)[:4], {"method": "tsne"}, InvalidDataError, "n_samples=4 should be >= 5 for method='tsne'"),
        ("fit", np.ones((9, 6)), {}, InvalidDataError, "All 9 rows of X are the same in all 6 column"),
        ("fit", sp.csr_matrix(np.ones((9, 6))), {}, InvalidDataError, "All 9 rows of X are the same"),
        ("fit", np.eye(6)[:, :4], {}, ValueError, "X has 4 features"),
        ("fit", np.where(np.eye(6) > 0, np.inf, 0.0), {}, InvalidDataError, "contains infinity"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_said_in_words(model, X, options, error, words):
    model = KMeans(2, n_init=1, random_state=0).fit(np.eye(6)) if isinstance(model, str) else model
    with pytest.raises(error, match=words):
        project(model, X, **options)


@pytest.mark.parametrize(
    ("factor", "words"), [(1e200, r"up to 1e\+200, are too large"), (1e-200, "1e-200, are too small")]
)
def test_rows_whose_squares_are_no_numbers_are_refused(factor, words):
    model = AgglomerativeClustering(2).fit(np.eye(6))
    with pytest.raises(InvalidDataError, match=f"raw rows, with numbers .*{words} to measure distances"):
        project(model, np.eye(6) * factor)


def test_options_reach_the_method(blobs, deep, maps):
    other = project(deep, blobs[0], "tsne", random_state=0, options={"perplexity": 5})
    assert (other.raw != maps("tsne").raw).any()


def test_the_picture_shows_what_the_result_holds(blobs, deep, maps, tmp_path):
    projection = maps("pca")
    loaded = "matplotlib.pyplot" in sys.modules
    figure = projection.plot(blobs[2][:7])
    assert ("matplotlib.pyplot" in sys.modules) == loaded
    left, right = figure.axes
    placed = projection.place(blobs[2][:7]).raw
    for ax, where, new in ((left, projection.raw, placed), (right, projection.embedding, None)):
        rows, squares = ax.collections[:2]
        order = np.lexsort(where.T)
        drawn = np.asarray(rows.get_offsets())
        by = np.lexsort(drawn.T)
        np.testing.assert_allclose(drawn[by], where[order])
        colours = rows.get_facecolors()[by][:, :3]
        for label in range(3):  # one colour a cluster, the same in both panels
            members = colours[projection.labels[order] == label]
            assert (members == members[0]).all() and (members[0] == figure_colour(figure, label)).all()
        assert {text.get_text() for text in ax.texts} == {"0", "1", "2"}
        assert len(squares.get_offsets()) == 7
        if new is not None:
            np.testing.assert_allclose(squares.get_offsets(), new)
    assert "trustworthiness" in left.get_title() and "% of the variance" in left.get_xlabel()
    figure.savefig(tmp_path / "map.png")
    assert (tmp_path / "map.png").stat().st_size > 10_000
    classes = projection.plot(y=np.array(["a", "b"])[blobs[1] % 2])
    assert [text.get_text() for text in classes.legends[0].get_texts()] == ["a", "b"]
    with pytest.raises(InvalidDataError, match=r"y must have shape \(200,\)"):
        projection.plot(y=[1, 2])
    half = np.arange(200) % 2
    for known in (torch.from_numpy(half * 1.0).requires_grad_(), np.ma.array(half, mask=half > 0), [1, "a"] * 100):
        assert len(projection.plot(y=known).legends[0].get_texts()) == 2
    with pytest.raises(InvalidDataError, match="y is a sparse tensor"):
        projection.plot(y=torch.from_numpy(half).to_sparse())


def figure_colour(figure, label):
    handle = figure.legends[0].legend_handles[label]
    return handle.get_facecolors()[0][:3]


def test_noise_is_grey_and_thirty_clusters_are_told_by_number(blobs):
    X = blobs[0]
    noisy = DBSCAN(eps=3.0).fit(X)
    assert -1 in noisy.labels_
    figure = project(noisy, X).plot()
    assert "-1" not in {text.get_text() for text in figure.axes[0].texts}
    assert figure.legends[0].get_texts()[0].get_text() == "noise"
    many = project(KMeans(30, n_init=1, random_state=0).fit(X), X).plot()
    assert many.legends == [] and len(many.axes[0].texts) == 30


def test_without_the_extras_the_install_line_is_given(blobs, deep, maps, monkeypatch):
    real = importlib.import_module

    def missing(name, *args):
        if name.split(".")[0] in ("umap", "matplotlib"):
            raise ImportError(f"No module named {name!r}")
        return real(name, *args)

    maps("pca")
    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(MissingDependencyError, match=r"pip install 'deepkmeans\[map\]'"):
        project(deep, blobs[0], "umap")
    with pytest.raises(MissingDependencyError, match=r"pip install 'deepkmeans\[plot\]'"):
        maps("pca").plot()


@pytest.mark.slow
def test_umap_leaves_the_threads_of_torch_alone():
    # numba sets OpenMP's count when it starts: only a process of its own shows that.
    code = (
        "import numpy, torch; torch.set_num_threads(1); from sklearn.cluster import KMeans; "
        "from deepkmeans.inspection import project; X = numpy.random.RandomState(0).rand(60, 4); "
        "found = project(KMeans(2, random_state=0).fit(X), X, 'umap'); print(torch.get_num_threads()); "
        "found.place(X[:3]); print(torch.get_num_threads())"
    )
    run = [sys.executable, "-W", "ignore", "-c", code]
    environ = environment(NUMBA_NUM_THREADS="2")
    done = subprocess.run(run, capture_output=True, text=True, env=environ, check=True, timeout=PATIENCE)
    assert done.stdout.split() == ["1", "1"]
