"""Lloyd's iterations: cases worked out by hand, then equivalences, then properties."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from deepkmeans.kmeans import assign, csr_rows, fit_kmeans, lloyd

pytestmark = pytest.mark.filterwarnings("ignore:Sparse CSR tensor support")  # of torch's own conversion, below


def rows(*values: float) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)[:, None]


def blobs(seed: int, n: int = 300, d: int = 4, k: int = 5, spread: float = 6.0) -> torch.Tensor:
    draw = np.random.RandomState(seed)
    return torch.from_numpy(spread * draw.randn(k, d)[draw.randint(k, size=n)] + draw.randn(n, d))


def test_four_points_by_hand() -> None:
    # Rows 0, 1, 10, 11 from centres 0 and 1: {0} {1, 10, 11} -> centres 0, 22/3; {0, 1} {10, 11} -> 1/2, 21/2; still.
    result = lloyd(rows(0, 1, 10, 11), rows(0, 1))
    assert result.labels.tolist() == [0, 0, 1, 1]
    assert result.labels.dtype == torch.int32
    torch.testing.assert_close(result.centers, rows(0.5, 10.5))
    assert result.inertia == pytest.approx(4 * 0.25)
    assert (result.n_iter, result.converged, result.n_relocated) == (3, True, 0)
    # Inertia of each assignment: 0+0+81+100; 0+1+(8/3)^2+(11/3)^2; 1; and of the labels returned.
    assert result.history == pytest.approx((181, 1 + 64 / 9 + 121 / 9, 1, 1))


def test_weights_by_hand() -> None:
    # Centre of {0 (weight 3), 4 (weight 1)} is 1: inertia 3 * 1 + 1 * 9.
    result = lloyd(rows(0, 4), rows(7.0), weight=torch.tensor([3.0, 1.0], dtype=torch.float64))
    assert result.centers.item() == pytest.approx(1)
    assert result.inertia == pytest.approx(12)


def test_an_empty_cluster_takes_the_farthest_row() -> None:
    # All rows are nearest to 0; row 9 is farthest and becomes the centre of the second cluster.
    result = lloyd(rows(0, 1, 9), rows(0, 1000))
    assert result.n_relocated == 1
    assert result.labels.tolist() == [0, 0, 1]
    torch.testing.assert_close(result.centers, rows(0.5, 9))


def test_a_weightless_row_is_never_a_cluster_of_its_own() -> None:
    weight = torch.tensor([1, 1, 1, 0], dtype=torch.float64)
    with_row = lloyd(rows(0, 1, 9, 500), rows(0, 1e6), weight=weight)
    without = lloyd(rows(0, 1, 9), rows(0, 1e6))
    torch.testing.assert_close(with_row.centers, without.centers)
    assert with_row.inertia == pytest.approx(without.inertia)


def test_the_cap_is_reported() -> None:
    result = lloyd(rows(0, 1, 10, 11), rows(0, 1), max_iter=1)
    assert (result.n_iter, result.converged) == (1, False)
    # Labels belong to the centres returned (0 and 22/3), not to those before the last move.
    assert result.labels.tolist() == [0, 0, 1, 1]


def test_tol_is_relative_to_the_mean_variance() -> None:
    X, start = blobs(0), blobs(0)[:5]
    loose, strict = lloyd(X, start, tol=1e6), lloyd(X, start, tol=0)
    assert loose.n_iter == 1
    assert loose.converged
    assert strict.converged
    assert strict.n_iter > 1
    for factor in (1e-3, 1e3):
        assert lloyd(X * factor, start * factor, tol=1e-2).n_iter == lloyd(X, start, tol=1e-2).n_iter


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("values", [[0.1] * 30, [0.1, 0.2] * 15, [1e8 + 0.1, 1e8 + 3] * 15])
def test_more_clusters_than_distinct_rows(dtype: torch.dtype, values: list[float]) -> None:
    X = torch.tensor(values, dtype=dtype)[:, None].repeat(1, 3)
    for init in ("k-means++", "random"):
        result = fit_kmeans(X, 6, init=init, n_init=3, generator=torch.Generator().manual_seed(0))
        assert result.centers.isfinite().all()
        assert result.labels.unique().numel() == X.unique(dim=0).shape[0]
        assert result.n_iter <= 5
        assert result.inertia <= 1e-6 * float((X.double() ** 2).sum())


def test_a_weight_is_a_repetition() -> None:
    X, counts = blobs(1), torch.from_numpy(np.random.RandomState(1).randint(0, 4, 300))
    start = X[[0, 50, 100, 150, 200]]
    weighted = lloyd(X, start, weight=counts.double())
    repeated = lloyd(X.repeat_interleave(counts, 0), start)
    torch.testing.assert_close(weighted.centers, repeated.centers)
    assert weighted.inertia == pytest.approx(repeated.inertia, rel=1e-12)
    assert weighted.n_iter == repeated.n_iter
    assert torch.equal(weighted.labels.repeat_interleave(counts), repeated.labels)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("weighted", [False, True])
def test_sparse_equals_dense(dtype: torch.dtype, weighted: bool) -> None:
    X = blobs(2, d=12).to(dtype)
    X[X.abs() < 3] = 0
    X[7] = 0
    sparse = X.to_sparse_csr()
    sparse = csr_rows(sparse.crow_indices(), sparse.col_indices(), sparse.values(), (300, 12))
    weight = torch.linspace(0, 2, 300, dtype=dtype) if weighted else None
    start = torch.cat([X[:8], torch.full((2, 12), 1e3, dtype=dtype)])
    one, other = lloyd(X, start, weight=weight), lloyd(sparse, start, weight=weight)
    assert torch.equal(one.labels, other.labels)
    torch.testing.assert_close(one.centers, other.centers)
    assert one.inertia == pytest.approx(other.inertia, rel=1e-5 if dtype == torch.float32 else 1e-12)
    assert one.n_relocated == other.n_relocated > 0


def test_float32_agrees_with_float64() -> None:
    X = blobs(3, n=2000)
    start = X[:5]
    wide, narrow = lloyd(X, start), lloyd(X.float(), start.float())
    assert narrow.centers.dtype == torch.float32
    assert (wide.labels != narrow.labels).float().mean() < 1e-3
    assert narrow.inertia == pytest.approx(wide.inertia, rel=1e-5)


def test_labels_are_the_assignment_to_the_returned_centres() -> None:
    for seed in range(20):
        X = blobs(seed, spread=0.5).float()
        result = lloyd(X, X[:9])
        assert torch.equal(result.labels, assign(X, result.centers)[0])


def test_the_input_is_left_alone() -> None:
    X, start, weight = blobs(4), blobs(4)[:5], torch.ones(300, dtype=torch.float64)
    copies = [part.clone() for part in (X, start, weight)]
    lloyd(X, start, weight=weight)
    assert all(torch.equal(part, copy) for part, copy in zip((X, start, weight), copies, strict=True))


def test_two_shards_make_one_clustering() -> None:
    """Sums go through the collective: doubling every sum must change nothing but the inertia."""

    class Twins:
        def sum(self, *tensors: torch.Tensor) -> tuple[torch.Tensor, ...]:
            return tuple(2 * tensor for tensor in tensors)

    X = blobs(5)
    one, two = lloyd(X, X[:5]), lloyd(X, X[:5], collective=Twins())
    torch.testing.assert_close(one.centers, two.centers)
    assert two.inertia == pytest.approx(2 * one.inertia)


problems = st.tuples(st.integers(0, 10**6), st.integers(3, 60), st.integers(1, 6), st.integers(1, 8))


@settings(max_examples=60, deadline=None)
@given(problems)
def test_inertia_never_rises(problem: tuple[int, int, int, int]) -> None:
    seed, n, d, k = problem
    X = blobs(seed, n, d, spread=2)
    result = lloyd(X, X[: min(k, n)])
    if result.n_relocated == 0:
        slack = 1e-12 * float((X**2).sum())
        assert all(after <= before + slack for before, after in zip(result.history, result.history[1:], strict=False))
    assert result.history[-1] == result.inertia


@settings(max_examples=60, deadline=None)
@given(problems, st.floats(-1e4, 1e4))
def test_moving_everything_moves_the_centres(problem: tuple[int, int, int, int], offset: float) -> None:
    seed, n, d, k = problem
    X = blobs(seed, n, d, spread=2)
    here, there = lloyd(X, X[: min(k, n)]), lloyd(X + offset, X[: min(k, n)] + offset)
    assert torch.equal(here.labels, there.labels)
    assert torch.allclose(here.centers + offset, there.centers, atol=1e-9 * (1 + abs(offset)))
    assert math.isclose(here.inertia, there.inertia, rel_tol=1e-7, abs_tol=1e-7)
