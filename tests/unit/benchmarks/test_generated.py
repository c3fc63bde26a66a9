from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from benchmarks import generated
from benchmarks.generated import KINDS, table

NUMBERS = range(20 * len(KINDS))


@pytest.fixture(scope="module")
def tables() -> list[tuple[np.ndarray, np.ndarray, str]]:
    return [table(number) for number in NUMBERS]


def _of(tables: list[tuple[np.ndarray, np.ndarray, str]], *kinds: str) -> list[tuple[np.ndarray, np.ndarray]]:
    return [(X, y) for X, y, kind in tables if kind in kinds]


def test_shapes_and_types_and_no_empty_group(tables: list[tuple[np.ndarray, np.ndarray, str]]) -> None:
    for number, (X, y, kind) in enumerate(tables):
        n, d = X.shape
        assert 150 <= n <= 1500 and 2 <= d <= 30 and y.shape == (n,), (number, kind)
        assert X.dtype == np.float64 and y.dtype == np.int64 and np.isfinite(X).all(), (number, kind)
        k = y.max() + 1
        assert 2 <= k <= 15 and np.bincount(y).min() >= 1 and y.min() == 0, (number, kind)
    assert {y.max() + 1 for _, y, _ in tables} == set(range(2, 16))
    assert {X.shape[1] for X, _, _ in tables} > set(range(2, 13))


def test_a_number_and_a_seed_are_a_table() -> None:
    for number in range(len(KINDS)):
        (X, y, kind), (again, same, _) = table(number), table(number)
        np.testing.assert_array_equal(X, again)
        np.testing.assert_array_equal(y, same)
        other, _, its_kind = table(number, seed=1)
        assert its_kind == kind and (other.shape != X.shape or not np.array_equal(other, X))
    for wrong in ((-1, 0), (0, -1)):
        with pytest.raises(ValueError, match="must be integers >= 0"):
            table(*wrong)


def test_the_global_generator_stays_as_it_was() -> None:
    before = np.random.get_state()[1].copy()
    table(12)
    np.testing.assert_array_equal(before, np.random.get_state()[1])


def test_kinds_have_equal_shares() -> None:
    names = tuple(KINDS)
    counts = Counter(names[number % len(names)] for number in range(generated.COUNT))
    assert set(counts.values()) <= {generated.COUNT // len(names), generated.COUNT // len(names) + 1}
    assert [table(number)[2] for number in range(len(names) + 2)] == [*names, *names[:2]]


def test_kinds_are_what_they_say(tables: list[tuple[np.ndarray, np.ndarray, str]]) -> None:
    for _, y in _of(tables, "unequal"):
        assert np.bincount(y).min() <= 0.12 * np.bincount(y).max()
    distinct = [len(np.unique(X, axis=0)) / len(X) for X, _ in _of(tables, "copies")]
    assert np.mean(np.array(distinct) < 0.7) > 0.5
    for X, _ in _of(tables, "one-hot"):
        last = X[:, -3:]  # every category has 3 values or more
        assert set(np.unique(last)) <= {0.0, 1.0} and (last.sum(1) <= 1).all()
    for X, _ in _of(tables, "integers"):
        assert min(len(np.unique(column)) for column in X.T) <= 20
    for X, _ in _of(tables, "outliers"):
        middle = np.median(X, axis=0)
        assert (np.abs(X - middle) > 3 * np.median(np.abs(X - middle), axis=0)).any()
    for X, _ in _of(tables, "repeats"):
        with np.errstate(invalid="ignore", divide="ignore"):
            like = np.nan_to_num(np.abs(np.corrcoef(X.T))) - np.eye(X.shape[1])
        assert like.max() > 0.98
    scales = [X.std(0).max() / X.std(0).min() for X, _ in _of(tables, "units") if X.shape[1] > 3]
    assert np.median(scales) > 100


def test_separation_goes_from_clear_to_hardly_visible(tables: list[tuple[np.ndarray, np.ndarray, str]]) -> None:
    found = [
        adjusted_rand_score(y, KMeans(y.max() + 1, n_init=3, random_state=0).fit_predict(X))
        for X, y in _of(tables, "blobs")
    ]
    assert min(found) < 0.6 and max(found) > 0.95
