"""A transformer of the user's own in front: cloned, fitted on what was given, and applied wherever rows enter."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import TruncatedSVD
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler, TargetEncoder

from deepkmeans import DeepKMeans
from deepkmeans.exceptions import InvalidDataError, InvalidParameterError, MissingValuesWarning
from tests.unit.estimators.given import autoencoder, clusterer, mixed, texts

FRAME, TEXTS = mixed(missing=False), texts()


def columns() -> ColumnTransformer:
    return ColumnTransformer([
        ("numbers", StandardScaler(), ["age"]), ("levels", OneHotEncoder(handle_unknown="ignore"), ["city", "size"]),
    ])  # fmt: skip


@pytest.fixture(scope="module")
def model() -> DeepKMeans:
    return clusterer(preprocessor=columns()).fit(FRAME)


def test_it_is_the_pipeline_of_the_two(model: DeepKMeans) -> None:
    made = np.asarray(columns().fit_transform(FRAME))
    plain = clusterer().fit(made)
    np.testing.assert_array_equal(model.labels_, plain.labels_)
    np.testing.assert_array_equal(model.cluster_centers_, plain.cluster_centers_)
    assert list(model.feature_names_in_) == list(FRAME.columns)
    assert not hasattr(model.preprocessor, "transformers_") and hasattr(model.preprocessor_, "transformers_")
    assert model.report_["input"]["kind"] == "transformer"


def test_predict_takes_columns_in_any_order(model: DeepKMeans) -> None:
    np.testing.assert_array_equal(model.predict(FRAME[FRAME.columns[::-1]]), model.labels_)
    assert model.predict(FRAME.iloc[[5]].assign(city="Paris")).shape == (1,)
    np.testing.assert_array_equal(model.predict(pl.from_pandas(FRAME)), model.labels_)
    with pytest.raises(InvalidDataError, match="X lacks 1 of the 9 columns of the fit, such as 'age'"):
        model.predict(FRAME.drop(columns="age"))
    with pytest.raises(InvalidDataError, match="another kind of input"):
        model.predict(TEXTS)
    with pytest.raises(InvalidParameterError, match="has no inverse_transform"):
        model.decode(model.cluster_centers_)


def test_of_texts_sparse_output_too() -> None:
    for transformer in (TfidfVectorizer(), make_pipeline(TfidfVectorizer(), TruncatedSVD(3))):
        model = clusterer(preprocessor=transformer).fit(TEXTS)
        np.testing.assert_array_equal(model.predict(pd.Series(TEXTS)), model.labels_)
        np.testing.assert_array_equal(clone(model).fit(TEXTS).labels_, model.labels_)  # seeded by random_state
    with pytest.raises(InvalidDataError, match="was fitted on texts"):
        model.predict(FRAME)


def test_missing_cells_of_its_output_are_imputed() -> None:
    holes = FRAME.assign(age=np.where(np.arange(90) % 9 == 0, np.nan, FRAME["age"]))
    numbers = ColumnTransformer([("n", "passthrough", ["age", "id"])], verbose_feature_names_out=False)
    with pytest.warns(MissingValuesWarning, match="'age': 10"):
        model = clusterer(preprocessor=numbers).fit(holes)
    np.testing.assert_array_equal(model.predict(holes), model.labels_)
    with pytest.raises(InvalidDataError, match="contains NaN: 10"):
        clusterer(preprocessor=numbers, missing="error").fit(holes)


def test_rows_of_weight_0_are_not_in_its_fit() -> None:
    weight = (np.arange(90) % 3 > 0).astype(float)
    model = clusterer(preprocessor=columns()).fit(FRAME, sample_weight=weight)
    scaler = model.preprocessor_.named_transformers_["numbers"]
    assert scaler.mean_[0] == pytest.approx(FRAME["age"][weight > 0].mean())
    np.testing.assert_array_equal(model.labels_, model.predict(FRAME))


def test_its_parameters_are_searched() -> None:
    network = autoencoder(preprocessor=make_pipeline(TfidfVectorizer(), TruncatedSVD(3)))
    grid = {"preprocessor__truncatedsvd__n_components": [2, 3], "hidden_sizes": [(), (8,)]}
    search = GridSearchCV(network, grid, cv=2)
    assert search.fit(TEXTS).best_params_["preprocessor__truncatedsvd__n_components"] in (2, 3)
    assert clusterer(preprocessor=columns()).get_params()["preprocessor__numbers__with_mean"] is True
    set_anew = clusterer(preprocessor=columns()).set_params(preprocessor__numbers__with_mean=False)
    assert set_anew.preprocessor.get_params()["numbers__with_mean"] is False
    with pytest.raises(InvalidParameterError, match="set 'preprocessor' to an instance first"):
        clusterer().set_params(preprocessor__with_mean=False)


class _Odd(TransformerMixin, BaseEstimator):
    def __init__(self, what: str = "fewer") -> None:
        self.what = what

    def fit(self, X: object, y: object = None) -> _Odd:
        return self

    def transform(self, X: pd.DataFrame) -> object:
        if self.what == "fails":
            raise KeyError("no such thing")
        if self.what == "asserts":
            raise AssertionError("not so")
        ages = FRAME[["age"]]
        return {
            "fewer": ages[1:], "text": FRAME[["city"]], "flat": FRAME["age"], "infinite": ages / 0, "none": None,
            "half": ages.to_numpy(np.float16), "masked": np.ma.masked_array(ages, mask=ages > 50), "same": ages * 0,
        }[self.what]  # fmt: skip


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("fewer", r"a row for each of the 90 rows.*Got shape \(89, 1\)"), ("flat", r"Got shape \(90,\)"),
        ("text", "output of the 'preprocessor' _Odd, row 0"),
        ("fails", "_Odd cannot take 90 rows of 9 columns: KeyError"),
        ("infinite", "The output of the 'preprocessor' _Odd contains infinity"), ("none", "'preprocessor' _Odd .*None"),
        ("asserts", "_Odd cannot take 90 rows of 9 columns: AssertionError: not so"),
        ("same", "All 90 rows that the 'preprocessor' _Odd makes of X are the same"),
    ],
)  # fmt: skip
def test_what_it_may_not_make(what: str, words: str) -> None:
    with pytest.raises((InvalidDataError, InvalidParameterError), match=words):
        clusterer(preprocessor=_Odd(what)).fit(FRAME)


def test_half_precision_and_masks_are_numbers() -> None:
    assert clusterer(preprocessor=_Odd("half")).fit(FRAME).labels_.shape == (90,)
    with pytest.warns(MissingValuesWarning, match="imputed"):
        clusterer(preprocessor=_Odd("masked")).fit(FRAME)


def test_one_that_learns_no_columns_or_needs_a_target() -> None:
    model = clusterer(preprocessor=FunctionTransformer(pd.get_dummies)).fit(FRAME[["age", "city", "size"]])
    with pytest.raises(InvalidParameterError, match="'preprocessor' FunctionTransformer must make 7 .*learns its colu"):
        model.predict(FRAME[["age", "city", "size"]].head(1))
    for needs in (LinearDiscriminantAnalysis(), TargetEncoder()):
        with pytest.raises(InvalidParameterError, match="cannot take .* no target y; choose one that needs none"):
            clusterer(preprocessor=needs).fit(FRAME[["age"]])


def test_numbers_may_go_through_one_too() -> None:
    X = np.random.RandomState(0).randn(60, 3)
    model = clusterer(preprocessor=FunctionTransformer(lambda rows: rows[:, :2])).fit(X)
    np.testing.assert_array_equal(model.labels_, clusterer().fit(X[:, :2]).labels_)
    assert model.n_features_in_ == 3
    with pytest.raises(InvalidDataError, match="expecting 3 features"):
        model.predict(X[:, :2])


def test_an_encoder_of_texts_has_nothing_to_do_behind_a_transformer() -> None:
    with pytest.raises(InvalidParameterError, match="leave out one of them"):
        clusterer(preprocessor=TfidfVectorizer(), encoder=lambda texts: np.ones((len(texts), 2))).fit(TEXTS)
