"""What the clusters of any model are: profiles, rules, typical rows, how they hang together, how sure all that is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .._validation import Instance, validate_parameters
from ..data.weights import check_weight
from ..runtime import Seeds, plain_torch
from .cluster_tree import cluster_tree
from .division import as_counts
from .exemplars import exemplar_rows
from .explanation import ClusterSummary, Explanation
from .given_names import name_clusters
from .health import health_of
from .input_shares import input_shares
from .profile import ClusterProfile, column_ranking, profile_clusters
from .reading import original_rows
from .rules import threshold_trees
from .saliency import saliency_of
from .spaces import Clusterer, space_of
from .stability import resampling_agreement, separation_of
from .summary import certainty_of, is_corrected, summary_of

__all__ = ["explain"]


def _are_names(value: Any) -> bool:
    return not isinstance(value, (str, bytes)) and hasattr(value, "__len__") and hasattr(value, "__iter__")


_CONSTRAINTS: dict[str, list[Any]] = {
    "feature_names": [None, Instance(_are_names, "a sequence of names, one a column of X")],
    "namer": [None, Instance(callable, "a function from the profile of a cluster to its name")],
}


@plain_torch()
def explain(
    model: Any, X: Any, *, sample_weight: Any = None, feature_names: Sequence[str] | None = None,
    namer: Callable[[Any], str] | None = None, random_state: Any = 0,
) -> Explanation:  # fmt: skip
    """Say what each cluster is, in the user's own columns, and how sure that is.

    Parameters
    ----------
    model : fitted clusterer
        ``DeepKMeans``, ``KMeans``, any clusterer of scikit-learn, or a pipeline or search that ends in one.
    X : array, data frame, sparse matrix, texts, pictures, recordings, series, or a mapping of several such, of n rows
        Rows with the columns of the fit; for clusterers that cannot predict, the rows of the fit.
    sample_weight : array of shape (n,) or None
        A weight of 2 counts as the row twice.
    feature_names : sequence of str or None
        Names of the columns of an array.
    namer : function or None
        Proposes the name of a cluster from its :class:`~.profile.ClusterProfile`: a language model, say. None: names
        are made of what distinguishes the clusters. Names that a person gave with ``model.rename`` stay.
    random_state : int, RandomState or None, default=0
        Of samples and refits. The same value gives the same explanation.

    Returns
    -------
    Explanation
        ``print`` it to read it.

    Raises
    ------
    InvalidParameterError, InvalidDataError
    sklearn.exceptions.NotFittedError

    Notes
    -----
    Labels are those of ``predict``, or ``labels_`` where there is none; -1 is noise. Time O(n (columns + clusters)),
    with refits and trees on samples of large data.

    Examples
    --------
    >>> from sklearn.cluster import KMeans
    >>> from sklearn.datasets import load_iris
    >>> from deepkmeans.inspection import explain
    >>> X = load_iris(as_frame=True).data
    >>> explanation = explain(KMeans(3, random_state=0).fit(X), X)
    >>> explanation.columns[:2]
    ('petal length (cm)', 'petal width (cm)')
    """
    validate_parameters("explain", _CONSTRAINTS, {"feature_names": feature_names, "namer": namer})
    clusterer, seeds = Clusterer(model), Seeds(random_state)
    X = clusterer.in_memory(X)
    rows = original_rows(model, X, feature_names=feature_names)
    weight = rows.of_readable(check_weight(sample_weight, np.empty((len(rows), 0))))
    labels = clusterer.labels_of(X, len(rows))
    space = space_of(clusterer, X)
    confidence, outlier_score = clusterer.doubt(X)
    profiles = profile_clusters(rows, labels, weight=weight, seeds=seeds)
    proposed = name_clusters(profiles, namer)
    names = {**proposed.names, **clusterer.given_names}
    several = len(profiles) > 1
    mass = np.ones(len(rows)) if weight is None else as_counts(weight)
    weighed = mass > 0
    rules = None
    if several:
        # Rows without weight are left out, so that no rule speaks of cells that only these lack.
        every = weighed.all()
        rules = threshold_trees(
            (rows if every else rows.take(np.flatnonzero(weighed))).design(), labels if every else labels[weighed],
            weight=weight if weight is None or every else weight[weighed], seeds=seeds,
        )  # fmt: skip
    tree = cluster_tree(model, X, labels, weight=weight, seeds=seeds, space=space) if several else None
    typical = exemplar_rows(model, X, labels, weight=weight, seeds=seeds, space=space)
    exemplars = {each.number: each for each in typical}
    sizes = {int(number): float(mass[labels == number].sum()) for number in np.unique(labels[weighed])}
    report = clusterer.report
    # An embedding that a network has learnt from the labels says them again, whatever they are worth.
    again = not report.get("n_iter") and not is_corrected(report)
    resampling = resampling_agreement(space[weighed], labels[weighed], seeds) if again else None
    separation = separation_of(space[weighed], labels[weighed], seeds)
    clusters = tuple(
        ClusterSummary(
            profile.number, names.get(profile.number), profile.size, profile.share, profile,
            rules[0].rule_of(profile.number, most=2) if rules is not None and rules[0].is_confident else None,
            exemplars[profile.number],
            None if confidence is None else float(np.average(confidence[at], weights=_some(mass[at]))),
            None if resampling is None else resampling.of_cluster.get(profile.number),
            namer is None and profile.number not in clusterer.given_names,
        )
        for profile in profiles
        for at in [labels == profile.number]
    )  # fmt: skip
    columns = tuple(name for name, _ in column_ranking(profiles))
    fidelity = rules[0].fidelity if rules is not None and rules[0].is_confident else None
    summary = summary_of(
        round(float(mass.sum())), sizes, {cluster.number: cluster.name for cluster in clusters},
        columns or _first_words(profiles), fidelity, report,
        separation=separation, resampling=resampling, confidence=confidence, kind=rows.kind,
    )  # fmt: skip
    health = health_of(
        sizes, {cluster.number: cluster.title for cluster in clusters}, report, separation=separation,
        resampling=resampling, confidence=confidence, space=space if report else None, naming=proposed.notes,
        sizes_asked=clusterer.sizes_asked,
    )  # fmt: skip
    return Explanation(
        rows, labels, clusters, rules, tree, confidence, outlier_score, columns, summary, health, report,
        certainty_of(report, separation, resampling, confidence), input_shares(clusterer, X, labels, space),
        saliency_of(clusterer, X, labels, rows, typical, seeds),
    )  # fmt: skip


def _first_words(profiles: Sequence[ClusterProfile]) -> tuple[str, ...]:
    """The most telling word of each cluster of texts."""
    return tuple(dict.fromkeys(profile.words[0].word for profile in profiles if profile.words))


def _some(weight: np.ndarray) -> np.ndarray | None:
    """Weights of a mean; None where all are 0."""
    return weight if weight.sum() > 0 else None
