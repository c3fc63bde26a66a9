"""Weights of rows are copies in what scaling and projection say of all rows."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from deepkmeans.data import fit_projection, fit_scaling
from deepkmeans.data.row_steps import size_of_rows
from deepkmeans.data.scaling_fit import _quantiles

LAYOUTS = [np.asarray, sp.csr_matrix]


def test_the_median_size_by_hand():
    X = np.array([[1.0, 1], [2, 2], [0, 0], [5, 5], [7, 1]])  # sums 2, 4, 0 (empty), 10, 8
    assert size_of_rows(X) == size_of_rows(X, np.ones(5)) == 6
    assert size_of_rows(X, np.array([1.0, 1, 9, 1, 2])) == 8
    assert size_of_rows(X, np.array([3.0, 1, 9, 1, 1])) == 3  # between 2 and 4
    assert size_of_rows(np.zeros((2, 2)), np.ones(2)) == 1


@pytest.mark.parametrize("make", LAYOUTS)
def test_the_median_size_counts_copies(make):
    random = np.random.RandomState(0)
    for _ in range(20):
        X, times = random.poisson(1.0, (15, 4)).astype(np.float64), random.randint(1, 5, 15)
        assert size_of_rows(make(X), times / 4) == size_of_rows(make(np.repeat(X, times, axis=0)))


def test_quantiles_count_copies_and_leave_out_missing_cells():
    random = np.random.RandomState(0)
    X, times = random.randn(40, 5), random.randint(1, 5, 40)
    X[random.rand(40, 5) < 0.2] = np.nan
    levels = [0.03, 0.4, 0.97]
    expected = np.nanquantile(np.repeat(X, times, axis=0), levels, axis=0, method="inverted_cdf")
    np.testing.assert_array_equal(_quantiles(X, levels, times.astype(np.float64)), expected)
    np.testing.assert_array_equal(_quantiles(X, levels, None), np.nanquantile(X, levels, axis=0))


def test_few_cells_far_out_of_little_weight_span_no_range():
    X = np.random.RandomState(0).rand(300, 6)
    X[:30, 0] = 1e4  # a tenth of the rows
    weight = np.r_[np.full(30, 1e-3), np.ones(270)]
    assert fit_scaling(X, "auto").kind == "standard" and fit_scaling(X, "auto", weight=weight).kind == "shared"


@pytest.mark.parametrize("make", LAYOUTS)
def test_main_directions_count_copies(make):
    random = np.random.RandomState(0)
    X = random.randn(60, 8) * [5, 3, 1, 1, 1, 1, 1, 1]
    times = np.where(X[:, 2] > 0, 9, 1)
    repeated = np.repeat(X, times, axis=0)
    scaling = fit_scaling(X, "shared", weight=times)
    found, expected, blind = (
        fit_projection(make(rows), scaling, 2, np.random.RandomState(0), weight=weight).numpy()
        for rows, weight in ((X, times / 7), (repeated, None), (X, None))
    )
    np.testing.assert_allclose(found @ found.T, expected @ expected.T, atol=1e-5)
    assert np.abs(blind @ blind.T - expected @ expected.T).max() > 1e-3
