"""Cells at predict of which the fit tells nothing: one warning, by column, count and example."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

from deepkmeans import DeepKMeans
from deepkmeans.data.preprocessing.given_fit import as_in_the_fit, transform_with_unknown_cells
from deepkmeans.exceptions import MissingValuesWarning
from tests.unit.estimators.given import groups

G = groups(90)
FRAME = pd.DataFrame({
    "age": np.round(20 + 20 * G + 4 * np.random.RandomState(0).randn(90), 1),
    "mass": [f"{10 * group + part:.2f} kg" for group, part in zip(G, np.random.RandomState(1).rand(90), strict=True)],
    "city": np.array(["Rome", "Oslo", "Lima"])[G], "size": np.array(["low", "medium", "high"])[G],
    "member": np.where(G == 1, "yes", "no"),
    "since": pd.Timestamp("2020-01-01") + pd.to_timedelta(100 * G + np.arange(90) % 50, unit="D"),
})  # fmt: skip


@pytest.fixture(scope="module")
def model() -> DeepKMeans:
    return DeepKMeans(3, max_epochs=2, partition="k-means", random_state=0).fit(FRAME)


def few(**cells: object) -> pd.DataFrame:
    """Six rows, the first cell of some columns another."""
    return pd.DataFrame({
        name: [cells[name], *column.iloc[1:6]] if name in cells else column.iloc[:6] for name, column in FRAME.items()
    })  # fmt: skip


@pytest.mark.parametrize(
    ("name", "cell", "words"),
    [
        ("mass", "12 lb", "1 cell of 'mass' could not be read as numbers and counts as missing, such as '12 lb'"),
        ("age", "old", "1 cell of 'age' could not be read as numbers .*'old'"),
        ("age", np.inf, "1 cell of 'age' could not be read as numbers .*'inf'"),
        ("city", "Paris", "1 cell of 'city' is a category that the fit has not seen .*'Paris'"),
        ("size", "huge", "1 cell of 'size' could not be read as ordered levels .*'huge'"),
        ("member", "maybe", "1 cell of 'member' could not be read as yes or no .*'maybe'"),
        ("since", "soon", "1 cell of 'since' could not be read as dates and times .*'soon'"),
    ],
)
def test_the_warning_names_column_count_and_example(name: str, cell: object, words: str, model: DeepKMeans) -> None:
    rows, gap = few(**{name: cell}), few(**{name: None})
    for ask in (model.predict, model.transform, model.embed):
        with pytest.warns(MissingValuesWarning, match=words) as caught:
            given = ask(rows)
        assert len(caught) == 1 and (ask == model.transform or caught[0].filename == __file__)
        np.testing.assert_array_equal(given, ask(gap))


def test_one_warning_for_all_columns_and_the_same_as_records(model: DeepKMeans) -> None:
    rows = few(mass="12 lb", city="Paris", age="old")
    with pytest.warns(MissingValuesWarning) as caught:
        model.predict(rows)
    assert len(caught) == 1 and all(word in str(caught[0].message) for word in ("12 lb", "Paris", "old"))
    given = as_in_the_fit(rows, model._preprocessor, 6, "DeepKMeans")
    _, unknown = transform_with_unknown_cells(model._preprocessor, given)
    assert {(cells.column, cells.count, cells.examples) for cells in unknown} == {
        ("mass", 1, ("12 lb",)), ("city", 1, ("Paris",)), ("age", 1, ("old",)),
    }  # fmt: skip


def test_known_and_missing_cells_give_no_warning(model: DeepKMeans) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.predict(FRAME)
        model.predict(few(mass=None, city="NA", age=np.nan, since="unknown"))
