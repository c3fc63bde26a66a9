"""What can be drawn: sparse rows, any clusterer, pipelines, pictures, and what is refused."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.cluster import DBSCAN, HDBSCAN, AgglomerativeClustering, KMeans
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from deepkmeans import DeepKMeans
from deepkmeans.exceptions import InvalidDataError, InvalidParameterError
from deepkmeans.inspection import project
from tests.unit.inspection.conftest import QUICK

pytestmark = [
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
    pytest.mark.filterwarnings("ignore:Tensorflow not installed:ImportWarning"),
]


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
    found = project(plain, X, method, random_state=0)
    assert found.place(X[:3]).raw.shape == (3, 2)
    if method == "pca":
        np.testing.assert_allclose(np.abs(found.raw), np.abs(dense.raw), atol=1e-6)
    both = project(deep, X, method, random_state=0)
    assert both.embedding.shape == (90, 2) and np.isfinite(both.raw).all()
    np.testing.assert_array_equal(both.labels, deep.labels_)


def test_narrow_sparse_rows_and_single_columns_can_be_drawn():
    X = np.r_[np.arange(20.0), np.arange(50.0, 70)][:, None]
    model = KMeans(2, n_init=1, random_state=0).fit(X)
    for method in ("pca", "tsne"):
        found = project(model, X, method, random_state=0)
        assert np.isfinite(found.raw).all() and found.shares["raw"] == (1.0, 0.0)
    np.testing.assert_allclose(project(model, sp.csr_matrix(X)).raw, project(model, X).raw)
    few = sp.random(4, 100, 0.5, random_state=0, format="csr")
    assert project(KMeans(2, n_init=1, random_state=0).fit(few), few).raw.shape == (4, 2)


@pytest.mark.parametrize(
    "model", [DBSCAN(eps=4.0), AgglomerativeClustering(4), HDBSCAN(min_cluster_size=5, copy=True)], ids=repr
)
def test_clusterers_that_cannot_predict(blobs, model):
    X = blobs[0]
    found = project(model.fit(X), X)
    np.testing.assert_array_equal(found.labels, model.labels_)
    assert found.place(blobs[2]).labels is None and found.place(blobs[2]).raw.shape == (200, 2)
    assert len(found.plot(blobs[2][:5]).axes) == 1
    with pytest.raises(InvalidDataError, match="cannot predict, so X must be the rows it was fitted on: .* 200 rows"):
        project(model, X[:50])


def test_pipelines_and_searches_are_looked_into(blobs, deep):
    X = blobs[0] * 10.0 ** np.arange(12)
    pipeline = make_pipeline(StandardScaler(), KMeans(4, n_init=1, random_state=0)).fit(X)
    expected = PCA(2).fit_transform(StandardScaler().fit_transform(X))
    found = project(pipeline, X)
    np.testing.assert_allclose(np.abs(found.raw), np.abs(expected), atol=1e-8)
    np.testing.assert_array_equal(found.labels, pipeline.predict(X))
    np.testing.assert_allclose(found.place(X[:3]).raw, found.raw[:3], atol=1e-8)
    search = GridSearchCV(pipeline, {"kmeans__n_clusters": [3, 4]}, cv=2).fit(X)
    np.testing.assert_array_equal(project(search, X).labels, search.predict(X))
    texts = ["red rose", "blue rose", "red wine", "white wine", "old wine", "a rose"] * 5
    words = make_pipeline(CountVectorizer(), DeepKMeans(2, **QUICK)).fit(texts)
    drawn = project(words, texts)
    assert drawn.embedding.shape == (30, 2)
    np.testing.assert_array_equal(drawn.labels, words.predict(texts))


def test_a_second_space_of_ones_own_or_none(blobs, deep):
    model = KMeans(4, n_init=1, random_state=0).fit(blobs[0])
    found = project(model, blobs[0], embedding=model.transform)
    np.testing.assert_allclose(
        np.abs(found.embedding), np.abs(PCA(2).fit_transform(model.transform(blobs[0]))), atol=1e-8
    )
    np.testing.assert_allclose(found.place(blobs[0][:4]).embedding, found.embedding[:4], atol=1e-8)
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
    found = project(holes, frame)
    assert np.isfinite(found.raw).all() and np.isfinite(found.place(frame[:7]).embedding).all()
    with pytest.raises(ValueError, match="feature names"):
        found.place(frame.rename(columns={"a": "z"}))
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
