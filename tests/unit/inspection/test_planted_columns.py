"""Columns that define the clusters come first, and of shuffled labels nothing is said."""

from __future__ import annotations

import numpy as np
import pytest

from deepkmeans.inspection.given_names import name_clusters
from deepkmeans.inspection.profile import column_ranking, profile_clusters
from deepkmeans.runtime import Seeds

from .given_columns import planted

TRUE = {"true 0", "true 1", "true 2"}


@pytest.mark.parametrize("categories", [False, True], ids=["numbers", "categories"])
@pytest.mark.parametrize("heavy", [False, True], ids=["normal", "heavy tails"])
@pytest.mark.parametrize(("k", "n"), [(2, 200), (4, 600), (6, 2000)])
def test_columns_that_define_the_clusters_are_the_first_three(k: int, n: int, heavy: bool, categories: bool) -> None:
    rows, labels = planted(k + n, k=k, n=n, heavy=heavy, categories=categories)
    profiles = profile_clusters(rows, labels, seeds=Seeds(0))
    assert {name for name, _ in column_ranking(profiles)[:3]} == TRUE
    for profile in profiles:
        assert {one.column for one in profile.distinctions[:3]} <= TRUE and profile.distinctions
    names = name_clusters(profiles).names
    assert None not in names.values() and len({*names.values()}) == k


def shuffled(seed: int) -> int:
    """How much is said of a table of 40 columns whose labels, of ten clusters of any size, mean nothing."""
    rng = np.random.default_rng(seed)
    n = int(rng.choice([60, 200, 500]))
    rows, labels = planted(seed, k=10, n=n, heavy=seed % 2 == 0, categories=seed % 4 < 2)
    if seed % 3 == 0:
        labels = np.where(rng.random(n) < 0.8, 0, labels)
    profiles = profile_clusters(rows, rng.permutation(labels), seeds=Seeds(0))
    names = name_clusters(profiles).names
    return sum(len(profile.distinctions) for profile in profiles) + sum(name is not None for name in names.values())


def test_of_shuffled_labels_nothing_is_said() -> None:
    assert [seed for seed in range(12) if shuffled(seed)] == []


@pytest.mark.slow
def test_of_shuffled_labels_nothing_is_said_in_thirty_tables() -> None:
    assert sum(shuffled(seed) > 0 for seed in range(100, 130)) <= 1
