"""Distances and the assignment against the plain difference in float64."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from deepkmeans.kmeans import assign, csr_rows, distances, squared_distances

pytestmark = pytest.mark.filterwarnings("ignore:Sparse CSR tensor support")  # of torch's own conversion, below


def plain(X: torch.Tensor, centers: torch.Tensor) -> torch.Tensor:
    return ((X.double()[:, None] - centers.double()[None]) ** 2).sum(2)


def draw(seed: int, n: int = 200, d: int = 5, k: int = 7) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    kind = {"generator": generator, "dtype": torch.float64}
    return torch.randn(n, d, **kind), torch.randn(k, d, **kind)


def sparse(X: torch.Tensor) -> torch.Tensor:
    X = X.to_sparse_csr()
    return csr_rows(X.crow_indices(), X.col_indices(), X.values(), tuple(X.shape))


def test_three_four_five_by_hand() -> None:
    X, centers = torch.tensor([[0.0, 0], [3, 4]]), torch.tensor([[0.0, 0], [3, 0]])
    assert squared_distances(X, centers).tolist() == [[0, 9], [25, 16]]
    assert distances(X, centers).tolist() == [[0, 3], [5, 4]]
    labels, squared = assign(X, centers)
    assert (labels.tolist(), squared.tolist()) == ([0, 1], [0, 16])
    assert (labels.dtype, squared.dtype) == (torch.int32, torch.float64)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("offset", [0.0, 1e8])
def test_ties_go_to_the_lowest_index(dtype: torch.dtype, offset: float) -> None:
    centers = torch.tensor([[64.0, 0], [-64, 0], [64, 0], [0, 64]], dtype=dtype) + offset
    X = torch.tensor([[0.0, 0], [64, 0], [-64, 0], [0, 16]], dtype=dtype) + offset
    assert assign(X, centers)[0].tolist() == [0, 0, 1, 3]
    assert assign(X, centers.flip(0))[0].tolist() == [0, 1, 2, 0]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("exponent", [-30, -20, 0, 20, 30])
@pytest.mark.parametrize("layout", ["dense", "csr"])
def test_every_magnitude(dtype: torch.dtype, exponent: int, layout: str) -> None:
    X, centers = (part.to(dtype) * 10.0**exponent for part in draw(0))
    rows = X if layout == "dense" else sparse(X)
    exact = plain(X, centers)
    labels, squared = assign(rows, centers)
    assert torch.equal(labels.long(), exact.argmin(1))
    digits = 1e-5 if dtype == torch.float32 else 1e-12
    torch.testing.assert_close(squared, exact.amin(1), rtol=digits, atol=0)
    torch.testing.assert_close(distances(rows, centers).double(), exact.sqrt(), rtol=digits, atol=0)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("offset", [1e2, 1e5, 1e8])
@pytest.mark.parametrize("layout", ["dense", "csr"])
def test_every_offset(dtype: torch.dtype, offset: float, layout: str) -> None:
    X, centers = draw(1)
    spread = max(1.0, 100 * offset * torch.finfo(dtype).eps)
    X, centers = ((part * spread + offset).to(dtype) for part in (X, centers))
    rows = X if layout == "dense" else sparse(X)
    exact = plain(X, centers)
    labels, squared = assign(rows, centers)
    assert torch.equal(labels.long(), exact.argmin(1))
    torch.testing.assert_close(squared, exact.amin(1), rtol=1e-5 if dtype == torch.float32 else 1e-12, atol=0)
    torch.testing.assert_close(squared_distances(rows, centers).double(), exact, rtol=2e-5, atol=0)


def test_tight_clusters_far_apart() -> None:
    """In float32 the expansion sees nothing of a gap of 1 between centres at 10,000; the labels still do."""
    X = torch.tensor([[1e4, 1e4], [1e4 + 1, 1e4], [-1e4, -1e4], [-1e4 + 1, -1e4]])
    labels, squared = assign(X.repeat(50, 1) + 0.25, X)
    assert labels.tolist() == [0, 1, 2, 3] * 50
    torch.testing.assert_close(squared, torch.full((200,), 0.125, dtype=torch.float64))
    assert squared_distances(X, X).diagonal().tolist() == [0, 0, 0, 0]
    assert squared_distances(X, X)[0, 1] == 1


@pytest.mark.parametrize("layout", ["dense", "csr"])
def test_the_size_of_chunks_changes_nothing(layout: str) -> None:
    X, centers = draw(2, n=1000)
    X[X.abs() < 0.3] = 0
    rows = X if layout == "dense" else sparse(X)
    whole = assign(rows, centers)
    for chunk_bytes in (1, 700, 10_000):
        parts = assign(rows, centers, chunk_bytes=chunk_bytes)
        assert torch.equal(whole[0], parts[0])
        torch.testing.assert_close(whole[1], parts[1], rtol=1e-12, atol=0)


def test_a_label_does_not_depend_on_the_other_rows() -> None:
    X, centers = (part.float() for part in draw(3))
    outlier = torch.full((1, 5), 1e30)
    labels = assign(torch.cat([X, outlier]), centers)[0]
    assert torch.equal(labels[:-1], assign(X, centers)[0])
    assert torch.equal(labels[:-1], torch.cat([assign(row[None], centers)[0] for row in X]))


def test_no_rows() -> None:
    labels, squared = assign(torch.empty(0, 5), torch.zeros(2, 5))
    assert (labels.shape, squared.shape) == ((0,), (0,))
    assert squared_distances(torch.empty(0, 5), torch.zeros(2, 5)).shape == (0, 2)


def test_gradients_are_those_of_the_formula() -> None:
    X, centers = (part.requires_grad_() for part in draw(4, n=6, d=3, k=2))
    assert torch.autograd.gradcheck(squared_distances, (X, centers))
    at_a_centre = torch.ones(1, 3, requires_grad=True)
    squared_distances(at_a_centre, torch.ones(1, 3)).sum().backward()
    assert at_a_centre.grad is not None
    assert at_a_centre.grad.tolist() == [[0, 0, 0]]


def test_lower_product_precision_costs_no_digits() -> None:
    X, centers = (part.float() for part in draw(5, d=64))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        torch.testing.assert_close(squared_distances(X, centers).double(), plain(X, centers), rtol=1e-5, atol=0)
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("medium")
    try:
        torch.testing.assert_close(squared_distances(X, centers).double(), plain(X, centers), rtol=1e-5, atol=0)
        assert torch.equal(assign(X, centers)[0].long(), plain(X, centers).argmin(1))
    finally:
        torch.set_float32_matmul_precision(before)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 40), st.integers(1, 5), st.integers(1, 6), st.booleans())
def test_labels_are_the_argmin_on_a_grid_full_of_ties(seed: int, n: int, d: int, k: int, narrow: bool) -> None:
    integers = np.random.RandomState(seed)
    X = torch.from_numpy(integers.randint(-3, 4, (n, d)).astype(np.float32 if narrow else np.float64))
    centers = torch.from_numpy(integers.randint(-3, 4, (k, d)).astype(np.float32 if narrow else np.float64))
    labels, squared = assign(X, centers)
    exact = plain(X, centers)
    assert torch.equal(labels.long(), exact.argmin(1))
    torch.testing.assert_close(squared, exact.amin(1), rtol=1e-5 if narrow else 1e-12, atol=0)


def test_prepared_rows_bring_their_norms_along() -> None:
    X, _ = draw(3)
    X = X - X.mean(0)
    chosen = X[[5, 17, 17]]
    found = squared_distances(X, chosen, torch.linalg.vector_norm(X, dim=1))
    torch.testing.assert_close(found, plain(X, chosen))
    assert found[5, 0] == found[17, 1] == found[17, 2] == 0  # a row is where it is, exactly


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_few_distances_are_those_of_many(dtype: torch.dtype) -> None:
    """A mini-batch takes the plain difference, whole data the expansion: the same distances and gradients."""
    X, centers = (part.to(dtype) for part in draw(6, n=20_000))
    found = []
    for rows in (X[:100], X):
        rows, near = rows.clone().requires_grad_(), centers.clone().requires_grad_()
        squares = squared_distances(rows, near)
        squares[:100].square().sum().backward()
        assert rows.grad is not None and near.grad is not None
        found.append((squares[:100].detach(), rows.grad[:100], near.grad))
    assert len(X) * centers.numel() > 2**17
    for few, many in zip(*found, strict=True):
        torch.testing.assert_close(few, many, rtol=1e-3 if dtype == torch.float32 else 1e-10, atol=1e-3)
