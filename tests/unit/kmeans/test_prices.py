"""Prices by which sizes stay within bounds: by hand, against the linear program, and what they may not do."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment, linprog

from deepkmeans.kmeans import SizeBounds, prices_within
from deepkmeans.kmeans.exchange import exchanged, margins, with_room


def line(*points: float) -> np.ndarray:
    """Squared distances (2, n) to centres at 0 and 10."""
    x = np.array(points, dtype=np.float64)
    return np.stack([x**2, (x - 10) ** 2])


def sizes(cost: np.ndarray, prices: np.ndarray, weight: np.ndarray | None = None) -> list[float]:
    return np.bincount((cost + prices[:, None]).argmin(0), weight, minlength=len(cost)).tolist()


def test_by_hand() -> None:
    # Rows 0, 1, 2, 3 are nearer to 0, row 10 to 10. Two or three a cluster: row 3 goes over, at 49 - 9 = 40 more.
    # Row 2 would cost 64 - 4 = 60: any price of the first centre between 40 and 60 does it, 50 has most room.
    cost = line(0, 1, 2, 3, 10)
    prices = prices_within(cost, SizeBounds(2, 3))
    assert prices == pytest.approx([50, 0])
    assert sizes(cost, prices) == [3, 2]


def test_no_price_where_none_is_needed() -> None:
    cost = line(0, 1, 2, 3, 10)
    assert prices_within(cost, SizeBounds(1, 4)).tolist() == [0, 0]
    assert prices_within(cost[:1], SizeBounds(0, 5)).tolist() == [0]


def test_a_row_goes_over_by_way_of_a_third_cluster() -> None:
    # Three rows in the first cluster, two in the second, one in the third, two at most: the cheapest is a row of the
    # first to the second (1) and one of the second to the third (3); the direct way costs 100.
    cost = np.array([[0.0, 0, 0, 9, 9, 99], [1, 2, 3, 0, 0, 9], [100, 100, 100, 3, 4, 0]])
    labels, prices = exchanged(cost, SizeBounds(0, 2), np.ones(6), np.zeros(3), 1.0)
    assert labels.tolist() == [1, 0, 0, 2, 1, 2]
    assert best_cost(cost, 0, 2) == pytest.approx(4)
    prices = with_room(margins(cost, labels), prices)
    assert (cost + prices[:, None]).argmin(0).tolist() == labels.tolist()


def best_cost(cost: np.ndarray, low: int, high: int) -> float:
    """The least total cost, by linear programming."""
    k, n = cost.shape
    each = np.zeros((n, k * n))
    held = np.zeros((k, k * n))
    for j in range(k):
        held[j, j * n : (j + 1) * n] = 1
        each[np.arange(n), j * n + np.arange(n)] = 1
    bounds = np.r_[np.full(k, high), np.full(k, -low)]
    return float(linprog(cost.ravel(), np.r_[held, -held], bounds, each, np.ones(n)).fun)


@pytest.mark.parametrize("seed", range(24))
def test_as_cheap_as_the_linear_program(seed: int) -> None:
    random = np.random.RandomState(seed)
    k, n = 2 + seed % 3, 30
    rows, centers = random.randn(n, 2), random.randn(k, 2)
    cost = np.ascontiguousarray(((rows[None] - centers[:, None]) ** 2).sum(2))
    low, high = [(n // k, -(-n // k)), (n // k - 2, n // k + 3), (1, n // k + 2), (n // k - 1, n)][seed % 4]
    prices = prices_within(cost, SizeBounds(low, high))
    labels = (cost + prices[:, None]).argmin(0)
    assert low <= np.bincount(labels, minlength=k).min() and np.bincount(labels).max() <= high
    assert float(cost[labels, np.arange(n)].sum()) == pytest.approx(best_cost(cost, low, high))


def test_equal_sizes_are_the_assignment_problem() -> None:
    random = np.random.RandomState(7)
    cost = np.ascontiguousarray(random.rand(4, 20))
    copies = np.repeat(cost, 5, axis=0)  # a cluster of five rows is five places of one row
    rows, columns = linear_sum_assignment(copies)
    prices = prices_within(cost, SizeBounds(5, 5))
    labels = (cost + prices[:, None]).argmin(0)
    assert np.bincount(labels, minlength=4).tolist() == [5, 5, 5, 5]
    assert float(cost[labels, np.arange(20)].sum()) == pytest.approx(float(copies[rows, columns].sum()))


def test_many_rows_and_one_far_cluster() -> None:
    random = np.random.RandomState(1)
    rows = np.r_[random.randn(4000, 3), random.randn(20, 3) + 8]
    centers = np.r_[random.randn(4, 3), [[8.0, 8, 8]]]
    cost = np.ascontiguousarray(((rows[None] - centers[:, None]) ** 2).sum(2))
    for low, high in ((804, 804), (1, 900), (500, 4020)):
        counted = sizes(cost, prices_within(cost, SizeBounds(low, high)))
        assert low <= min(counted) and max(counted) <= high


def test_weights_are_copies() -> None:
    # Row 0 counts three times and stays whole: three and two are as near to 2.5 as can be.
    cost, weight = line(0, 3, 10), np.array([3.0, 1, 1])
    assert sizes(cost, prices_within(cost, SizeBounds(2, 3), weight), weight) == [3, 2]
    written_out = line(0, 0, 0, 3, 10)
    assert sizes(written_out, prices_within(written_out, SizeBounds(2, 3))) == [3, 2]


def test_copies_are_not_divided() -> None:
    cost = line(0, 0, 0, 0)
    assert max(sizes(cost, prices_within(cost, SizeBounds(2, 2)))) == 4


def test_room_to_either_side() -> None:
    labels = np.array([0, 0, 1])
    cost = line(0, 4, 10)  # p_0 - p_1 is at most 36 - 16 = 20 (row 4) and at least -100 (row 10)
    margin = margins(cost, labels)
    assert margin[0, 1] == 20 and margin[1, 0] == 100
    prices = with_room(margin, np.zeros(2))
    assert prices[0] - prices[1] == pytest.approx(-40)


def test_prices_are_never_negative_and_one_is_0() -> None:
    random = np.random.RandomState(3)
    cost = np.ascontiguousarray(random.rand(6, 60))
    prices = prices_within(cost, SizeBounds(10, 10))
    assert prices.min() == 0 and np.isfinite(prices).all()
