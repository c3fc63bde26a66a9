"""What speaks for a partition: by hand on four partitions of six rows, with weights, and by the names."""

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import normalized_mutual_info_score as nmi

from deepkmeans.graph import STATISTICS, modularity, partition_statistics
from deepkmeans.graph.partition_statistics import kind_of, space_of
from deepkmeans.metrics.consensus import highest_consensus, pairwise_nmi

HALVES, TWO_FOUR, ALTERNATE = np.array([0, 0, 0, 1, 1, 1]), np.array([0, 0, 1, 1, 1, 1]), np.array([0, 1, 0, 1, 0, 1])
PARTITIONS = {
    "k-means": TWO_FOUR, "standard/5/mixture-full": HALVES, "robust/15/paris": HALVES, "ranks/5/k-means": ALTERNATE,
}  # fmt: skip


def triangles():
    """0-1-2 and 3-4-5 with weight 1, joined by 2-3 with weight 0.5: volumes 6.5 and 6.5."""
    w = np.kron(np.eye(2), np.ones((3, 3)) - np.eye(3))
    w[2, 3] = w[3, 2] = 0.5
    return sp.csr_matrix(w)


def found(candidate=1, partitions=PARTITIONS, graphs=None, weight=None, few_values=0.25):
    weight = np.ones(6) if weight is None else np.asarray(weight, dtype=np.float64)
    names, votes = list(partitions), np.array([3] + [1] * (len(partitions) - 1))
    graphs = {"standard/15": triangles()} if graphs is None else graphs
    return partition_statistics(
        names, pairwise_nmi(partitions, weight=weight), votes, partitions, graphs, candidate, 0, weight=weight,
        few_values=few_values,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "kind", "space"),
    [
        ("k-means", "k-means", "k-means"), ("standard/k-means", "k-means", "standard"),
        ("robust/whitened/k-means", "k-means", "robust"), ("ranks/5/k-means", "k-means", "ranks"),
        ("standard/10/mixture-tied", "mixture", "standard"), ("robust/15/spectral-full", "mixture", "robust"),
        ("robust/15/spectral", "graph", "robust"), ("none/30/paris", "graph", "none"),
    ],
)  # fmt: skip
def test_names_say_kind_and_space(name, kind, space):
    assert (kind_of(name), space_of(name)) == (kind, space)


def test_four_partitions_by_hand():
    values = found()
    assert list(values) == list(STATISTICS)
    a, b, c = nmi(TWO_FOUR, HALVES), nmi(TWO_FOUR, ALTERNATE), nmi(HALVES, ALTERNATE)
    plain, own = (3 + a + a + b) / 6, (3 * a + 1 + 1 + c) / 6
    expected = {
        "consensus_of_kmeans": plain, "consensus_gain": own - plain, "alike": a,
        "closer": (2 + (c > b)) / 4,
        "agreement": (4 + 4 * a + 2 + 2 * b + 4 * c) / 16,
        "gain_by_mixture": 1 - a, "gain_by_graph": 1 - a, "gain_by_k-means": c - b,  # plain K-Means has no say in it
        "gain_in_standard": 1 - a, "gain_in_robust": 1 - a, "gain_in_ranks": c - b,
        # Inside 6 of 13 in both triangles; of 0-1 and the rest: 2 of volume 4, and 7 of volume 9.
        "modularity_gain": (12 / 13 - 0.5) - (9 / 13 - (4 / 13) ** 2 - (9 / 13) ** 2),
        "evenness": 1, "smallest": 1, "largest_of_kmeans": 4 / 6,
        "log_rows_a_cluster": np.log(3), "log_clusters": np.log(2), "few_values": 0.25, "column_gain": 0.0,
    }  # fmt: skip
    assert {name: values[name] for name in expected} == pytest.approx(expected)
    assert values["modularity_gain_least"] == values["modularity_gain"] == values["modularity_gain_most"]


def test_evenness_of_three_and_one():
    uneven = np.array([0, 0, 0, 1])
    values = found(partitions={"k-means": uneven, "a/k-means": np.array([0, 0, 1, 1])}, graphs={}, weight=np.ones(4))
    entropy = -(0.75 * np.log2(0.75) + 0.25 * np.log2(0.25))  # 0.811 bits of 1
    assert values["evenness_of_kmeans"] == pytest.approx(entropy) and values["evenness"] == pytest.approx(1)
    heavy = found(partitions={"k-means": uneven, "a/k-means": uneven}, graphs={}, weight=[1, 1, 1, 3])
    assert heavy["evenness"] == pytest.approx(1) and heavy["smallest"] == pytest.approx(1)
    assert heavy["log_rows_a_cluster"] == pytest.approx(np.log(3))


def test_a_pool_without_graphs_or_kinds_has_zeros_there():
    values = found(partitions={"k-means": TWO_FOUR, "none/k-means": HALVES}, graphs={})
    absent = [name for name in STATISTICS if name.startswith(("gain_in", "modularity"))]
    assert all(values[name] == 0 for name in [*absent, "gain_by_mixture", "gain_by_graph"])
    assert values["gain_by_k-means"] > 0


@given(st.integers(0, 10_000))
@settings(max_examples=15)
def test_k_means_gains_nothing_on_itself_and_graphs_bound_their_mean(seed):
    random = np.random.RandomState(seed)
    partitions = {name: random.permutation([0, 0, 1, 1, 2, 2]) for name in PARTITIONS}
    graphs = {str(i): sp.csr_matrix(np.ones((6, 6)) * random.rand(6)[:, None] * random.rand(6)) for i in range(3)}
    graphs = {name: (graph + graph.T).tocsr() for name, graph in graphs.items()}
    itself = found(0, partitions, graphs)
    assert all(value == pytest.approx(0) for name, value in itself.items() if "gain" in name or name == "closer")
    assert itself["alike"] == pytest.approx(1)
    values = found(1, partitions, graphs)
    own = [
        modularity(graph, partitions["standard/5/mixture-full"]) - modularity(graph, partitions["k-means"])
        for graph in graphs.values()
    ]
    told = [values[f"modularity_gain{which}"] for which in ("_least", "", "_most")]
    assert told == pytest.approx([min(own), np.mean(own), max(own)])


@given(st.integers(0, 10_000))
@settings(max_examples=15)
def test_weights_are_repetition_for_all_that_graphs_do_not_say(seed):
    random = np.random.RandomState(seed)
    times = random.randint(1, 5, 6)
    weighted = found(graphs={}, weight=times)
    repeated = {name: np.repeat(labels, times) for name, labels in PARTITIONS.items()}
    assert weighted == pytest.approx(found(partitions=repeated, graphs={}, weight=np.ones(times.sum())))


@pytest.mark.parametrize("zeros", [False, True])
def test_agreement_with_weights_is_that_of_repeated_rows(zeros):
    random = np.random.RandomState(0)
    times = random.randint(0 if zeros else 1, 4, 60)
    pool = {str(i): random.randint(2 + i, size=60) for i in range(4)}
    expected = pairwise_nmi({name: np.repeat(labels, times) for name, labels in pool.items()})
    np.testing.assert_allclose(pairwise_nmi(pool, weight=times), expected, atol=1e-12)
    np.testing.assert_allclose(pairwise_nmi(pool, weight=2.5 * times), expected, atol=1e-12)
    np.testing.assert_allclose(pairwise_nmi(pool, weight=np.ones(60)), pairwise_nmi(pool), atol=1e-12)
    some = pairwise_nmi(pool, np.random.RandomState(1), times)  # sampled rows keep their own weights
    np.testing.assert_allclose(some, expected, atol=1e-12)


def test_the_solution_that_shares_most_with_all_others():
    halves, thirds = np.array([0, 0, 0, 1, 1, 1]), np.array([0, 0, 1, 1, 2, 2])
    others = {"a": np.array([1, 1, 1, 0, 0, 0]), "b": np.array([0, 0, 1, 1, 1, 1])}
    assert highest_consensus([thirds, halves], others) == 1 and highest_consensus([halves, thirds], others) == 0
    assert highest_consensus([halves, 1 - halves], others) == 0  # equals: the first
    assert highest_consensus([thirds], others) == highest_consensus([thirds, halves], {}) == 0
    # Copies of the rows in which "a" and the thirds differ make the thirds less alike.
    other = {"a": np.array([0, 0, 1, 1, 2, 1])}
    assert highest_consensus([halves, thirds], other) == 1
    assert highest_consensus([halves, thirds], {"a": halves}, weight=np.array([1, 1, 9, 9, 1, 1.0])) == 0
