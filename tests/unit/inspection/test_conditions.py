"""The best condition is that of an exhaustive search, and what it could be by chance is never underrated."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import hypergeom

from deepkmeans.inspection.best_levels import best_levels
from deepkmeans.inspection.best_range import best_range, ranges
from deepkmeans.inspection.conditions import Condition
from deepkmeans.inspection.counts import Counts, Tally, surprise
from deepkmeans.inspection.sharpened import sharpened


def counted(codes: np.ndarray, group: np.ndarray, m: int, k: int) -> Counts:
    held = np.bincount(group * m + codes, minlength=(k + 1) * m).reshape(k + 1, m).astype(float)
    given_ = held.sum(axis=1)
    return Counts(held, given_, np.ones(k), Tally(held, given_, given_))


@settings(deadline=None)
@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 60), st.integers(0, 60))
def test_the_bound_holds_for_hypergeometric_counts(inside: int, outside: int, good: int, met: int) -> None:
    total = inside + outside
    good = min(good, total)
    met = min(max(met, inside - (total - good), 0), inside, good)
    bound = np.exp(-surprise(met, inside, good, total))
    exact = hypergeom.sf(met - 1, total, good, inside)
    assert exact <= bound * (1 + 1e-9)
    if exact < 1e-4:  # next to exact where it decides
        assert bound <= 2 * exact


def test_surprise_by_hand() -> None:
    """Ten of ten rows out of thirty are the only ten that meet a condition: one way out of all."""
    assert surprise(10, 10, 10, 30) == pytest.approx(np.log(math.comb(30, 10)))
    assert surprise(4, 4, 5, 20) == pytest.approx(np.log(math.comb(20, 4) / 5))
    assert surprise(5, 10, 15, 30) == 0.0


def test_few_rows_of_which_one_weighs_nearly_all_prove_nothing() -> None:
    """Of forty rows ten meet a condition; of the ten inside two do, one of which has nearly all weight."""
    group, codes = np.repeat([0, 1], [10, 30]), np.array([0, 0] + [1] * 8 + [0] * 8 + [1] * 22)
    weight = np.ones(40)
    weight[0] = 1000.0
    once = counted(codes, group, 2, 2)
    held = np.bincount(group * 2 + codes, weight, 6).reshape(3, 2)
    squares = np.bincount(group, weight**2, 3)
    heavy = Counts(held, held.sum(axis=1), np.ones(2), replace(once.tally, squares=squares))
    assert heavy.inside[0, 0] > 0.99 and heavy.surprise(0, [0]) < 0.1


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_best_threshold_or_interval_is_that_of_an_exhaustive_search(seed: int) -> None:
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 2, 400)
    values = np.round(rng.normal(size=400) + rng.choice([0.0, 1.5]) * group, 1)
    values[group == 1] *= rng.choice([0.2, 1.0])
    bins, low, high = ranges(values, np.ones(400))
    assert (low[bins] <= values).all() and (values <= high[bins]).all()
    counts = counted(bins, group, len(low), 2)
    inside, outside = counts.inside[1], counts.outside[1]
    ends = list(itertools.combinations(range(len(low) + 1), 2))
    shares = {(i, j): inside[i:j].sum() - outside[i:j].sum() for i, j in ends}
    one_sided = max(share for (i, j), share in shares.items() if (i == 0) != (j == len(low)))
    between = [share for (i, j), share in shares.items() if i > 0 and j < len(low)]
    best = best_range(counts, low, high, 1)[1]
    if best is None:
        assert one_sided < 0.4
        return
    wanted = {"medium": max(between), "extreme": -min(between)}.get(best.direction, one_sided)
    assert best.strength == pytest.approx(wanted)
    assert best.direction in ("high", "low") or wanted > one_sided + 0.1
    met = (values <= best.low) | (values >= best.high) if best.direction == "extreme" else (
        (best.low <= values) & (values <= best.high)
    )  # fmt: skip
    assert met[group == 1].mean() == pytest.approx(best.inside)
    assert met[group != 1].mean() == pytest.approx(best.outside)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["high", "low", "medium", "extreme"]))
def test_sharpened_ends_are_the_best_of_all(seed: int, direction: str) -> None:
    rng = np.random.default_rng(seed)
    values, group, weight = np.sort(np.round(rng.normal(size=40), 1)), rng.integers(0, 2, 40), rng.integers(1, 4, 40)
    group[:2] = 0, 1
    distinct = np.unique(values)

    def share(met: np.ndarray, cluster: bool) -> float:
        inside = (group == 1) == cluster
        return float(weight[met & inside].sum() / weight[inside].sum())

    def strength(low: float, high: float) -> float:
        met = (values <= low) | (values >= high) if direction == "extreme" else (low <= values) & (values <= high)
        return share(met, True) - share(met, False)

    infinity = np.inf
    ranges_of = {
        "high": [(low, infinity) for low in distinct[1:]], "low": [(-infinity, high) for high in distinct[:-1]],
        "medium": [(a, b) for a, b in itertools.combinations_with_replacement(distinct, 2)],
        "extreme": list(itertools.combinations(distinct, 2)),
    }  # fmt: skip
    before = Condition(direction, 0.5, 0.4, 0.1, float(distinct[0]), float(distinct[-1]))
    best = sharpened(before, 1, values, group, weight.astype(float), 1.0)
    if best is before:  # the best interval reaches an end, so it is a threshold
        assert direction in ("medium", "extreme")
        return
    assert best.strength == pytest.approx(max(0.0, *(strength(*ends) for ends in ranges_of[direction])))
    assert strength(best.low, best.high) == pytest.approx(best.inside - best.outside)


def test_few_numbers_have_a_bin_each_and_many_are_divided_by_ranks() -> None:
    bins, low, high = ranges(np.array([3.0, 1.0, 3.0, 7.0]), np.ones(4))
    assert bins.tolist() == [1, 0, 1, 2] and low.tolist() == high.tolist() == [1.0, 3.0, 7.0]
    values = np.random.default_rng(0).normal(size=5000) ** 3
    bins, low, high = ranges(values, np.ones(5000))
    assert 40 < len(low) < 70 and (low[1:] > high[:-1]).all()
    again, *_ = ranges(np.cbrt(values), np.ones(5000))
    assert (again == bins).all()  # ranks count, distances do not


def test_levels_are_joined_where_each_says_more() -> None:
    """Half of cluster 0 is in level 0, half in level 1, and nobody else is."""
    codes = np.repeat([0, 1, 2, 3, 4, 5], [50, 50, 0, 40, 40, 40])
    group = np.repeat([0, 1], [100, 120])
    both = best_levels(counted(codes, group, 6, 2), 1)[0]
    assert both is not None and both.levels == (0, 1) and both.strength == pytest.approx(1.0)


def test_an_absence_is_said_where_it_says_more_than_a_presence() -> None:
    others = [1, 2, 3, 4, 5, 6, 7]
    codes = np.concatenate([np.repeat(others, 20), np.repeat([0], 150), np.repeat(others, 7)])
    group = np.repeat([0, 1], [140, 199])
    lacking, holding = best_levels(counted(codes, group, 8, 2), 1)
    assert lacking is not None and (lacking.direction, lacking.levels, lacking.inside) == ("rarely", (0,), 0.0)
    assert holding is not None and (holding.direction, holding.levels) == ("often", (0,))
