"""The intrinsic dimension of rows whose dimension is known, straight or bent, with noise and without."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from deepkmeans.graph import intrinsic_dimension
from deepkmeans.graph.dimension import (
    _calibrated,
    _maximum_likelihood,
    _references,
    _two_nearest,
    _unexplained_deviation,
    _without_noise,
)


def embedded(d: int, *, bent: bool, noise: float, n: int = 800, columns: int = 100, seed: int = 0) -> np.ndarray:
    draw = np.random.RandomState(seed)
    z = draw.randn(n, d)
    if bent:
        z = np.tanh(z @ draw.randn(d, columns) * 1.5 / np.sqrt(d))
    rows = z @ draw.randn(z.shape[1], columns)
    return rows / rows.std() + noise * draw.randn(n, columns)


def estimate(rows: np.ndarray, seed: int = 0) -> float:
    found = intrinsic_dimension(torch.from_numpy(rows), np.random.RandomState(seed))
    assert found is not None
    return found.value


@pytest.mark.parametrize("noise", [0.0, 0.1])
@pytest.mark.parametrize("bent", [False, True], ids=["linear", "curved"])
@pytest.mark.parametrize("d", [2, 5, 10, 20])
def test_known_dimensions(d: int, bent: bool, noise: float) -> None:
    assert d / 1.5 <= estimate(embedded(d, bent=bent, noise=noise)) <= 1.5 * d


@pytest.mark.parametrize("bent", [False, True], ids=["linear", "curved"])
@pytest.mark.parametrize("d", [2, 10])
def test_noise_of_another_size_in_every_column(d: int, bent: bool) -> None:
    """As z-scores of columns with equal noise and unequal signal have it."""
    rows = embedded(d, bent=bent, noise=0.1)
    assert d / 1.5 <= estimate((rows - rows.mean(axis=0)) / rows.std(axis=0)) <= 1.5 * d


def test_unexplained_deviation_is_that_of_the_residual() -> None:
    draw = np.random.RandomState(0)
    a, b = draw.randn(2, 5000)
    rows = np.column_stack([a, b, a + b + 0.5 * draw.randn(5000)])
    rows -= rows.mean(axis=0)
    residual = rows[:, 2] - rows[:, :2] @ np.linalg.lstsq(rows[:, :2], rows[:, 2])[0]
    assert _unexplained_deviation(rows)[2] == pytest.approx(residual.std(), rel=1e-4)


def test_maximum_likelihood_by_hand() -> None:
    # k = 3: sum_j log(r_3 / r_j) is log 4 + log 2 = log 8 in the first row, log 2 + 0 in the second.
    near = np.array([[1.0, 2.0, 4.0], [1.0, 2.0, 2.0]])
    assert _maximum_likelihood(near) == pytest.approx(1 / ((np.log(8) + np.log(2)) / 2))


def test_two_nearest_of_an_exact_law() -> None:
    # Facco et al.: r_2 / r_1 is Pareto distributed with exponent d.
    share = np.minimum(np.arange(1, 2001) / 2000, 0.9999)  # the last lies among the tenth that is left out
    ratio = (1 - share) ** (-1 / 7.0)
    assert _two_nearest(np.column_stack([np.ones(2000), ratio])) == pytest.approx(7.0, rel=1e-6)


def test_level_of_the_noise() -> None:
    rows = embedded(5, bent=False, noise=0.1, n=1000)
    kept, n_components, noise = _without_noise(rows)
    assert n_components == 5
    assert kept.shape == (1000, 5)
    assert noise == pytest.approx(0.01, rel=0.05)


def test_no_noise_no_level() -> None:
    found = intrinsic_dimension(torch.from_numpy(embedded(3, bent=False, noise=0.0)), np.random.RandomState(0))
    assert found is not None
    assert found.noise == 0
    assert found.n_components == 3


def test_calibration_returns_the_references() -> None:
    known = _references(300, 20)
    assert list(known) == sorted(known)
    assert _calibrated(known[4], 300, 20) == pytest.approx(6)
    assert 0 < _calibrated(known[0] / 2, 300, 20) < 1


def test_scale_offset_and_rotation_do_not_matter() -> None:
    rows = embedded(4, bent=True, noise=0.0, n=300, columns=12)
    turned = rows @ np.linalg.qr(np.random.RandomState(5).randn(12, 12))[0] * 1000 + 7
    assert estimate(turned) == pytest.approx(estimate(rows), rel=0.02)


def test_equal_rows_count_once() -> None:
    rows = embedded(3, bent=False, noise=0.0, n=200, columns=6)
    assert estimate(np.repeat(rows, 5, axis=0)) == pytest.approx(estimate(rows), rel=0.1)


def test_too_few_different_rows() -> None:
    few = torch.from_numpy(np.repeat(np.random.RandomState(0).randn(19, 4), 10, axis=0))
    assert intrinsic_dimension(few, np.random.RandomState(0)) is None


def test_one_column_is_one_dimension() -> None:
    assert estimate(np.random.RandomState(0).randn(200, 1)) == pytest.approx(1.0, abs=0.15)


def test_same_seed_same_number() -> None:
    rows = embedded(4, bent=True, noise=0.1, n=2500, columns=20)
    assert estimate(rows, 3) == estimate(rows, 3)
