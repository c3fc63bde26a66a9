"""The same start gives scikit-learn's clustering: labels, inertia, rounds."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
import torch
from sklearn.cluster import KMeans as Oracle
from sklearn.cluster import kmeans_plusplus as oracle_plusplus
from sklearn.metrics import adjusted_rand_score

from deepkmeans.kmeans import csr_rows, kmeans_plusplus, lloyd

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def problem(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray | None, float]:
    """Random rows and starts; every fourth start is thrown far out, so that clusters run empty."""
    draw = np.random.RandomState(seed)
    n, d = draw.randint(5, 400), draw.randint(1, 12)
    k = draw.randint(1, min(n, 15) + 1)
    X = draw.randn(n, d) * draw.uniform(0.1, 10, d) + draw.randn(d) * draw.choice([0, 1, 100])
    start = X[draw.choice(n, k, replace=False)]
    if seed % 4 == 0:
        start = start + 3 * draw.randn(k, d) * X.std()
    return X, start, draw.uniform(0.1, 3, n) if seed % 2 else None, 0.0 if seed % 5 == 0 else 1e-4


def test_200_random_problems() -> None:
    relocated = 0
    for seed in range(200):
        X, start, weight, tol = problem(seed)
        oracle = Oracle(len(start), init=start, n_init=1, tol=tol).fit(X, sample_weight=weight)
        weights = None if weight is None else torch.from_numpy(weight)
        ours = lloyd(torch.from_numpy(X), torch.from_numpy(start), weight=weights, tol=tol)
        assert ours.inertia == pytest.approx(oracle.inertia_, rel=1e-10, abs=1e-10), seed
        if ours.n_relocated < 3:
            assert np.array_equal(ours.labels.numpy(), oracle.labels_), seed
            np.testing.assert_allclose(ours.centers.numpy(), oracle.cluster_centers_, rtol=1e-9, atol=1e-9)
            assert abs(ours.n_iter - oracle.n_iter_) <= 1, seed
        else:
            # Which of three or more empty clusters takes which far row is the accident of a partial sort.
            assert adjusted_rand_score(ours.labels.numpy(), oracle.labels_) == 1.0, seed
        relocated += ours.n_relocated > 0
    assert relocated >= 20


def test_50_sparse_problems() -> None:
    for seed in range(50):
        X, start, weight, _ = problem(seed)
        X = np.where(np.abs(X - X.mean(0)) < 0.7 * X.std(0), 0, X)
        start = X[np.random.RandomState(seed).choice(len(X), len(start), replace=False)]
        csr = sp.csr_matrix(X)
        oracle = Oracle(len(start), init=start, n_init=1, tol=0).fit(csr, sample_weight=weight)
        rows = csr_rows(*(torch.from_numpy(part) for part in (csr.indptr, csr.indices, csr.data)), csr.shape)
        ours = lloyd(rows, torch.from_numpy(start), weight=None if weight is None else torch.from_numpy(weight), tol=0)
        if ours.n_relocated == 0:
            assert np.array_equal(ours.labels.numpy(), oracle.labels_), seed
            assert ours.inertia == pytest.approx(oracle.inertia_, rel=1e-9, abs=1e-9), seed


def test_starts_are_as_good() -> None:
    """Greedy k-means++: the mean potential over 40 seeds is that of scikit-learn within its standard error."""
    draw = np.random.RandomState(0)
    X = 3 * draw.randn(15, 4)[draw.randint(15, size=1500)] + draw.randn(1500, 4)

    def potential(centers: np.ndarray) -> float:
        return float(((X[:, None] - centers) ** 2).sum(2).min(1).sum())

    theirs = [potential(oracle_plusplus(X, 15, random_state=seed)[0]) for seed in range(40)]
    tensor = torch.from_numpy(X)
    ours = [
        potential(kmeans_plusplus(tensor, 15, generator=torch.Generator().manual_seed(seed))[0].numpy())
        for seed in range(40)
    ]
    error = np.hypot(np.std(theirs), np.std(ours)) / np.sqrt(40)
    assert abs(np.mean(ours) - np.mean(theirs)) < 4 * error
