"""Rows come back in the user's own columns, units and words, whatever model they went into."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.cluster import DBSCAN
from sklearn.cluster import KMeans as SklearnKMeans
from sklearn.datasets import load_digits, load_iris
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from deepkmeans import DeepKMeans, KMeans
from deepkmeans.exceptions import InvalidDataError
from deepkmeans.inspection.original import OriginalRows
from deepkmeans.inspection.reading import original_rows

CITIES, SIZES = np.array(["Bern", "Paris", "Rome"], dtype=object), np.array(["small", "medium", "large"], dtype=object)


@pytest.fixture(scope="module")
def customers() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    group = rng.integers(0, 3, 200)
    frame = pd.DataFrame({
        "id": [f"c{row:04d}" for row in range(200)],
        "income": [f"{value:,.0f} EUR" for value in 20_000 * (group + 1) + rng.normal(0, 2_000, 200)],
        "city": CITIES[group],
        "joined": pd.Timestamp("2020-01-01") + pd.to_timedelta(group * 400 + rng.integers(0, 50, 200), unit="D"),
        "active": np.where(group > 0, "yes", "no"),
        "size": SIZES[group],
        "tags": np.array(["new;web", "shop", "web"], dtype=object)[rng.integers(0, 3, 200)],
    })  # fmt: skip
    frame.loc[3, ["income", "city"]] = None
    return frame


@pytest.fixture(scope="module")
def rows(customers: pd.DataFrame) -> OriginalRows:
    return original_rows(DeepKMeans(3, partition="k-means", random_state=0).fit(customers), customers)


def test_a_table_keeps_names_units_and_words(rows: OriginalRows) -> None:
    assert {column.name: column.kind for column in rows.columns if column.name != "tags"} == {
        "income": "number", "city": "category", "joined": "date", "active": "boolean", "size": "ordinal",
    }  # fmt: skip
    income, active = rows.column("income"), rows.column("active")
    assert income.unit == "EUR"
    assert income.shown(82_341.0) == "82,300 EUR"
    assert income.missing.nonzero()[0].tolist() == [3]
    assert [active.shown(value) for value in (0.0, 1.0, np.nan)] == ["no", "yes", "nothing"]
    assert rows.column("size").levels == ("small", "medium", "large")
    assert rows.shown(3)["city"] == "nothing"
    with pytest.raises(KeyError):
        rows.column("id")


def test_rows_are_taken_by_position(rows: OriginalRows) -> None:
    taken = rows.take([5, 3])
    assert len(taken) == 2
    assert taken.shown(1) == rows.shown(3)
    assert taken.frame().shape == (2, len(rows.columns))


def test_conditions_are_in_the_words_of_the_column(rows: OriginalRows) -> None:
    design = rows.design()
    assert design.values.shape == (200, len(design.features))
    features = {feature.name: feature for feature in design.features}
    assert features["income"].condition(52_000.0, above=True) == "income above 52,000 EUR"
    assert features["city = Bern"].condition(0.5, above=False) == "city is not Bern"
    assert features["active"].condition(0.5, above=True) == "active is yes"
    assert features["size"].condition(0.5, above=True) == "size is medium or above"
    assert features["size"].condition(1.5, above=True) == "size is large"
    assert features["size"].condition(0.5, above=False) == "size is small"
    days = float(np.datetime64("2024-05-03", "D").astype(int))
    assert features["joined"].condition(days, above=True) == "joined after 3 May 2024"
    assert np.isnan(design.values[3, [feature.name for feature in design.features].index("income")])


def test_texts_pictures_and_numbers() -> None:
    texts = ["cats and dogs purr", "dogs bark at cats", "stocks fell today", "markets and stocks rise"] * 10
    read = original_rows(DeepKMeans(2, partition="k-means", random_state=0).fit(texts), texts)
    assert (read.kind, read.texts) == ("texts", tuple(texts))
    assert "text mentions stocks" in {feature.condition(0.5, above=True) for feature in read.design().features}
    digits = load_digits().data[:200]
    for model in (SklearnKMeans(3, random_state=0), KMeans(3, random_state=0)):
        pictures = original_rows(model.fit(digits), digits).pictures
        assert pictures is not None
        assert np.array_equal(pictures.reshape(200, -1), digits)


def test_any_clusterer_of_numbers() -> None:
    X = load_iris(as_frame=True).data
    names = list(X.columns)
    for model, given, wanted in (
        (SklearnKMeans(3, random_state=0), X, names),
        (DBSCAN(), X, names),
        (make_pipeline(StandardScaler(), SklearnKMeans(3, random_state=0)), X.to_numpy(), ["x0", "x1", "x2", "x3"]),
    ):
        read = original_rows(model.fit(given), given)
        assert [column.name for column in read.columns] == wanted
        assert np.array_equal(read.design().values, X.to_numpy())
    array = X.to_numpy()
    named = original_rows(SklearnKMeans(3, random_state=0).fit(array), array, feature_names=names)
    assert [column.name for column in named.columns] == names
    with pytest.raises(InvalidDataError, match="'feature_names' must be 4 different names"):
        original_rows(SklearnKMeans(3, random_state=0).fit(array), array, feature_names=["a"])


def test_wide_sparse_rows_keep_the_columns_of_most_cells() -> None:
    X = sp.random(100, 1500, 0.02, format="csr", random_state=0)
    read = original_rows(SklearnKMeans(2, random_state=0).fit(X), X)
    assert (len(read.columns), read.n_left_out) == (1000, 500)
