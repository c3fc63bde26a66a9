"""The smallest change: by hand, verified by predict, in the user's own cells, and never out of range."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import DBSCAN
from sklearn.cluster import KMeans as PlainKMeans
from sklearn.datasets import load_wine
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from deepkmeans import DeepKMeans
from deepkmeans.exceptions import InvalidDataError, InvalidParameterError
from deepkmeans.inspection import smallest_change
from deepkmeans.inspection.cell_values import CellValues
from deepkmeans.inspection.original import OriginalColumn
from deepkmeans.inspection.smallest_change import _instead

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def changed(X, change):
    """The row of a change, with its new cells, in the container of ``X``."""
    frame = isinstance(X, pd.DataFrame)
    row = X.iloc[[change.row]].copy() if frame else X[[change.row]].copy()
    for name, _, new in change.changes:
        if frame:
            row[name] = [new]
        else:
            row[0, int(name[1:])] = new
    return row


def test_the_border_of_two_centres_by_hand():
    """Centres at 1 and 9 in the first column, the border at 5; whole numbers stay whole."""
    X = pd.DataFrame({"visits": [0, 1, 2, 8, 9, 10], "noise": [1.5, 2.5, 1.5, 1.5, 2.5, 1.5]})
    model = PlainKMeans(2, n_init=1, random_state=0).fit(X)
    found = smallest_change(model, X, 1)
    ((name, old, new),) = found.changes
    assert (name, old, new) == ("visits", 1, 6) or (name, old, new) == ("visits", 1, 5)
    assert isinstance(new, int) and found.to_cluster == model.labels_[5] == model.predict(changed(X, found))[0]
    assert found.text == (
        f"Row 1 would be in cluster {found.to_cluster} instead of cluster {found.from_cluster} if visits were {new} "
        "instead of 1."
    )


@pytest.mark.parametrize(("kind", "frame"), [("deep", True), ("network", False), ("pipeline", True)])
def test_predict_says_so_and_cells_stay_in_range(kind, frame):
    X = load_wine(as_frame=True).data
    X = X if frame else X.to_numpy()
    made = {
        "deep": DeepKMeans(3, random_state=0),
        "network": DeepKMeans(3, partition="standard/15/spectral-diag", random_state=0),
        "pipeline": make_pipeline(StandardScaler(), PlainKMeans(3, n_init=1, random_state=0)),
    }
    model = made[kind].fit(X)
    labels = model.predict(X)
    for row, to in ((17, None), (100, int((labels[100] + 1) % 3))):
        found = smallest_change(model, X, row, to)
        assert found.from_cluster == labels[row] != found.to_cluster and (to is None or found.to_cluster == to)
        assert model.predict(changed(X, found))[0] == found.to_cluster and 1 <= len(found.changes) <= 4
        for name, old, new in found.changes:
            column = X[name].to_numpy() if frame else X[:, int(name[1:])]
            assert column.min() <= new <= column.max() and new != old
        assert 0 < found.distance < 10
        assert json.loads(json.dumps(found.to_dict()))["changes"][0]["column"] == found.changes[0][0]


def test_without_less_of_the_change_the_row_stays():
    """One column at its border: with one unit of its decimals less the row is where it was."""
    X = load_wine(as_frame=True).data
    model = PlainKMeans(3, n_init=1, random_state=0).fit(X)
    found = smallest_change(model, X, 17)
    ((name, old, new),) = found.changes
    row = changed(X, found)
    row[name] = [new + np.sign(old - new)]
    assert name == "proline" and model.predict(row)[0] == found.from_cluster


def test_categories_and_texts_of_numbers_become_others_that_are_there():
    random = np.random.RandomState(0)
    group = random.randint(2, size=200)
    X = pd.DataFrame({
        "city": np.array(["Bern", "Chur"])[group], "plan": np.array(["basic", "gold"])[group],
        "price": [f"{value:,.2f} EUR" for value in random.normal(1000 + 2000 * group, 100)],
        "rank": random.randint(1, 6, size=200),
    })  # fmt: skip
    model = DeepKMeans(2, random_state=0).fit(X)
    found = smallest_change(model, X, 0)
    assert found.changes and model.predict(changed(X, found))[0] == found.to_cluster
    for name, old, new in found.changes:
        assert new in set(X[name]) and new != old
        assert f"{new} instead of {old}" in found.text


def test_several_columns_where_no_one_column_will_do():
    """A row is on one side by the majority of five columns of two values."""
    random = np.random.RandomState(0)
    X = np.where(random.rand(200, 5) < 0.05, 1.0, 0.0)
    X[100:] = 1 - X[100:]
    model = PlainKMeans(2, n_init=1, random_state=0).fit(X)
    row = int(np.flatnonzero((X == 0).all(axis=1))[0])
    found = smallest_change(model, X, row)
    assert len(found.changes) == 3 and model.predict(changed(X, found))[0] == found.to_cluster


def test_many_columns_take_few_predictions_and_few_of_them_change():
    """Two centres near 0 and 1 in each of 300 columns: half of them have to change."""
    random = np.random.RandomState(0)
    X = np.where(random.rand(60, 300) < 0.02, 1.0, 0.0)
    X[30:] = 1 - X[30:]
    X[0] = 0.0
    model = PlainKMeans(2, n_init=1, random_state=0).fit(X)
    asked, predict = [], model.predict
    model.predict = lambda rows: (asked.append(len(rows)), predict(rows))[1]
    found = smallest_change(model, X, 0)
    assert sum(asked) < 20000 and 140 <= len(found.changes) <= 152
    assert predict(changed(X, found))[0] == found.to_cluster


def test_what_cannot_be_is_refused():
    X = load_wine(as_frame=True).data
    model = PlainKMeans(3, n_init=1, random_state=0).fit(X)
    own = int(model.labels_[0])
    with pytest.raises(InvalidParameterError, match=f"smallest_change is {own}, and the row is there already. Choose"):
        smallest_change(model, X, 0, to=own)
    with pytest.raises(InvalidParameterError, match="smallest_change is 7, and X has no row in it"):
        smallest_change(model, X, 0, to=7)
    with pytest.raises(InvalidDataError, match="There is no row 1000"):
        smallest_change(model, X, 1000)
    with pytest.raises(InvalidParameterError, match="DBSCAN cannot"):
        smallest_change(DBSCAN().fit(X), X, 0)
    pictures = np.random.RandomState(0).rand(40, 8, 8)
    with pytest.raises(InvalidDataError, match="for tables, and X is pictures"):
        smallest_change(DeepKMeans(2, max_epochs=2, random_state=0).fit(pictures), pictures, 0)


def test_a_row_that_nothing_moves_is_said():
    X = np.r_[np.zeros((5, 2)), np.ones((5, 2))]
    model = PlainKMeans(2, n_init=1, random_state=0).fit(X)
    found = smallest_change(model, X[:5], 0)
    assert found.to_cluster is None and found.changes == () and "No change within the values of X" in found.text
    assert found.to_dict()["distance"] is None


@pytest.mark.parametrize("to", ["a", 1.5, True, -1])
def test_what_is_no_cluster_is_refused(to):
    X = np.r_[np.zeros((20, 2)), np.ones((20, 2))] + np.random.default_rng(0).normal(scale=0.1, size=(40, 2))
    model = PlainKMeans(2, n_init=1, random_state=0).fit(X)
    said = "-1 is noise" if to == -1 else "must be None or an integer"
    with pytest.raises(InvalidParameterError, match=f"'to' parameter of smallest_change .*{said}"):
        smallest_change(model, X, 0, to=to)


def test_the_sentence_has_all_digits_of_the_new_cell():
    X = np.r_[np.linspace(0, 1, 21), np.linspace(3.0005, 4.0005, 21)][:, None].repeat(2, axis=1)
    X[:, 1] = 0.5
    X[0, 1] = 0.6
    model = PlainKMeans(2, n_init=1, random_state=0).fit(X)
    change = smallest_change(model, X, 3)
    ((name, _, new),) = change.changes
    moved = X[3:4].copy()
    moved[0, 0] = float(change.text.split("were ")[1].split(" instead")[0])
    assert name == "x0" and moved[0, 0] == new and model.predict(moved)[0] == change.to_cluster


def test_cells_that_look_alike_are_told_apart():
    cells = np.array([-3.0914, -3.0902])
    values = CellValues("x", cells, cells, 1.0, 2, OriginalColumn("x", "number", cells))
    assert _instead(values, -3.09, -3.0914) == "-3.09 instead of -3.0914"
    assert _instead(values, -2.5, -3.0914) == "-2.5 instead of -3.09"
    assert values.shown(np.float32(4.87), exact=True) == "4.87"


@pytest.mark.parametrize("row", [[1, 2], np.array([3])])
def test_several_rows_are_refused(row):
    X = np.r_[np.zeros((20, 2)), np.ones((20, 2))]
    with pytest.raises(InvalidParameterError, match="'row' parameter of smallest_change must be one row"):
        smallest_change(PlainKMeans(2, n_init=1, random_state=0).fit(X), X, row)
