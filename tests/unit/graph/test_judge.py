"""The choice among partitions: by hand, rules one by one, and what is said of it agrees with the numbers."""

import numpy as np
import pytest
from sklearn.metrics import normalized_mutual_info_score as nmi

from deepkmeans.graph import STATISTICS, judge
from deepkmeans.graph.judge import CONFIDENCE, _learnt, _reason, leaves_kmeans, probability_of_right

from .joined import graph_of, moved

HALVES = np.repeat([0, 1], 10)
FOR_IT = {
    "consensus_gain": 0.04, "gain_by_mixture": 0.0, "gain_by_graph": 0.0, "gain_in_robust": 0.0,
    "modularity_gain": -0.05, "column_gain": 0.0,
}  # fmt: skip


def agreeing(n_others=5, across=0.3):
    """K-Means that errs in six rows, others that err in one each, in three spaces, and a graph of the halves."""
    kinds = ["robust/5/mixture-full", "robust/15/paris", "ranks/15/paris", "standard/5/mixture-diag", "ranks/k-means"]
    pool = {"k-means": moved(HALVES, 0, 1, 2, 3, 4, 5)}
    pool |= {name: moved(HALVES, 12 + i) for i, name in enumerate(kinds[:n_others])}
    return pool | {"standard/15/paris": HALVES}, {"standard/15": graph_of(HALVES, across)}


def test_unanimous_evidence_is_enough_and_no_less():
    found = {**FOR_IT, "modularity_gain_least": 0.0, "few_values": 0.0, "gain_by_k-means": -0.5}
    assert leaves_kmeans(found)
    for name in FOR_IT.keys() - {"column_gain"}:
        assert not leaves_kmeans({**found, name: FOR_IT[name] - 1e-9}), name
    assert not leaves_kmeans({**found, "column_gain": 0.1}) and leaves_kmeans({**found, "column_gain": 0.099})


def test_every_graph_together_outvotes_mixtures_that_disagree_a_little():
    found = {**FOR_IT, "gain_by_mixture": -0.02, "modularity_gain_least": 0.02, "few_values": 0.0}
    assert leaves_kmeans(found) and not leaves_kmeans({**found, "modularity_gain_least": 0.019})
    assert not leaves_kmeans({**found, "gain_by_mixture": -0.021})


def test_where_half_of_the_columns_have_few_values_other_k_means_are_asked():
    found = dict.fromkeys(STATISTICS, 0.1) | {"few_values": 0.5, "gain_by_k-means": -0.05, "column_gain": 0.0}
    assert leaves_kmeans(found)
    against = found | {"gain_by_k-means": -0.051}
    assert not leaves_kmeans(against) and leaves_kmeans(against | {"few_values": 0.49})
    assert "K-Means in other spaces, asked since half of the columns have few values, agrees more with it (-0.05)" in (
        _reason(["k-means", "a/paris"], 1, 0, False, against)
    )


def test_a_candidate_that_repeats_a_column_of_few_values_is_not_taken():
    pool, graphs = agreeing()
    other = np.arange(20) % 2
    assert judge(pool, graphs, coded=other[:, None]).name == "standard/15/paris"
    kept = judge(pool, graphs, coded=np.stack([other, 3 * HALVES], axis=1))
    gain = 1 - nmi(HALVES, pool["k-means"])
    assert kept.name == "k-means" and kept.statistics["column_gain"] == pytest.approx(gain)
    assert f"the other repeats one column of few values (the two share {gain:.0%} more of their" in kept.reason


def test_mixtures_that_are_outvoted_are_said_to_disagree_and_objections_name_who_decided():
    found = dict.fromkeys(STATISTICS, 0.1) | {
        "gain_by_mixture": -0.01, "modularity_gain_least": 0.03, "column_gain": 0.0,
    }  # fmt: skip
    assert leaves_kmeans(found)
    said = _reason(["k-means", "a/paris"], 1, 0, True, found)
    assert "outvotes mixtures (-0.01)" in said and "mixtures (-0.01) and graphs" not in said
    kept = _reason(["k-means", "a/paris"], 1, 0, False, found | {"gain_in_robust": -0.2})
    assert "what is found in robust units agrees more with it (-0.20)" in kept and "mixtures" not in kept


def test_the_probability_is_a_logistic_function_of_what_was_learnt():
    learnt, nothing = _learnt(), dict.fromkeys(CONFIDENCE, 0.0)
    for left, side in ((False, "kept"), (True, "left")):
        assert set(learnt[side]["weights"]) == set(CONFIDENCE)
        intercept = learnt[side]["intercept"]
        assert probability_of_right(nothing, left) == pytest.approx(1 / (1 + np.exp(-intercept)))
        for name, weight in learnt[side]["weights"].items():
            odds = probability_of_right({**nothing, name: 0.7}, left)
            assert np.log(odds / (1 - odds)) == pytest.approx(intercept + 0.7 * weight)


def test_consensus_by_hand_k_means_counts_three_times():
    pool = {"k-means": HALVES, "a/paris": moved(HALVES, 0), "b/paris": moved(HALVES, 0, 19), "c/k-means": HALVES % 1}
    pool["c/k-means"] = np.arange(20) % 2
    verdict = judge(pool, {})
    for name, labels in pool.items():
        votes = [3 * nmi(labels, HALVES), *(nmi(labels, other) for other in list(pool.values())[1:])]
        assert verdict.table[name]["consensus"] == pytest.approx(sum(votes) / 6)
        assert verdict.table[name]["like_chosen"] == pytest.approx(nmi(labels, HALVES))
    assert verdict.name == "k-means" and verdict.confidence is None  # one of the spaces is missing
    assert verdict.reason.startswith("of 4 candidates none has a higher consensus than K-Means")


def test_k_means_is_left_where_all_agree():
    verdict = judge(*agreeing())
    assert verdict.name == "standard/15/paris" and leaves_kmeans(verdict.statistics)
    assert verdict.reason.endswith("speak for it, too")
    assert verdict.runner_up != verdict.name and {"k-means", verdict.name} <= set(verdict.alternatives)
    assert verdict.confidence == probability_of_right(verdict.statistics, True)


def test_neighbours_that_speak_against_it_a_little_are_not_said_to_speak_for_it():
    pool, _ = agreeing()
    mixed = 0.2 * graph_of(HALVES, 0.3) + 0.8 * graph_of(pool["k-means"], 0.3)
    verdict = judge(pool, {"standard/15": mixed.tocsr()})
    assert -0.05 <= verdict.statistics["modularity_gain"] < 0 and verdict.name == "standard/15/paris"
    assert "keeps neighbours together nearly as well (modularity -0.0" in verdict.reason


def test_what_keeps_k_means():
    pool, _ = agreeing()
    against = judge(pool, {"standard/15": graph_of(pool["k-means"], 0.3)})
    assert against.name == "k-means" and "K-Means is kept since it leaves more neighbours together" in against.reason
    assert against.confidence == probability_of_right(against.statistics, False)
    mixtures = {**pool, "robust/5/mixture-full": pool["k-means"], "standard/5/mixture-diag": pool["k-means"]}
    mixtures |= {f"ranks/{m}/paris": HALVES for m in range(6)}
    kept = judge(mixtures, {})
    assert kept.name == "k-means" and "K-Means is kept since Gaussian mixtures agree more with it (-" in kept.reason
    robust = {name: pool["k-means"] if name.startswith("robust") else labels for name, labels in pool.items()}
    robust |= {f"ranks/{m}/mixture-full": HALVES for m in range(4)} | {f"ranks/{m}/paris": HALVES for m in range(4)}
    assert "what is found in robust units agrees more with it (-" in judge(robust, {}).reason
    one = judge({"k-means": moved(HALVES, 0), "a/paris": HALVES, "b/paris": moved(HALVES, 1)}, {})
    assert one.name == "k-means"


def test_views_of_one_space_need_more_consensus():
    pool, graphs = agreeing()
    torn, agreed = judge(pool, graphs), judge(pool, graphs, of_views=True)
    assert torn.name != "k-means" and torn.table[torn.name]["consensus"] < 0.7
    assert agreed.name == "k-means" and "methods see too different things" in agreed.reason
    more = pool | {f"robust/{i}/ward": HALVES for i in range(12)}
    verdict = judge(more, graphs, of_views=True)
    assert verdict.name == judge(more, graphs).name != "k-means" and verdict.table[verdict.name]["consensus"] > 0.7


def test_separate_groups_need_no_other_reason():
    # Rings, say: nearly all methods cut across, one follows the graph, whose parts are joined by next to nothing.
    across = np.arange(20) % 2
    pool = {"k-means": across, **{f"a/{i}/k-means": across for i in range(4)}, "b/15/paris": HALVES}
    apart, loose = {"b/15": graph_of(HALVES, 1e-4)}, {"b/15": graph_of(HALVES, 1e-4), "b/30": graph_of(HALVES, 0.1)}
    verdict = judge(pool, apart)
    assert verdict.name == "b/15/paris" and verdict.confidence == 0.998 and verdict.rival is None
    assert verdict.reason == "b/15/paris: hardly any edge of the neighbour graphs joins its clusters"
    assert "k-means" in verdict.alternatives
    for other in (judge(pool, loose), judge(pool, {}), judge(pool, apart, few_values=0.1)):
        assert other.name == "k-means" and "hardly any edge" not in other.reason
    small = np.where(HALVES == 1, 1.0, 0.04)  # one group of a twenty-fifth of the other
    assert judge(pool, apart, weight=small).name != "b/15/paris"


def test_of_several_ways_to_join_separate_groups_that_of_k_means_is_kept():
    groups = np.repeat([0, 1, 2, 3], 5)
    pool = {"k-means": HALVES, **{f"a/{i}/paris": groups % 2 for i in range(4)}}
    verdict = judge(pool, {"a/15": graph_of(groups, 1e-4)})
    assert verdict.statistics["consensus_gain"] > 0.04
    assert verdict.name == "k-means" and verdict.reason.startswith("k-means: hardly any edge")


def test_a_partition_that_is_wanted_is_taken():
    pool, graphs = agreeing()
    verdict = judge(pool, graphs, wanted="ranks/15/paris")
    assert verdict.name == "ranks/15/paris" and verdict.reason == "asked for by partition='ranks/15/paris'"
    assert verdict.confidence is None and verdict.statistics == judge(pool, graphs).statistics
    assert verdict.table["ranks/15/paris"]["like_chosen"] == pytest.approx(1)
    assert {"ranks/15/paris", "k-means"} <= set(verdict.alternatives)


def test_a_rival_is_as_good_and_unlike():
    other = np.arange(20) % 2
    verdict = judge({"k-means": HALVES, **{f"a/{i}/paris": other for i in range(3)}}, {})
    assert verdict.name == "k-means" and verdict.rival is not None and verdict.rival.startswith("a/")
    assert judge({"k-means": HALVES, "a/paris": other}, {}).rival is None  # one against three
    assert judge(*agreeing()).rival is None


def test_one_partition_by_many_names_is_k_means():
    verdict = judge({"k-means": HALVES, **{f"a/{i}/paris": 1 - HALVES for i in range(4)}}, {})
    assert verdict.table[verdict.name]["consensus"] == pytest.approx(1)
    assert verdict.name == "k-means" and verdict.alternatives == ["k-means"] and verdict.rival is None
