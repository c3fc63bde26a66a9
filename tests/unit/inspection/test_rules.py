"""Rules: planted ones are found, in plain words; what is no structure gives none."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.cluster import KMeans as SklearnKMeans
from sklearn.datasets import load_iris, load_wine, make_blobs

from deepkmeans.exceptions import InvalidDataError
from deepkmeans.inspection.rules import threshold_trees
from deepkmeans.runtime import Seeds
from tests.unit.inspection.designs import design, plain


def test_a_case_by_hand() -> None:
    income = np.array([10, 20, 30, 61, 70, 80, 65, 75] * 5)
    visits = np.array([0, 1, 6, 0, 1, 5, 6, 7] * 5)
    labels = np.where(income < 50, 4, np.where(visits < 3, 7, 9))
    small, large = threshold_trees(design(income=income, visits=visits), labels, seeds=Seeds(0))
    for tree in (small, large):
        assert tree.n_leaves == 3
        assert (tree.fidelity, tree.fidelity_std) == (1.0, 0.0)
        assert 3 / 8 <= tree.by_chance < 0.5
        assert tree.is_confident
        assert {(rule.coverage, rule.precision) for rule in tree.leaves} == {(1.0, 1.0)}
        assert set(tree.rules) == {4, 7, 9}
        assert tree.rule_of(9) == "income above 50 and visits above 3"
        assert tree.rule_of(7) == "income above 50 and visits at most 3"
        assert tree.rule_of(4) == "income at most 50"
        assert tree.rule_of(3) is None
    assert (small.predict(design(income=[5, 75, 75], visits=[0, 0, 9])) == [4, 7, 9]).all()


def test_words_of_ranges_levels_dates_and_missing_cells() -> None:
    rng = np.random.default_rng(0)
    n = 400
    age, city = rng.uniform(0, 60, n), rng.choice(np.array(["Bern", "Basel", "Rome"], dtype=object), n)
    joined = np.datetime64("2024-01-01", "s") + (rng.integers(0, 240, n) * 86400).astype("timedelta64[s]")
    age[np.abs(age - 20) < 1] = 18
    age[np.abs(age - 35) < 1] = 40
    late = joined > np.datetime64("2024-05-03T12:00:00")
    labels = np.where(city == "Bern", 0, np.where((age > 20) & (age <= 35), 1, np.where(late, 2, 3)))
    small, large = threshold_trees(design(age=age, city=city, joined=joined), labels, seeds=Seeds(0))
    assert large.fidelity > 0.95
    assert large.rule_of(0) == "city is Bern"
    assert all(text.startswith("city is not Bern") and "age between 20 and 35" in text for text in large.rules[1])
    assert any("joined after 3" in text for text in large.rules[2]), large.rules
    assert small.n_leaves == 4

    age[labels == 1] = np.nan
    _, large = threshold_trees(design(age=age, city=city), np.where(labels == 1, 1, 0), seeds=Seeds(0))
    assert large.rule_of(1) == "age is missing"
    assert large.rule_of(0) == "age is known"


def test_a_threshold_may_send_missing_values_to_either_side() -> None:
    x = np.r_[np.linspace(0, 1, 40), np.linspace(2, 3, 40), np.full(20, np.nan)]
    labels = np.r_[np.zeros(40), np.ones(60)].astype(int)
    small, _ = threshold_trees(design(x=x), labels, seeds=Seeds(0))
    assert small.rules == {0: ("x at most 1",), 1: ("x above 1 or missing",)}
    assert small.fidelity == 1.0
    assert small.predict(design(x=[np.nan, 0.5])).tolist() == [1, 0]


def test_every_cluster_has_a_leaf_however_small() -> None:
    rng = np.random.default_rng(0)
    X = np.r_[rng.normal(0, 1, (3000, 2)), rng.normal([2.5, 0], 1, (3000, 2)), rng.normal([1, 4], 0.3, (40, 2))]
    labels = np.repeat([0, 1, 2], [3000, 3000, 40])
    small, large = threshold_trees(plain(X), labels, seeds=Seeds(0))
    assert sorted(small.rules) == sorted(large.rules) == [0, 1, 2]
    assert small.n_leaves == 3 <= large.n_leaves <= 24
    (tiny,) = (rule for rule in small.leaves if rule.cluster == 2)
    assert tiny.coverage > 0.9


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("n", [12, 60, 300])
def test_shuffled_labels_give_no_confident_rule(seed: int, n: int) -> None:
    X, y = make_blobs(n, centers=4, n_features=5, random_state=seed)
    sure = threshold_trees(plain(X), y, seeds=Seeds(seed))
    shuffled = threshold_trees(plain(X), np.random.RandomState(seed).permutation(y), seeds=Seeds(seed))
    assert not any(tree.is_confident for tree in shuffled)
    assert n < 60 or sure[1].is_confident


@pytest.mark.parametrize("load", [load_iris, load_wine])
def test_real_clusters_are_told_by_few_thresholds(load) -> None:  # type: ignore[no-untyped-def]
    data = load()
    X = (data.data - data.data.mean(0)) / data.data.std(0)
    labels = SklearnKMeans(3, n_init=5, random_state=0).fit_predict(X)
    small, large = threshold_trees(plain(data.data), labels, seeds=Seeds(0))
    assert small.n_leaves == 3 and small.fidelity >= 0.8
    assert large.n_leaves <= 24 and large.fidelity >= 0.88


def test_weights_are_repetitions() -> None:
    rng = np.random.default_rng(1)
    X, y = make_blobs(200, centers=3, n_features=3, cluster_std=3, random_state=1)
    times = rng.integers(0, 4, len(X))
    trees = threshold_trees(plain(X), y, weight=times, seeds=Seeds(0))
    repeated = np.repeat(np.arange(len(X)), times)
    others = threshold_trees(plain(X[repeated]), y[repeated], seeds=Seeds(0))
    assert trees[0].leaves == others[0].leaves
    assert trees[0].nodes == others[0].nodes


def test_noise_has_no_rule_and_counts_against_precision() -> None:
    x = np.r_[np.zeros(20), np.ones(20), np.ones(20)]
    labels = np.r_[np.zeros(20), np.ones(20), np.full(20, -1)].astype(int)
    small, _ = threshold_trees(design(x=x), labels, seeds=Seeds(0))
    assert set(small.rules) == {0, 1}
    assert [rule.precision for rule in small.leaves] == [1.0, 0.5]
    assert str(small.leaves[1]) == "x above 0 (100% of the cluster; 50% of such rows are in it)"


def test_one_cluster_one_row_no_columns_and_equal_rows() -> None:
    for small, large in (
        threshold_trees(plain(np.eye(8)), np.full(8, 3), seeds=Seeds(0)),
        threshold_trees(plain(np.eye(1)), [3], seeds=Seeds(0)),
    ):
        assert small.rules == large.rules == {3: ("all rows",)}
        assert not small.is_confident
        json.dumps(small.to_dict(), allow_nan=False)
    small, large = threshold_trees(plain(np.zeros((9, 2))), [0] * 5 + [1] * 4, seeds=Seeds(0))
    assert small.rules == large.rules == {0: ("all rows",)}
    assert small.leaves[0].precision == pytest.approx(5 / 9)
    assert not large.is_confident


def test_more_clusters_than_columns_and_one_row_a_cluster() -> None:
    small, _ = threshold_trees(plain(np.arange(60.0)[:, None]), np.arange(60) // 10, seeds=Seeds(0))
    assert small.n_leaves == 6 and small.fidelity > 0.9
    assert small.rule_of(2) == "x0 between 20 and 29"
    small, large = threshold_trees(plain(np.arange(5.0)[:, None]), np.arange(5), seeds=Seeds(0))
    assert small.n_leaves == 5 and small.fidelity == 0.0 and not large.is_confident


def test_words_that_few_rows_have_still_tell_clusters() -> None:
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1, 2], 100)
    X = np.stack([(y == c) & (rng.random(300) < 0.3) for c in range(3)], axis=1).astype(float)
    small, _ = threshold_trees(plain(X), y, seeds=Seeds(0))
    assert sorted(small.rules) == [0, 1, 2]
    assert sorted(rule.precision for rule in small.leaves)[1:] == [1.0, 1.0]


def test_many_rows_and_features_are_drawn_from() -> None:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 5000)
    X = rng.integers(0, 5, (5000, 140)).astype(float)
    X[:, 133] = y * 10 + rng.random(5000)
    small, large = threshold_trees(plain(X), y, seeds=Seeds(0))
    assert small.fidelity == large.fidelity == 1.0
    assert {text for texts in small.rules.values() for text in texts} <= {
        f"x133 {side}" for side in ("at most 5", "above 5", "between 5 and 20", "above 20", "at most 20", "above 10",
                                    "at most 10", "between 5 and 10", "between 10 and 20")
    }  # fmt: skip
    again = threshold_trees(plain(X), y, seeds=Seeds(0))
    assert again[1].to_dict() == large.to_dict()


def test_long_rules_are_cut_and_json_holds_the_tree() -> None:
    x = np.arange(80.0)
    _, large = threshold_trees(design(x=x), (x // 10 % 2).astype(int), seeds=Seeds(0))
    rules = large.rules[0]
    assert len(rules) > 2
    assert large.rule_of(0) == ", or ".join(rules)
    assert large.rule_of(0, most=1) == f"{rules[0]}, or one of {len(rules) - 1} more rules"
    stored = json.loads(json.dumps(large.to_dict(), allow_nan=False))
    assert stored["nodes"]["column"] == "x" and stored["nodes"]["left_if"].startswith("x at most")
    assert sum(stored["nodes"]["weights"].values()) == 80


def test_refusals() -> None:
    with pytest.raises(InvalidDataError, match="one entry for each of the 3 rows"):
        threshold_trees(plain(np.eye(3)), [0, 1], seeds=Seeds(0))
    with pytest.raises(InvalidDataError, match="no row is of a cluster"):
        threshold_trees(plain(np.eye(3)), [-1, -1, -1], seeds=Seeds(0))
