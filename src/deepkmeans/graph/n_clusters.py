r"""How many clusters there are: a posterior over k from the low-density gaps between groups of rows.

Each split is real if its test statistic (see :mod:`.low_density`) exceeds a threshold, so that j splits have the
probability of the thresholds between the statistics of split j and of split j + 1. The log threshold has one of two
normal distributions. Between Gaussian groups, whatever their dimension, splits were true in half of the cases at 0.8
and in nine of ten above 0.9 (75 generated tables). Classes of real tables have styles of their own, between which there
are gaps as well: there the threshold is higher and less certain. In the embedding of a
network trained on an over-clustering of pictures, gaps between classes are deeper than those between styles: thresholds
of 2.1 to 3 gave the classes of 11 of 12 tables of handwriting within 1, and neither one class alone nor noise went
beyond 2.6. A group counts as a cluster if it holds a fiftieth of the rows or, beyond ten clusters, a fifth of the mean
cluster size; a quarter of the posterior counts all groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import norm

from .low_density import FEWEST_ROWS, GapTree
from .reasons import CONFIDENT, of_communities, reason_of_none, reason_of_some

__all__ = [
    "CLEAR_IN_EMBEDDING", "CONFIDENT", "NClustersChoice", "choose_n_clusters", "second_opinion", "weigh_modularity",
]  # fmt: skip

Thresholds = Sequence[tuple[float, float, float]]

#: Weight, median, and deviation of the logarithm of the threshold: of smooth groups, and of groups with styles.
_THRESHOLDS = ((0.5, 0.8, 0.15), (0.5, 1.3, 0.7))
#: The same in a learnt embedding.
_LEARNT_THRESHOLDS = ((1.0, 2.4, 0.45),)
#: In a learnt embedding, the least statistic of an empty gap.
CLEAR_IN_EMBEDDING = 4.0
#: Probability that small groups are clusters too.
_SMALL_COUNT = 0.25
#: Least share of a cluster in the rows, and in the mean of the clusters; the lower of both counts.
_OF_ALL, _OF_MEAN = 0.02, 0.2
#: Below this confidence modularity decides, if it has so many times the communities of structureless rows.
_OPEN, _SAYS_SOMETHING = 0.5, 3
#: So many more communities than clusters, and than in structureless rows, leave this share of the confidence.
_MANY_MORE, _DOUBT = 2, 0.8
#: Share of the posterior by the gaps of all rows, where there are samples too.
_OF_ALL_ROWS = 0.4
#: Probability too small to propose anything.
_HARDLY = 1e-3


@dataclass(frozen=True)
class NClustersChoice:
    """The result of :func:`choose_n_clusters`.

    Attributes
    ----------
    n_clusters : int
        1: no clear structure.
    second : int or None
        The next best k; None if there is no other.
    confidence : float
        Probability, in [0, 1], that k is within 1 of ``n_clusters`` (that there is structure, or none, for sure), times
        the share of rows that are neighbours of any other: the graph says little about the rest.
    confident : bool
    reason : str
    posterior : dict of int to float
        Probability of every k.
    """

    n_clusters: int
    second: int | None
    confidence: float
    confident: bool
    reason: str
    posterior: dict[int, float]


def choose_n_clusters(
    tree: GapTree, ks: Sequence[int], samples: Sequence[GapTree] = (), *, learnt: bool = False
) -> NClustersChoice:
    """The number of clusters, 1 or one of ``ks``, that is most probable by the low-density gaps.

    ``samples`` are trees of samples of the same rows: a split that they do not show is less probable. ``learnt`` says
    that the rows are the embedding of a network trained on an over-clustering.
    """
    thresholds = _LEARNT_THRESHOLDS if learnt else _THRESHOLDS
    whole = _OF_ALL_ROWS if samples else 1.0
    mixed = [(tree, whole), *((sample, (1 - whole) / len(samples)) for sample in samples)]
    groups: dict[int, dict[int, float]] = {k: {} for k in sorted({1, *map(int, ks)})}
    for part, share in mixed:
        _add_probability(groups, part, share, ks, thresholds)
    posterior = {k: sum(counted.values()) for k, counted in groups.items()}
    # Splits that leave one cluster of some size are still splits: the choice of 1 needs more than that.
    flat = sum(share * float(_weights(part, thresholds)[0]) for part, share in mixed)
    k = 1 if flat > 0.5 else max(posterior, key=lambda k: (posterior[k], -k))
    # One cluster is no structure, and as a neighbour of 2 no near miss.
    around = sum(p for other, p in posterior.items() if abs(other - k) <= 1 and (other == 1) == (k == 1))
    second = _second(posterior, k)
    confidence = min(1.0, around) * tree.in_reach if tree.n_samples >= FEWEST_ROWS else 0.0
    if k == 1:
        reason = reason_of_none(tree, samples, posterior, flat, _LEARNT_THRESHOLDS[0][1] if learnt else None)
    else:
        reason = reason_of_some(k, tree, _counts(tree), _weights(tree, thresholds), groups[k])
    return NClustersChoice(k, second, confidence, confidence >= CONFIDENT, reason, posterior)


def weigh_modularity(choice: NClustersChoice, communities: int, plain: int) -> NClustersChoice:
    """The choice after a look at modularity: best with so many ``communities``, with ``plain`` of structureless rows.

    Where gaps leave it open (confidence below a half) modularity decides, if it says something: structureless rows of
    few dimensions have many communities as well. Many more communities than clusters are a reason for doubt.
    """
    k, confidence, reason, second = choice.n_clusters, choice.confidence, choice.reason, choice.second
    words = f"rows that are each other's neighbours make {of_communities(communities)}, in random rows {plain}"
    if confidence < _OPEN and k > 1 and communities >= _SAYS_SOMETHING * plain and communities in choice.posterior:
        if abs(communities - k) > 1:
            second = k
        k, reason = communities, f"{words}; by gaps alone it is open, most likely {k}: {reason}"
        confidence *= _DOUBT
    elif communities > max(k, plain) + _MANY_MORE:
        confidence *= _DOUBT
        reason += f"; but {words}"
    return NClustersChoice(k, second, confidence, confidence >= CONFIDENT, reason, choice.posterior)


def second_opinion(choice: NClustersChoice, other: NClustersChoice) -> NClustersChoice:
    """The choice from a learnt embedding, with that from the rows as its second best, where the two differ."""
    second = choice.second if abs(other.n_clusters - choice.n_clusters) <= 1 else other.n_clusters
    reason = f"in learnt features, {choice.reason}; the rows as they are say {other.n_clusters}"
    return replace(choice, second=second, reason=reason)


def _weights(tree: GapTree, thresholds: Thresholds) -> np.ndarray:
    """Probability (m + 1,) that 0, 1, ..., m splits are real."""
    reached = np.maximum(tree.reached, 1e-12)
    at_least = sum(share * norm.cdf(np.log(reached / median) / deviation) for share, median, deviation in thresholds)
    return np.asarray(-np.diff(np.concatenate([[1.0], at_least, [0.0]])))


def _add_probability(
    groups: dict[int, dict[int, float]], tree: GapTree, share: float, ks: Sequence[int], thresholds: Thresholds
) -> None:
    """Add to every k of ``groups``, 1 among them, this share of the posterior, by the numbers of groups counted."""
    counts, weight = _counts(tree), _weights(tree, thresholds)
    allowed = np.array(list(groups))
    # 1 stands for itself alone: rows with structure have at least the fewest clusters that were asked for.
    among = allowed[1:] if len(allowed) > 1 and 1 not in ks else allowed
    for numbers, part in ((counts, 1 - _SMALL_COUNT), (range(1, len(counts) + 1), _SMALL_COUNT)):
        for number, probability in zip(numbers, weight, strict=True):
            counted = groups[1 if number == 1 else int(among[np.abs(among - number).argmin()])]
            counted[number] = counted.get(number, 0.0) + share * part * float(probability)


def _counts(tree: GapTree) -> list[int]:
    """How many clusters of some size 0, 1, ..., m splits leave."""
    labels, sizes, counts = np.zeros(tree.n_samples, dtype=np.int64), [tree.n_samples], [1]
    for number, gap in enumerate(tree.gaps, 1):
        sizes[labels[gap.rows[0]]] -= len(gap.rows)
        sizes.append(len(gap.rows))
        labels[gap.rows] = number
        share, k = np.array(sizes) / tree.n_samples, len(sizes)
        while (large := max(1, int((share >= min(_OF_ALL, _OF_MEAN / k)).sum()))) < k:
            k = large
        counts.append(k)
    return counts


def _second(posterior: dict[int, float], k: int) -> int | None:
    """The k with most probability around it further than 1 from the choice."""
    others = {other: p for other, p in posterior.items() if abs(other - k) > 1}
    if sum(others.values()) < _HARDLY:
        return min((other for other in posterior if other != k), key=lambda other: abs(other - k), default=None)
    around = {a: sum(p for b, p in others.items() if abs(a - b) <= 1) + 0.1 * others[a] for a in others}
    return max(around, key=lambda other: (around[other], -abs(other - k)))
