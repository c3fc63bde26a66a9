"""Many columns before the network: when they are projected, transformers in their place, and files."""

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.datasets import make_blobs
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.feature_selection import VarianceThreshold
from sklearn.impute import SimpleImputer
from sklearn.manifold import TSNE
from sklearn.metrics import adjusted_rand_score
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.random_projection import GaussianRandomProjection

import deepkmeans
from deepkmeans import DeepKMeans
from deepkmeans.exceptions import InvalidDataError, InvalidParameterError, MissingValuesWarning, ModelFileError
from deepkmeans.training import Checkpoint

QUICK = {"pretrain_epochs": 2, "max_epochs": 3, "random_state": 0}
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture(scope="module")
def blobs():
    return make_blobs(200, centers=4, n_features=30, random_state=0)


@pytest.fixture(scope="module")
def words():
    """Three topics of words each, (240, 300) counts as weights: sparse, and their topics."""
    random = np.random.RandomState(0)
    topic = np.arange(240) % 3
    rate = np.where(np.arange(300)[None, :] % 3 == topic[:, None], 0.3, 0.02)
    return sp.csr_matrix(random.poisson(rate) * random.uniform(0.5, 2.0, 300)), topic


@pytest.mark.parametrize(
    ("objective", "columns", "sparse", "directions"),
    [
        ("selflabel", 256, False, None),
        ("selflabel", 257, False, 60),  # of 60 rows there are no more directions
        ("selflabel", 257, True, 60),
        ("dcn", 256, True, None),
        ("dcn", 257, True, 60),
        ("dcn", 257, False, None),
        ("dcn", 4097, False, 60),
    ],
)
def test_auto_projects_where_columns_are_many(objective, columns, sparse, directions):
    X = np.random.RandomState(0).rand(60, columns) + 5 * (np.arange(60) % 2)[:, None]
    X[:, ::2] = 0
    options = {"partition": "standard/15/markov"} if objective == "selflabel" and not sparse else {}
    model = DeepKMeans(2, objective=objective, **options, **QUICK).fit(sp.csr_matrix(X) if sparse else X)
    assert model.report_["n_components"] == directions == model.report_["n_directions"]  # its earlier name
    assert model.report_["reduce"] == ("none" if directions is None else "pca")
    assert model.report_["n_columns"] == columns and model.reducer_ is None
    assert model.reconstruct(X).shape == X.shape


def test_auto_is_what_it_was_before_it_had_a_name(words):
    auto = DeepKMeans(3, **QUICK).fit(words[0])
    np.testing.assert_array_equal(
        auto.embed(words[0]), DeepKMeans(3, reduce="pca", **QUICK).fit(words[0]).embed(words[0])
    )


@pytest.mark.parametrize("objective", ["selflabel", "dcn"])
def test_pca_and_none_are_taken_at_their_word(blobs, words, objective):
    X, y = blobs
    forced = DeepKMeans(4, objective=objective, reduce="pca", **QUICK).fit(X)
    assert forced.encoder_.module.n_inputs == 30 and forced.report_["n_directions"] == 30
    assert adjusted_rand_score(y, forced.labels_) > 0.9
    rotation = forced.scaling_.components.numpy()
    np.testing.assert_allclose(rotation.T @ rotation, np.eye(30), atol=1e-10)
    none = DeepKMeans(3, objective=objective, reduce="none", **QUICK).fit(words[0])
    assert none.encoder_.module.n_inputs == 300 and none.report_["reduce"] == "none"
    np.testing.assert_array_equal(none.predict(words[0]), none.labels_)


def test_pictures_that_are_projected_are_no_pictures():
    pictures = np.random.RandomState(0).rand(60, 18, 18)
    assert DeepKMeans(2, reduce="pca", **QUICK).fit(pictures).report_["image_shape"] is None
    context = DeepKMeans(2).prepare(pictures)
    assert context.plan.data.image_shape == (18, 18, 1) and context.rows.network.n_inputs == 324


def test_an_encoder_of_ones_own_meets_its_columns(blobs):
    torch = pytest.importorskip("torch")
    wide = np.tile(blobs[0], 10)
    model = DeepKMeans(4, objective="dec", encoder=lambda n, e: torch.nn.Linear(n, e), **QUICK).fit(sp.csr_matrix(wide))
    assert model.encoder_.module.module.in_features == 300


@pytest.mark.parametrize("objective", ["selflabel", "dcn"])
@pytest.mark.parametrize("transformer", [PCA(3), TruncatedSVD(3), make_pipeline(VarianceThreshold(), PCA(3))], ids=str)
def test_a_transformer_stands_before_the_network(blobs, objective, transformer):
    X, y = blobs
    model = DeepKMeans(4, objective=objective, reduce=transformer, **QUICK).fit(X)
    assert model.encoder_.module.n_inputs == 3 == model.report_["n_directions"]
    assert not hasattr(transformer, "n_features_in_")  # cloned, not fitted in place
    assert adjusted_rand_score(y, model.labels_) > 0.9
    np.testing.assert_array_equal(model.predict(X), model.labels_)
    np.testing.assert_array_equal(model.predict(X[5:9]), model.labels_[5:9])
    assert model.n_features_in_ == 30 and model.decode(model.cluster_centers_).shape == (4, 30)


def test_by_hand_a_transformer_is_the_same_fit_on_transformed_rows(blobs):
    X, _ = blobs
    made = PCA(3, random_state=1).fit(X).transform(X)
    outside = DeepKMeans(4, objective="dcn", **QUICK).fit(made)
    inside = DeepKMeans(4, objective="dcn", reduce=PCA(3, random_state=1), **QUICK).fit(X)
    np.testing.assert_array_equal(inside.embed(X), outside.embed(made))


def test_sparse_rows_go_through_a_transformer_sparse(words):
    class Seen(BaseEstimator, TransformerMixin):
        def fit(self, X, y=None):
            assert sp.issparse(X)
            self.fitted_ = True
            return self

        def transform(self, X):
            assert sp.issparse(X)
            return X[:, :50]

    model = DeepKMeans(3, objective="dcn", reduce=Seen(), **QUICK).fit(words[0])
    assert model.encoder_.module.n_inputs == 50
    with pytest.raises(InvalidParameterError, match="Seen has no inverse_transform, so an embedding cannot be decoded"):
        model.reconstruct(words[0])


def test_a_transformers_own_randomness_follows_random_state(blobs):
    X, _ = blobs
    fits = [DeepKMeans(4, objective="dcn", reduce=GaussianRandomProjection(5), **QUICK).fit(X) for _ in range(2)]
    np.testing.assert_array_equal(fits[0].embed(X), fits[1].embed(X))
    other = clone(fits[0]).set_params(random_state=1).fit(X)
    assert (other.reducer_.components_ != fits[0].reducer_.components_).any()
    given = clone(fits[0]).set_params(reduce__random_state=7).fit(X)
    assert given.reducer_.random_state == 7


def test_parameters_of_a_transformer_are_searched(blobs):
    search = GridSearchCV(
        DeepKMeans(4, objective="dcn", reduce=PCA(), **QUICK), {"reduce__n_components": [2, 5]}, cv=2
    ).fit(blobs[0])
    assert search.best_params_["reduce__n_components"] in (2, 5)
    assert search.best_estimator_.reducer_.n_components_ == search.best_params_["reduce__n_components"]
    assert DeepKMeans(reduce=PCA(4)).get_params()["reduce__n_components"] == 4
    assert "reduce__n_components" not in DeepKMeans().get_params()
    assert clone(DeepKMeans(reduce=PCA(4))).reduce.n_components == 4


def test_missing_cells_are_filled_before_a_transformer_unless_it_takes_them(blobs):
    X = blobs[0].copy()
    X[::10, 2] = np.nan
    with pytest.warns(MissingValuesWarning, match="'2': 20"):
        model = DeepKMeans(4, objective="dcn", reduce=PCA(3), **QUICK).fit(X)
    filled = np.where(np.isnan(X), np.nanmean(X, axis=0), X)
    np.testing.assert_allclose(model.reducer_.mean_, filled.mean(0), rtol=1e-9)
    np.testing.assert_array_equal(model.predict(X), model.labels_)
    own = make_pipeline(SimpleImputer(strategy="constant", fill_value=99.0), PCA(3))
    imputing = DeepKMeans(4, objective="dcn", reduce=own, **QUICK).fit(X)
    assert imputing.report_["imputed"] == {} and imputing.reducer_[1].mean_[2] > 5


@pytest.mark.parametrize("objective", ["selflabel", "dcn"])
def test_many_columns_with_holes_empty_and_constant_ones(objective):
    random = np.random.RandomState(0)
    X = random.randn(90, 300) + 6 * (np.arange(90) % 3 == 1)[:, None] - 6 * (np.arange(90) % 3 == 2)[:, None]
    X[:, 7], X[:, 8], X[::5, 9] = np.nan, 4.0, np.nan
    with pytest.warns(MissingValuesWarning, match="'7': 90, '9': 18"):
        model = DeepKMeans(3, objective=objective, reduce="pca", **QUICK).fit(X)
    flags = 0 if model.report_.get("chosen") == "k-means" else 2  # K-Means is not told what was missing, networks are
    assert model.report_["n_directions"] == 90 and model.encoder_.module.n_inputs == 90 + flags
    assert adjusted_rand_score(np.arange(90) % 3, model.labels_) > 0.9
    assert np.isfinite(model.embed(X)).all() and np.isfinite(model.reconstruct(X)).all()


class Odd(BaseEstimator, TransformerMixin):
    def __init__(self, what="nan"):
        self.what = what

    def fit(self, X, y=None):
        self.fitted_ = True
        return self

    def transform(self, X):
        return {"nan": X * np.nan, "fewer": X[1:], "same": X * 0, "text": X.astype(str)}[self.what]


@pytest.mark.parametrize(
    ("reduce", "error", "words"),
    [
        ("svd", InvalidParameterError, "must be one of 'auto', 'pca', 'none', 'tsne', 'umap' or a scikit-learn"),
        (3, InvalidParameterError, "'reduce' parameter"),
        (None, InvalidParameterError, "'reduce' parameter"),
        (PCA, InvalidParameterError, "'reduce' parameter"),
        (TSNE(), InvalidParameterError, "scikit-learn transformer with fit and transform"),
        (PCA(500), InvalidParameterError, "PCA cannot take 200 rows of 30 columns: n_components=500"),
        (Odd("nan"), InvalidDataError, "Odd made values that are not finite"),
        (Odd("fewer"), InvalidDataError, "Odd made [0-9]+ rows of"),
        (Odd("same"), InvalidDataError, "Odd makes all 200 rows the same"),
    ],
)
def test_what_cannot_reduce_is_said_in_words(blobs, reduce, error, words):
    with pytest.raises(error, match=words):
        DeepKMeans(4, reduce=reduce, **QUICK).fit(blobs[0])


def test_a_file_holds_a_projection_and_recognises_a_transformer(blobs, words, tmp_path):
    X, _ = blobs
    built_in = DeepKMeans(3, objective="dcn", **QUICK).fit(words[0])
    deepkmeans.save(built_in, tmp_path / "own.dkm")
    loaded = deepkmeans.load(tmp_path / "own.dkm")
    np.testing.assert_array_equal(loaded.embed(words[0]), built_in.embed(words[0]))
    assert loaded.reduce == "auto" and loaded.reducer_ is None
    with pytest.raises(ModelFileError, match="holds its whole reduction: load it without reduce="):
        deepkmeans.load(tmp_path / "own.dkm", reduce=PCA(3))

    model = DeepKMeans(4, objective="dcn", reduce=PCA(3), **QUICK).fit(X)
    deepkmeans.save(model, tmp_path / "pca.dkm")
    path = tmp_path / "pca.dkm"
    with pytest.raises(
        ModelFileError, match=r"reduce=PCA\(...\), a transformer of the user's own.*load\(path, reduce="
    ):
        deepkmeans.load(path)
    with pytest.raises(ModelFileError, match="is not the PCA of the fit: .*not fitted yet"):
        deepkmeans.load(path, reduce=PCA(3))
    with pytest.raises(ModelFileError, match="maps the same rows elsewhere"):
        deepkmeans.load(path, reduce=PCA(3).fit(X[:50]))
    with pytest.raises(ModelFileError, match="is not the PCA of the fit"):
        deepkmeans.load(path, reduce="pca")
    again = deepkmeans.load(path, reduce=model.reducer_)
    np.testing.assert_array_equal(again.transform(X), model.transform(X))
    np.testing.assert_array_equal(again.reconstruct(X), model.reconstruct(X))
    deepkmeans.save(again, tmp_path / "again.dkm")
    assert (tmp_path / "again.dkm").read_bytes() == path.read_bytes()
    plain = deepkmeans.KMeans(3, random_state=0).fit(X)
    deepkmeans.save(plain, tmp_path / "k.dkm")
    with pytest.raises(InvalidParameterError, match="holds a KMeans, which has no reduction"):
        deepkmeans.load(tmp_path / "k.dkm", reduce=PCA(3))


def test_a_checkpoint_belongs_to_its_reduction(blobs, tmp_path):
    fit = DeepKMeans(4, objective="dcn", reduce=PCA(3), callbacks=[Checkpoint(tmp_path)], **QUICK).fit(blobs[0])
    assert fit.n_iter_ > 0
    other = DeepKMeans(4, objective="dcn", reduce=PCA(4), callbacks=[Checkpoint(tmp_path, resume=True)], **QUICK)
    with pytest.raises(ModelFileError, match="another fit"):
        other.fit(blobs[0])


def test_sparse_rows_that_are_all_the_same_or_hold_nan_are_refused():
    same = sp.csr_matrix(np.tile([0.0, 1.0, 0.0, 2.0], (50, 1)))
    with pytest.raises(InvalidDataError, match="All 50 rows of X are the same"):
        DeepKMeans(2).fit(same)
    with pytest.raises(InvalidDataError, match="All 50 rows"):
        DeepKMeans(2).fit(sp.csr_array((50, 4)))
    hole = sp.random(60, 300, 0.1, random_state=0, format="csr")
    hole.data[4] = np.nan
    with pytest.raises(InvalidDataError, match=r"contains NaN: 1 cells? in column \d+. Fill them."):
        DeepKMeans(2).fit(hole)


@pytest.mark.parametrize("container", [np.array, sp.csr_matrix])
def test_a_transformer_in_place_leaves_the_rows_alone(blobs, container):
    X = container(blobs[0])
    model = DeepKMeans(4, objective="dcn", reduce=StandardScaler(copy=False, with_mean=False), **QUICK)
    labels = model.fit(X).labels_
    assert np.array_equal(model.predict(X), labels) and np.array_equal(model.predict(X), labels)
    assert abs(X - blobs[0]).max() == 0
