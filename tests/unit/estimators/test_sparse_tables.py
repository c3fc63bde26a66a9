"""A table is the same whether it is written dense or sparse: equal bits, not about equal ones."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from deepkmeans import Autoencoder, DeepKMeans, KMeans
from deepkmeans.data import check_input, sparse_inputs
from deepkmeans.data.sparse_inputs import table_as_dense
from deepkmeans.exceptions import InvalidDataError
from deepkmeans.inspection import project
from deepkmeans.model_selection import make_label_free_scorer, select_embedding_dim, select_n_clusters

QUICK = {"max_epochs": 2, "random_state": 0}
OF_DCN = {"objective": "dcn", "pretrain_epochs": 1, **QUICK}

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning", "ignore::UserWarning")


@pytest.fixture(scope="module")
def table():
    """Four groups, and a column of their own codes with zeros among them."""
    random = np.random.default_rng(0)
    centers = random.normal(size=(4, 3)) * 6
    X = np.vstack([random.normal(center, 1.0, size=(40, 3)) for center in centers]).round(3)
    X = np.hstack([X, random.integers(0, 3, size=(160, 1))])
    random.shuffle(X)
    return X


def few_words(unit=True):
    """120 texts of three topics, in 60 words; some have none of these."""
    random = np.random.RandomState(0)
    X = random.poisson(np.where(np.arange(60) % 3 == np.arange(120)[:, None] % 3, 0.2, 0.01)) * random.rand(120, 60)
    X[:4] = 0
    return X / np.maximum(np.linalg.norm(X, axis=1, keepdims=True), 1e-9) if unit else X


@pytest.mark.parametrize(
    "options",
    [
        {"n_clusters": 4, "random_state": 0},
        {"n_clusters": "auto", **QUICK},
        {"n_clusters": 4, **OF_DCN},
        {"n_clusters": 4, "scaling": "robust", **QUICK},
        {"n_clusters": 4, "reduce": "pca", **OF_DCN},
        {"n_clusters": 4, "reduce": StandardScaler(), **QUICK},
    ],
    ids=["default", "auto", "dcn", "robust", "pca", "transformer"],
)
def test_a_deep_fit_and_all_that_it_answers(table, options):
    dense, sparse = (DeepKMeans(**options).fit(make(table)) for make in (np.asarray, sp.csr_matrix))
    np.testing.assert_array_equal(sparse.labels_, dense.labels_)
    np.testing.assert_array_equal(sparse.cluster_centers_, dense.cluster_centers_)
    assert sparse.report_ == dense.report_ and sparse.inertia_ == dense.inertia_
    for model in (dense, sparse):
        for X in (table, sp.csc_array(table)):
            np.testing.assert_array_equal(model.predict(X), dense.labels_)
            np.testing.assert_array_equal(model.transform(X), dense.transform(table))
            np.testing.assert_array_equal(model.predict_proba(X), dense.predict_proba(table))
            np.testing.assert_array_equal(model.embed(X), dense.embed(table))
            assert model.score(X) == dense.score(table)


@pytest.mark.parametrize("unit", [True, False])
def test_weights_of_a_few_words_are_seen_alike(unit):
    X = few_words(unit)
    dense, sparse = (DeepKMeans(3, **QUICK).fit(make(X)) for make in (np.asarray, sp.csr_matrix))
    assert sparse.report_["scaling"] == dense.report_["scaling"]
    assert dense.report_["scaling"] == "cosine"
    np.testing.assert_array_equal(sparse.labels_, dense.labels_)


def test_pictures_of_few_pixels_are_pictures():
    from sklearn.datasets import load_digits

    found = DeepKMeans(10, scaling="auto", **QUICK).fit(sp.csr_matrix(load_digits().data[:60]))
    assert found.report_["image_shape"] == [8, 8, 1]


def test_an_autoencoder(table):
    skewed = np.abs(table)
    skewed[0, 0] = 500  # one cell far out does not decide the scaling
    dense, sparse = (Autoencoder(**QUICK).fit(make(skewed)) for make in (np.asarray, sp.csr_matrix))
    assert sparse.report_ == dense.report_
    np.testing.assert_array_equal(sparse.transform(skewed), dense.transform(sp.csr_matrix(skewed)))
    assert sparse.score(skewed) == dense.score(sp.csr_matrix(skewed))


def test_k_means(table):
    dense, sparse = (KMeans(4, random_state=0).fit(make(table)) for make in (np.asarray, sp.csr_matrix))
    np.testing.assert_array_equal(sparse.labels_, dense.labels_)
    np.testing.assert_allclose(sparse.cluster_centers_, dense.cluster_centers_, rtol=1e-9)


@pytest.mark.parametrize("estimator", [KMeans(n_init=1), DeepKMeans()], ids=["KMeans", "DeepKMeans"])
@pytest.mark.parametrize("space", ["auto", "raw"])
def test_the_number_of_clusters(table, estimator, space):
    options = {"k_range": range(1, 7), "n_references": 1, "n_resamples": 1, "random_state": 0, "space": space}
    dense, sparse = (select_n_clusters(estimator, make(table), **options) for make in (np.asarray, sp.csr_matrix))
    assert sparse.to_dict() == dense.to_dict()


def test_the_width_of_the_codes_and_scores_without_labels(table):
    dense, sparse = (
        select_embedding_dim(Autoencoder(max_epochs=1), make(table), dims=(1, 2), cv=2, random_state=0)
        for make in (np.asarray, sp.csr_matrix)
    )
    assert sparse.sentence == dense.sentence
    model, scorer = KMeans(4, random_state=0).fit(table), make_label_free_scorer()
    assert scorer(model, sp.csr_matrix(table)) == scorer(model, table)


def test_maps(table):
    model = DeepKMeans(4, **OF_DCN).fit(table)
    dense, sparse = (project(model, make(table), random_state=0) for make in (np.asarray, sp.csr_matrix))
    np.testing.assert_array_equal(sparse.raw, dense.raw)
    np.testing.assert_array_equal(sparse.place(table[:5]).embedding, dense.place(sp.csr_matrix(table[:5])).embedding)


def test_missing_cells_of_a_table_are_imputed_and_those_of_wide_rows_refused(table):
    holes = np.where(np.random.RandomState(0).rand(*table.shape) < 0.05, np.nan, table)
    dense, sparse = (DeepKMeans(4, **OF_DCN).fit(make(holes)) for make in (np.asarray, sp.csr_matrix))
    assert sparse.report_["imputed"] == dense.report_["imputed"] != {}
    np.testing.assert_array_equal(sparse.labels_, dense.labels_)
    with pytest.raises(InvalidDataError, match=r"contains NaN: \d+ cell.*Fill them, or use missing='impute'"):
        DeepKMeans(4, missing="error", **OF_DCN).fit(sp.csr_matrix(holes))
    wide = sp.csr_matrix(np.hstack([holes, np.ones((160, 253))]))
    with pytest.raises(InvalidDataError, match=r"contains NaN: \d+ cells? in column .*\. Fill them\. "):
        DeepKMeans(4, **OF_DCN).fit(wide)


def test_names_of_a_sparse_frame_are_kept(table):
    frame = pd.DataFrame(table, columns=list("abcd"))
    sparse = DeepKMeans(4, **OF_DCN).fit(frame.astype(pd.SparseDtype(np.float64, 0)))
    assert sparse.feature_names_in_.tolist() == list("abcd")
    np.testing.assert_array_equal(sparse.labels_, DeepKMeans(4, **OF_DCN).fit(frame).labels_)


def test_what_a_transformer_makes_is_a_table_too(table):
    makes_sparse = FunctionTransformer(sp.csr_matrix, accept_sparse=True, check_inverse=False)
    found = DeepKMeans(4, reduce=makes_sparse, **QUICK).fit(table)
    np.testing.assert_array_equal(found.labels_, DeepKMeans(4, **QUICK).fit(table).labels_)


def test_which_rows_become_dense(monkeypatch):
    narrow, wide = (sp.random(60, d, density=0.05, format="csr", random_state=0) for d in (256, 257))
    assert isinstance(table_as_dense(narrow), np.ndarray) and table_as_dense(wide) is wide
    assert sp.issparse(check_input(narrow, "KMeans", keep_sparse=True).X)
    monkeypatch.setattr(sparse_inputs, "_DENSE_BYTES", 1000)
    assert table_as_dense(narrow) is narrow  # twenty times as large
    full = sp.csr_matrix(np.ones((60, 256)))
    assert isinstance(table_as_dense(full), np.ndarray)  # smaller than it was
