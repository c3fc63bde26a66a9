"""K-Means under bounds on sizes: prediction by distance and price."""

from __future__ import annotations

import math

import pytest
import scipy.sparse as sp
import torch

from deepkmeans.kmeans import SizeBounds, assign, assign_priced, csr_rows, fit_balanced, fit_kmeans


def rows(n: int = 300, d: int = 3, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    X = torch.randn(n, d, generator=generator, dtype=torch.float64)
    X[: n // 5] += 4
    return X.to(dtype)


def sparse(X: torch.Tensor) -> torch.Tensor:
    matrix = sp.csr_matrix(X.numpy())
    parts = (torch.from_numpy(part.astype("int64")) for part in (matrix.indptr, matrix.indices))
    return csr_rows(*parts, torch.from_numpy(matrix.data), tuple(X.shape))


def test_priced_assignment_by_hand() -> None:
    X = torch.tensor([[0.0], [4.0], [6.0], [10.0]])
    centers = torch.tensor([[0.0], [10.0]])
    # 36 + 0 against 16 + 30: with a price of 30 on the second the row at 6 goes to the first, at 36.
    labels, squared = assign_priced(X, centers, torch.tensor([0.0, 30.0]))
    assert labels.tolist() == [0, 0, 0, 1]
    assert squared.tolist() == [0, 16, 36, 0]


def test_prices_all_the_same_change_nothing() -> None:
    X = rows()
    centers = X[:4].clone()
    for prices in (None, torch.zeros(4), torch.full((4,), 7.0)):
        for mine, plain in zip(assign_priced(X, centers, prices), assign(X, centers), strict=True):
            assert torch.equal(mine, plain)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_against_the_plain_table(dtype: torch.dtype) -> None:
    X = rows(dtype=dtype)
    centers, prices = X[:5].clone(), torch.tensor([0.0, 1.0, 5.0, 0.5, 2.0])
    table = (X.double()[:, None] - centers.double()).square().sum(2)
    labels, squared = assign_priced(X, centers, prices)
    assert torch.equal(labels.long(), (table + prices.double()).argmin(1))
    assert torch.allclose(squared, table.gather(1, labels.long()[:, None])[:, 0])


def test_dense_is_sparse() -> None:
    X = rows() * (rows() > 0)
    centers, prices = X[:4].clone(), torch.tensor([0.0, 3.0, 1.0, 0.0])
    for dense, stored in zip(
        assign_priced(X, centers, prices), assign_priced(sparse(X), centers, prices), strict=True
    ):
        assert torch.allclose(dense.double(), stored.double())


@pytest.mark.parametrize(("low", "high"), [(75, 75), (1, 80), (60, 300)])
@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_sizes_are_within_the_bounds(low: int, high: int, metric: str) -> None:
    X = rows()
    free = fit_kmeans(X, 4, metric=metric, generator=torch.Generator().manual_seed(0))
    end = fit_balanced(X, [free.centers], SizeBounds(low, high), metric=metric)
    sizes = torch.bincount(end.labels, minlength=4)
    assert low <= int(sizes.min()) and int(sizes.max()) <= high
    assert end.converged and end.inertia >= free.inertia - 1e-9 * free.inertia
    seen = X / X.norm(dim=1, keepdim=True) if metric == "cosine" else X
    assert torch.equal(assign_priced(seen, end.centers, end.prices)[0], end.labels)


def test_weights_are_repetition() -> None:
    X = rows(60, 2)
    weight = (torch.arange(60) % 3).double()
    written_out = X.repeat_interleave(weight.long(), 0)
    start = X[[1, 20, 40]]
    bounds = SizeBounds(19, 21)
    mine = fit_balanced(X, [start], bounds, weight=weight)
    other = fit_balanced(written_out, [start], bounds)
    assert mine.inertia == pytest.approx(other.inertia)
    assert torch.equal(mine.labels.repeat_interleave(weight.long()), other.labels)


def test_far_from_the_origin_and_in_large_numbers() -> None:
    X = rows(200, 2)
    bounds, start = SizeBounds(50, 50), X[:4].clone()
    near = fit_balanced(X, [start], bounds)
    for change in (lambda x: x + 2.0**20, lambda x: x * 2.0**300):
        far = fit_balanced(change(X), [change(start)], bounds)
        assert torch.bincount(far.labels, minlength=4).tolist() == [50] * 4
    assert math.isclose(near.inertia, fit_balanced(X, [start, start], bounds).inertia)
