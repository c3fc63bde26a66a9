"""Candidates of a table's landmarks, the verdict over them, and what is reported of it."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from sklearn.datasets import make_blobs
from sklearn.metrics import adjusted_rand_score as ari

from deepkmeans.data import Rows, fit_projection, fit_scaling
from deepkmeans.exceptions import InvalidParameterError
from deepkmeans.fitting import plain_kmeans as plain_module
from deepkmeans.fitting import table_partition as module
from deepkmeans.fitting.plain_kmeans import plain_kmeans, typical_kmeans
from deepkmeans.fitting.table_partition import find_partition, report_of, table_candidates, why_none
from deepkmeans.kmeans import assign
from deepkmeans.objectives import SelfLabelling
from deepkmeans.runtime import Seeds

CPU = torch.device("cpu")


def rows_of(X, kind="standard", weight=None):
    return Rows(X, fit_scaling(X, kind, weight=weight), weight=weight, device=CPU)


def blobs(n=90, std=0.5):
    return make_blobs(n, centers=3, n_features=4, cluster_std=std, random_state=2)


@pytest.fixture(scope="module")
def found():
    X, _ = blobs()
    return find_partition(rows_of(X), 3, Seeds(0))


@pytest.mark.parametrize(("n", "k", "enough"), [(29, 2, False), (30, 2, True), (39, 10, False), (40, 10, True)])
def test_so_few_rows_have_no_candidates(n, k, enough):
    rows = rows_of(np.random.RandomState(0).randn(n, 2))
    assert (table_candidates(rows, k, Seeds(0)) is not None) == enough
    assert why_none(rows, k) == f"{n} distinct rows are too few for a graph of {k} clusters"
    assert why_none(rows, 1) == "one cluster needs no graph"


def test_columns_are_seen_in_three_spaces_and_anything_else_in_its_own():
    X, y = blobs()
    table = table_candidates(rows_of(np.c_[X, y], weight=np.arange(1.0, 91)), 3, Seeds(0))
    assert {name.split("/")[0] for name in table.partitions} == {"k-means", "standard", "robust", "ranks"}
    assert {name.split("/")[0] for name in table.graphs} == {"standard", "robust", "ranks"}
    assert table.few_values == pytest.approx(1 / 5)  # of five columns one has three values
    np.testing.assert_allclose(table.weight, np.arange(1, 91) / 45.5, rtol=1e-6)
    assert ari(y, table.partitions["k-means"]) == 1 and table.centers.shape == (3, 5)
    shared = table_candidates(rows_of(X, "shared"), 3, Seeds(0))
    assert {name.split("/")[0] for name in shared.graphs} == {"shared"} and shared.weight is None
    scaling = fit_scaling(X, "standard")
    projected = scaling.with_projection(fit_projection(X, scaling, 2, np.random.RandomState(0)))
    directions = table_candidates(Rows(X, projected, device=CPU), 3, Seeds(0))
    assert {name.split("/")[0] for name in directions.graphs} == {"standard"} and directions.centers.shape == (3, 2)


def test_many_rows_have_landmarks_and_one_seed_draws_the_same(monkeypatch):
    monkeypatch.setattr(plain_module, "_PLAIN_ROWS", 80)
    X, y = blobs(200)
    weight = np.random.RandomState(0).rand(200) + 0.5
    rows = rows_of(X, weight=weight)
    few = SelfLabelling(n_landmarks=240)  # a table is seen in three spaces: a quarter of that
    first, second = (table_candidates(rows, 3, Seeds(seed), few) for seed in (0, 0))
    assert torch.equal(first.index, second.index) and not torch.equal(
        first.index, table_candidates(rows, 3, Seeds(1), few).index
    )
    assert len(first.index) == 60 and (first.index[1:] > first.index[:-1]).all()
    np.testing.assert_allclose(first.weight, rows.weight[first.index])
    assert all(labels.shape == (60,) for labels in first.partitions.values())
    np.testing.assert_array_equal(first.partitions["k-means"], assign(rows.take(first.index), first.centers)[0])
    assert ari(y, assign(rows.take(torch.arange(200)), plain_kmeans(rows, 3, Seeds(0))[0])[0]) == 1


def test_a_name_that_is_no_candidate_is_refused_with_the_nearest():
    X, _ = blobs()
    with pytest.raises(InvalidParameterError, match=r"'robust/k-mean' is no candidate.*'robust/k-means'"):
        find_partition(rows_of(X), 3, Seeds(0), "robust/k-mean")


def test_what_is_wanted_is_taken(found):
    X, _ = blobs()
    wanted = find_partition(rows_of(X), 3, Seeds(0), "ranks/15/spectral")
    report = report_of(wanted)
    assert report["chosen"] == wanted.verdict.name == "ranks/15/spectral"
    assert report["confidence"] is None and not report["sure"]
    assert ari(wanted.labels, found.labels) > 0.9


def test_the_report_says_what_the_verdict_says(found):
    report, verdict = report_of(found), found.verdict
    assert report["chosen"] == verdict.name and report["reason"] == verdict.reason
    assert report["n_landmarks"] == 90 and report["evidence"] == verdict.statistics
    assert report["consensus"] == verdict.table[verdict.name]["consensus"]
    assert report["alternatives"] == verdict.alternatives and {*verdict.alternatives} <= {*found.partitions}
    assert report["rounds"][0]["candidates"] == verdict.table
    assert report["rounds"][0]["chosen"] == verdict.name and report["rounds"][0]["reason"] == verdict.reason


@pytest.mark.parametrize(
    ("confidence", "rival", "consensus", "sure"),
    [
        (0.9, None, 0.5, True), (0.89, None, 0.9, False), (None, None, 0.9, False), (0.99, "a", 0.9, False),
        (0.99, None, 0.49, False),
    ],
)  # fmt: skip
def test_sure_is_probable_agreed_and_without_rival(confidence, rival, consensus, sure):
    verdict = SimpleNamespace(confidence=confidence, rival=rival, name="x", table={"x": {"consensus": consensus}})
    assert module._is_sure(verdict) == sure


def test_rows_follow_their_nearest_landmark(found, monkeypatch):
    X, y = blobs()
    new = X + 1e-3
    labels = np.arange(90)
    alternatives = found.alternatives(labels, new)
    assert [other["name"] for other in alternatives] == found.verdict.alternatives
    for other in alternatives:
        if other["name"] == found.verdict.name:
            assert other["labels"] is labels
        else:
            np.testing.assert_array_equal(other["labels"], found.others[other["name"]])
            assert other["labels"].dtype == np.int32
        assert {"consensus", "like_chosen"} < set(other)
    monkeypatch.setattr(module, "_MOST_LABELLED", 89)
    assert all(other["labels"] is None for other in found.alternatives(labels, new))
    assert ari(y, found.labels) == 1


def test_the_lowest_solution_is_plain_kmeans_where_two_searches_find_it_else_all_that_are_nearly_as_low(monkeypatch):
    X, _ = blobs()
    lowest = {"inertia": 100.0, "centers": torch.zeros(3, 4)}
    for rest, kept in (((100.0, 101, 103, 100.5), 1), ((101.0, 103, 101.9, 102.1), 3)):
        ends = iter([SimpleNamespace(inertia=height, centers=torch.full((3, 4), height)) for height in rest])
        first = SimpleNamespace(**lowest)
        monkeypatch.setattr(plain_module, "fit_kmeans", lambda *_, own=[first, *ends], **__: own.pop())
        found = plain_kmeans(rows_of(X), 3, Seeds(0))
        assert len(found) == kept and (kept == 1 or torch.equal(found[0], lowest["centers"]))
    assert [float(centers[0, 0]) for centers in found] == [0, 101, pytest.approx(101.9)]


def test_plain_kmeans_is_the_solution_that_candidates_agree_with(monkeypatch):
    X, y = blobs()
    rows = rows_of(X)
    inputs = rows.take(torch.arange(90))
    right = torch.stack([inputs[torch.from_numpy(y == c)].mean(0) for c in range(3)])
    wrong = inputs[torch.arange(3) * 7]
    monkeypatch.setattr(module, "plain_kmeans", lambda *_: [wrong, right])
    found = table_candidates(rows, 3, Seeds(0))
    assert ari(y, found.partitions["k-means"]) == 1 and torch.equal(found.centers, right)


def test_typical_kmeans_is_the_solution_that_most_searches_are_moved_to(monkeypatch):
    X, y = blobs(300, std=1.0)
    rows = rows_of(X)
    inputs = rows.take(torch.arange(300))
    right = torch.stack([inputs[torch.from_numpy(y == c)].mean(0) for c in range(3)])
    lonely = torch.cat([right[:1], right[:1] + 0.1, right[1:].mean(0, keepdim=True)])
    ends = [SimpleNamespace(inertia=1.0 + 0.001 * i, centers=lonely if i == 0 else right + 0.05) for i in range(8)]
    monkeypatch.setattr(plain_module, "fit_kmeans", lambda *_, own=ends, **__: own.pop())
    (centers,) = typical_kmeans(rows, 3, Seeds(0))
    assert ari(y, assign(inputs, centers)[0]) > 0.95  # though another has the lowest inertia


def test_typical_kmeans_of_clear_groups_is_plain_kmeans():
    X, _ = blobs()
    (typical,), (plain,) = typical_kmeans(rows_of(X), 3, Seeds(0)), plain_kmeans(rows_of(X), 3, Seeds(0))
    torch.testing.assert_close(typical[typical[:, 0].argsort()], plain[plain[:, 0].argsort()])


def test_typical_kmeans_takes_weights_as_copies():
    X, _ = blobs(90, std=1.5)
    copies = 1 + np.arange(90) % 3
    every = rows_of(np.repeat(X, copies, axis=0), "none")
    weighed = rows_of(X, "none", weight=copies.astype(float))
    (one,), (other,) = typical_kmeans(every, 3, Seeds(0)), typical_kmeans(weighed, 3, Seeds(0))
    taken = weighed.take(torch.arange(90))
    assert ari(assign(taken, one)[0], assign(taken, other)[0]) > 0.95
