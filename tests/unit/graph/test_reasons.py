"""What a reason says is what was measured: number, words and choice agree, whatever the gaps are."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepkmeans.graph import DensityGap, GapTree, choose_n_clusters, how_sure
from deepkmeans.graph.n_clusters import second_opinion, weigh_modularity
from deepkmeans.graph.reasons import of_chance

ROWS = 400
CHANCE = re.compile(r"(?:only ([\d.]+)|(?<!only )\b([\d.]+)) times as clear as gaps in random rows can be")


def tree(gaps: list[tuple[float, int]]) -> GapTree:
    """Splits, largest statistic first, that cut so many rows each off the first group."""
    start, made = 0, []
    for statistic, size in sorted(gaps, reverse=True):
        made.append(DensityGap(statistic, statistic, 0.1, np.arange(start, start + size), ROWS - start))
        start += size
    return GapTree(ROWS, made)


TREES = st.lists(st.tuples(st.floats(0.3, 12), st.integers(4, 50)), max_size=7).map(tree)
RANGES = st.one_of(st.just(list(range(1, 21))), st.sets(st.integers(1, 12), min_size=1, max_size=5).map(sorted))


def test_the_statistic_is_on_the_side_of_one_where_it_is():
    chance = "as clear as gaps in random rows can be"
    assert of_chance(0.834) == f"only 0.83 times {chance}"
    assert of_chance(0.9999) == f"only 0.99 times {chance}"
    assert of_chance(1.0) == f"1.0 times {chance}"
    assert of_chance(1.14) == f"1.1 times {chance}"
    assert of_chance(23.4) == f"23 times {chance}"


def test_a_confidence_in_words_is_never_certain():
    assert [how_sure(c) for c in (0.0, 0.499, 0.5, 0.849, 0.85, 0.934, 1.0)] == [
        "not sure: 0%", "not sure: 49%", "fairly sure: 50%", "fairly sure: 84%", "sure: 85%", "sure: 93%", "sure: 99%",
    ]  # fmt: skip


def test_a_gap_beyond_chance_is_not_called_none_without_a_because():
    samples = [tree([(0.41, 150)]), tree([(0.5, 150)]), tree([])]
    unseen = choose_n_clusters(tree([(1.06, 150)]), range(1, 11), samples)
    assert unseen.n_clusters == 1
    assert unseen.reason == (
        "no clear structure: the clearest gap between groups of rows is 1.1 times as clear as gaps in random rows can "
        "be, but in one of the samples of the rows there is none"
    )
    learnt = choose_n_clusters(tree([(1.8, 150)]), range(1, 11), learnt=True)
    assert learnt.n_clusters == 1
    assert learnt.reason.endswith("but in learnt features a gap counts from about 2.4 times on")


def test_small_groups_and_an_open_number_are_said():
    small = choose_n_clusters(tree([(9.0, 3), (8.5, 3), (8.0, 3)]), range(1, 11))
    assert small.n_clusters == 1
    assert "only small groups" in small.reason
    parts = [tree([(9.0, 3)] * 5), *(tree([(9.0, 60)] * j + [(0.3, 9)]) for j in (2, 4, 6))]
    open_ = choose_n_clusters(parts[0], range(1, 11), parts[1:])
    assert open_.n_clusters == 1
    assert open_.posterior[1] <= 0.5
    assert "how many groups there are is open: no number is more probable than" in open_.reason


def test_weak_gaps_between_blurred_groups_are_called_that():
    choice = choose_n_clusters(tree([(1.2, 80), (0.95, 80), (0.94, 80), (0.3, 80)]), range(1, 11))
    assert choice.n_clusters == 4
    assert choice.reason == (
        "gaps lie between 4 groups, the weakest of them only 0.94 times as clear as gaps in random rows can be, as "
        "between groups that run into each other; the next one is 0.30 times"
    )


@settings(max_examples=300, deadline=None, derandomize=True)
@given(TREES, RANGES, st.lists(TREES, max_size=3), st.booleans())
def test_number_words_and_choice_agree(own, ks, samples, learnt):
    choice = choose_n_clusters(own, ks, samples, learnt=learnt)
    k, reason = choice.n_clusters, choice.reason
    assert k in {1, *ks}
    assert reason.startswith("no clear structure: ") == (k == 1)
    for below, times in CHANCE.findall(reason):
        assert float(below) < 1 if below else float(times) >= 1
    if k > 1:
        between = re.search(r"between (\d+) groups", reason)
        nearest = re.search(r"nearest of the numbers that were tried to the (\d+) groups", reason)
        assert bool(between) != bool(nearest)
        if between:
            assert int(between[1]) == k
        else:
            assert int(nearest[1]) > 1
            assert min(abs(int(nearest[1]) - other) for other in {*ks} - {1}) == abs(int(nearest[1]) - k)
    elif "no gap was found" in reason:
        assert not own.gaps
    elif "only small groups" in reason:
        assert choice.posterior[1] > 0.5
    elif "is open" in reason:
        assert max(choice.posterior.values()) == choice.posterior[1] <= 0.5
    else:  # the deepest gap is not enough: it is below chance, or the reason says why it does not count
        (below, _), *_ = CHANCE.findall(reason)
        assert below or ", but in " in reason


@settings(max_examples=100, deadline=None, derandomize=True)
@given(TREES, st.integers(1, 20), st.integers(1, 20))
def test_modularity_and_pixels_name_what_is_chosen(gaps, communities, plain):
    choice = choose_n_clusters(gaps, range(1, 21))
    weighed = weigh_modularity(choice, communities, plain)
    assert weighed.reason.startswith("no clear structure") == (weighed.n_clusters == 1)
    if weighed.n_clusters != choice.n_clusters:
        assert weighed.reason.startswith(f"rows that are each other's neighbours make {weighed.n_clusters} groups")
        assert f"most likely {choice.n_clusters}: " in weighed.reason
    else:
        assert weighed.reason.startswith(choice.reason)
    assert "make 1 groups" not in re.sub(r"\d\d+", "", weighed.reason)
    both = second_opinion(choice, choose_n_clusters(gaps, range(1, 21)))
    assert both.reason.endswith(f"the rows as they are say {choice.n_clusters}")


def test_few_rows_are_too_few_for_words():
    assert choose_n_clusters(GapTree(10, []), range(1, 4)).reason.endswith("10 distinct rows are too few to see any")
    assert choose_n_clusters(GapTree(10, []), range(1, 4)).confidence == pytest.approx(0)
