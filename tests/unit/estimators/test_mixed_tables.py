"""Tables of any columns: the same fit however they are held, and predict takes what fit took."""

from __future__ import annotations

import pickle
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.metrics import adjusted_rand_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from deepkmeans import DeepKMeans, InputSpec
from deepkmeans.exceptions import CheckpointError, InvalidDataError, InvalidParameterError, MissingValuesWarning
from deepkmeans.training import Checkpoint
from tests.unit.estimators.given import autoencoder, clusterer, groups, letters, mixed, texts

FRAME = mixed()


@pytest.fixture(scope="module")
def model() -> DeepKMeans:
    with pytest.warns(MissingValuesWarning, match=r"were imputed \('age': 10, 'city': 9, 'since': 7\)"):
        return clusterer().fit(FRAME)


def test_what_is_recognised_is_in_the_report(model: DeepKMeans) -> None:
    columns = {column["name"]: column for column in model.report_["input"]["columns"]}
    assert {name: column["kind"] for name, column in columns.items()} == {
        "id": "identifier", "age": "number", "city": "category", "size": "ordinal", "since": "date", "note": "text",
        "price": "number", "member": "boolean", "shop": "constant",
    }  # fmt: skip
    assert [name for name, column in columns.items() if not column["used"]] == ["id", "shop"]
    assert all(column["reason"] for column in columns.values())
    assert model.report_["input"]["kind"] == "table" and model.report_["n_features"] == 9
    assert model.n_features_in_ == 9 and list(model.feature_names_in_) == list(FRAME.columns)
    assert adjusted_rand_score(groups(), model.labels_) > 0.9


def test_predict_takes_what_fit_took(model: DeepKMeans) -> None:
    np.testing.assert_array_equal(model.predict(FRAME), model.labels_)
    for same in (FRAME[FRAME.columns[::-1]], FRAME.drop(columns=["id", "shop"]), FRAME.assign(more=1)):
        np.testing.assert_array_equal(model.predict(same), model.labels_)
    assert [int(model.predict(FRAME.iloc[[row]])[0]) for row in range(12)] == model.labels_[:12].tolist()
    assert model.predict_proba(FRAME[:3]).shape == model.transform(FRAME[:3]).shape == (3, 3)
    assert model.embed(FRAME[:3]).shape == (3, model.cluster_centers_.shape[1]) and model.score(FRAME) < 0
    far = model.transform(FRAME[:5])[range(5), model.labels_[:5]]
    np.testing.assert_allclose(model.distances_[:5], far, rtol=1e-4)


def test_new_levels_and_rows_of_missing_cells_get_a_label(model: DeepKMeans) -> None:
    new = FRAME[:2].assign(city="Paris", size="huge", note="", since="2020-02-30")
    gone = pd.DataFrame({name: [None] for name in FRAME.columns})
    assert {*model.predict(new), *model.predict(gone)} <= {0, 1, 2}
    assert np.isfinite(model.embed(gone)).all()


@pytest.mark.parametrize(
    "held",
    [pa.Table.from_pandas, pl.from_pandas, lambda frame: frame.to_numpy(), lambda frame: frame.to_numpy().tolist()],
    ids=["Arrow", "polars", "array", "list"],
)  # fmt: skip
def test_every_container_gives_the_same_labels(held: object, model: DeepKMeans) -> None:
    X = held(FRAME)  # type: ignore[operator]
    same = clusterer().fit(X)
    assert adjusted_rand_score(same.labels_, model.labels_) == 1.0
    np.testing.assert_array_equal(same.predict(X), same.labels_)


@pytest.mark.parametrize("rows", [FRAME.to_numpy(), FRAME.to_numpy().tolist(), FRAME.set_axis(range(9), axis=1)])
def test_rows_without_names_are_taken_by_position(rows: object, model: DeepKMeans) -> None:
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        np.testing.assert_array_equal(model.predict(rows), model.labels_)
    with pytest.warns(UserWarning, match="valid feature names"), pytest.raises(InvalidDataError, match="expecting 9"):
        model.predict(FRAME.to_numpy()[:, :2])


def test_numbers_without_names_are_the_cells_of_the_columns() -> None:
    """An array of floats, one of objects and rows of cells are the same table."""
    table = pd.DataFrame({"x": [1.0, 2.0, 8.0, 9.0] * 5, "grade": ["1", "1", "5", "5"] * 5, "c": [*"uuvv"] * 5})
    model = DeepKMeans(2, max_epochs=2, random_state=0).fit(table)
    cells = np.c_[table[["x", "grade"]].to_numpy(dtype=float), np.tile([0.0, 1.0], 10)]
    expected = model.embed(pd.DataFrame(cells, columns=table.columns))
    for rows in (cells, cells.astype(object), cells.tolist(), pd.DataFrame(cells)):
        with pytest.warns(UserWarning, match="does not have valid feature names"):
            np.testing.assert_array_equal(model.embed(rows), expected)


def test_names_that_are_no_strings() -> None:
    same = clusterer().fit(FRAME.to_numpy())
    with pytest.warns(UserWarning, match="was fitted without feature names"):
        np.testing.assert_array_equal(same.predict(FRAME), same.labels_)
    for names in (range(2000, 2009), range(9), pd.date_range("2020-01-01", periods=9), [(n, "v") for n in range(9)]):
        numbered = FRAME.set_axis(names, axis=1)
        by_number = clusterer().fit(numbered)
        assert [column["name"] for column in by_number.report_["input"]["columns"]] == [*map(str, numbered.columns)]
        np.testing.assert_array_equal(by_number.predict(FRAME.to_numpy()), by_number.labels_)
        np.testing.assert_array_equal(by_number.predict(numbered[numbered.columns[::-1]]), by_number.labels_)
        with pytest.raises(InvalidDataError, match="lacks the column"):
            by_number.predict(numbered.iloc[:, :3])


def test_columns_in_another_order_at_the_fit(model: DeepKMeans) -> None:
    assert adjusted_rand_score(clusterer().fit(FRAME[FRAME.columns[::-1]]).labels_, model.labels_) == 1.0


def test_weights_are_repetitions_and_rows_of_weight_0_in_no_statistic() -> None:
    weight = np.random.RandomState(0).randint(0, 3, len(FRAME)).astype(float)
    weighed = clusterer().fit(FRAME, sample_weight=weight)
    repeated = clusterer().fit(FRAME.loc[FRAME.index.repeat(weight.astype(int))].reset_index(drop=True))
    np.testing.assert_allclose(weighed.embed(FRAME), repeated.embed(FRAME), rtol=0.05, atol=0.05)
    assert adjusted_rand_score(weighed.predict(FRAME), repeated.predict(FRAME)) == 1.0
    np.testing.assert_array_equal(weighed.labels_, weighed.predict(FRAME))
    odd = FRAME.copy()
    odd.loc[weight == 0, "city"] = "nowhere"
    odd.loc[weight == 0, "age"] = 1e6
    assert clusterer().fit(odd, sample_weight=weight).report_["input"] == weighed.report_["input"]


def test_a_frame_of_numbers_is_the_numbers() -> None:
    iris = load_iris(as_frame=True).data
    plain = clusterer().fit(iris.to_numpy())
    named = clusterer().fit(iris)
    keyed = clusterer().fit(iris.assign(row=range(150)))
    spelt = clusterer().fit(iris.assign(row=range(150)).map(lambda cell: f"{cell} cm" if cell % 1 else str(cell)))
    for other in (named, keyed, spelt):
        np.testing.assert_array_equal(other.cluster_centers_, plain.cluster_centers_)
        np.testing.assert_array_equal(other.labels_, plain.labels_)
    assert "input" not in named.report_ and named.preprocessor_ is None
    assert keyed.report_["input"]["columns"][-1]["kind"] == "identifier" and keyed.scaling_.kind == plain.scaling_.kind
    assert list(keyed.decode(keyed.cluster_centers_).columns) == list(iris.columns)


def test_a_column_of_texts_alone_is_texts() -> None:
    frame = pd.DataFrame({"id": range(90), "title": texts()})
    of_frame, of_list = clusterer().fit(frame), clusterer().fit(texts())
    np.testing.assert_array_equal(of_frame.labels_, of_list.labels_)
    np.testing.assert_array_equal(of_frame.predict(frame[["title"]]), of_list.labels_)
    assert [column["used"] for column in of_frame.report_["input"]["columns"]] == [False, True]


def test_a_spec_decides() -> None:
    spec = InputSpec(columns={"note": "ignored", "price": "category"}, levels={"size": ["low", "medium", "high"]})
    columns = clusterer(preprocessor=spec).fit(FRAME).report_["input"]["columns"]
    assert {"note": ("ignored", False), "price": ("category", True)}.items() <= {
        column["name"]: (column["kind"], column["used"]) for column in columns
    }.items()
    X = np.random.RandomState(0).randint(0, 3, (60, 2)).astype(float)
    coded = clusterer(preprocessor=InputSpec(columns={"1": "category"})).fit(X)
    np.testing.assert_array_equal(coded.predict(X), coded.labels_)
    assert coded.report_["input"]["columns"][1]["kind"] == "category"


def test_what_is_decoded_is_a_frame(model: DeepKMeans) -> None:
    rows = model.reconstruct(FRAME[:4])
    assert list(rows.columns) == [name for name in FRAME.columns if name not in ("id", "shop")]
    assert set(rows["city"]) <= {"Rome", "Oslo", "Lima"} and set(rows["size"]) <= {"low", "medium", "high"}
    assert model.decode(model.cluster_centers_)["age"].between(10, 80).all()
    network = autoencoder().fit(FRAME)
    assert list(network.inverse_transform(network.transform(FRAME[:4])).columns) == list(rows.columns)


@pytest.mark.parametrize(
    ("X", "words"),
    [
        (FRAME.drop(columns="age"), "lacks the column 'age'"), (np.ones((2, 3)), "X has 3 features, but"),
        (["a", "b"], "was fitted on a table of 9 columns, and X is another kind of input"),
        (FRAME.iloc[0], "was fitted on a table of 9 columns.*Series"), (FRAME[:0], r"0 sample\(s\)"),
        (3.0, "another kind of input"),
    ],
    ids=["a column less", "numbers", "texts", "one row as a series", "no rows", "a number"],
)  # fmt: skip
def test_what_predict_does_not_take(X: object, words: str, model: DeepKMeans) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of rows without names
        with pytest.raises(InvalidDataError, match=words) as caught:
            model.predict(X)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("parameters", "X", "error", "words"),
    [
        ({"missing": "error"}, FRAME, InvalidDataError, "missing cells: 10 in column 'age', 9 in column 'city'"),
        ({}, FRAME[["id", "shop"]], InvalidDataError, "None of the 2 columns of X can be used"),
        ({"encoder": letters}, FRAME[["age", "city"]], InvalidParameterError, "no column of X is text"),
        ({"encoder": letters}, np.ones((5, 2)), InvalidParameterError, "pretrained encoder of texts, and X is numbers"),
        ({"preprocessor": InputSpec(columns={"nose": "text"})}, FRAME, InvalidParameterError, "did you mean 'note'"),
        ({"preprocessor": "tabel"}, FRAME, InvalidParameterError, "'preprocessor' parameter .* 'auto' or an InputSpec"),
    ],
)  # fmt: skip
def test_what_fit_does_not_take(parameters: dict, X: object, error: type[Exception], words: str) -> None:
    for estimator in (clusterer(**parameters), autoencoder(**parameters)):
        with pytest.raises(error, match=words):
            estimator.fit(X)
        assert not hasattr(estimator, "n_features_in_")


def test_missing_cells_are_refused_at_predict_too() -> None:
    whole = mixed(missing=False)
    strict = clusterer(missing="error").fit(whole)
    np.testing.assert_array_equal(strict.predict(whole), strict.labels_)
    with pytest.raises(InvalidDataError, match="missing cells: 10 in column 'age'"):
        strict.predict(FRAME)


def test_copies_of_a_model(model: DeepKMeans) -> None:
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(model)).predict(FRAME), model.labels_)
    spec = InputSpec(columns={"note": "ignored"})
    assert clone(clusterer(preprocessor=spec)).get_params()["preprocessor"] == spec
    again = clone(model).fit(FRAME)
    np.testing.assert_array_equal(again.labels_, model.labels_)
    numbers = again.fit(load_iris().data)
    assert numbers.preprocessor_ is None and numbers.predict(load_iris().data[:2]).shape == (2,)


def test_pipelines_and_frames_as_output(model: DeepKMeans) -> None:
    steps = make_pipeline(FunctionTransformer(), clusterer()).fit(FRAME)
    np.testing.assert_array_equal(steps.predict(FRAME), model.labels_)
    as_frame = clone(model).set_output(transform="pandas").fit(FRAME)
    assert list(as_frame.transform(FRAME[:2]).columns) == list(as_frame.get_feature_names_out())


def test_a_fit_with_another_spec_does_not_go_on_from_a_checkpoint(tmp_path) -> None:  # type: ignore[no-untyped-def]
    few = {"objective": "dcn", "pretrain_epochs": 1, "max_epochs": 1}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        clusterer(callbacks=[Checkpoint(tmp_path, keep=1)], **few).fit(FRAME)
        same = clusterer(callbacks=[Checkpoint(tmp_path, resume=True)], **few).fit(FRAME)
        assert same.n_iter_ == 1
        other = InputSpec(columns={"age": "number"})
        with pytest.raises(CheckpointError, match="preprocessing"):
            clusterer(callbacks=[Checkpoint(tmp_path, resume=True)], preprocessor=other, **few).fit(FRAME)


def test_infinite_cells_of_a_table_are_missing_ones() -> None:
    rows = np.random.default_rng(0).normal(size=(40, 3)) + np.arange(40)[:, None] % 2 * 8
    frame = pd.DataFrame(rows, columns=list("abc"))
    lacking, infinite = frame.copy(), frame.copy()
    lacking.iloc[3, 1], infinite.iloc[3, 1] = np.nan, np.inf
    plain, model = (DeepKMeans(2, max_epochs=2, random_state=0).fit(table) for table in (lacking, infinite))
    np.testing.assert_array_equal(model.labels_, plain.labels_)
    np.testing.assert_array_equal(model.predict(infinite), model.labels_)
    assert model.report_["input"]["notes"] == ["'b': 1 cell is infinite and counts as missing"]
    assert model.report_["imputed"] == {"b": 1}


def test_rows_of_missing_cells_alone_are_in_no_statistic_and_no_group() -> None:
    gaps = np.arange(90) % 10 == 3
    empty = FRAME.copy()
    empty.loc[gaps, [name for name in FRAME.columns if name != "id"]] = None  # a key tells nothing of a row
    model, rest = clusterer().fit(empty), clusterer().fit(empty[~gaps])
    # They count in the size of their cluster, by which clusters are numbered.
    number = np.array([model.labels_[~gaps][rest.labels_ == cluster][0] for cluster in range(rest.n_clusters_)])
    np.testing.assert_array_equal(model.labels_[~gaps], number[rest.labels_])
    np.testing.assert_array_equal(model.labels_, model.predict(empty))
    np.testing.assert_array_equal(model.cluster_centers_[number], rest.cluster_centers_)
    assert len(set(model.labels_[gaps])) == 1 and sum(model.report_["cluster_sizes"]) == 90
    assert model.report_["input"]["notes"][-1].startswith("9 rows without a single cell that is known")
    weight = np.where(np.arange(90) % 10 < 5, 1.0, 2.0)
    weighed = clusterer().fit(empty, sample_weight=weight)
    np.testing.assert_array_equal(weighed.labels_, weighed.predict(empty))
    np.testing.assert_array_equal(
        weighed.cluster_centers_, clusterer().fit(empty[~gaps], sample_weight=weight[~gaps]).cluster_centers_
    )


@pytest.mark.parametrize("cell", [None, np.nan, "NA", ""])
def test_a_table_of_missing_cells_alone(cell: object) -> None:
    with pytest.raises(InvalidDataError, match="All 20 cells of X are missing: there is nothing to cluster"):
        clusterer().fit(pd.DataFrame({"a": [cell] * 10, "b": [cell] * 10}))
