"""Contributions of rows of noise, and of cells that were filled."""

import numpy as np
import pytest
from sklearn.cluster import KMeans as PlainKMeans
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline

from deepkmeans import DeepKMeans
from deepkmeans.exceptions import InvalidDataError
from deepkmeans.inspection import explain_rows
from deepkmeans.inspection.contribution_text import sentence
from deepkmeans.inspection.original import OriginalColumn, OriginalRows
from deepkmeans.inspection.typical import TypicalValues

pytestmark = [
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
    pytest.mark.filterwarnings("ignore::deepkmeans.exceptions.MissingValuesWarning"),
]


def test_a_row_of_noise_is_not_called_a_member() -> None:
    from sklearn.cluster import DBSCAN

    X = np.r_[np.random.default_rng(0).normal(size=(60, 2)) * 0.1 + np.repeat([[0.0], [5.0]], 30, axis=0), [[2.0, 9.0]]]
    model = DBSCAN(eps=1.0).fit(X)
    assert model.labels_[60] == -1
    text = explain_rows(model, X, index=[60]).text(60)
    assert text.startswith("Row 60 is noise, in no cluster; it is nearer to cluster ")


def test_json_says_noise_and_names_the_nearest_apart() -> None:
    """Rows at 0, 1, 10, 11 and 20, 21 are three clusters; 14 is 3 from the second and 6 from the third."""
    from sklearn.cluster import DBSCAN

    X = np.array([[0.0], [1], [10], [11], [20], [21], [14]])
    model = DBSCAN(eps=1.5, min_samples=2).fit(X)
    assert model.labels_.tolist() == [0, 0, 1, 1, 2, 2, -1]
    noise, member = explain_rows(model, X, index=[6, 0]).to_dict()["rows"]
    assert noise["cluster"] == -1 and noise["nearest"] == 1 and member["cluster"] == member["nearest"] == 0


@pytest.mark.parametrize("place", [16.0, 14.0])
def test_noise_among_noise_is_nearest_to_the_nearest_clusters(place: float) -> None:
    """Fifteen rows of noise on a line up to (0, 0), clusters at x = 6, 16 and 26 below it: of these the first two are
    nearest to a row of noise at its left end, the last two to one at its right end."""
    from deepkmeans.inspection.nearness import _by_votes, _Votes

    line = np.stack([np.linspace(place, place + 1.4, 15), np.zeros(15)], axis=1)
    clusters = np.array([[6.0, -9], [16, -9], [26, -9]])
    X = np.r_[line, np.repeat(clusters, 5, axis=0)]
    labels = np.r_[np.full(15, -1), np.repeat([0, 1, 2], 5)]
    sides = _by_votes(_Votes.of(X, labels, np.unique(labels)), labels)
    away = np.abs(line[:, :1] - clusters[:, 0])
    assert sides.first[:15].tolist() == away.argsort(axis=1)[:, 0].tolist()
    assert sides.second[:15].tolist() == away.argsort(axis=1)[:, 1].tolist()
    assert sides.first[15:].tolist() == labels[15:].tolist()


def test_rows_that_are_all_noise_are_refused_in_words() -> None:
    from sklearn.cluster import DBSCAN

    X = np.array([[0.0], [10], [30]])
    with pytest.raises(InvalidDataError, match="Every row is noise.*a larger radius \\(eps\\), or"):
        explain_rows(DBSCAN(eps=1.0).fit(X), X)


@pytest.mark.parametrize("steps", [[], [SimpleImputer()]], ids=["ours", "pipeline"])
def test_a_filled_cell_is_said_to_be_missing(steps) -> None:
    """Row 0 has x0 alone, row 1 x1 alone; what was filled in is no value of theirs."""
    X = np.repeat([[0.0, 0.0], [8.0, 8.0]], 20, axis=0) + np.linspace(0, 1, 40)[:, None]
    X[0, 1] = X[1, 0] = np.nan
    plain = PlainKMeans(2, n_init=1, random_state=0)
    model = make_pipeline(*steps, plain) if steps else DeepKMeans(2, partition="k-means", random_state=0)
    found = explain_rows(model.fit(X), X, index=[0, 1])
    for row, name, other in ((0, "x1", "x0"), (1, "x0", "x1")):
        text = found.text(row)
        assert f"{name} (missing; typical" in text or name not in text
        assert f"{other} (missing" not in text
    assert "(missing" in found.text(0) + found.text(1)
    kinds = OriginalColumn("kind", "category", np.array(["nothing", None, None], dtype=object))
    known = TypicalValues(OriginalRows(3, (kinds,)), np.array([0, 0, 1]))
    row = known.rows.take([0])
    said = sentence(("kind",), np.array([2.0]), row, known, 1, "cluster 1")
    assert said == " because of kind (nothing)"
