"""select_n_clusters as users call it: any clusterer, any rows, and what it refuses."""

import dataclasses
import html
import json
import re
import warnings

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.cluster import DBSCAN, AgglomerativeClustering, KMeans
from sklearn.datasets import make_blobs
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from deepkmeans import DeepKMeans
from deepkmeans.exceptions import InvalidDataError, InvalidParameterError
from deepkmeans.graph.n_clusters import CONFIDENT
from deepkmeans.model_selection import NClustersSelection, select_n_clusters
from deepkmeans.model_selection.n_clusters_result import from_statistics

FEW = {"n_references": 2, "n_resamples": 2}
KS = range(1, 9)


@pytest.fixture(scope="module")
def rows() -> np.ndarray:
    return make_blobs(500, centers=5, n_features=4, random_state=1)[0]


@pytest.fixture(scope="module")
def selection(rows) -> NClustersSelection:
    return select_n_clusters(KMeans(n_init=2), rows, k_range=KS, random_state=0, **FEW)


def test_a_choice_with_its_evidence(selection):
    assert selection.n_clusters == 5
    assert selection.confident == (selection.confidence >= CONFIDENT)
    assert 0 <= selection.confidence <= 1
    assert selection.table["k"].tolist() == list(KS)
    assert selection.table["posterior"].sum() == pytest.approx(1)
    for name in ("inertia", "silhouette", "calinski_harabasz", "davies_bouldin", "gap", "gap_error", "stability",
                 "stability_of_chance", "merge_gain"):  # fmt: skip
        assert np.isfinite(selection.table[name].to_numpy()[1:]).all(), name
    assert selection.suggestions["calinski_harabasz"] == selection.suggestions["merge_gain"] == 5
    assert (np.diff(selection.table["inertia"]) < 0).all()
    assert str(selection).startswith("5 clusters")


def test_a_notebook_shows_choice_reason_and_curves(selection):
    page = selection._repr_html_()
    assert f">{selection.n_clusters} clusters (" in page and html.escape(selection.reason) in page
    marked = re.search(r'<tr style="font-weight:bold"><td[^>]*>(\d+)</td>', page)
    assert int(marked[1]) == selection.n_clusters
    forged = dataclasses.replace(selection, reason="<script>alert(1)</script>")
    assert "<script" not in forged._repr_html_()


def test_a_document_and_a_figure(selection):
    document = json.loads(json.dumps(selection.to_dict(), allow_nan=False))
    assert document["n_clusters"] == 5
    assert document["curves"]["silhouette"][0] is None
    assert len(document["curves"]["gap"]) == len(document["k"]) == len(document["posterior"])
    figure = selection.plot()
    assert [ax.get_xlabel() for ax in figure.axes] == ["k"] * 8
    assert "n_clusters = 5" in figure.get_suptitle()


@pytest.mark.parametrize(
    "estimator", [AgglomerativeClustering(), DeepKMeans(), KMeans()], ids=["agglomerative", "deep", "kmeans"]
)
def test_any_clusterer_and_none_is_changed(estimator, rows):
    before = estimator.get_params()
    selection = select_n_clusters(estimator, rows, k_range=range(2, 8), random_state=0, **FEW)
    assert selection.n_clusters == 5
    assert estimator.get_params() == before
    assert not hasattr(estimator, "labels_")


def test_same_seed_same_answer(rows, selection):
    again = select_n_clusters(KMeans(n_init=2), rows, k_range=KS, random_state=0, **FEW)
    assert again.to_dict() == selection.to_dict()


def test_global_random_state_is_left_alone(rows):
    np.random.seed(3)
    before = np.random.get_state()[1].copy()
    select_n_clusters(KMeans(n_init=1), rows[:100], k_range=[1, 2], random_state=0, **FEW)
    assert (np.random.get_state()[1] == before).all()


@pytest.mark.parametrize("X", [np.random.RandomState(0).rand(400, 3), np.random.RandomState(0).randn(400, 6)])
def test_no_structure_is_said(X):
    selection = select_n_clusters(KMeans(n_init=1), X, k_range=range(2, 6), random_state=0, **FEW)
    assert selection.n_clusters == 1
    assert selection.reason.startswith("no clear structure")


def test_units_of_the_columns_do_not_matter_but_in_the_raw_space():
    X = make_blobs(400, centers=4, n_features=3, random_state=2)[0]
    other = X * np.array([1, 1000, 0.001])
    selection = [select_n_clusters(KMeans(n_init=1), rows, k_range=KS, random_state=0, **FEW) for rows in (X, other)]
    assert [one.n_clusters for one in selection] == [4, 4]
    raw = select_n_clusters(KMeans(n_init=1), X, k_range=KS, space="raw", random_state=0, **FEW)
    assert raw.table["inertia"][0] == pytest.approx(((X - X.mean(0)) ** 2).sum(), rel=1e-4)
    assert raw.n_clusters == 4


def test_frames_sparse_rows_and_pictures(rows):
    frame = pd.DataFrame(rows, columns=list("abcd"))
    assert select_n_clusters(KMeans(n_init=1), frame, k_range=KS, random_state=0, **FEW).n_clusters == 5
    random = np.random.RandomState(0)
    y = np.arange(300) % 3
    rates = random.gamma(0.3, size=(3, 400))[y] * 3
    counts = sp.csr_matrix(random.poisson(rates).astype(np.float32))
    assert select_n_clusters(KMeans(n_init=1), counts, k_range=KS, random_state=0, **FEW).n_clusters == 3
    stripes = np.zeros((200, 8, 8), dtype=np.float32)
    stripes[::2, 2:4] = 200
    stripes[1::2, :, 5:7] = 200
    pictures = stripes + 10 * random.rand(200, 8, 8).astype(np.float32)
    assert select_n_clusters(KMeans(n_init=1), pictures, k_range=[1, 2, 3], random_state=0, **FEW).n_clusters == 2


def test_empty_cells_are_filled_and_an_empty_column_says_nothing(rows):
    holes = rows.copy()
    holes[::17, 1] = np.nan
    holes = np.c_[holes, np.full(len(holes), np.nan)]
    selection = select_n_clusters(KMeans(n_init=1), holes, k_range=KS, random_state=0, **FEW)
    assert abs(selection.n_clusters - 5) <= 1
    with pytest.raises(InvalidDataError, match="NaN"):
        select_n_clusters(KMeans(n_init=1), holes, k_range=KS, space="raw", **FEW)


def test_one_distinct_row_is_one_cluster():
    selection = select_n_clusters(KMeans(), np.ones((50, 3)), k_range=range(2, 6))
    assert selection.n_clusters == 1
    assert "all 50 rows are the same" in selection.reason
    assert selection.table["silhouette"].isna().all()
    json.dumps(selection.to_dict(), allow_nan=False)
    assert selection.plot() is not None
    assert select_n_clusters(KMeans(), np.full((9, 2), np.nan)).n_clusters == 1
    assert select_n_clusters(KMeans(), sp.csr_matrix((30, 4))).n_clusters == 1


def test_two_distinct_rows_many_times():
    X = np.repeat([[0.0, 1.0], [5.0, 2.0]], 40, axis=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # K-Means of more clusters than distinct rows says so
        selection = select_n_clusters(KMeans(n_init=1), X, k_range=range(1, 5), random_state=0, **FEW)
    assert selection.n_clusters == 2


def test_a_range_of_one_value(rows):
    selection = select_n_clusters(KMeans(n_init=1), rows, k_range=[5], random_state=0, **FEW)
    assert selection.n_clusters == 5
    assert selection.table["k"].tolist() == [5]
    assert select_n_clusters(KMeans(n_init=1), rows, k_range=5, random_state=0, **FEW).n_clusters == 5


def test_rows_to_the_last():
    X = np.random.RandomState(0).randn(6, 2)
    selection = select_n_clusters(KMeans(n_init=1), X, k_range=range(1, 7), random_state=0, **FEW)
    assert selection.n_clusters == 1
    assert "too few" in selection.reason
    with pytest.raises(InvalidParameterError, match="up to 7 clusters, but X has 6 rows"):
        select_n_clusters(KMeans(n_init=1), X, k_range=range(1, 8))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"k_range": []}, "k_range.*integers >= 1"), ({"k_range": [0, 1]}, "integers >= 1"),
        ({"k_range": [2.5]}, "integers >= 1"), ({"k_range": "2:5"}, "k_range.*'2:5'"),
        ({"space": "embedding"}, "space"), ({"n_references": -1}, "n_references"),
        ({"n_resamples": 1.5}, "n_resamples"),
    ],
)  # fmt: skip
def test_what_is_refused(rows, options, words):
    with pytest.raises(InvalidParameterError, match=words):
        select_n_clusters(KMeans(), rows, **options)


def test_refused_estimators_and_rows(rows):
    with pytest.raises(InvalidParameterError, match="n_clusters"):
        select_n_clusters(DBSCAN(), rows)
    with pytest.raises(InvalidParameterError, match="n_clusters"):
        select_n_clusters(make_pipeline(StandardScaler(), KMeans()), rows)
    with pytest.raises(InvalidDataError, match="infinity"):
        select_n_clusters(KMeans(), np.where(rows > 5, np.inf, rows))
    with pytest.raises(ValueError, match="minimum of 2"):
        select_n_clusters(KMeans(), rows[:1])
    with pytest.raises(InvalidParameterError, match="raw"):
        select_n_clusters(KMeans(), sp.random(40, 300, density=0.1, random_state=0), space="raw")


def test_a_useful_division_is_in_the_document_and_older_reports_have_none(selection):
    assert selection.useful_division is None
    assert selection.to_dict()["useful_division"] is None
    random = np.random.RandomState(103)
    centers = np.repeat([[25, 20], [25, 80], [55, 50], [88, 17], [87, 82]], 40, axis=0)
    blurred = centers + random.randn(200, 2) * np.repeat(random.uniform(8, 15, (5, 2)), 40, axis=0)
    deep = select_n_clusters(DeepKMeans(), blurred, k_range=KS)
    k = deep.useful_division["n_clusters"]
    assert (deep.n_clusters, abs(k - 5) <= 1) == (1, True)
    assert str(deep).endswith(f"n_clusters={k} takes it")
    document = json.loads(json.dumps(deep.to_dict(), allow_nan=False))
    assert from_statistics(document).useful_division == deep.useful_division
    del document["useful_division"]  # as reports were written before
    assert from_statistics(document).useful_division is None
    earlier = {"belief" if name == "posterior" else name: value for name, value in document.items()}
    assert from_statistics(earlier).table.equals(from_statistics(document).table)
