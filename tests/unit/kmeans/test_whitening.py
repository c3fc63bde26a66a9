"""K-Means in the metric of its own clusters."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.metrics import adjusted_rand_score
from torch import Tensor

from deepkmeans.kmeans import WhitenedKMeans, assign, fit_kmeans, fit_whitened_kmeans
from deepkmeans.kmeans.whitening import within_covariance
from tests.threads_collective import ThreadCollective, run_in_threads


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def cigars(n: int = 300, length: float = 4.0) -> tuple[Tensor, Tensor]:
    """Two parallel clusters (n each), ``length`` times longer than wide, six widths apart."""
    z = torch.randn(2 * n, 2, generator=generator(), dtype=torch.float64) * torch.tensor([length, 1.0])
    labels = torch.arange(2).repeat_interleave(n)
    z[:, 1] += 6.0 * labels
    return z, labels


def labels_of(z: Tensor, k: int, **options: object) -> Tensor:
    found = fit_whitened_kmeans(z, k, n_init=5, generator=generator(), **options)  # type: ignore[arg-type]
    return assign((z - found.shift) @ found.metric, found.centers)[0]


def log_det(z: Tensor, labels: Tensor, k: int) -> float:
    centers = torch.stack([z[labels == j].mean(0) for j in range(k)])
    away = z - centers[labels.long()]
    return float(torch.logdet(away.T @ away / len(z)))


def test_within_covariance_by_hand() -> None:
    z = torch.tensor([[0.0, 0], [2, 0], [10, 4], [10, 8]])
    centers = torch.tensor([[1.0, 0], [10, 6]])
    labels = torch.tensor([0, 0, 1, 1])
    # Squares about the centres: 1 + 1 and 4 + 4 over four rows; shrunk by (e + 1) / (n - k + e + 1) = 3/5.
    expected = torch.tensor([[0.4 * 0.5 + 0.6 * 1.25, 0], [0, 0.4 * 2.0 + 0.6 * 1.25]], dtype=torch.float64)
    torch.testing.assert_close(within_covariance(z, centers, labels), expected)
    weight = torch.tensor([3.0, 1, 0, 0])
    heavy = torch.tensor([[0.4 * 1.0 + 0.6 * 0.5, 0], [0, 0.6 * 0.5]], dtype=torch.float64)
    torch.testing.assert_close(within_covariance(z, centers, labels, weight), heavy)


def test_long_clusters_that_k_means_cuts_across_are_found() -> None:
    z, truth = cigars()
    plain = fit_kmeans(z, 2, n_init=5, generator=generator()).labels
    assert adjusted_rand_score(truth, plain) < 0.5
    assert adjusted_rand_score(truth, labels_of(z, 2)) > 0.95


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_map_centres_and_scales_and_makes_clusters_round(dtype: torch.dtype) -> None:
    z = cigars()[0].to(dtype) * 1e-3 + 5
    found = fit_whitened_kmeans(z, 2, n_init=5, generator=generator())
    codes = ((z - found.shift) @ found.metric).double()
    assert found.metric.dtype == found.centers.dtype == dtype
    torch.testing.assert_close(codes.mean(0), torch.zeros(2, dtype=torch.float64), atol=1e-3, rtol=0)
    assert float(codes.var(0, correction=0).mean()) == pytest.approx(1, rel=1e-3)
    labels = assign(codes, found.centers.double())[0]
    torch.testing.assert_close(
        torch.stack([codes[labels == j].mean(0) for j in (0, 1)]), found.centers.double(), atol=1e-3, rtol=0
    )
    variances = torch.linalg.eigvalsh(within_covariance(codes, found.centers, labels))
    assert float(variances[1] / variances[0]) < 1.05


def test_the_determinant_never_ends_above_that_of_k_means() -> None:
    for seed in range(10):
        z = torch.randn(200, 3, generator=generator(seed), dtype=torch.float64) ** 3
        plain = fit_kmeans(z / z.var(0).mean().sqrt(), 4, n_init=5, generator=generator()).labels
        assert log_det(z, labels_of(z, 4), 4) <= log_det(z, plain, 4) + 1e-9


def test_weights_are_repetition() -> None:
    z = cigars(60)[0]
    weight = torch.randint(1, 4, (len(z),), generator=generator(1))
    repeated = labels_of(z.repeat_interleave(weight, dim=0), 2)
    weighted = labels_of(z, 2, weight=weight.double())
    assert adjusted_rand_score(repeated, weighted.repeat_interleave(weight)) > 0.98  # the starts draw other rows


@pytest.mark.parametrize("k", [1, 2, 5])
def test_degenerate_codes_give_finite_maps(k: int) -> None:
    base = torch.randn(5, 3, generator=generator())
    for z in (base, torch.zeros(5, 3), torch.cat([base, torch.zeros(5, 1), base[:, :1]], dim=1), base * 1e-44):
        found = fit_whitened_kmeans(z, k, n_init=1, generator=generator())
        assert all(bool(torch.isfinite(part).all()) for part in found)
        assert float(torch.linalg.det(found.metric.double())) != 0


def test_weights_are_copies_in_shift_and_spread() -> None:
    z, labels = cigars(60)
    times = 1 + (torch.arange(120) % 4) * labels  # the second cluster is heavier
    weight = times.double() / times.double().mean()
    far = torch.cat([z, torch.full((1, 2), 1e9, dtype=z.dtype)])
    light = torch.cat([weight, torch.full((1,), 1e-26, dtype=z.dtype)])
    for rows, mass in ((z, weight), (far, light)):
        found = fit_whitened_kmeans(rows, 2, n_init=5, weight=mass, generator=generator())
        codes, share = (rows - found.shift) @ found.metric, mass / mass.sum()
        torch.testing.assert_close(share @ codes, torch.zeros(2, dtype=z.dtype), atol=1e-9, rtol=0)
        assert float((share @ codes.square()).mean()) == pytest.approx(1)
    repeated = z.repeat_interleave(times, dim=0)
    found = fit_whitened_kmeans(z, 2, n_init=5, weight=weight, generator=generator())
    torch.testing.assert_close(found.shift, repeated.mean(0))


@pytest.mark.parametrize("weighted", [False, True])
def test_shards_give_the_metric_of_the_whole(weighted: bool) -> None:
    random = np.random.RandomState(3)
    z = torch.from_numpy(random.randn(300, 4) @ random.randn(4, 4) + 6 * random.randn(5, 4)[random.choice(5, 300)])
    weight = torch.from_numpy(random.choice([0.5, 1.0, 3.0], 300)) if weighted else None
    whole = fit_whitened_kmeans(z, 5, n_init=5, weight=weight, generator=generator())

    def job(collective: ThreadCollective) -> WhitenedKMeans:
        own = slice(0, 110) if collective.rank == 0 else slice(110, None)
        mass = None if weight is None else weight[own]
        return fit_whitened_kmeans(z[own], 5, n_init=5, weight=mass, generator=generator(), collective=collective)

    for found in run_in_threads(2, job):
        for part, expected in zip(found, whole, strict=True):
            torch.testing.assert_close(part, expected, rtol=1e-9, atol=1e-9)
