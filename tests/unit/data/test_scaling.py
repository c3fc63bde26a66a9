"""Scaling: by hand, there and back, and at the edges of floating point."""

import numpy as np
import pytest
import scipy.sparse as sp
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from deepkmeans.data import Rows, fit_scaling
from deepkmeans.data.column_kinds import row_rule, sparse_quantiles
from deepkmeans.data.scaling_fit import _quantiles
from deepkmeans.exceptions import InvalidParameterError


def test_standard_by_hand():
    X = np.array([[0.0, 5.0], [2.0, 5.0], [4.0, 5.0]])
    scaling = fit_scaling(X, "standard")
    deviation = np.sqrt(8 / 3)
    np.testing.assert_allclose(scaling.shift, [2, 5])
    np.testing.assert_allclose(scaling.scale, [deviation, 1])  # a constant column is centred and left alone
    expected = np.array([[-2, 0], [0, 0], [2, 0]]) / [deviation, 1]
    np.testing.assert_allclose(scaling.apply(torch.from_numpy(X)), expected)


def test_pixels_share_one_scale_and_mixed_units_do_not():
    generator = np.random.RandomState(0)
    pixels = generator.randint(0, 256, (500, 30)).astype(np.uint8)
    mixed = np.c_[generator.rand(500), 1e4 * generator.rand(500), generator.randn(500)]
    assert fit_scaling(pixels).kind == "shared"
    assert len(set(fit_scaling(pixels).scale.tolist())) == 1
    assert fit_scaling(mixed).kind == "standard"


def test_bounded_outputs_get_rows_they_can_reach():
    X = np.array([[-3.0, 1000.0], [5.0, 4000.0], [1.0, 2500.0]])
    for bounds in ((0.0, 1.0), (-1.0, 1.0)):
        scaled = fit_scaling(X, output_range=bounds).apply(torch.from_numpy(X))
        np.testing.assert_allclose(scaled.min(0).values, bounds[0], atol=1e-12)
        np.testing.assert_allclose(scaled.max(0).values, bounds[1])


def test_missing_cells_are_filled_with_the_mean_and_flagged():
    X = np.array([[1.0, 7.0], [np.nan, 9.0], [3.0, 8.0]])
    scaling = fit_scaling(X, "standard")
    assert scaling.flagged.tolist() == [0] and scaling.n_inputs == 3
    scaled = scaling.apply(torch.from_numpy(X))
    np.testing.assert_allclose(scaled[:, 0], [-1, 0, 1])  # mean 2, deviation 1 over the cells present
    np.testing.assert_allclose(scaled[:, 2], [0, 1, 0])
    new = scaling.apply(torch.tensor([[2.0, np.nan]], dtype=torch.float64))  # missing where training had none
    np.testing.assert_allclose(new, [[0, 0, 0]], atol=1e-12)


@pytest.mark.parametrize("kind", ["standard", "shared", "unit", "none"])
def test_there_and_back(kind):
    X = np.random.RandomState(1).randn(40, 4) * [1, 10, 1e-3, 1e5] + [0, 1e6, 0, -5]
    scaling = fit_scaling(X, kind)
    np.testing.assert_allclose(scaling.invert(scaling.apply(torch.from_numpy(X))), X, rtol=1e-9)


def test_sparse_is_dense():
    dense = np.random.RandomState(0).poisson(0.3, (60, 8)).astype(np.float64)
    a, b = fit_scaling(dense, "standard"), fit_scaling(sp.csr_matrix(dense), "standard")
    np.testing.assert_allclose(a.shift, b.shift, rtol=1e-9)
    np.testing.assert_allclose(a.scale, b.scale, rtol=1e-9)
    cpu = torch.device("cpu")
    index = torch.tensor([3, 50, 3])
    x, y = (Rows(X, a, device=cpu).take(index) for X in (dense, sp.csr_matrix(dense)))
    torch.testing.assert_close(x, y)


@pytest.mark.parametrize("factor", [1e-300, 1e-30, 1e30, 1e200])
def test_any_unit(factor):
    X = np.random.RandomState(0).randn(100, 3)
    expected = fit_scaling(X, "standard").apply(torch.from_numpy(X))
    scaled = fit_scaling(X * factor, "standard").apply(torch.from_numpy(X * factor))
    np.testing.assert_allclose(scaled, expected, rtol=1e-6, atol=1e-9)


def test_a_large_offset_does_not_drown_float32_rows():
    X = (np.random.RandomState(0).randn(200, 2) * 64 + 1e6).astype(np.float32)
    scaled = fit_scaling(X, "standard").apply(torch.from_numpy(X))
    assert scaled.dtype == torch.float32
    np.testing.assert_allclose(scaled.double().std(0, correction=0), 1, rtol=1e-3)


@given(
    hnp.arrays(
        np.float64, st.tuples(st.integers(1, 12), st.integers(1, 4)),
        elements=st.one_of(st.just(np.nan), st.floats(-1e307, 1e307, allow_subnormal=False)),
    ),
    st.sampled_from(["auto", "standard", "robust", "shared", "unit"]),
)  # fmt: skip
def test_any_table_scales_to_finite_numbers(X, kind):
    scaled = fit_scaling(X, kind).apply(torch.from_numpy(X))
    assert torch.isfinite(scaled).all()


def test_robust_by_hand():
    X = np.array([[3.0], [1.0], [2.0], [5.0], [400.0]])
    scaling = fit_scaling(X, "robust")
    unit = 399 / (2 * 1.6449)  # nine tenths of five numbers: all of them
    np.testing.assert_allclose(scaling.shift, [3])
    np.testing.assert_allclose(scaling.scale, [unit])
    assert scaling.kind == "robust"
    new = scaling.apply(torch.tensor([[3.0], [3 + unit], [1e9], [-1e9], [np.nan]], dtype=torch.float64))[:, 0]
    np.testing.assert_allclose(new, [0, 1, 4, -4, (82.2 - 3) / unit])  # a missing cell is the mean
    np.testing.assert_allclose(scaling.invert(scaling.apply(torch.from_numpy(X))), X)


def test_robust_finds_its_units_on_some_of_many_rows(monkeypatch):
    X = np.random.RandomState(0).randn(4000, 2) * [1, 100]
    whole = fit_scaling(X, "robust")
    monkeypatch.setattr("deepkmeans.data.scaling_fit._UNIT_ROWS", 1000)
    part = fit_scaling(X, "robust", weight=np.ones(4000))
    np.testing.assert_allclose(part.scale, whole.scale, rtol=0.1)
    assert not torch.equal(part.scale, whole.scale)


def test_robust_refuses_a_sparse_matrix_and_says_what_to_do():
    with pytest.raises(InvalidParameterError, match=r"scaling='robust'.*sparse.*'standard'.*dense"):
        fit_scaling(sp.csr_matrix(np.eye(4)), "robust")


@pytest.mark.parametrize("kind", ["standard", "robust", "shared", "pixels"])
@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_weights_are_repetition(kind, missing):
    random = np.random.RandomState(0)
    X = random.randn(60, 3) * [1, 10, 100] + 5
    X[random.rand(60, 3) < missing] = np.nan
    times = random.randint(1, 5, 60)
    weighted, repeated = fit_scaling(X, kind, weight=times), fit_scaling(np.repeat(X, times, axis=0), kind)
    for name, tensor in weighted.to_tensors().items():
        torch.testing.assert_close(tensor, repeated.to_tensors()[name], msg=name)


def test_weights_of_sparse_rows_are_those_of_dense_ones():
    dense = np.random.RandomState(0).poisson(0.3, (60, 8)).astype(np.float64)
    weight = np.random.RandomState(1).rand(60)
    a, b = (fit_scaling(X, "standard", weight=weight) for X in (dense, sp.csr_matrix(dense)))
    torch.testing.assert_close(a.shift, b.shift)
    torch.testing.assert_close(a.scale, b.scale)


@pytest.mark.parametrize("cells", [[], [(0, 0)], [(0, 0), (1, 2)]])
def test_single_cells_far_out_do_not_change_what_auto_sees(cells):
    random = np.random.RandomState(0)
    shared, mixed = random.rand(500, 4), random.rand(500, 4) * [1, 1, 1, 1e3]
    for i, j in cells:
        shared[i, j] = mixed[i, j] = 1e5
    assert fit_scaling(shared).kind == "shared"
    assert fit_scaling(mixed).kind == "standard"


def test_a_column_without_a_cell_among_the_rows_looked_at_has_no_say(monkeypatch):
    monkeypatch.setattr("deepkmeans.data.scaling_fit._RANGE_ROWS", 50)
    X = np.random.RandomState(0).rand(100, 3)
    X[:, 2] = np.nan
    assert fit_scaling(X).kind == "shared"
    X[[1, 3], 2] = 0, 1e6  # every other row is looked at
    assert fit_scaling(X).kind == "shared"
    assert fit_scaling(X[:, 2:]).kind == "standard"


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("output_range", [None, (0.0, 1.0)])
def test_sparse_columns_share_a_range_where_dense_ones_do(seed, output_range):
    random = np.random.RandomState(seed)
    X = random.randn(random.randint(2, 80), random.randint(1, 9)) * random.choice([1, 30], 1 + seed % 2)[0]
    X = np.where(random.rand(*X.shape) < random.choice([0.0, 0.2, 0.9]), 0, X)
    X[:, : seed % 3] *= 10
    X = np.abs(X) if seed % 4 else X
    X[0, 0] = [500, 0][seed % 2]  # one cell far out spans nothing
    dense, sparse = (fit_scaling(make(X), output_range=output_range) for make in (np.asarray, sp.csr_matrix))
    assert sparse.kind == dense.kind
    np.testing.assert_allclose(sparse.scale, dense.scale, rtol=1e-9)


def test_a_cell_far_out_does_not_decide_for_sparse_rows():
    X = np.abs(np.random.RandomState(0).randn(200, 300))
    X[0, 0] = 500
    assert fit_scaling(X).kind == fit_scaling(sp.csr_matrix(X)).kind == "shared"


@given(hnp.arrays(np.float64, st.tuples(st.integers(1, 9), st.integers(1, 4)), elements=st.sampled_from([-2, 0, 1, 7])))
def test_quantiles_of_sparse_columns_are_those_of_dense_ones(X):
    shares = [0.0, 0.1, 0.5, 0.93, 1.0]
    np.testing.assert_allclose(sparse_quantiles(sp.csr_matrix(X), shares), np.quantile(X, shares, axis=0), atol=1e-12)


@given(
    hnp.arrays(np.float64, st.tuples(st.integers(2, 9), st.integers(1, 4)), elements=st.sampled_from([-2, 0, 1, 7])),
    st.randoms(use_true_random=False),
)
def test_weighted_quantiles_of_sparse_columns_are_those_of_dense_ones(X, random):
    weight = np.array([random.choice([1.0, 2.0, 5.0]) for _ in X])
    for share in (0.0503, 0.3011, 0.5113, 0.9701):  # none is the edge of a whole weight
        found = sparse_quantiles(sp.csr_matrix(X), [share], weight)
        np.testing.assert_array_equal(found, _quantiles(X, [share], weight))


@pytest.mark.parametrize("make", [np.asarray, sp.csr_matrix])
def test_columns_in_which_hardly_any_cell_differs_say_nothing_of_a_range(make):
    random = np.random.RandomState(0)
    words = random.rand(500, 30) * (random.rand(500, 30) < 0.3)
    rare = np.zeros((500, 60))
    rare[np.arange(60), np.arange(60)] = 0.7
    assert fit_scaling(make(np.hstack([words, rare]))).kind == "shared"
    assert fit_scaling(make(np.hstack([words * np.geomspace(1, 1e4, 30), rare]))).kind == "standard"
    assert fit_scaling(make(rare)).kind == "shared"  # all such: by their whole ranges


def test_empty_rows_have_no_length_and_few_cells_are_words():
    random = np.random.RandomState(0)
    words = random.rand(100, 60)
    assert row_rule(words) is None
    words /= np.linalg.norm(words, axis=1, keepdims=True)
    words[::3] = 0
    assert row_rule(words) == row_rule(sp.csr_matrix(words)) == "cosine"
    few = random.rand(100, 60) * (random.rand(100, 60) < 0.05)
    assert row_rule(few) == "cosine" and row_rule(few - 0.1) is None
    assert row_rule(np.hstack([few] * 5)) is None  # many dense columns are no table that was sparse
