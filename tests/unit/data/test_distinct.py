"""Distinct rows: by hand, dense = sparse, and whatever the order."""

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from deepkmeans.data import distinct as module
from deepkmeans.data import distinct_rows


def groups(inverse):
    """Which rows are alike, (n, n)."""
    return inverse[:, None] == inverse


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_by_hand(dtype):
    X = np.array([[1, 2], [0, 3], [1, 2], [-0.0, 3], [np.nan, 3], [-np.nan, 3], [2, 1]], dtype=dtype)
    index, inverse = distinct_rows(X)
    assert len(index) == 4 and inverse.shape == (7,)
    expected = np.array([0, 1, 0, 1, 2, 2, 3])
    np.testing.assert_array_equal(groups(inverse), groups(expected))
    np.testing.assert_array_equal(X[index][inverse], X)  # NaN is NaN, and 0 is -0


def test_stored_zeros_and_split_entries_of_a_sparse_row_are_what_they_say():
    whole = sp.csr_matrix(np.array([[0.0, 1], [0, 1], [2, 0]]))
    stored = sp.csr_matrix((np.array([0.0, 1, 1, 1.5, 0.5]), [0, 1, 1, 0, 0], [0, 2, 3, 5]), shape=(3, 2))
    before = stored.copy()
    for X in (whole, stored):
        index, inverse = distinct_rows(X)
        assert len(index) == 2
        np.testing.assert_array_equal(groups(inverse), groups(np.array([0, 0, 1])))
    np.testing.assert_array_equal(stored.data, before.data)  # the user's matrix stays as it is


@given(st.integers(0, 10_000), st.sampled_from([np.float32, np.float64]))
@settings(max_examples=25)
def test_dense_is_sparse_is_a_sort(seed, dtype):
    random = np.random.RandomState(seed)
    X = random.randint(-1, 2, (random.randint(1, 40), random.randint(1, 4))).astype(dtype)
    index, inverse = distinct_rows(X)
    _, expected = np.unique(X, axis=0, return_inverse=True)
    np.testing.assert_array_equal(groups(inverse), groups(expected.reshape(-1)))
    np.testing.assert_array_equal(groups(distinct_rows(sp.csr_matrix(X))[1]), groups(inverse))
    np.testing.assert_array_equal(X[index][inverse], X)


@given(st.integers(0, 10_000))
@settings(max_examples=25)
def test_the_order_follows_from_the_values(seed):
    random = np.random.RandomState(seed)
    X = random.randint(0, 3, (30, 2)).astype(np.float64)
    other = X[random.permutation(30)]
    np.testing.assert_array_equal(X[distinct_rows(X)[0]], other[distinct_rows(other)[0]])


@pytest.mark.parametrize("change", [lambda x: x * 2.0**-70, lambda x: 2.54 * x - 40, np.exp])
@pytest.mark.parametrize("make", [np.asarray, sp.csr_matrix])
def test_the_order_is_the_same_in_any_unit(change, make):
    X = np.random.RandomState(0).normal(size=(60, 5)) + 9
    X[5:9] = X[0]
    X[:, 1] = np.round(X[:, 1])
    other = X.copy()
    other[:, 2] = change(X[:, 2])
    for first, second in zip(distinct_rows(make(X)), distinct_rows(make(other)), strict=True):
        np.testing.assert_array_equal(X[first], X[second])
    np.testing.assert_array_equal(other[distinct_rows(make(other))[0]][distinct_rows(make(other))[1]], other)


def test_many_kinds_stay_in_the_order_in_which_they_come(monkeypatch):
    monkeypatch.setattr(module, "_ORDERED", 3)
    X = np.array([[5.0], [3.0], [5.0], [9.0], [1.0]])
    index, inverse = distinct_rows(X)
    assert index.tolist() == [0, 1, 3, 4] and inverse.tolist() == [0, 1, 0, 2, 3]


def test_blocks_do_not_show(monkeypatch):
    X = np.random.RandomState(0).randint(0, 4, (100, 3)).astype(np.float64)
    whole = distinct_rows(X)
    monkeypatch.setattr(module, "_BLOCK", 7)
    for first, second in zip(whole, distinct_rows(X), strict=True):
        np.testing.assert_array_equal(first, second)


def test_different_rows_of_one_key_stay_apart(monkeypatch):
    monkeypatch.setattr(module, "_keys", lambda X: np.zeros(len(X), dtype=np.int64))
    X = np.array([[1.0], [2.0], [1.0]])
    index, inverse = distinct_rows(X)
    assert sorted(index) == [0, 1, 2]
    np.testing.assert_array_equal(X[index][inverse], X)
