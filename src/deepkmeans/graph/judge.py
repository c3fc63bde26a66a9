"""The choice among candidate partitions, with plain K-Means as the null hypothesis.

The *consensus* of a candidate is its mean normalised mutual information with all candidates of the pool, in which
plain K-Means counts three times. Candidates come from methods and spaces that are unlike, so what many of them find is
in the data and not in a method (evidence accumulation: Fred & Jain, IEEE TPAMI 2005; here the medoid of the pool
instead of a new partition, so that the answer has a name). The candidate with the highest consensus replaces K-Means
only for a reason: a linear rule over what the pool and the neighbour graphs say of the two (:mod:`.evidence`) expects
it to be better by 0.04 or more in the adjusted Rand index. The rule and the probability of being right were learnt on
tables with known classes, whole sets left out when judged; ``judge.json`` holds the numbers, and
``python -m benchmarks judge`` makes it.

One reason needs no rule: where no column has few values, and hardly any edge of any graph, in any space, leads from one
cluster of a candidate to another, its clusters are separate groups, of whatever shape.

Pools of one space (texts, counts, rows in a scaling of the user's own) have no rule of their own. There the candidate
is taken whose consensus is higher than that of K-Means by 0.03, unless the graphs prefer K-Means (modularity lower by
more than 0.02), and how sure that is, is not known.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import scipy.sparse as sp

from .candidates import KMEANS
from .evidence import EVIDENCE, SPACES, evidence, space_of
from .scores import agreement, conductance

__all__ = ["CONFIDENCE", "NULL_VOTES", "Rule", "Verdict", "judge", "learnt_rule"]

#: Plain K-Means counts so many times in the consensus.
NULL_VOTES = 3
#: Without a rule: what the consensus must gain over K-Means, and modularity may lose.
_GAIN, _LOSS = 0.03, 0.02
#: Clusters with less weight than this between them, and none smaller than a tenth of the mean, are separate.
_SEPARATE, _SMALL = 0.002, 0.1
#: Partitions more alike than this are one answer; at most so many answers are alternatives.
_ALIKE, _ALTERNATIVES = 0.9, 4
#: Names of the numbers by which the probability of being right is told.
CONFIDENCE = ("expected_gain", "distance_to_threshold", "taken", "alike", "agreement", "closer", "log_rows_a_cluster")


@dataclass(frozen=True)
class Rule:
    """Expected gain over K-Means, linear in :data:`EVIDENCE`; probability of being right, logistic in CONFIDENCE."""

    weights: np.ndarray
    intercept: float
    least_gain: float
    confidence_weights: np.ndarray
    confidence_intercept: float

    def expected_gain(self, found: Mapping[str, float]) -> float:
        """Adjusted Rand index that the candidate is expected to have more than plain K-Means."""
        return float(np.array([found[name] for name in EVIDENCE]) @ self.weights + self.intercept)

    def confidence(self, found: Mapping[str, float], gain: float, taken: bool) -> float:
        """Probability that the partition taken is within 0.05 of the better of the two."""
        logit = confidence_numbers(found, gain, taken, self.least_gain) @ self.confidence_weights
        return float(1 / (1 + np.exp(-(logit + self.confidence_intercept))))


def confidence_numbers(found: Mapping[str, float], gain: float, taken: bool, least_gain: float) -> np.ndarray:
    """The numbers of :data:`CONFIDENCE`."""
    return np.array([
        gain, abs(gain - least_gain), float(taken), found["alike"], found["agreement"], found["closer"],
        found["log_rows_a_cluster"],
    ])  # fmt: skip


@cache
def learnt_rule() -> Rule:
    """The rule of ``judge.json``."""
    document = json.loads(files(__package__).joinpath("judge.json").read_text(encoding="utf-8"))
    return Rule(
        np.array([document["weights"][name] for name in EVIDENCE]), document["intercept"], document["least_gain"],
        np.array([document["confidence"]["weights"][name] for name in CONFIDENCE]), document["confidence"]["intercept"],
    )  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """What :func:`judge` found.

    Attributes
    ----------
    name : str
        Of the partition to take.
    reason : str
    table : dict of str to dict
        Of each candidate: ``consensus``, and ``like_chosen``, normalised mutual information with the partition taken.
    alternatives : list of str
        Different answers, by falling consensus; the partition taken and K-Means are among them.
    runner_up : str
        The best answer that was not taken.
    expected_gain : float or None
        What the rule expects the best candidate to be better than K-Means, in the adjusted Rand index.
    confidence : float or None
        Probability that the partition taken is within 0.05 of the better of the two, in the adjusted Rand index.
    evidence : dict of str to float
        Of the best candidate against K-Means.
    """

    name: str
    reason: str
    table: dict[str, dict[str, float]]
    alternatives: list[str]
    runner_up: str
    expected_gain: float | None
    confidence: float | None
    evidence: dict[str, float]


def judge(
    partitions: Mapping[str, np.ndarray], graphs: Mapping[str, sp.csr_matrix], *, weight: np.ndarray | None = None,
    few_values: float = 0.0, wanted: str | None = None, rule: Rule | None = None,
) -> Verdict:  # fmt: skip
    """Take one of ``partitions``, each (n,), of which ``"k-means"`` is the null hypothesis.

    Parameters
    ----------
    partitions : dict of str to ndarray of shape (n,)
    graphs : dict of str to csr_matrix of shape (n, n)
    weight : ndarray of shape (n,) or None
        Copies of each row.
    few_values : float
        Share of the columns that have ten values or fewer.
    wanted : str or None
        Name of the partition that is taken whatever speaks against it.
    rule : Rule or None
        Instead of the learnt one.
    """
    names = list(partitions)
    mass = np.ones(len(partitions[KMEANS])) if weight is None else weight
    similarity = agreement(partitions, weight=weight)
    votes = np.array([NULL_VOTES if name == KMEANS else 1 for name in names])
    consensus = similarity @ votes / votes.sum()
    null, best = names.index(KMEANS), int(consensus.argmax())
    found = evidence(names, similarity, votes, partitions, graphs, best, null, weight=mass, few_values=few_values)
    separate = next((i for i in _different(similarity, consensus, best, null) if _are_separate(
        partitions[names[i]], graphs, mass, few_values
    )), None)  # fmt: skip
    gain = sure = None
    if separate is not None:
        best, leave, sure = separate, separate != null, 1 - _SEPARATE
    elif {space_of(name) for name in names} >= set(SPACES):
        rule = rule or learnt_rule()
        gain = 0.0 if best == null else rule.expected_gain(found)
        leave = best != null and gain >= rule.least_gain
        sure = rule.confidence(found, gain, leave)
    else:
        leave = found["consensus_gain"] >= _GAIN and found["modularity_gain"] >= -_LOSS
    chosen = best if leave else null
    reason = _reason(names, best, null, leave, found, gain)
    if separate is not None:
        reason = f"{names[best]}: hardly any edge of the neighbour graphs joins its clusters"
    if wanted is not None:
        chosen, reason = names.index(wanted), f"asked for by partition={wanted!r}"
        sure = None
    different = _different(similarity, consensus, chosen, null)
    return Verdict(
        name=names[chosen],
        reason=reason,
        table={
            name: {"consensus": float(c), "like_chosen": float(s)}
            for name, c, s in zip(names, consensus, similarity[chosen], strict=True)
        },
        alternatives=[names[i] for i in different],
        runner_up=names[next((i for i in different if i != chosen), chosen)],
        expected_gain=gain,
        confidence=sure,
        evidence=found,
    )


def _are_separate(
    labels: np.ndarray, graphs: Mapping[str, sp.csr_matrix], mass: np.ndarray, few_values: float
) -> bool:  # fmt: skip
    """Whether the clusters are apart in every graph; the few values of a column make groups that mean nothing."""
    sizes = np.bincount(labels, weights=mass)
    if few_values > 0 or not graphs or sizes.min() < _SMALL * sizes.mean():
        return False
    return all(conductance(graph, labels) <= _SEPARATE for graph in graphs.values())


def _different(similarity: np.ndarray, consensus: np.ndarray, chosen: int, null: int) -> list[int]:
    """Candidates that are unlike each other by falling consensus, the chosen one and K-Means among them."""
    kept = [chosen] if chosen == null else [chosen, null]
    for i in np.argsort(-consensus, kind="stable"):
        if len(kept) == _ALTERNATIVES:
            break
        if similarity[i, kept].max() <= _ALIKE:
            kept.append(int(i))
    return sorted(kept, key=lambda i: (-consensus[i], i))


def _reason(
    names: list[str], best: int, null: int, leave: bool, found: Mapping[str, float], gain: float | None
) -> str:  # fmt: skip
    """One sentence with the numbers that decided."""
    plain = found["consensus_of_kmeans"]
    own, of = plain + found["consensus_gain"], f"{len(names)} candidates"
    if best == null:
        return f"of {of} none is agreed with more than K-Means (consensus {plain:.2f})"
    said = (
        f"of {of} {names[best]} is agreed with most (consensus {own:.2f}, K-Means {plain:.2f}; the two share "
        f"{found['alike']:.0%} of their information, neighbours are kept together with modularity "
        f"{found['modularity_gain']:+.2f})"
    )
    if gain is None:
        return said + (", and K-Means is left for it" if leave else ", too little to leave K-Means for it")
    told = f"on tables with known classes that much evidence meant {gain:+.2f} in the adjusted Rand index"
    return f"{said}; {told}, " + ("so K-Means is left for it" if leave else "too little to leave K-Means for it")
