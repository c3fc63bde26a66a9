"""K-Means at any scale and offset against scikit-learn in float64 on the well-placed data."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.cluster import KMeans as Oracle
from sklearn.metrics import adjusted_rand_score

from deepkmeans.kmeans import assign, lloyd


def problem(seed: int) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.RandomState(seed)
    X = 5 * draw.randn(6, 8)[draw.randint(6, size=1500)] + draw.randn(1500, 8)
    return X, X[draw.choice(1500, 6, replace=False)]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("exponent", [-30, -23, -15, -5, 5, 15, 23, 30])
@pytest.mark.parametrize("seed", [0, 1])
def test_scales(dtype: type, exponent: int, seed: int) -> None:
    X, start = problem(seed)
    reference = Oracle(6, init=start, n_init=1).fit(X)
    scaled, first = ((part * 10.0**exponent).astype(dtype) for part in (X, start))
    result = lloyd(torch.from_numpy(scaled), torch.from_numpy(first))
    assert adjusted_rand_score(reference.labels_, result.labels.numpy()) >= 0.999
    assert result.inertia == pytest.approx(reference.inertia_ * 10.0 ** (2 * exponent), rel=1e-4)
    assert np.array_equal(result.labels.numpy(), assign(torch.from_numpy(scaled), result.centers)[0].numpy())


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("offset", [1e2, 1e4, 1e6, 1e8, -1e8])
@pytest.mark.parametrize("seed", [0, 1])
def test_offsets(dtype: type, offset: float, seed: int) -> None:
    X, start = problem(seed)
    # A dtype can only cluster what it can store: the spread is 5,000 steps of it at this offset, and at least 1.
    spread = max(1.0, 5000 * abs(offset) * np.finfo(dtype).eps)
    moved, first = ((part * spread + offset).astype(dtype) for part in (X, start))
    reference = Oracle(6, init=first.astype(float) - offset, n_init=1).fit(moved.astype(float) - offset)
    result = lloyd(torch.from_numpy(moved), torch.from_numpy(first))
    assert adjusted_rand_score(reference.labels_, result.labels.numpy()) >= 0.999
    assert result.inertia == pytest.approx(reference.inertia_, rel=1e-5)


def test_scale_and_offset_together() -> None:
    X, start = problem(2)
    reference = Oracle(6, init=start, n_init=1).fit(X)
    for scale, offset in ((1e-30, 1e5), (1e30, 1e5), (1e-12, -1e8), (1e12, 1e8)):
        moved, first = ((part + offset) * scale for part in (X, start))
        result = lloyd(torch.from_numpy(moved), torch.from_numpy(first))
        assert adjusted_rand_score(reference.labels_, result.labels.numpy()) >= 0.999
