"""Partitions that tell which cells were missing are known as such."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score as ari

from deepkmeans import DeepKMeans
from deepkmeans.graph import partitions_of_missing


def labels() -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Three groups; half of the rows lack cells, whatever their group."""
    random = np.random.RandomState(0)
    y, gone = random.randint(3, size=600), random.rand(600) < 0.5
    halves = np.where(gone, 0, 1 + (y > 0))
    return {"k-means": y, "gaps": gone.astype(int), "halves": halves, "like k-means": np.where(y == 2, 1, y)}, gone


def test_partitions_of_gaps_are_told_from_others() -> None:
    partitions, gone = labels()
    missing = np.repeat(gone[:, None], 10, axis=1)
    assert partitions_of_missing(partitions, missing) == ["gaps", "halves"]
    assert partitions_of_missing(partitions, missing, np.full(600, 2.0)) == ["gaps", "halves"]
    assert partitions_of_missing(partitions, np.zeros((600, 2), dtype=bool)) == []
    scattered = np.random.RandomState(1).rand(600, 10) < 0.5
    assert partitions_of_missing(partitions, scattered) == []
    assert partitions_of_missing(partitions, missing & ~scattered) == ["gaps", "halves"]  # not quite together


def test_what_kmeans_tells_of_gaps_others_may() -> None:
    partitions, gone = labels()
    alone = {"k-means": partitions["gaps"], "halves": partitions["halves"]}
    assert partitions_of_missing(alone, gone[:, None]) == []


def table(n_missing: int) -> tuple[np.ndarray, np.ndarray]:
    """Three groups in three columns, and others that half of the rows lack; the groups (300,)."""
    random = np.random.RandomState(0)
    y, gone = random.randint(3, size=300), random.rand(300) < 0.5
    groups = 3.5 * np.stack([y, (y + 1) % 3, (2 * y) % 3], axis=1) + random.randn(300, 3)
    return np.c_[groups, np.where(gone[:, None], np.nan, random.randn(300, n_missing))], y


@pytest.mark.parametrize("n_missing", [10, 20])
def test_columns_missing_together_are_no_clusters(n_missing: int) -> None:
    X, y = table(n_missing)
    model = DeepKMeans(3, random_state=0).fit(X)
    assert ari(y, model.labels_) > 0.9
    assert "which cells were missing" in model.report_["reason"]
    assert "standard/15/modularity" not in model.report_["rounds"][0]["candidates"]


def test_a_partition_of_gaps_is_taken_where_it_is_asked_for() -> None:
    model = DeepKMeans(3, partition="standard/15/modularity", random_state=0).fit(table(10)[0])
    assert model.report_["chosen"] == "standard/15/modularity" in model.report_["rounds"][0]["candidates"]
