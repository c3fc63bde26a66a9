"""What latent classes of a table change in the choice by gaps."""

from __future__ import annotations

import numpy as np
import pytest

from deepkmeans.graph import Levels, NClustersChoice
from deepkmeans.graph.n_clusters_levels import LevelClasses, classes_of_levels, weigh_levels


def gaps(k: int, confidence: float, second: int = 5) -> NClustersChoice:
    return NClustersChoice(k, second, confidence, confidence >= 0.85, "by gaps", {k: 0.5, second: 0.5})


@pytest.mark.parametrize(
    ("choice", "classes", "k"),
    [
        (gaps(1, 0.99), LevelClasses(3, {3: 1.0}, False), 3), (gaps(9, 0.3), LevelClasses(3, {3: 1.0}, False), 3),
        (gaps(9, 0.6), LevelClasses(3, {3: 1.0}, False), 9), (gaps(9, 0.6), LevelClasses(3, {3: 1.0}, True), 3),
        (gaps(4, 0.6), LevelClasses(1, {1: 1.0}, False), 4), (gaps(4, 0.6), LevelClasses(1, {1: 1.0}, True), 1),
        (gaps(4, 0.9), LevelClasses(1, {1: 1.0}, True), 1), (gaps(1, 0.9), LevelClasses(1, {1: 1.0}, True), 1),
    ],
)  # fmt: skip
def test_who_decides(choice: NClustersChoice, classes: LevelClasses, k: int) -> None:
    weighed = weigh_levels(choice, classes)
    assert weighed.n_clusters == k
    assert sum(weighed.posterior.values()) == pytest.approx(1)
    if k == choice.n_clusters:
        assert weighed == choice


def test_samples_that_differ_cost_confidence_and_name_the_runner_up() -> None:
    weighed = weigh_levels(gaps(1, 0.9), LevelClasses(3, {3: 0.6, 5: 0.4}, True))
    assert (weighed.n_clusters, weighed.second, weighed.confident) == (3, 5, False)
    assert weighed.confidence == pytest.approx(0.95 * 0.6)
    alike = weigh_levels(gaps(1, 0.9), LevelClasses(3, {3: 1.0}, True))
    assert (alike.second, alike.confident) == (1, True)
    assert "go together best in 3 groups" in alike.reason


def test_classes_have_to_show_in_the_columns_of_levels() -> None:
    random = np.random.RandomState(0)
    ordered = np.sort(random.randint(0, 8, (300, 1)), axis=0)
    values = np.hstack([random.randint(0, 3, (300, 2)), ordered, ordered, ordered])
    levels = Levels(values, np.array([True, True, False, False, False]), np.ones(300))
    found = classes_of_levels(levels, range(1, 7), random)
    assert found is not None and (found.n_clusters, found.only_levels) == (1, False)
    one = Levels(values, np.array([True, False, False, False, False]), np.ones(300))
    assert classes_of_levels(one, range(1, 7), random) is None
