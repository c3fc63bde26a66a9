"""Each kind of column by itself: cases worked out by hand, round trips, weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from deepkmeans.data.preprocessing.categories import OTHER, CategoryBlock
from deepkmeans.data.preprocessing.column_block import ColumnBlock, missing_cells
from deepkmeans.data.preprocessing.dates import DateBlock
from deepkmeans.data.preprocessing.hashed import HashedBlock
from deepkmeans.data.preprocessing.lists import ListBlock
from deepkmeans.data.preprocessing.numbers import NumberBlock
from deepkmeans.data.preprocessing.ordinals import OrdinalBlock


def ones(values: Any) -> np.ndarray:
    return np.ones(len(values))


def total_variance(block: ColumnBlock, values: Any) -> float:
    return float(np.nanvar(block.encode(values), axis=0).sum())


def test_a_category_by_hand() -> None:
    """Shares 1/2, 1/4, 1/4: divided by p^1/4, the columns have variances 2^-1/2 / 2, 3/8 and 3/8."""
    cells = np.array(["a"] * 50 + ["b"] * 25 + ["c"] * 25 + [None], dtype=object)
    block = CategoryBlock.fit(cells, ones(cells), 101)
    assert block.levels == ("a", "b", "c") and not block.pools
    divided = np.array([0.5 * 2**0.25, -0.25 * 2**0.5, -0.25 * 2**0.5])
    np.testing.assert_allclose(block.encode(cells)[0], divided / np.sqrt(2**-0.5 / 2 + 0.75))
    assert np.isnan(block.encode(cells)[-1]).all()
    assert total_variance(block, cells) == pytest.approx(1.0)
    apart = block.encode(cells)[:100]
    squares = np.square(apart[:, None] - apart).sum(axis=2)
    assert squares.mean() == pytest.approx(2.0)  # as of two numbers of variance 1


def test_a_category_weighs_by_the_levels_that_are_frequent() -> None:
    nine = np.repeat([f"level {i}" for i in range(9)], 50).astype(object)
    assert CategoryBlock.fit(nine, ones(nine), 450).emphasis == pytest.approx(0.8 * 8**0.25)
    rare = np.array(["a"] * 200 + ["b"] * 200 + [f"rare {i}" for i in range(6)] * 4, dtype=object)
    pair = CategoryBlock.fit(rare[:400], ones(rare[:400]), 400)
    assert pair.emphasis < CategoryBlock.fit(rare, ones(rare), 424).emphasis < 0.9  # about two levels, whatever is rare
    lonely = np.array(["a"] * 980 + ["b"] * 20, dtype=object)
    assert CategoryBlock.fit(lonely, ones(lonely), 1000).emphasis < 0.4


@pytest.mark.parametrize("counts", [(997, 3), (500, 490, 10), (900, *[5] * 20), (980, 10, 10)])
def test_no_levels_are_more_than_four_apart(counts: tuple[int, ...]) -> None:
    cells = np.repeat([f"level {i}" for i in range(len(counts))], counts).astype(object)
    block = CategoryBlock.fit(cells, ones(cells), len(cells))
    levels = block.encode(block.levels)
    assert np.linalg.norm(levels[:, None] - levels, axis=2).max() <= 4 + 1e-9


def test_rare_levels_are_pooled_and_new_ones_join_them() -> None:
    cells = np.array(["a"] * 60 + ["b"] * 60 + [f"rare {i}" for i in range(6)], dtype=object)
    block = CategoryBlock.fit(cells, ones(cells), len(cells))
    assert block.names("x") == ["x=a", "x=b", f"x={OTHER}"]
    np.testing.assert_array_equal(block.encode(["rare 3"]), block.encode(["never seen"]))
    assert block.decode(block.encode(["a", "never seen"])).tolist() == ["a", OTHER]
    assert np.isnan(CategoryBlock.fit(cells[:120], ones(cells[:120]), 120).encode(["never seen"])).all()


@pytest.mark.parametrize(
    ("make", "shape"),
    [
        (lambda random: random.standard_normal(500), "linear"),
        (lambda random: 1000 * np.exp(1.5 * random.standard_normal(500)), "log"),
        (lambda random: random.poisson(np.exp(1 + random.standard_normal(500))).astype(float), "log"),
        (lambda random: random.standard_cauchy(500), "symlog"),
        (lambda random: np.repeat([0.0, 10.0], 250) + random.standard_normal(500), "linear"),
        (lambda random: np.exp(1.5 * random.standard_normal(500)) - 5, "log"),
        (lambda random: np.r_[np.zeros(100), 100 * np.exp(random.standard_normal(400))], "log"),
    ],
)
def test_the_shape_follows_the_tails(make: Any, shape: str) -> None:
    values = make(np.random.RandomState(0))
    block = NumberBlock.fit(values, ones(values))
    assert block.shape == shape
    assert total_variance(block, values) == pytest.approx(1.0)


def test_an_outlier_does_not_rule_the_scale() -> None:
    values = np.random.RandomState(0).standard_normal(500)
    wild = np.r_[values[:-1], 1e9]
    plain, other = (NumberBlock.fit(x, ones(x)).encode(x)[:-1, 0] for x in (values, wild))
    np.testing.assert_allclose(plain, other, atol=0.15)


def test_outliers_are_as_far_as_the_farthest_number_that_is_none() -> None:
    values = np.r_[np.repeat([0.0, 10.0], 200) + np.random.RandomState(0).uniform(-1, 1, 400), np.full(12, -9999)]
    block = NumberBlock.fit(values, ones(values))
    numbers = block.encode(values)[:, 0]
    assert numbers[-1] == numbers[:400].min() and block.decode(numbers[-1:, None]) == pytest.approx(values[:400].min())
    assert numbers[200:400].min() - numbers[:200].max() > 1.5  # groups are as far apart as without outliers
    assert np.isnan(block.encode(np.array([np.nan]))).all()


@given(arrays.arrays(np.float64, st.integers(2, 40), elements=st.floats(-1e6, 1e6) | st.just(np.nan)))
@settings(max_examples=100, deadline=None)
def test_numbers_come_back(values: np.ndarray) -> None:
    if np.isnan(values).all():
        return
    block = NumberBlock.fit(values, ones(values))
    numbers = block.encode(values)
    present = ~np.isnan(values)
    assert np.isnan(numbers[~present]).all() and np.isfinite(numbers[present]).all()
    straight = block.decode(numbers[present])
    assert (straight >= block.low - 1e-9).all() and (straight <= block.high + 1e-9).all()
    order = np.argsort(values[present], kind="stable")
    assert (np.diff(numbers[present][order, 0]) >= -1e-9).all()  # bent, never folded


@given(st.lists(st.sampled_from(["a", "b", "c d", "日本", ""]), min_size=2, max_size=40))
@settings(max_examples=40, deadline=None)
def test_categories_come_back(cells: list[str]) -> None:
    values = np.array([cell or None for cell in cells], dtype=object)
    if missing_cells(values).all():
        return
    block = CategoryBlock.fit(values, ones(values), 1e6)
    present = ~missing_cells(values)
    assert block.decode(block.encode(values)[present]).tolist() == values[present].tolist()


def test_ranks_come_back_and_are_evenly_apart() -> None:
    ranks = np.array([0.0, 1, 2, 2, np.nan])
    block = OrdinalBlock.fit(ranks, ones(ranks))
    numbers = block.encode(ranks)
    assert numbers[1] - numbers[0] == pytest.approx(numbers[2] - numbers[1])
    assert block.decode(numbers[:4]).tolist() == [0, 1, 2, 2]


@pytest.mark.parametrize(
    ("days", "cycles"),
    [
        (np.arange(0, 2000, 3), ("season", "weekday")),
        (np.arange(0, 90), ("weekday",)),
        (np.arange(0, 3000, 0.37), ("season", "weekday", "hour")),
        (np.arange(0, 5), ()),
    ],
)
def test_a_date_has_the_cycles_that_it_runs_through(days: np.ndarray, cycles: tuple[str, ...]) -> None:
    dates = np.datetime64("2020-01-06", "s") + (days * 86400).astype(np.int64)
    block = DateBlock.fit(dates, ones(dates))
    assert block.cycles == cycles
    assert total_variance(block, dates) == pytest.approx(1 + len(cycles), rel=0.01)
    inner = slice(len(dates) // 10, -len(dates) // 10)
    assert (np.abs(block.decode(block.encode(dates))[inner] - dates[inner]) <= np.timedelta64(2, "s")).all()


def test_midnight_is_one_moment_of_the_circle() -> None:
    dates = np.datetime64("2020-01-01", "s") + np.arange(0, 40 * 86400, 1800)
    block = DateBlock.fit(dates, ones(dates))
    late, early, noon = (
        block.encode(np.array([f"2020-01-10T{time}"], dtype="datetime64[s]"))[0, -2:]
        for time in ("23:45", "00:15", "12:00")
    )
    assert np.linalg.norm(late - early) < 0.2 < 1.5 < np.linalg.norm(late - noon)


def test_lists_are_their_items() -> None:
    cells = [("red", "blue"), ("red",), ("green", "blue"), ()] * 10
    block = ListBlock.fit(cells, ones(cells))
    assert block.names("x") == ["x=blue", "x=green", "x=red"]
    assert block.decode(block.encode(cells)[:3]) == [("blue", "red"), ("red",), ("blue", "green")]
    assert np.isnan(block.encode(cells)[3]).all() and total_variance(block, cells) == pytest.approx(1.0)


def test_spellings_that_are_alike_are_near() -> None:
    titles = [f"{grade} {job}" for grade in ("Senior", "Junior", "Lead") for job in ("Engineer", "Painter", "Nurse")]
    cells = np.array(titles * 5, dtype=object)
    block = HashedBlock.fit(cells, ones(cells))
    senior, junior, nurse, new = block.encode(["Senior Engineer", "Junior Engineer", "Lead Nurse", "Senior Enginer"])
    assert np.linalg.norm(senior - junior) < np.linalg.norm(senior - nurse)
    assert np.linalg.norm(senior - new) < np.linalg.norm(senior - junior)
    assert total_variance(block, cells) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("fit", "values"),
    [
        (NumberBlock.fit, np.r_[np.random.RandomState(0).standard_cauchy(40), np.nan]),
        (OrdinalBlock.fit, np.array([0.0, 1, 1, 2, np.nan])),
        (DateBlock.fit, np.datetime64("2020-01-01", "s") + np.arange(0, 10**8, 10**6)),
        (HashedBlock.fit, np.array(["ab", "abc", "xyz", None], dtype=object)),
        (lambda values, mass: CategoryBlock.fit(values, mass, 50), np.array(list("aabbbc"), dtype=object)),
        (lambda values, mass: ListBlock.fit(list(map(tuple, values)), mass), np.array(["ab", "b", "ca"], dtype=object)),
    ],
)
def test_a_weight_of_two_is_the_cell_twice(fit: Any, values: np.ndarray) -> None:
    counts = 1 + np.arange(len(values)) % 3
    weighed, copied = fit(values, counts.astype(float)), fit(np.repeat(values, counts), np.ones(counts.sum()))
    one, other = weighed.to_parts(), copied.to_parts()
    for mine, same in ((one[0], other[0]), (one[1], other[1])):
        assert set(mine) == set(same)
        for name in mine:
            if isinstance(mine[name], (float, np.ndarray)):
                np.testing.assert_allclose(np.abs(mine[name]), np.abs(same[name]), atol=1e-6, rtol=1e-6)
            elif not isinstance(mine[name], dict):
                assert mine[name] == same[name]


def test_rare_cells_are_not_a_cluster_of_their_own() -> None:
    """No two levels are more than four apart, however rare one of them is."""
    ranks = np.r_[np.zeros(999), 1.0]
    cells = np.array(["yes"] * 990 + ["no"] * 10, dtype=object)
    rank, category = OrdinalBlock.fit(ranks, ones(ranks)), CategoryBlock.fit(cells, ones(cells), 1000)
    for numbers in (rank.encode(ranks), category.encode(cells)):
        assert np.linalg.norm(numbers[0] - numbers[-1]) == pytest.approx(4.0)


def test_how_much_farther_out_a_number_is_than_it_is_shown() -> None:
    values = np.linspace(-1.0, 1.0, 201)
    block = NumberBlock.fit(values, np.ones(201))
    assert block.shape == "linear" and block.high == 1.0
    one = block.encode(np.array([1.0]))[0, 0] - block.encode(np.array([0.0]))[0, 0]  # of a number
    np.testing.assert_allclose(block.excess(np.array([0.5, 1.0, 3.0, -2.0, np.nan])), [0, 0, 2 * one, one, 0])
    assert block.excess(np.array([1e308]))[0] == 1e9
