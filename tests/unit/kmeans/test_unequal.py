"""Whitened K-Means of clusters that differ much in size: by hand, and where det W alone halves the large one."""

from __future__ import annotations

import math

import pytest
import torch

from deepkmeans.kmeans import assign, fit_whitened_kmeans
from deepkmeans.kmeans.unequal import classification_loss, merged_centers


def test_the_loss_by_hand() -> None:
    # det W = 4, masses 1/4 and 3/4.
    loss = classification_loss(torch.diag(torch.tensor([1.0, 4.0]).double()), torch.tensor([10.0, 30.0]))
    assert loss == pytest.approx(math.log(2) - 0.25 * math.log(0.25) - 0.75 * math.log(0.75))
    halves = classification_loss(torch.eye(2).double(), torch.tensor([5.0, 5.0, 0.0]))
    assert halves == pytest.approx(math.log(2))


def test_parts_of_one_cluster_are_merged_and_a_small_one_is_kept() -> None:
    # Three parts of a wide cluster at -1, 0, 1, and one row in a hundred at 9, with variance 1 within the parts.
    centers = torch.tensor([[-1.0], [0.0], [9.0], [1.0]])
    merged = merged_centers(centers, torch.tensor([33.0, 33.0, 1.0, 33.0]), torch.eye(1).double(), 2)
    assert sorted(merged[:, 0].tolist()) == pytest.approx([0, 9])


def test_merging_is_that_of_the_loss() -> None:
    """The pair that is merged first is the one after which the loss is least, worked out anew for every pair."""
    generator = torch.Generator().manual_seed(0)
    centers = torch.randn(5, 3, generator=generator, dtype=torch.float64) * 3
    mass = torch.rand(5, generator=generator, dtype=torch.float64) + 0.1
    within = torch.eye(3, dtype=torch.float64)
    share, losses = mass / mass.sum(), {}
    for a in range(5):
        for b in range(a + 1, 5):
            apart, both = centers[a] - centers[b], share[a] + share[b]
            covariance = within + share[a] * share[b] / both * torch.outer(apart, apart)
            others = [share[j] for j in range(5) if j not in (a, b)]
            losses[a, b] = classification_loss(covariance, torch.stack([both, *others]))
    a, b = min(losses, key=lambda pair: losses[pair])
    middle = (share[a] * centers[a] + share[b] * centers[b]) / (share[a] + share[b])
    merged = merged_centers(centers, mass, within, 4)
    assert torch.allclose(merged[a], middle) and len(merged) == 4


@pytest.mark.parametrize("distance", [8.0, 12.0])
def test_a_small_cluster_far_off_is_no_half_of_the_large_one(distance: float) -> None:
    generator = torch.Generator().manual_seed(0)
    z = torch.randn(10_100, 4, generator=generator)
    z[10_000:, 0] += distance
    start = fit_whitened_kmeans(z, 2, n_init=10, generator=torch.Generator().manual_seed(0))
    labels = assign((z - start.shift) @ start.metric, start.centers)[0]
    assert sorted(torch.bincount(labels, minlength=2).tolist()) == [100, 10_000]


def test_clusters_alike_in_size_stay_as_they_are() -> None:
    generator = torch.Generator().manual_seed(0)
    z = torch.randn(900, 3, generator=generator) * torch.tensor([1.0, 5.0, 0.2])
    z[300:600, 2] += 2
    z[600:, 0] += 9
    start = fit_whitened_kmeans(z, 3, n_init=3, generator=torch.Generator().manual_seed(0))
    labels = assign((z - start.shift) @ start.metric, start.centers)[0]
    sizes = sorted(torch.bincount(labels, minlength=3).tolist())
    assert all(abs(size - 300) <= 3 for size in sizes)
