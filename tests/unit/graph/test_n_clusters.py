"""The choice of k from low-density gaps whose statistics are made up."""

import numpy as np
import pytest

from deepkmeans.graph import DensityGap, GapTree, choose_n_clusters
from deepkmeans.graph.n_clusters import second_opinion, weigh_modularity


def tree(n: int, statistics: list[float], size: int) -> GapTree:
    """Splits that cut ``size`` rows each off the first group."""
    return GapTree(
        n, [DensityGap(e, e, 0.1, np.arange(size * i, size * (i + 1)), n - size * i) for i, e in enumerate(statistics)]
    )


def test_no_gap_is_no_structure():
    choice = choose_n_clusters(GapTree(500, []), range(1, 11))
    assert (choice.n_clusters, choice.confidence, choice.confident) == (1, 1.0, True)
    assert choice.reason.startswith("no clear structure")


def test_beliefs_are_probabilities():
    choice = choose_n_clusters(tree(1000, [3.0, 1.2, 0.9, 0.4], 200), range(1, 9))
    assert sum(choice.posterior.values()) == pytest.approx(1)
    assert all(p >= 0 for p in choice.posterior.values())
    near = sum(p for k, p in choice.posterior.items() if k > 1 and abs(k - choice.n_clusters) <= 1)
    assert choice.confidence == pytest.approx(near)


def test_clear_gaps_are_counted_and_dents_are_not():
    choice = choose_n_clusters(tree(1000, [20, 18, 15, 0.2, 0.1], 150), range(1, 41))
    assert choice.n_clusters == 4
    assert choice.confident
    assert "4 groups" in choice.reason


def test_a_wide_step_of_the_statistic_is_surer_than_a_narrow_one():
    wide = choose_n_clusters(tree(1000, [9, 8, 7, 0.1], 150), range(1, 41))
    narrow = choose_n_clusters(tree(1000, [1.6, 1.4, 1.2, 1.0, 0.8, 0.7, 0.6], 100), range(1, 41))
    assert wide.confidence > 0.9
    assert narrow.confidence < wide.confidence
    assert not narrow.confident


def test_the_second_is_another_answer():
    choice = choose_n_clusters(tree(1000, [9, 8, 1.3, 1.2, 1.1], 150), range(1, 41))
    assert choice.second is not None
    assert abs(choice.second - choice.n_clusters) > 1


def test_crumbs_are_no_clusters_but_leave_a_doubt():
    with_crumbs = choose_n_clusters(tree(1000, [9] * 5, 10), range(1, 41))
    assert with_crumbs.n_clusters == 1
    assert not with_crumbs.confident
    assert with_crumbs.second == 6


def test_only_what_was_asked_for_is_answered():
    choice = choose_n_clusters(tree(1000, [20, 18, 15, 14, 13], 150), [2, 3, 8])
    assert choice.n_clusters in (1, 2, 3, 8)
    assert set(choice.posterior) == {1, 2, 3, 8}
    assert choose_n_clusters(tree(1000, [20], 400), [5]).n_clusters == 5
    assert choose_n_clusters(GapTree(1000, []), [5]).n_clusters == 1


def test_a_handful_of_rows_says_nothing():
    choice = choose_n_clusters(GapTree(10, []), range(1, 5))
    assert choice.n_clusters == 1
    assert choice.confidence == 0
    assert "too few" in choice.reason


def test_samples_that_disagree_cost_confidence():
    clear = tree(1000, [9, 8, 7, 0.1], 150)
    alone = choose_n_clusters(clear, range(1, 11))
    agreed = choose_n_clusters(clear, range(1, 11), [clear, clear])
    doubted = choose_n_clusters(clear, range(1, 11), [clear, tree(1000, [0.1], 150)])
    assert agreed.posterior == pytest.approx(alone.posterior)
    assert doubted.n_clusters == alone.n_clusters == 4
    assert doubted.confidence < 0.75 < alone.confidence


def test_modularity_decides_what_gaps_leave_open():
    open_ = choose_n_clusters(tree(1000, [1.9, 1.7, 1.5, 1.35, 1.2, 1.1, 1.0, 0.9, 0.8, 0.7, 0.6], 80), range(1, 41))
    assert open_.confidence < 0.5
    decided = weigh_modularity(open_, 6, 1)
    assert decided.n_clusters == 6
    assert decided.second in (open_.n_clusters, open_.second)
    assert not decided.confident
    assert decided.reason.startswith("rows that are each other's neighbours make 6 groups, in random rows 1; by gaps")
    assert weigh_modularity(open_, 6, 4).n_clusters == open_.n_clusters  # structureless rows have nearly as many


def test_modularity_only_doubts_what_gaps_say_clearly():
    clear = choose_n_clusters(tree(1000, [9, 8, 7, 0.1], 150), range(1, 41))
    assert weigh_modularity(clear, 5, 1) == clear
    doubted = weigh_modularity(clear, 12, 3)
    assert doubted.n_clusters == 4
    assert doubted.confidence == pytest.approx(0.8 * clear.confidence)
    none = weigh_modularity(choose_n_clusters(GapTree(500, []), range(1, 11)), 9, 1)
    assert (none.n_clusters, none.confident) == (1, False)


def test_no_structure_is_no_near_miss_of_two_clusters():
    choice = choose_n_clusters(tree(1000, [1.05], 400), range(1, 41))
    assert choice.n_clusters == 2
    assert choice.confidence == pytest.approx(choice.posterior[2] + choice.posterior[3])
    assert not choice.confident


def test_learnt_codes_need_a_larger_statistic():
    splits = tree(1000, [7, 6, 5, 1.3, 1.2, 1.1], 120)
    assert choose_n_clusters(splits, range(1, 41)).n_clusters == 7
    learnt = choose_n_clusters(splits, range(1, 41), learnt=True)
    assert (learnt.n_clusters, learnt.confident) == (4, True)
    assert choose_n_clusters(tree(1000, [2.0], 400), range(1, 41), learnt=True).n_clusters == 1


def test_a_second_opinion_is_the_second_answer_if_it_is_another():
    learnt = choose_n_clusters(tree(1000, [7, 6, 5, 0.5], 150), range(1, 41), learnt=True)
    other = choose_n_clusters(tree(1000, [7], 400), range(1, 41))
    both = second_opinion(learnt, other)
    assert (both.n_clusters, both.second) == (4, 2)
    assert both.reason.endswith("the rows as they are say 2")
    alike = second_opinion(learnt, choose_n_clusters(tree(1000, [7, 6], 300), range(1, 41)))
    assert alike.second == learnt.second
