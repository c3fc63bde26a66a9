"""Numbers are taken whatever they are wrapped in, by every way in, and nothing that is given is changed."""

import decimal
import fractions
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import torch

from deepkmeans import Autoencoder, DeepKMeans, KMeans
from deepkmeans.data import check_input
from deepkmeans.data.images import flatten_pictures
from deepkmeans.data.validation import as_numbers
from deepkmeans.exceptions import InvalidDataError, InvalidParameterError
from deepkmeans.inspection import project
from deepkmeans.model_selection import make_label_free_scorer, select_embedding_dim, select_n_clusters
from tests.unit.estimators.held import DATES, DAYS, B, cells, frame, masked


def test_numbers_are_taken_whatever_they_are_wrapped_in():
    whole = np.arange(12.0).reshape(6, 2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        matrix = np.asmatrix(whole)
    arrow = pd.DataFrame({"a": whole[:, 0], "b": whole[:, 1]})
    for same in (
        matrix, whole.tolist(), whole.astype(object), np.ma.array(whole), whole.astype(np.longdouble),
        whole.astype(">f8"), arrow, arrow.convert_dtypes(), arrow.astype(object), arrow.astype("int64[pyarrow]"),
        pd.DataFrame(whole, columns=pd.MultiIndex.from_tuples([("x", "a"), ("x", "b")])), pd.DataFrame(whole),
        arrow.astype({"a": "category"}), arrow.astype({"a": pd.SparseDtype(float, 0.0)}),
        pl.DataFrame(arrow.to_dict("list")),
        pa.Table.from_pandas(arrow), pa.RecordBatch.from_pandas(arrow), pa.Tensor.from_numpy(whole),
        np.array([[fractions.Fraction(int(v)) for v in row] for row in whole], dtype=object),
        np.array([[decimal.Decimal(int(v)) for v in row] for row in whole], dtype=object),
    ):  # fmt: skip
        rows = as_numbers(same)
        np.testing.assert_array_equal(rows, whole)
        assert type(rows) is np.ndarray and rows.dtype == np.float64
    for small in (
        whole.astype(np.float32), whole.astype(np.int8), whole.astype(np.float16), np.ma.array(whole.astype(np.uint8)),
        arrow.astype(np.float32), arrow.astype("Int16"), pl.DataFrame(arrow.astype(np.int8).to_dict("list"), schema={
            "a": pl.Int8, "b": pl.Float32}),
    ):  # fmt: skip
        rows = as_numbers(small)
        np.testing.assert_array_equal(rows, whole)
        assert rows.dtype == np.float32
    dummies = pd.get_dummies(pd.Series(["x", "y", "x"]), sparse=True)
    np.testing.assert_array_equal(as_numbers(dummies).toarray(), [[1, 0], [0, 1], [1, 0]])
    mixed = dummies.assign(z=pd.arrays.SparseArray([0, 3, 0]))
    np.testing.assert_array_equal(as_numbers(mixed).toarray(), [[1, 0, 0], [0, 1, 3], [1, 0, 0]])
    shifted = pd.DataFrame({"a": pd.arrays.SparseArray([1.0, 2, 1], fill_value=1.0)})
    np.testing.assert_array_equal(as_numbers(shifted), [[1], [2], [1]])


def test_nothing_given_is_changed_and_float_rows_are_not_copied():
    X = np.arange(12.0).reshape(6, 2)
    assert np.shares_memory(check_input(X, "KMeans").X, X)
    hidden = masked(B.copy())
    before = hidden.copy()
    as_numbers(hidden)
    np.testing.assert_array_equal(hidden.data, before.data)
    np.testing.assert_array_equal(hidden.mask, before.mask)


def test_every_way_in_refuses_alike():
    good = np.abs(B) + 1
    model, network = KMeans(2, random_state=0).fit(good), Autoencoder(2, max_epochs=1, random_state=0).fit(good)
    deep = DeepKMeans(2, objective="sequential", pretrain_epochs=0, max_epochs=1, random_state=0).fit(good)
    ways = [
        model.fit, model.partial_fit, model.predict, model.transform, model.score, model.fit_predict, network.transform,
        network.score, deep.predict, deep.transform, deep.predict_proba, deep.embed, deep.reconstruct, deep.score,
        lambda X: project(model, X), lambda X: make_label_free_scorer()(model, X),
    ]  # fmt: skip
    take_tables = [
        network.fit, deep.fit, lambda X: select_n_clusters(model, X), lambda X: select_n_clusters(deep, X),
        lambda X: select_embedding_dim(network, X),
    ]  # fmt: skip
    days = np.full((12, 3), "2020-01-01", dtype="M8[D]")
    tables = [(pd.DataFrame(days, columns=[*"abc"]), DATES), (cells("x"), "row 5, column 1")]
    bad = [
        (days, DATES), (pd.DataFrame(good, columns=["a", "a", "b"]), "'a' .2 times"), (good + 1j, "Complex"),
        (torch.from_numpy(good).to_sparse(), "sparse tensor"), (torch.empty(12, 3, device="meta"), "meta"),
        ([[1.0], [1.0, 2.0]], "no table"),
    ]  # fmt: skip
    for way in [*ways, *take_tables]:
        for X, words in bad if way in take_tables else [*tables, *bad]:
            with pytest.raises(InvalidDataError, match=words):
                way(X)
    with pytest.raises(InvalidDataError, match="X has 2 features, but KMeans is expecting 3"):
        model.predict(good[:, :2])
    named = KMeans(2, random_state=0).fit(pd.DataFrame(good, columns=[*"abc"]))
    with pytest.raises(InvalidDataError, match="feature names should match"):
        named.predict(pd.DataFrame(good, columns=[*"abd"]))
    assert named.predict(pl.DataFrame(dict(zip("abc", good.T, strict=True)))).shape == (12,)


def test_weights_centres_and_codes_are_numbers_too():
    good = np.abs(B) + 1
    for weight, words in (
        (DAYS.to_numpy(), "sample_weight holds dates"), (["x"] * 12, "sample_weight, row 0 .*the text 'x'"),
        (["1"] * 12, "sample_weight, row 0 .*'1' is stored as text"), (np.ones(12) * 1j, "Complex"),
        (1j, "sample_weight must be an array"), ("x", "sample_weight must be an array, got 'x'"),
        (masked(np.ones(12), 3), "NaN"),
        (pd.array([None] + [1] * 11, dtype="Int64"), "NaN"), (np.ones((12, 1)), "shape"),
        (np.ones(11), "shape"), (-np.ones(12), "[Nn]egative"), (torch.ones(12).to_sparse(), "sparse tensor"),
        (pd.DataFrame({"a": [1.0] * 12}), "shape"), (np.full(12, np.inf), "inf"),
    ):  # fmt: skip
        for call in (KMeans(2).fit, KMeans(2).partial_fit, DeepKMeans(2).fit, KMeans(2).fit(good).score):
            with pytest.raises(InvalidDataError, match=words):
                call(good, sample_weight=weight)
    expected = KMeans(2, random_state=0).fit(good, sample_weight=np.arange(12.0)).inertia_
    for weight in (pd.Series(range(12)), torch.arange(12), pl.Series(range(12)), [*range(12)], pa.array(range(12))):
        assert KMeans(2, random_state=0).fit(good, sample_weight=weight).inertia_ == expected
    for init, words in (
        (days := np.full((2, 3), "2020-01-01", dtype="M8[D]"), "init holds dates"), ([["a", 1, 2]] * 2, "the text 'a'"),
        (masked(good[:2], (0, 1)), "NaN"), (torch.ones(2, 3).to_sparse(), "sparse tensor"),
        ([[1.0], [1.0, 2]], "no table"), ([1.0, 2.0], "2D"), (good[:2] * 1j, "Complex"),
        (pd.DataFrame(days), "init holds dates"),
    ):  # fmt: skip
        with pytest.raises(InvalidParameterError, match="'init' parameter of KMeans.*" + words):
            KMeans(2, init=init).fit(good)
    start = KMeans(2, init=good[:2]).fit(good)
    for init in (torch.from_numpy(good[:2]).requires_grad_(), pd.DataFrame(good[:2]), good[:2].tolist()):
        np.testing.assert_array_equal(KMeans(2, init=init).fit(good).cluster_centers_, start.cluster_centers_)
    network = Autoencoder(2, max_epochs=1, random_state=0).fit(good)
    deep = DeepKMeans(2, objective="sequential", pretrain_epochs=0, max_epochs=1, random_state=0).fit(good)
    for decode in (network.inverse_transform, deep.decode):
        assert decode(torch.zeros(4, 2, requires_grad=True)).shape == (4, 3)
        for codes, words in ((np.ones((4, 3)), "embedding_dim.*4, 3"), (days, "dates"), ([["a", "b"]], "the text 'a'")):
            with pytest.raises(InvalidDataError, match=words):
                decode(codes)


def test_masked_pictures_and_imputed_masks():
    pictures, shape = flatten_pictures(masked(np.ones((3, 8, 8)), (0, 1, 1)))
    assert shape == (8, 8, 1) and np.isnan(as_numbers(pictures)).sum() == 1
    hidden = masked(np.vstack([B, B + 9, B + 1, B + 8]), (np.arange(6), 1))
    options = {"objective": "sequential", "pretrain_epochs": 1, "max_epochs": 1, "random_state": 0}
    with pytest.warns(Warning, match="Missing values were imputed by column means .'1': 6"):
        one = DeepKMeans(2, **options).fit(hidden)
    with pytest.warns(Warning, match="imputed"):
        other = DeepKMeans(2, **options).fit(hidden.filled(np.nan))
    np.testing.assert_array_equal(one.cluster_centers_, other.cluster_centers_)
    with pytest.raises(InvalidDataError, match=r"contains NaN: 6 cells? in column 1"):
        DeepKMeans(2, missing="error", **options).fit(hidden)


@pytest.mark.parametrize("model", [KMeans(2), DeepKMeans(2), Autoencoder()])
def test_rows_of_the_wrong_shape_are_not_printed(model):
    with pytest.raises(InvalidDataError, match=r"Expected 2D array, got .*\. Reshape your data") as caught:
        model.fit(np.linspace(0, 1, 60))
    assert len(str(caught.value)) < 300 and "array=" not in str(caught.value)


@pytest.mark.parametrize("cell", [[1], {"q": 1}, pd.Interval(0, 1), object(), {3}])
def test_an_object_in_a_cell_is_an_error_with_a_public_name(cell):
    from deepkmeans import exceptions

    with pytest.raises(TypeError) as refused:
        DeepKMeans(2).fit(frame(v=[cell] * 12))
    shown = type(refused.value)
    assert issubclass(shown, InvalidDataError) and getattr(exceptions, shown.__name__) is shown
    assert shown.__name__ in exceptions.__all__ and "Column 'v' of X holds" in str(refused.value)
