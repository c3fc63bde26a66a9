"""The ends of the numbers: what is brought into range exactly, and what is refused with the column's name."""

import numpy as np
import pytest
import scipy.sparse as sp
import torch

from deepkmeans.data import fit_scaling, normalized_weight
from deepkmeans.data.column_kinds import columns
from deepkmeans.data.magnitudes import check_finite, check_magnitudes, check_ratios, check_squares, largest, peaks
from deepkmeans.data.row_steps import step_dense, step_sparse
from deepkmeans.exceptions import InvalidDataError

X = np.random.RandomState(0).randn(40, 3)


@pytest.mark.parametrize("power", [-1074, -500, -3, 0, 7, 890])
def test_weights_lose_no_digit_to_their_unit(power):
    weight = np.array([0.0, 3.0, 5.0, 2.0]) * 2.0**power
    own, unit = normalized_weight(weight)
    assert own.tolist() == [0.0, 0.75, 1.25, 0.5] and unit == 2.0 ** (power + 2)
    assert normalized_weight(None) == (None, 1.0)


def test_weights_that_no_sum_holds_are_refused():
    assert check_ratios(np.array([0.0, 1e-29, 1.0])).tolist() == [0.0, 1e-29, 1.0]
    with pytest.raises(InvalidDataError, match=r"sample_weight goes from 1e-200 to 1e\+100: .*such rows weight 0"):
        check_ratios(np.array([1e-200, 0.0, 1e100]))
    with pytest.raises(InvalidDataError, match=r"sample_weight goes up to 1e\+300.*divide all weights by 1e\+300"):
        check_ratios(np.array([1e300, 9e299]))


@pytest.mark.parametrize("layout", [np.asarray, sp.csr_matrix, np.asfortranarray])
def test_numbers_at_the_end_of_float64_are_refused_by_name(layout):
    rows = X.copy()
    rows[3, 1] = -1e308
    with pytest.raises(InvalidDataError, match=r"Column 'b' of X holds numbers as large as 1e\+308.*divide it by"):
        check_magnitudes(layout(rows), ["a", "b", "c"])
    with pytest.raises(InvalidDataError, match="Column 1 of X"):
        check_magnitudes(layout(rows))
    check_magnitudes(layout(X * 1e300))
    check_magnitudes(layout((X * 1e37).astype(np.float32)))
    assert peaks(layout(rows))[1] == largest(layout(rows)) == 1e308


def test_missing_and_infinite_cells_are_left_to_others():
    rows = X.copy()
    rows[0, 0], rows[1, 1] = np.nan, np.inf
    check_magnitudes(rows)
    rows[1, 1] = 1e302
    with pytest.raises(InvalidDataError, match="Column 1 of X"):
        check_magnitudes(rows)


def test_squares_that_float64_cannot_hold_are_refused():
    check_squares(X * 1e140, None)
    with pytest.raises(InvalidDataError, match="Column 0 of X holds .*float64 cannot hold squared distances"):
        check_squares(X * np.array([1e160, 1, 1]), None)
    with pytest.raises(InvalidDataError, match="sample_weight goes up to"):
        check_squares(X * 1e20, np.full(40, 1e270))
    with pytest.raises(InvalidDataError, match="float32 cannot hold distances.*or give float64"):
        check_finite(np.full(3, np.inf, dtype=np.float32), X, "distances")


@pytest.mark.parametrize("layout", [np.asarray, sp.csr_matrix])
def test_a_column_that_varies_by_next_to_nothing_is_refused_by_name(layout):
    rows = X * np.array([1.0, 1e-320, 1.0])
    with pytest.raises(InvalidDataError, match=r"Column 'b' of X varies by .*e-320.*multiply it by 1e300"):
        fit_scaling(layout(rows), "standard", names=["a", "b", "c"])


def test_sparse_columns_of_any_unit_have_their_own_deviation():
    rows = np.abs(X) * np.array([1e200, 1.0, 1e-200])
    for one, other in zip(columns(rows), columns(sp.csr_matrix(rows)), strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-9)
    constant = np.c_[X, np.full(40, 1e200)]
    _, _, mean, deviation, _ = columns(sp.csr_matrix(constant))
    assert mean[3] == 1e200 and deviation[3] == 0


@pytest.mark.parametrize("factor", [1e-320, 1e-300, 1e290])
def test_counts_are_profiles_at_any_magnitude(factor):
    rows = np.array([[1.0, 3.0, 0.0], [0.0, 0.0, 0.0], [2.0, 2.0, 4.0]])
    expected = step_dense(torch.from_numpy(rows), "counts", 8.0)
    np.testing.assert_allclose(expected[0], np.log1p([2.0, 6.0, 0.0]))
    far = rows * np.array([[factor], [1.0], [1.0]])
    exact = {"rtol": 1e-3 if factor < 1e-310 else 1e-12}  # the digits that such a number has
    np.testing.assert_allclose(step_dense(torch.from_numpy(far), "counts", 8.0), expected, **exact)
    np.testing.assert_allclose(step_sparse(sp.csr_matrix(far), "counts", 8.0).toarray(), expected, **exact)


def test_rows_are_given_back_in_units_that_float32_hardly_holds():
    rows = (X / np.abs(X).max() * 3e38).astype(np.float32)
    for kind in ("unit", "standard"):
        scaling = fit_scaling(rows, kind)
        again = scaling.invert(scaling.apply(torch.from_numpy(rows)))
        np.testing.assert_allclose(again, rows, rtol=1e-4, atol=1e33)
    tiny = (X * 1e-42).astype(np.float32)
    scaling = fit_scaling(tiny, "standard")
    np.testing.assert_allclose(scaling.invert(scaling.apply(torch.from_numpy(tiny))), tiny, atol=3e-45)


def test_sparse_columns_below_the_smallest_normal_number_are_described():
    rows = sp.csr_matrix(np.array([[0.0, 2e-310], [4e-310, 0.0], [0.0, 6e-310]]))
    with np.errstate(all="raise", under="ignore"):
        low, high, mean, deviation, _ = columns(rows)
    np.testing.assert_array_equal([low, high], [[0, 0], [4e-310, 6e-310]])
    np.testing.assert_allclose(mean, [4e-310 / 3, 8e-310 / 3], rtol=1e-6)
    np.testing.assert_allclose(deviation, np.std(rows.toarray() * 1e300, axis=0) * 1e-300, rtol=1e-6)
