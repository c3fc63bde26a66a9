"""The columns of a table seen in several ways: by hand, with weights, and whatever the unit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from deepkmeans.data import column_spaces, one_hot_blocks
from deepkmeans.data.spaces import LIMIT, robust_units

QUARTER, TWENTIETH = norm.ppf(0.75), norm.ppf(0.95)


def column(*values):
    return np.array(values, dtype=np.float64)[:, None]


@pytest.mark.parametrize(
    ("weight", "middle", "unit"),
    [
        (None, 3, 2 / (2 * QUARTER)),  # from 2 to 4: wider than from 1 to 5 over nine tenths
        ([1, 1, 1, 1, 16], 5, 4 / (2 * TWENTIETH)),  # from 5 to 5, but from 1 to 5 over nine tenths
        ([1, 1, 1, 1, 96], 5, np.sqrt(0.01 * (1 + 4 + 9 + 16) - 0.1**2)),  # 5 to 5 both: the deviation
        ([0, 1, 0, 1, 0], 2, 2 / (2 * QUARTER)),  # the lower of two middles
    ],
)
def test_weighted_quantiles_of_five_numbers(weight, middle, unit):
    found = robust_units(column(5, 3, 1, 2, 4), None if weight is None else np.array(weight)[[4, 2, 0, 1, 3]])
    np.testing.assert_allclose(found, [[middle], [unit]], rtol=1e-4)


def test_three_values_in_every_space():
    spaces = column_spaces(column(0, 10, 2))
    assert list(spaces) == ["standard", "robust", "ranks"]
    np.testing.assert_allclose(spaces["standard"], (column(0, 10, 2) - 4) / np.sqrt(56 / 3))
    # Middles of thirds: the normal deviates of 1/6, 5/6 and 1/2, then deviation 1.
    np.testing.assert_allclose(spaces["ranks"], np.sqrt(1.5) * column(-1, 1, 0), atol=1e-12)
    np.testing.assert_allclose(spaces["robust"], (column(0, 10, 2) - 2) * 2 * QUARTER / 10, rtol=1e-4)


def test_normal_scores_of_ties():
    ranks = column_spaces(column(1, 1, 7, 9))["ranks"][:, 0]  # levels 1/4, 1/4, 5/8, 7/8
    scores = norm.ppf([0.25, 0.25, 0.625, 0.875])
    np.testing.assert_allclose(ranks, (scores - scores.mean()) / scores.std())


def test_a_far_cell_is_cut_off_and_does_not_set_the_scale():
    X = np.random.RandomState(0).randn(200, 1)
    far = np.r_[X, [[1e6]]]
    robust = column_spaces(far)["robust"]
    assert robust[-1, 0] == LIMIT
    np.testing.assert_allclose(robust[:-1], column_spaces(X)["robust"], atol=0.1)
    assert np.ptp(column_spaces(far)["standard"][:-1]) < 1e-3


@pytest.mark.parametrize("value", [0.0, 0.1, -1e9 / 3])
@pytest.mark.parametrize("n", [1, 7, 100])
def test_a_constant_column_is_zero_whatever_the_mean_rounds_to(value, n):
    X = np.full((n, 2), value)
    for space in column_spaces(X).values():
        assert (space == 0).all()
    middle, unit = robust_units(X)
    assert (middle == value).all() and (unit == 1).all()


def test_one_hot_blocks_by_hand():
    category = np.eye(3)[[0, 1, 2, 1, 0, 2]]
    number = np.arange(6.0)[:, None]
    pair = np.array([[5.0, -1], [5, -1], [2, 3], [5, -1], [2, 3], [2, 3]])  # two values in any unit
    blocks = one_hot_blocks(np.c_[number, category, pair, number])
    assert [block.tolist() for block in blocks] == [[1, 2, 3], [4, 5]]
    assert one_hot_blocks(category[:, :2]) == [] == one_hot_blocks(number)
    assert one_hot_blocks(np.c_[category[:, :1], np.zeros(6), category[:, 1:]]) == []  # a constant is no category


def test_a_category_weighs_as_one_column_or_less_beside_two_numbers():
    random = np.random.RandomState(0)
    category, numbers = np.eye(4)[random.randint(4, size=400)], random.randn(400, 2)
    both, alone = column_spaces(np.c_[numbers, category]), column_spaces(np.c_[numbers[:, :1], category])
    single = np.concatenate([column_spaces(part[:, None])["robust"] for part in category.T], axis=1)
    np.testing.assert_allclose(both["robust"][:, 2:], single / 4)  # 4^1/2 times smaller, and half of that
    np.testing.assert_allclose(alone["robust"][:, 1:], single / 2)
    np.testing.assert_allclose(both["ranks"][:, 2:].std(0), 0.3 / 2)
    assert (both["standard"][:, 2:].std(0) > 0.99).all()
    np.testing.assert_allclose(alone["ranks"][:, 1:].std(0), 0.5)


@given(st.integers(0, 10_000))
@settings(max_examples=25)
def test_weights_are_repetition_and_order_does_not_matter(seed):
    random = np.random.RandomState(seed)
    X = np.round(random.randn(random.randint(2, 30), 3), 1)
    times = random.randint(1, 5, len(X))
    weighted, repeated = column_spaces(X, times), column_spaces(np.repeat(X, times, axis=0))
    order = random.permutation(len(X))
    shuffled = column_spaces(X[order], times[order])
    for name, space in weighted.items():
        np.testing.assert_allclose(np.repeat(space, times, axis=0), repeated[name], atol=1e-9)
        np.testing.assert_allclose(space[order], shuffled[name], atol=1e-9)
        assert np.isfinite(space).all()


@given(st.integers(0, 10_000))
@settings(max_examples=25)
def test_ranks_know_the_order_alone_and_robust_units_no_unit(seed):
    X = np.random.RandomState(seed).randn(40, 2)
    np.testing.assert_allclose(column_spaces(np.exp(3 * X))["ranks"], column_spaces(X)["ranks"])
    moved = column_spaces(1e3 * X + 5)
    for name in ("standard", "robust"):
        np.testing.assert_allclose(moved[name], column_spaces(X)[name], atol=1e-6)


@pytest.mark.parametrize("factor", [1e-250, 1.0, 1e300])
def test_a_cell_in_a_hundred_gives_a_unit_in_any_unit(factor):
    X = np.zeros((100, 1))
    X[3] = factor
    np.testing.assert_allclose(robust_units(X)[1], factor * np.sqrt(0.01 * 0.99))


def test_columns_of_two_values_weigh_less_unless_they_outnumber_the_others():
    random = np.random.RandomState(1)
    numbers, flags = random.randn(300, 3), random.randint(2, size=(300, 4)).astype(np.float64)
    for count in (1, 2, 3, 4):
        spaces = column_spaces(np.c_[numbers, flags[:, :count]])
        alone = column_spaces(flags[:, :count])
        lighter = count < 4  # three numbers
        np.testing.assert_allclose(spaces["ranks"][:, 3:].std(0), 0.3 if lighter else 1)
        np.testing.assert_allclose(spaces["robust"][:, 3:], alone["robust"] * (0.5 if lighter else 1))
        np.testing.assert_allclose(spaces["standard"][:, 3:], alone["standard"])
        np.testing.assert_allclose(spaces["ranks"][:, :3].std(0), 1)
    one = column_spaces(np.c_[numbers[:, :1], flags[:, :1]])
    np.testing.assert_allclose(one["ranks"][:, 1].std(), 1)  # a single number is too little to prefer
