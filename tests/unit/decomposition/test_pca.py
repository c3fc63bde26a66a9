"""Principal components: by hand, with weights, by both ways of finding them, and of sparse rows."""

import numpy as np
import pytest
import scipy.sparse as sp
import torch

from deepkmeans.decomposition import (
    PrincipalComponents,
    exact_components,
    pca,
    principal_components,
    randomized_components,
)
from deepkmeans.kmeans import csr_rows


def rows(n=80, d=6, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(n, d, generator=generator, dtype=torch.float64) * torch.tensor([9.0, 5, 3, 2, 1, 0.5])[:d]


def along(first, second):
    """How much of the components (d, m) is the same, one by one: 1 if they differ in sign at most."""
    return np.abs((first * second).sum(0).numpy())


def test_by_hand():
    # On the diagonal, at 0, 1 and 5 times (1, 1), the last of weight 2: mean (2.75, 2.75).
    X = torch.tensor([[0.0, 0.0], [1.0, 1.0], [5.0, 5.0]], dtype=torch.float64)
    mean, components = principal_components(X, 1, np.random.RandomState(0), torch.tensor([1.0, 1.0, 2.0]))
    np.testing.assert_allclose(mean, [2.75, 2.75])
    np.testing.assert_allclose(components, [[0.5**0.5], [0.5**0.5]])


@pytest.mark.parametrize("exact", [2048, 1])
def test_weights_are_repetition(exact, monkeypatch):
    monkeypatch.setattr(pca, "_EXACT", exact)  # the second way, of very wide tables
    X, times = rows(), torch.from_numpy(np.random.RandomState(1).randint(1, 6, 80))
    mean, components = principal_components(X, 3, np.random.RandomState(0), times)
    again, other = principal_components(X.repeat_interleave(times, 0), 3, np.random.RandomState(0))
    torch.testing.assert_close(mean, again)
    np.testing.assert_allclose(along(components, other), 1, atol=1e-6)


def test_equal_weights_are_none():
    X = rows()
    plain = principal_components(X, 4, np.random.RandomState(0))
    equal = principal_components(X, 4, np.random.RandomState(0), torch.full((80,), 2.5))
    torch.testing.assert_close(plain, equal)


def test_rows_of_no_weight_have_no_say():
    X = rows()
    far = torch.cat([X, torch.full((3, 6), 1e3, dtype=torch.float64)])
    weight = torch.cat([torch.ones(80), torch.zeros(3)])
    torch.testing.assert_close(
        principal_components(far, 3, np.random.RandomState(0), weight),
        principal_components(X, 3, np.random.RandomState(0)),
    )


def test_components_are_orthonormal_by_falling_variance_and_the_largest_entry_is_positive():
    X = rows(200)
    weight = torch.rand(200, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    mean, components = principal_components(X, 50, np.random.RandomState(0), weight)
    assert components.shape == (6, 6)
    torch.testing.assert_close(components.T @ components, torch.eye(6, dtype=torch.float64))
    variance = weight @ ((X - mean) @ components) ** 2
    assert (variance[:-1] >= variance[1:]).all()
    assert (components.gather(0, components.abs().argmax(0)[None]) > 0).all()


def test_sparse_rows_are_dense_ones_that_are_not_centred():
    X = sp.random(60, 12, density=0.3, random_state=0, format="csr")
    parts = (torch.from_numpy(np.asarray(part)) for part in (X.indptr, X.indices, X.data))
    mean, components = principal_components(csr_rows(*parts, X.shape), 2, np.random.RandomState(0))
    _, _, expected = np.linalg.svd(X.toarray())
    assert (mean == 0).all()
    np.testing.assert_allclose(along(components, torch.from_numpy(expected[:2].T)), 1, atol=0.05)


def test_all_ways_agree():
    X = rows(200)
    centred = (X - X.mean(0)).numpy()
    one = principal_components(X, 3, np.random.RandomState(0))[1]
    others = {
        "exact": exact_components(centred)[:3].T,
        "randomised": randomized_components(centred, 3, np.random.RandomState(0)).T,
        "fitted": PrincipalComponents(X.numpy(), 3).components.T,
    }
    for name, other in others.items():
        np.testing.assert_allclose(along(one, torch.from_numpy(other.copy())), 1, atol=1e-6, err_msg=name)


@pytest.mark.parametrize("columns", [20, 60])
def test_fitted_components_of_sparse_rows_are_those_of_dense_ones(columns):
    X = sp.random(100, columns, density=0.3, random_state=0, format="csr")
    sparse, dense = PrincipalComponents(X, 20), PrincipalComponents(X.toarray(), 20)
    m = len(sparse.components)
    assert m == (20 if columns == 20 else 19)  # the iterative solver finds all but one at most
    np.testing.assert_allclose(sparse.shares, dense.shares[:m], rtol=1e-6)
    np.testing.assert_allclose(np.abs(sparse.transform(X)), np.abs(dense.transform(X.toarray())[:, :m]), atol=1e-6)


def test_equal_rows_have_no_variance_to_share():
    fitted = PrincipalComponents(np.ones((5, 3)), 2)
    assert fitted.shares.tolist() == [0, 0]
    assert (fitted.transform(np.ones((5, 3))) == 0).all()


@pytest.mark.parametrize("n", [5, 20])
def test_few_wide_rows_have_the_components_of_their_covariances(n, monkeypatch):
    X = torch.randn(n, 80, generator=torch.Generator().manual_seed(n), dtype=torch.float64)
    weight = torch.arange(1.0, n + 1)
    mean, components = principal_components(X, 50, np.random.RandomState(0), weight)
    monkeypatch.setattr(pca, "_FEW", 0)
    again, others = principal_components(X, 50, np.random.RandomState(0), weight)
    torch.testing.assert_close(mean, again)
    assert components.shape == others.shape == (80, n)
    np.testing.assert_allclose(along(components[:, : n - 1], others[:, : n - 1]), 1, atol=1e-9)
    torch.testing.assert_close(components.T @ components, torch.eye(n, dtype=torch.float64))
