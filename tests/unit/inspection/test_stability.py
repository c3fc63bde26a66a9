"""Refits on halves of the rows, and separation, in the space of the clusters."""

from __future__ import annotations

import numpy as np
import pytest

from deepkmeans.inspection.stability import resampling_agreement, separation_of
from deepkmeans.runtime import Seeds


def _blobs(apart: float) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(3), 60)
    return rng.normal(size=(180, 2)) + apart * np.array([[0.0, 0.0], [1.0, 0.0], [5.0, 5.0]])[labels], labels


def test_groups_apart_come_out_again() -> None:
    X, labels = _blobs(20.0)
    resampling = resampling_agreement(X, labels, Seeds(0))
    assert resampling is not None
    assert (resampling.agreement, resampling.standard_deviation) == (1.0, 0.0)
    assert resampling.of_cluster == {0: 1.0, 1: 1.0, 2: 1.0}


def test_labels_of_chance_do_not() -> None:
    X, labels = _blobs(20.0)
    resampling = resampling_agreement(X, np.random.default_rng(1).permutation(labels), Seeds(0))
    assert resampling is not None
    assert resampling.agreement < 0.6


def test_the_same_seed_gives_the_same_figures() -> None:
    X, labels = _blobs(1.0)
    assert resampling_agreement(X, labels, Seeds(3)) == resampling_agreement(X, labels, Seeds(3))
    assert separation_of(X, labels, Seeds(3)) == separation_of(X, labels, Seeds(3))


def test_silhouette_by_hand() -> None:
    X, labels = np.array([[0.0], [1.0], [10.0], [11.0]]), np.array([0, 0, 7, 7])
    separation = separation_of(X, labels, Seeds(0))
    assert separation is not None
    # Rows 0 and 3: 1 - 1 / 10.5; rows 1 and 2: 1 - 1 / 9.5.
    assert separation.silhouette == pytest.approx(1 - (1 / 10.5 + 1 / 9.5) / 2)
    assert set(separation.of_cluster) == {0, 7}


def test_the_closest_clusters_are_named_and_noise_is_none() -> None:
    X, labels = _blobs(20.0)
    separation = separation_of(np.vstack([X, [[1000.0, 0.0]]]), np.append(labels, -1), Seeds(0))
    assert separation is not None
    assert separation.closest == (0, 1)


@pytest.mark.parametrize("labels", [np.zeros(10, dtype=int), np.full(10, -1), np.arange(10)])
def test_nothing_to_compare(labels: np.ndarray) -> None:
    X = np.arange(10.0)[:, None]
    assert resampling_agreement(X, labels, Seeds(0)) is None
    assert separation_of(X, labels, Seeds(0)) is None
