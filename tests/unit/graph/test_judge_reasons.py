"""Whatever the pool: what the judge says agrees with its numbers, and names and orders do not matter."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepkmeans.graph import conductance, judge
from deepkmeans.graph.judge import leaves_kmeans

from .joined import graph_of


def some_pool(seed):
    random = np.random.RandomState(seed)
    k, n = random.randint(2, 4), 24
    base = [random.randint(k, size=n) for _ in range(2)]

    def near(labels, share):
        labels = np.where(random.rand(n) < share, random.randint(k, size=n), labels)
        labels[:k] = np.arange(k)
        return labels

    spaces = ("standard", "robust", "ranks")[: random.randint(1, 4)]
    methods = ("k-means", "5/mixture-full", "5/mixture-tied", "15/paris", "15/spectral")
    noise, other = 0.6 * random.rand(), {name: random.choice([0.0, 0.5, 0.8, 1.0]) for name in (*spaces, *methods)}
    pool = {"k-means": near(base[0], 0.1)}
    pool |= {
        f"{s}/{m}": near(base[int(random.rand() < max(other[s], other[m]))], noise) for s in spaces for m in methods
    }
    seen = near(base[random.randint(2)], 0.2) if random.rand() < 0.8 else pool[random.choice(list(pool))]
    graphs = {f"{s}/15": graph_of(seen, random.choice([0.0, 0.01, 0.6])) for s in spaces}
    return pool, graphs, random.choice([0.0, 0.5]), random.randint(1, 4, n).astype(float)


def check_reason(verdict, pool, graphs):
    """Every sentence, and every number in it, is what the verdict says elsewhere."""
    found, reason, table = verdict.statistics, verdict.reason, verdict.table
    consensus = {name: row["consensus"] for name, row in table.items()}
    if "hardly any edge" in reason:
        assert reason.startswith(f"{verdict.name}: ")
        assert all(conductance(graph, pool[verdict.name]) <= 0.002 for graph in graphs.values())
        return "separate"
    assert reason.startswith(f"of {len(pool)} candidates ")
    if "none has a higher consensus" in reason:
        assert verdict.name == "k-means" and consensus["k-means"] >= max(consensus.values()) - 1e-12
        assert f"(NMI {consensus['k-means']:.2f})" in reason
        return "none"
    said = re.search(
        r"candidates (\S+) has the highest consensus \(NMI (\S+), K-Means (\S+); the two share (\d+)%", reason
    )
    best = said[1]
    assert best in pool and consensus[best] >= max(consensus.values()) - 1e-12
    assert float(said[2]) == pytest.approx(consensus[best], abs=6e-4)
    assert float(said[3]) == pytest.approx(consensus["k-means"], abs=6e-4)
    assert int(said[4]) / 100 == pytest.approx(nmi_of(verdict, best), abs=6e-3)
    signed = [float(number) for number in re.findall(r"[(\s]([+-]\d\.\d\d)\)", reason)]
    if verdict.name != "k-means":
        assert verdict.name == best and leaves_kmeans(found)
        kept = found["modularity_gain"]
        assert signed == pytest.approx([found["gain_by_mixture"], found["gain_by_graph"], kept], abs=6e-3)
        if reason.endswith("speak for it, too"):
            assert min(found["gain_by_mixture"], found["gain_by_graph"], kept) > 0
            return "left, all for it"
        assert ("nearly as well" in reason) == (kept < 0) and ("together better" in reason) == (kept > 0)
        return "left"
    assert not leaves_kmeans(found)
    if "less than 0.04 more" in reason:
        assert found["consensus_gain"] < 0.04
        return "less than 0.04"
    assert found["consensus_gain"] >= 0.04
    asked = {
        "mixtures": "gain_by_mixture", "graphs": "gain_by_graph", "robust": "gain_in_robust",
        "columns have few values,": "gain_by_k-means",
    }  # fmt: skip
    for who, name in asked.items():
        if any(f"{who} {agree} more" in reason for agree in ("agree", "agrees", "units agrees")):
            assert found[name] < 0 and signed == pytest.approx([found[name]], abs=6e-3)
            return name
    assert "leaves more neighbours together" in reason and found["modularity_gain"] < -0.05
    assert signed == pytest.approx([-found["modularity_gain"]], abs=6e-3)
    return "modularity"


def nmi_of(verdict, best):
    return verdict.statistics["alike"] if verdict.name == "k-means" else verdict.table["k-means"]["like_chosen"]


def test_every_reason_agrees_with_its_numbers():
    seen = set()
    for seed in range(300):
        pool, graphs, few_values, weight = some_pool(seed)
        seen.add(check_reason(judge(pool, graphs, weight=weight, few_values=few_values), pool, graphs))
    assert {"none", "left, all for it", "less than 0.04", "modularity"} <= seen and len(seen) >= 6


@given(st.integers(0, 10_000))
@settings(max_examples=30)
def test_alternatives_differ_and_hold_what_was_taken(seed):
    pool, graphs, few_values, weight = some_pool(seed)
    verdict = judge(pool, graphs, weight=weight, few_values=few_values)
    consensus = [verdict.table[name]["consensus"] for name in verdict.alternatives]
    assert {verdict.name, "k-means"} <= set(verdict.alternatives) and len(verdict.alternatives) <= 4
    assert consensus == sorted(consensus, reverse=True)
    assert verdict.runner_up in verdict.alternatives
    assert (verdict.runner_up == verdict.name) == (len(verdict.alternatives) == 1)
    for name in verdict.alternatives:
        if name not in (verdict.name, "k-means"):
            assert verdict.table[name]["like_chosen"] <= 0.9
    if verdict.rival is not None:
        rival = verdict.table[verdict.rival]
        assert rival["like_chosen"] < 0.6 and rival["consensus"] >= verdict.table[verdict.name]["consensus"] - 0.02
    three = {name.split("/")[0] for name in pool} >= {"standard", "robust", "ranks"}
    assert (verdict.confidence is not None) == (three or "hardly any edge" in verdict.reason)
    assert verdict.confidence is None or 0 < verdict.confidence < 1


@given(st.integers(0, 10_000))
@settings(max_examples=20)
def test_names_of_clusters_and_the_order_of_rows_do_not_matter(seed):
    pool, graphs, few_values, weight = some_pool(seed)
    order = np.random.RandomState(seed).permutation(24)
    turned = {name: (labels.max() - labels)[order] for name, labels in pool.items()}
    other = {name: graph[order][:, order].tocsr() for name, graph in graphs.items()}
    first = judge(pool, graphs, weight=weight, few_values=few_values)
    second = judge(turned, other, weight=2 * weight[order], few_values=few_values)
    for name, row in first.table.items():
        assert second.table[name]["consensus"] == pytest.approx(row["consensus"])
    assert first.name == second.name or first.table[second.name]["consensus"] == pytest.approx(
        first.table[first.name]["consensus"]
    )
