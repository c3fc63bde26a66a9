"""The most useful division of rows without clear structure."""

import math

import numpy as np
import pytest
import torch

from deepkmeans.graph import n_clusters_statistics
from deepkmeans.metrics.division import division_in_words, useful_division

ROWS = np.array([[0.0], [1.0], [10.0], [11.0]])
BOX = np.array([[0.0], [4.0], [7.0], [11.0]])
REFERENCES = [(BOX, {2: np.array([0, 0, 1, 1]), 3: np.array([0, 1, 1, 2])})]
#: (5 / 9 + 1 / 5) / 2: to the other row of the pair it is 4; to the other pair 9 from outside, 5 from inside.
BY_CHANCE = 17 / 45
#: Squares to the mean of all: 65 in the box, 101 of the rows.
GAP_OF_ONE = math.log(65 / 101)
SUGGESTIONS = {"elbow": 2, "silhouette": 2, "davies_bouldin": 3, "gap": 1, "stability": None}


def curves(silhouette: float = 0.9, gap: float = 1.0, stability: float = 0.8) -> dict[str, list[float]]:
    """Over k = 1, 2, 3; one standard error of the gap is 0.2, stability of chance 0.5."""
    return {
        "silhouette": [math.nan, silhouette, 0.1], "gap": [math.nan, GAP_OF_ONE + gap, 0.0], "gap_error": [0.2] * 3,
        "stability": [math.nan, stability, 0.2], "stability_of_chance": [math.nan, 0.5, 0.5],
    }  # fmt: skip


def test_by_hand():
    found = useful_division(ROWS, [1, 2, 3], curves(), SUGGESTIONS, REFERENCES)
    assert found is not None
    # The gap's own answer of 1 is no vote on how many more; from 2 on it is 2: gap(3) is lower.
    assert found["criteria"] == ["elbow", "silhouette", "davies_bouldin", "gap"]
    assert found["n_clusters"] == 2
    assert found["silhouette"] == 0.9
    assert found["silhouette_of_chance"] == pytest.approx(BY_CHANCE)
    assert found["gap"] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("change", "holds"),
    [
        ({"silhouette": BY_CHANCE + 0.01}, True), ({"silhouette": BY_CHANCE - 0.01}, False),
        ({"gap": 0.31}, True), ({"gap": 0.29}, False),  # one and a half errors are 0.3
        ({"stability": 0.51}, True), ({"stability": 0.49}, False), ({"stability": math.nan}, False),
    ],
)  # fmt: skip
def test_all_three_have_to_hold(change, holds):
    assert (useful_division(ROWS, [1, 2, 3], curves(**change), SUGGESTIONS, REFERENCES) is not None) == holds


def test_three_criteria_have_to_agree_and_references_have_to_be_there():
    two = {"elbow": 2, "silhouette": None, "davies_bouldin": None, "gap": 1}  # and the gap from 2 on
    assert useful_division(ROWS, [1, 2, 3], curves(), two, REFERENCES) is None
    assert useful_division(ROWS, [1, 2, 3], curves(), SUGGESTIONS, []) is None


def test_in_words():
    division = {"n_clusters": 5, "criteria": ["silhouette", "davies_bouldin", "gap"]}
    assert division_in_words(division, "--clusters 5") == (
        "the most useful division is into 5 groups, better than of random rows by silhouette, gap statistic and "
        "stability (silhouette, davies-bouldin, gap would choose it to within 1): --clusters 5 takes it"
    )
    assert division_in_words(None, "") == "no division into several groups is better than one of random rows"


def customers(seed: int) -> np.ndarray:
    """200 customers by income and score: five groups that run into each other."""
    random = np.random.RandomState(seed)
    centers = np.array([[25, 20], [25, 80], [55, 50], [88, 17], [87, 82]])
    return np.repeat(centers, 40, axis=0) + random.randn(200, 2) * np.repeat(random.uniform(8, 15, (5, 2)), 40, axis=0)


def evidence(X: np.ndarray, ks=range(1, 9), **options):
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    return n_clusters_statistics(torch.from_numpy(X.astype(np.float32)), ks, np.random.RandomState(0), **options)


@pytest.mark.parametrize("seed", [100, 101, 103])
def test_blurred_groups_have_a_division(seed):
    found = evidence(customers(seed))
    division = found["useful_division"]
    assert found["n_clusters"] == 1
    assert abs(division["n_clusters"] - 5) <= 1
    assert division["silhouette"] > division["silhouette_of_chance"]
    at = found["k"].index(division["n_clusters"])
    assert division["silhouette"] == found["curves"]["silhouette"][at]
    assert division["stability"] == found["curves"]["stability"][at]
    assert found["reason"].startswith("no clear structure")
    assert found["reason"].endswith(f": n_clusters={division['n_clusters']} takes it")


@pytest.mark.parametrize(
    "X",
    [
        np.random.RandomState(0).randn(300, 2), np.random.RandomState(1).randn(300, 5),
        np.random.RandomState(0).rand(300, 2), np.random.RandomState(1).rand(300, 6),
        np.exp(np.random.RandomState(0).randn(300, 3)),
    ],
    ids=["blob-2", "blob-5", "noise-2", "noise-6", "skewed-3"],
)  # fmt: skip
def test_one_blob_and_noise_have_none(X):
    found = evidence(X)
    assert found["n_clusters"] == 1
    assert found["useful_division"] is None
    assert found["reason"].endswith("no division into several groups is better than one of random rows")


def test_the_range_need_not_begin_at_one():
    without = evidence(customers(100), range(2, 9))
    assert without["n_clusters"] == 1
    assert abs(without["useful_division"]["n_clusters"] - 5) <= 1


def test_nothing_is_said_of_what_was_not_measured():
    for options in ({"n_references": 0}, {"n_resamples": 0}):
        found = evidence(customers(100), **options)
        assert found["useful_division"] is None
        assert "division" not in found["reason"]
    assert "division" not in evidence(customers(100), [1])["reason"]


def test_clear_groups_need_none():
    found = evidence(np.random.RandomState(0).randn(200, 2) + np.repeat([[0, 0], [20, 20]], 100, axis=0))
    assert found["n_clusters"] == 2
    assert found["useful_division"] is None
    assert "division" not in found["reason"]
