"""The choice among candidate partitions, with plain K-Means as the null hypothesis.

The *consensus* of a candidate is its mean normalised mutual information with all candidates of the pool, in which
plain K-Means counts three times. Candidates come from different methods and spaces, so what many of them find is
in the data and not in a method (evidence accumulation: Fred & Jain, IEEE TPAMI 2005; here the medoid of the pool
instead of a new partition, so that the answer has a name). The candidate with the highest consensus replaces K-Means
only if all of these hold:

- its consensus is higher than that of K-Means by 0.04 or more;
- Gaussian mixtures agree with it at least as much as with K-Means (or 0.02 less, where every graph keeps neighbours
  together better: modularity higher by 0.02), and so do graphs, and so do the candidates found in robust units;
- neighbours are kept together nearly as well: modularity, averaged over the graphs, is lower by 0.05 at most;
- it does not repeat a column of few values: with none of them does it share 0.1 more information than K-Means does;
- where half of the columns or more have few values, so that ties make the graphs, K-Means found in other spaces and
  directions does not agree less with it than with K-Means by more than 0.05.

Spaces that are one set of columns under other weights err alike, so their agreement is no proof: there the candidate
needs a consensus of 0.7, too.

One condition is enough by itself: where no column has few values, and hardly any edge of any graph, in any space, joins
two clusters of a candidate, its clusters are separate groups, whatever their shape. If those of K-Means are separate as
well, K-Means is kept.

A candidate that spends clusters on one or two rows of many is not asked: those clusters are missing where small ones
could be.

The rule was chosen among many on tables with known classes, and the probability of being right was learnt on them
and evaluated on sets left out: ``python -m benchmarks judge`` does both, and writes ``judge.json``. Of pools of
one space (texts, counts, rows in a scaling of the user's own) that probability is not known.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import scipy.sparse as sp

from ..metrics.consensus import pairwise_nmi
from .candidates import KMEANS
from .partition_quality import are_separate, spends_clusters
from .partition_statistics import SPACES, partition_statistics, space_of

__all__ = ["CONFIDENCE", "NULL_VOTES", "Verdict", "judge", "leaves_kmeans", "probability_of_right"]

#: Plain K-Means counts so many times in the consensus.
NULL_VOTES = 3
#: What the consensus must gain over K-Means, and modularity may lose.
_GAIN, _LOSS = 0.04, 0.05
#: What modularity must gain in every graph for mixtures to be outvoted, and by how much they then may be.
_TOGETHER = 0.02
#: Share of columns with few values from which on ties make the graphs, and by how much K-Means found elsewhere may then
#: agree less with a candidate.
_MOSTLY_FEW_VALUES, _UNHEARD_KMEANS = 0.5, 0.05
#: How much more information with one column of few values a candidate may share than K-Means does.
_REPEATED = 0.1
#: Consensus that a candidate needs where all spaces are the same columns under other weights.
_SURE_AMONG_VIEWS = 0.7
#: Probability that separate groups are what is sought.
_CERTAIN = 0.998
#: Partitions more alike than this are one answer; at most so many answers are alternatives.
_ALIKE, _ALTERNATIVES = 0.9, 4
#: Two answers compete if they share less than this of their information and their consensus is that close.
_UNLIKE, _CLOSE = 0.6, 0.02
#: The statistics from which the probability of being right is computed.
CONFIDENCE = (
    "consensus_gain", "consensus_of_kmeans", "alike", "closer", "agreement", "gain_by_mixture", "gain_in_robust",
    "modularity_gain", "log_rows_a_cluster", "log_clusters",
)  # fmt: skip


def leaves_kmeans(statistics: Mapping[str, float]) -> bool:
    """Whether all statistics speak for the candidate."""
    kept_together = statistics["modularity_gain"] >= -_LOSS and statistics["column_gain"] < _REPEATED
    return statistics["consensus_gain"] >= _GAIN and not _objections(statistics) and kept_together


def _objections(statistics: Mapping[str, float]) -> dict[str, float]:
    """Who agrees more with K-Means, in words, and by how much; mixtures that every graph outvotes are not heard."""
    heard = -_TOGETHER if statistics["modularity_gain_least"] >= _TOGETHER else 0.0
    asked = {
        "Gaussian mixtures agree": (statistics["gain_by_mixture"], heard),
        "graphs agree": (statistics["gain_by_graph"], 0.0),
        "what is found in robust units agrees": (statistics["gain_in_robust"], 0.0),
    }
    if statistics["few_values"] >= _MOSTLY_FEW_VALUES:
        asked["K-Means in other spaces, asked since half of the columns have few values, agrees"] = (
            statistics["gain_by_k-means"], -_UNHEARD_KMEANS,
        )  # fmt: skip
    return {name: gain for name, (gain, least) in asked.items() if gain < least}


def probability_of_right(statistics: Mapping[str, float], left: bool) -> float:
    """Probability that the partition taken is within 0.05 of the better of the two in the adjusted Rand index."""
    model = _learnt()["left" if left else "kept"]
    logit = model["intercept"] + sum(model["weights"][name] * statistics[name] for name in CONFIDENCE)
    return float(1 / (1 + np.exp(-logit)))


@cache
def _learnt() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(files(__package__).joinpath("judge.json").read_text(encoding="utf-8"))
    return document


@dataclass(frozen=True)
class Verdict:
    """The result of :func:`judge`.

    Attributes
    ----------
    name : str
        Of the partition to take.
    reason : str
    table : dict of str to dict
        Of each candidate: ``consensus``, and ``like_chosen``, normalised mutual information with the partition taken.
    alternatives : list of str
        Different answers, by falling consensus; the partition taken and K-Means are among them.
    runner_up : str or None
        The best answer that was not taken, if there is another.
    rival : str or None
        An answer that shares less than 0.6 of its information with the one taken, of nearly its consensus (0.02 less).
    confidence : float or None
        Probability that the partition taken is within 0.05 of the better of the two, in the adjusted Rand index.
    statistics : dict of str to float
        Of the best candidate against K-Means: see :data:`.partition_statistics.STATISTICS`.
    """

    name: str
    reason: str
    table: dict[str, dict[str, float]]
    alternatives: list[str]
    runner_up: str | None
    rival: str | None
    confidence: float | None
    statistics: dict[str, float]


def judge(
    partitions: Mapping[str, np.ndarray], graphs: Mapping[str, sp.csr_matrix], *, weight: np.ndarray | None = None,
    few_values: float = 0.0, coded: np.ndarray | None = None, wanted: str | None = None,
    preferred: tuple[str, str] | None = None, of_views: bool = False,
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
    coded : ndarray of shape (n, c) or None
        Columns of so few values, each value by its number from 0.
    wanted : str or None
        Name of the partition to take in any case.
    preferred : (str, str) or None
        Name of the partition that what is known beside the rows speaks for, and how: it is taken unless K-Means or the
        partition of the highest consensus are separate groups.
    of_views : bool
        Whether all spaces are the same columns under other weights.
    """
    names = list(partitions)
    mass = np.ones(len(partitions[KMEANS])) if weight is None else weight
    similarity = pairwise_nmi(partitions, weight=weight)
    votes = np.array([NULL_VOTES if name == KMEANS else 1 for name in names])
    consensus = similarity @ votes / votes.sum()
    null, spent = names.index(KMEANS), np.array([spends_clusters(partitions[name], weight) for name in names])
    best = int(np.where(spent & ~spent.all(), -np.inf, consensus).argmax())
    statistics = partition_statistics(
        names, similarity, votes, partitions, graphs, best, null, weight=mass, few_values=few_values, coded=coded
    )  # fmt: skip
    # Where separate groups are more than the clusters, many ways to join them are separate; K-Means may be one.
    asked = [null, *(i for i in _different(similarity, consensus, best, null) if i != null)]
    separate = next((i for i in asked if _are_separate(partitions[names[i]], graphs, mass, few_values)), None)
    sure: float | None
    if separate is not None:
        chosen, sure = separate, _CERTAIN
        reason = f"{names[separate]}: hardly any edge of the neighbour graphs joins its clusters"
    elif preferred is not None:
        chosen, sure = names.index(preferred[0]), None
        reason = f"{preferred[0]}: {preferred[1]}"
    else:
        needed = _SURE_AMONG_VIEWS if of_views else 0.0
        left = best != null and leaves_kmeans(statistics) and bool(consensus[best] >= needed)
        known = {space_of(name) for name in names} >= set(SPACES)
        chosen, sure = best if left else null, probability_of_right(statistics, left) if known else None
        reason = _reason(names, best, null, left, statistics, needed)
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
        runner_up=next((names[i] for i in different if i != chosen), None),
        rival=next(
            (
                names[i]
                for i in different
                if separate is None
                and preferred is None
                and similarity[chosen, i] < _UNLIKE
                and consensus[i] >= consensus[chosen] - _CLOSE
            ),
            None,
        ),
        confidence=sure,
        statistics=statistics,
    )


def _are_separate(
    labels: np.ndarray, graphs: Mapping[str, sp.csr_matrix], mass: np.ndarray, few_values: float
) -> bool:  # fmt: skip
    """Whether the clusters are apart in every graph; the few values of a column make groups that mean nothing."""
    return few_values == 0 and bool(graphs) and all(are_separate(graph, labels, mass) for graph in graphs.values())


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
    names: list[str], best: int, null: int, left: bool, statistics: Mapping[str, float], needed: float = 0.0
) -> str:  # fmt: skip
    """One sentence with the numbers that decided; ``needed`` is the consensus that a candidate needs."""
    kmeans_consensus = statistics["consensus_of_kmeans"]
    best_consensus, of = kmeans_consensus + statistics["consensus_gain"], f"{len(names)} candidates"
    if best == null:
        return f"of {of} none has a higher consensus than K-Means (NMI {kmeans_consensus:.2f})"
    said = (
        f"of {of} {names[best]} has the highest consensus (NMI {best_consensus:.3f}, K-Means {kmeans_consensus:.3f}; "
        f"the two share {statistics['alike']:.0%} of their information)"
    )
    if left:
        mixtures = f"mixtures ({statistics['gain_by_mixture']:+.2f})"
        graphs = f"graphs ({statistics['gain_by_graph']:+.2f})"
        kept, more = f"modularity {statistics['modularity_gain']:+.2f}", statistics["modularity_gain"]
        if min(statistics["gain_by_mixture"], statistics["gain_by_graph"], more) > 0:
            return f"{said}; {mixtures}, {graphs} and the neighbours themselves ({kept}) speak for it, too"
        if statistics["gain_by_mixture"] < 0:
            return (
                f"{said}; {graphs} agree with it no less than with K-Means, and every graph keeps neighbours together "
                f"better by it ({kept}), which outvotes {mixtures}"
            )
        how = "better" if more > 0 else "nearly as well" if more < 0 else "as well"
        return (
            f"{said}; {mixtures} and {graphs} agree with it no less than with K-Means, and it keeps neighbours "
            f"together {how} ({kept})"
        )
    if statistics["consensus_gain"] < _GAIN:
        return f"{said}; less than {_GAIN} more is no reason to leave K-Means"
    if best_consensus < needed:
        return f"{said}; methods see too different things for that to be a reason to leave K-Means (under {needed})"
    for who, by in _objections(statistics).items():
        return f"{said}; K-Means is kept since {who} more with it ({by:+.2f})"
    if statistics["column_gain"] >= _REPEATED:
        return (
            f"{said}; K-Means is kept since the other repeats one column of few values (the two share "
            f"{statistics['column_gain']:.0%} more of their information than K-Means does with it)"
        )
    more = -statistics["modularity_gain"]
    return f"{said}; K-Means is kept since it leaves more neighbours together (modularity {more:+.2f})"
