"""Main directions: by hand, with weights, by both ways of finding them, and of sparse rows."""

import numpy as np
import pytest
import scipy.sparse as sp
import torch

from deepkmeans.kmeans import axes as module
from deepkmeans.kmeans import csr_rows, principal_axes


def rows(n=80, d=6, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(n, d, generator=generator, dtype=torch.float64) * torch.tensor([9.0, 5, 3, 2, 1, 0.5])[:d]


def along(first, second):
    """How much of the directions (d, m) is the same, one by one: 1 if they differ in sign at most."""
    return np.abs((first * second).sum(0).numpy())


def test_by_hand():
    # On the diagonal, at 0, 1 and 5 times (1, 1), the last of weight 2: mean (2.75, 2.75).
    X = torch.tensor([[0.0, 0.0], [1.0, 1.0], [5.0, 5.0]], dtype=torch.float64)
    mean, axes = principal_axes(X, 1, np.random.RandomState(0), torch.tensor([1.0, 1.0, 2.0]))
    np.testing.assert_allclose(mean, [2.75, 2.75])
    np.testing.assert_allclose(axes, [[0.5**0.5], [0.5**0.5]])


@pytest.mark.parametrize("exact", [2048, 1])
def test_weights_are_repetition(exact, monkeypatch):
    monkeypatch.setattr(module, "_EXACT", exact)  # the second way, of very wide tables
    X, times = rows(), torch.from_numpy(np.random.RandomState(1).randint(1, 6, 80))
    mean, axes = principal_axes(X, 3, np.random.RandomState(0), times)
    again, other = principal_axes(X.repeat_interleave(times, 0), 3, np.random.RandomState(0))
    torch.testing.assert_close(mean, again)
    np.testing.assert_allclose(along(axes, other), 1, atol=1e-6)


def test_equal_weights_are_none():
    X = rows()
    plain = principal_axes(X, 4, np.random.RandomState(0))
    equal = principal_axes(X, 4, np.random.RandomState(0), torch.full((80,), 2.5))
    torch.testing.assert_close(plain, equal)


def test_rows_of_no_weight_have_no_say():
    X = rows()
    far = torch.cat([X, torch.full((3, 6), 1e3, dtype=torch.float64)])
    weight = torch.cat([torch.ones(80), torch.zeros(3)])
    torch.testing.assert_close(
        principal_axes(far, 3, np.random.RandomState(0), weight), principal_axes(X, 3, np.random.RandomState(0))
    )


def test_directions_are_orthonormal_by_falling_variance_and_the_largest_entry_is_positive():
    X = rows(200)
    weight = torch.rand(200, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    mean, axes = principal_axes(X, 50, np.random.RandomState(0), weight)
    assert axes.shape == (6, 6)
    torch.testing.assert_close(axes.T @ axes, torch.eye(6, dtype=torch.float64))
    variance = weight @ ((X - mean) @ axes) ** 2
    assert (variance[:-1] >= variance[1:]).all()
    assert (axes.gather(0, axes.abs().argmax(0)[None]) > 0).all()


def test_sparse_rows_are_dense_ones_that_are_not_centred():
    X = sp.random(60, 12, density=0.3, random_state=0, format="csr")
    parts = (torch.from_numpy(np.asarray(part)) for part in (X.indptr, X.indices, X.data))
    mean, axes = principal_axes(csr_rows(*parts, X.shape), 2, np.random.RandomState(0))
    _, _, expected = np.linalg.svd(X.toarray())
    assert (mean == 0).all()
    np.testing.assert_allclose(along(axes, torch.from_numpy(expected[:2].T)), 1, atol=0.05)
