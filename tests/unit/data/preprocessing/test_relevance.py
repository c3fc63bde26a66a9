"""What columns have to do with one another, and what fills their gaps."""

from __future__ import annotations

import numpy as np
import pytest

from deepkmeans.data.preprocessing.completion import Completion
from deepkmeans.data.preprocessing.dependence import dependence
from deepkmeans.data.preprocessing.grouping import quantile_groups, row_groups
from deepkmeans.data.preprocessing.relevance import part_weights, redundancy, relevance, speaking


def test_dependence_is_one_of_copies_and_zero_of_strangers() -> None:
    random = np.random.RandomState(0)
    a, b = random.randint(4, size=(2, 2000))
    renamed = np.array([2, 0, 3, 1])[a]
    depends = dependence([a, renamed, b], np.ones(2000), 2000)
    assert depends[0, 1] == pytest.approx(1.0, abs=0.01) and depends[0, 2] == depends[1, 2] == 0
    np.testing.assert_array_equal(depends, depends.T)


def test_dependence_by_hand() -> None:
    """Half of 400 rows copy the other column of two levels: phi^2 = 1/4, less (2 - 1)(2 - 1) / 400."""
    a = np.repeat([0, 1], 200)
    b = np.r_[np.repeat([0, 1], [150, 50]), np.repeat([0, 1], [50, 150])]
    assert dependence([a, b], np.ones(400), 400)[0, 1] == pytest.approx(0.25 - 1 / 400)
    missing = np.r_[a, np.full(100, -1)]
    assert dependence([missing, np.r_[b, b[:100]]], np.ones(500), 500)[0, 1] == pytest.approx(0.25 - 1 / 400)


def test_parts_of_one_column_do_not_speak_for_each_other() -> None:
    depends, owner = np.array([[0.0, 0.9, 0, 0.2], [0.9, 0, 0, 0], [0, 0, 0, 0.05], [0.2, 0, 0.05, 0]]), [0, 0, 1, 2]
    alike = redundancy(depends, np.array(owner))
    assert not alike.any()
    np.testing.assert_allclose(relevance(speaking(depends, np.array(owner), alike)), [1, 0, 0.6, 1])
    np.testing.assert_allclose(part_weights(np.array([0.0, 1.0])), [0.3, 1.0])
    np.testing.assert_array_equal(relevance(np.zeros((2, 2))), [1, 1])


def test_columns_that_say_the_same_speak_as_one_and_not_for_each_other() -> None:
    """Parts 0 and 2 are one date in two columns, whose other parts, 1 and 3, depend on the other date; 4 on both."""
    depends = np.zeros((5, 5))
    for one, other, value in ((0, 2, 0.9), (0, 3, 0.4), (1, 2, 0.4), (0, 4, 0.2), (2, 4, 0.2)):
        depends[one, other] = depends[other, one] = value
    owner = np.array([0, 0, 1, 1, 2])
    alike = redundancy(depends, owner)
    assert alike[0, 2] == alike[2, 0] == alike.max() == 1 and alike.sum() == 2
    speaks = speaking(depends, owner, alike)
    np.testing.assert_allclose(speaks[:4, :4], 0)
    np.testing.assert_allclose(speaks[4], [0.1, 0, 0.1, 0, 0])  # both dates together as much as one
    np.testing.assert_allclose(speaks[:, 4], [0.2, 0, 0.2, 0, 0])


def test_groups_of_rows_find_clusters_and_know_no_copies_from_weights() -> None:
    random = np.random.RandomState(0)
    y = random.randint(3, size=300)
    rows = np.array([[0, 0], [9, 0], [40, 9]])[y] + random.standard_normal((300, 2))
    groups = row_groups(rows, np.ones(300), 3)
    assert {len(np.unique(y[groups == group])) for group in range(3)} == {1}
    counts = 1 + y
    np.testing.assert_array_equal(
        np.repeat(row_groups(rows, counts.astype(float), 5), counts),
        row_groups(np.repeat(rows, counts, axis=0), np.ones(counts.sum()), 5),
    )
    assert row_groups(np.full((4, 2), np.nan), np.ones(4)).tolist() == [-1] * 4
    assert quantile_groups(np.array([1.0, 1, 1, np.nan]), np.ones(4)).tolist() == [0, 0, 0, -1]


def test_gaps_are_filled_as_regression_would() -> None:
    """Two columns that are one factor and noise: the gap is filled along their common line, shrunk."""
    random = np.random.RandomState(0)
    factor = random.standard_normal(2000)
    X = np.stack([factor, factor, factor, random.standard_normal(2000)], axis=1)
    X[:, :3] += 0.5 * random.standard_normal((2000, 3))
    X -= X.mean(axis=0)
    gone = X.copy()
    gone[:500, 0] = np.nan
    completion = Completion.fit(gone, np.ones(2000), 2000)
    filled = gone.copy()
    completion.fill(filled)
    np.testing.assert_array_equal(filled[500:], gone[500:])
    least_squares = X[:500, 1:] @ np.linalg.lstsq(X[500:, 1:], X[500:, 0], rcond=None)[0]
    assert np.abs(filled[:500, 0] - least_squares).mean() < 0.08 < np.abs(least_squares).mean()
    empty = np.full((1, 4), np.nan)
    completion.fill(empty)
    np.testing.assert_allclose(empty, 0.0, atol=1e-12)


def test_noise_has_no_factors() -> None:
    X = np.random.RandomState(0).standard_normal((1000, 8))
    assert Completion.fit(X, np.ones(1000), 1000).loadings.shape == (8, 0)
    X[0, 0] = np.nan
    completion = Completion.fit(X, np.ones(1000), 1000)
    completion.fill(X)
    assert X[0, 0] == 0


def test_columns_in_blocks_are_all_columns_at_once(monkeypatch):
    random = np.random.RandomState(0)
    groups = [np.where(random.rand(200) < 0.2, -1, random.randint(0, 1 + number % 5, 200)) for number in range(40)]
    mass = random.choice([0.5, 1.0, 3.0], 200)
    at_once = dependence(groups, mass, 200.0)
    monkeypatch.setattr("deepkmeans.data.preprocessing.dependence._BLOCK", 1)
    assert np.allclose(dependence(groups, mass, 200.0), at_once, atol=1e-12)
    assert np.array_equal(at_once, at_once.T) and not at_once.diagonal().any()


def test_many_columns_are_completed_as_few_are(monkeypatch):
    random = np.random.RandomState(0)
    X = random.standard_normal((300, 2)) @ random.standard_normal((2, 12)) + 0.3 * random.standard_normal((300, 12))
    X -= X.mean(axis=0)
    X[random.rand(300, 12) < 0.1] = np.nan
    filled = []
    for most in (1000, 11):  # columns of which all eigenvectors are computed
        monkeypatch.setattr("deepkmeans.data.preprocessing.completion._ALL", most)
        filled.append(X.copy())
        Completion.fit(X, np.ones(300), 300.0).fill(filled[-1])
    np.testing.assert_allclose(filled[0], filled[1], atol=1e-4)
    assert not np.isnan(filled[0]).any()
