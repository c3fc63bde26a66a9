"""Criteria over k: by hand, and against scikit-learn."""

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs
from sklearn.metrics import silhouette_samples

from deepkmeans.graph import merged_partitions
from deepkmeans.metrics.internal import inertia, sampled_silhouette
from deepkmeans.metrics.n_clusters_criteria import criteria_curves, first_gap, knee, principal_box, suggestions


def by_kmeans(X, ks, seed):
    return {k: KMeans(k, n_init=2, random_state=seed).fit(X).labels_ for k in ks}


def test_knee_by_hand():
    # From (1, 10) to (5, 0): at k = 2 the curve lies farthest below the line, 1 - 0.25 - 0.2.
    assert knee([1, 2, 3, 4, 5], [10, 2, 1, 0.5, 0]) == 2
    assert knee([1, 2, 3], [3, 2, 1]) is None  # a line has no knee
    assert knee([1, 2], [3, 1]) is None
    assert knee([1, 2, 3], [1, 2, 3]) is None


def test_gap_rule_by_hand():
    gap, error = [0.1, 0.5, 0.9, 0.92, 0.8], [0.0, 0.05, 0.05, 0.05, 0.05]
    assert first_gap([1, 2, 3, 4, 5], gap, error) == 3  # 0.9 >= 0.92 - 0.05, and at 2: 0.5 < 0.9 - 0.05
    assert first_gap([1, 2], [0.0, 1.0], [0.0, 0.0]) is None


def test_inertia_is_that_of_kmeans():
    X = np.random.RandomState(0).randn(200, 3)
    model = KMeans(4, n_init=1, random_state=0, tol=0, max_iter=1000).fit(X)
    assert inertia(X, model.labels_) == pytest.approx(model.inertia_)


def test_the_box_holds_the_rows_along_their_axes():
    X = np.random.RandomState(0).randn(300, 2) @ np.array([[5.0, 4.0], [0.0, 0.5]])
    box = principal_box(X, np.random.RandomState(1))
    axes = np.linalg.svd(X - X.mean(0), full_matrices=False)[2]
    inside, drawn = (X - X.mean(0)) @ axes.T, (box - X.mean(0)) @ axes.T
    assert (drawn.min(0) >= inside.min(0)).all()
    assert (drawn.max(0) <= inside.max(0)).all()
    assert np.abs(np.corrcoef(drawn.T)[0, 1]) < 0.15
    assert drawn[:, 0].std() > 3 * drawn[:, 1].std()


def test_silhouette_is_the_mean_of_the_clusters_means():
    X, y = make_blobs([200, 40, 10], random_state=0)
    samples = silhouette_samples(X, y)
    expected = np.mean([samples[y == c].mean() for c in range(3)])
    assert sampled_silhouette(X, y, np.random.RandomState(0)) == pytest.approx(expected, abs=1e-4)


def test_silhouette_does_not_drown_small_clusters():
    centers = np.array([[0.0, 0], [6, 0], [3, 5]])
    even = make_blobs([500, 500, 500], centers=centers, random_state=0)
    uneven = make_blobs([30_000, 300, 60], centers=centers, random_state=0)
    same = [sampled_silhouette(X, y, np.random.RandomState(0)) for X, y in (even, uneven)]
    assert same[0] == pytest.approx(same[1], abs=0.03)


@pytest.mark.parametrize("partition", [by_kmeans, merged_partitions])
def test_every_criterion_sees_four_far_groups(partition):
    X, _ = make_blobs(400, centers=[[0, 0], [9, 0], [0, 9], [9, 9]], random_state=0)
    ks = list(range(1, 9))
    curves = criteria_curves(X.astype(np.float32), partition, ks, np.random.RandomState(0), n_references=3)
    curves["merge_gain"] = [float("nan")] * len(ks)
    alone = suggestions(ks, curves)
    for name in ("silhouette", "calinski_harabasz", "davies_bouldin"):
        assert alone[name] == 4, name
    assert ks[int(np.argmax(curves["gap"]))] == 4
    assert curves["stability"][3] > 0.99
    assert curves["stability"][3] > max(curves["stability"][4:])
    assert np.isnan([curves[name][0] for name in ("silhouette", "calinski_harabasz", "stability")]).all()
    assert len(curves["gap"]) == len(curves["gap_error"]) == len(ks)
    assert (np.array(curves["gap_error"]) >= 0).all()


def test_the_gap_of_noise_chooses_one():
    X = np.random.RandomState(0).rand(300, 3)
    ks = [1, 2, 3, 4]
    curves = criteria_curves(X, by_kmeans, ks, np.random.RandomState(0), n_resamples=0)
    assert first_gap(ks, curves["gap"], curves["gap_error"]) == 1
    assert np.isnan(curves["stability"]).all()
