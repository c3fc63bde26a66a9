"""Figures that compare a clustering with known classes.

The names of clusters mean nothing, so accuracy is taken after the best one-to-one matching of clusters
to classes (the Hungarian method on the contingency table). It never uses the order or the values of the
labels, only which rows are equal.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linear_sum_assignment
from sklearn import metrics

from .._validation import Constraint, OneOf, validate_parameters
from .labels import encode, encode_both

__all__ = [
    "adjusted_rand_score",
    "cluster_sizes",
    "clustering_accuracy",
    "evaluate",
    "match_clusters",
    "normalized_mutual_info_score",
]

#: Figures of each class, whose means over the classes are ``macro_...``.
_PER_CLASS = ("recall", "precision", "f1")


def adjusted_rand_score(labels_true: ArrayLike, labels_pred: ArrayLike) -> float:
    """Adjusted Rand index: pairs of rows on which two partitions agree, 0 for chance, 1 for equal ones.

    Parameters
    ----------
    labels_true, labels_pred : array-like of shape (n_samples,)
        As for :func:`clustering_accuracy`; exchanged, they give the same.

    Returns
    -------
    float
        From -0.5 to 1; what :func:`sklearn.metrics.adjusted_rand_score` says of labels that it takes.

    Raises
    ------
    InvalidDataError
        As :func:`clustering_accuracy`.

    References
    ----------
    Hubert, L. and Arabie, P. (1985). Comparing partitions. Journal of Classification 2, 193-218.

    Examples
    --------
    >>> from deepkmeans.metrics import adjusted_rand_score
    >>> adjusted_rand_score(["a", "a", 7], [1, 1, 0])
    1.0
    """
    _, true, _, predicted = encode_both(labels_true, labels_pred, "labels_true", "labels_pred")
    return float(metrics.adjusted_rand_score(true, predicted))


def normalized_mutual_info_score(
    labels_true: ArrayLike, labels_pred: ArrayLike, *, average_method: str = "arithmetic"
) -> float:
    """Mutual information of two partitions over a mean of their entropies, 1 for equal ones.

    Parameters
    ----------
    labels_true, labels_pred : array-like of shape (n_samples,)
        As for :func:`clustering_accuracy`; exchanged, they give the same.
    average_method : {"arithmetic", "geometric", "min", "max"}, default="arithmetic"
        The mean of the two entropies.

    Returns
    -------
    float
        From 0 to 1; what :func:`sklearn.metrics.normalized_mutual_info_score` says of labels that it takes. Not
        corrected for chance: many small clusters score high.

    Raises
    ------
    InvalidDataError
        As :func:`clustering_accuracy`.
    InvalidParameterError
        For another ``average_method``.

    References
    ----------
    Strehl, A. and Ghosh, J. (2002). Cluster ensembles. Journal of Machine Learning Research 3, 583-617.

    Examples
    --------
    >>> from deepkmeans.metrics import normalized_mutual_info_score
    >>> normalized_mutual_info_score(["a", "a", "b", "b"], [0, 1, 0, 1])
    0.0
    """
    rules: dict[str, list[Constraint]] = {"average_method": [OneOf("arithmetic", "geometric", "min", "max")]}
    validate_parameters("normalized_mutual_info_score", rules, {"average_method": average_method})
    _, true, _, predicted = encode_both(labels_true, labels_pred, "labels_true", "labels_pred")
    return float(metrics.normalized_mutual_info_score(true, predicted, average_method=average_method))


def clustering_accuracy(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """Share of rows in the cluster matched to their class, under the best one-to-one matching.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_samples,)
        Classes and clusters: numbers, texts, booleans, categories, dates (named by their text); arrays, series or
        tensors. The two need not be of one type.

    Returns
    -------
    float
        From 0 to 1; 1 when the two partitions are equal. Rows of clusters beyond the number of classes
        count as wrong.

    Raises
    ------
    InvalidDataError
        If the two differ in length, are empty, are not one-dimensional, hold missing (or masked) values, or lists and
        other objects that cannot be told apart by their value.

    Notes
    -----
    O(n log n) for the table and O(k^3) for the matching. A constant clustering scores the share of the
    largest class, so read it beside the adjusted Rand index, which scores chance 0.

    References
    ----------
    Kuhn, H. W. (1955). The Hungarian method for the assignment problem. Naval Research Logistics 2, 83-97.

    Examples
    --------
    >>> from deepkmeans.metrics import clustering_accuracy
    >>> clustering_accuracy(["a", "a", "b", "b"], [1, 1, 0, 1])
    0.75
    """
    _, _, table = _contingency(y_true, y_pred)
    rows, columns = linear_sum_assignment(table, maximize=True)
    return float(table[rows, columns].sum() / table.sum())


def match_clusters(y_true: ArrayLike, y_pred: ArrayLike) -> dict[Any, Any]:
    """The matching behind :func:`clustering_accuracy`, as ``{cluster: class}``; spare clusters are left out.

    Examples
    --------
    >>> from deepkmeans.metrics import match_clusters
    >>> match_clusters(["a", "a", "b", "b"], [1, 1, 0, 0])
    {1: 'a', 0: 'b'}
    """
    classes, clusters, table = _contingency(y_true, y_pred)
    rows, columns = linear_sum_assignment(table, maximize=True)
    return {clusters[column]: classes[row] for row, column in zip(rows, columns, strict=True)}


def cluster_sizes(labels: ArrayLike) -> dict[Any, int]:
    """Rows in each cluster (or class), in the order of the labels.

    Examples
    --------
    >>> from deepkmeans.metrics import cluster_sizes
    >>> cluster_sizes([2, 0, 2, 2])
    {0: 1, 2: 3}
    """
    names, numbers = encode(labels, "labels")
    return dict(zip(names, np.bincount(numbers, minlength=len(names)).tolist(), strict=True))


def evaluate(y_true: ArrayLike, y_pred: ArrayLike) -> dict[str, Any]:
    """Everything that known classes say about a clustering, as one JSON-safe dictionary.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_samples,)
        Classes and clusters.

    Returns
    -------
    dict
        - ``n_rows``, ``n_classes``, ``n_clusters``: int
        - ``acc``: :func:`clustering_accuracy`; ``nmi``: normalised mutual information (arithmetic mean);
          ``ari``: adjusted Rand index
        - ``macro_recall``, ``macro_precision``, ``macro_f1``: means over classes of ``recall``, ``precision`` and
          ``f1``; every class counts the same, however small, so they fall where accuracy hides a lost minority
        - ``imbalance``: rows of the largest class per row of the smallest
        - ``per_class``: one entry per class: ``class``, ``size``, ``cluster`` (the one matched, or None),
          ``recall`` (share of the class in that cluster), ``precision`` (share of that cluster in the class) and
          ``f1``, their harmonic mean; all 0 where no cluster is matched
        - ``per_cluster``: one entry per cluster: ``cluster``, ``size``, ``class`` (matched, or None),
          ``recall``, ``precision`` and ``f1`` of that class in it (0 where none is matched), and ``purity`` (share of
          its most frequent class, matched or not)

    Raises
    ------
    InvalidDataError
        As :func:`clustering_accuracy`.

    Examples
    --------
    >>> from deepkmeans.metrics import evaluate
    >>> figures = evaluate(["a", "a", "a", "b"], [0, 0, 0, 0])
    >>> figures["acc"], figures["ari"], figures["macro_recall"]
    (0.75, 0.0, 0.5)
    """
    classes, true_numbers, clusters, numbers = encode_both(y_true, y_pred)
    table = _table(true_numbers, len(classes), numbers, len(clusters))
    rows, columns = linear_sum_assignment(table, maximize=True)
    cluster_of, class_of = dict(zip(rows, columns, strict=True)), dict(zip(columns, rows, strict=True))
    class_sizes, sizes = table.sum(axis=1), table.sum(axis=0)

    per_class = [
        {
            "class": name,
            "size": int(class_sizes[row]),
            "cluster": clusters[cluster_of[row]] if row in cluster_of else None,
            **_matched(table, row, cluster_of.get(row)),
        }
        for row, name in enumerate(classes)
    ]
    per_cluster = [
        {
            "cluster": name,
            "size": int(sizes[column]),
            "class": classes[class_of[column]] if column in class_of else None,
            **_matched(table, class_of.get(column), column),
            "purity": float(table[:, column].max() / sizes[column]),
        }
        for column, name in enumerate(clusters)
    ]
    return {
        "n_rows": int(table.sum()),
        "n_classes": len(classes),
        "n_clusters": len(clusters),
        "acc": float(table[rows, columns].sum() / table.sum()),
        "nmi": float(metrics.normalized_mutual_info_score(true_numbers, numbers)),
        "ari": float(metrics.adjusted_rand_score(true_numbers, numbers)),
        **{f"macro_{name}": float(np.mean([entry[name] for entry in per_class])) for name in _PER_CLASS},
        "imbalance": float(class_sizes.max() / class_sizes.min()),
        "per_class": per_class,
        "per_cluster": per_cluster,
    }


def _matched(table: NDArray[np.int64], row: int | None, column: int | None) -> dict[str, float]:
    """Recall, precision and F1 of a class in the cluster matched to it; 0 where either has no partner."""
    if row is None or column is None:
        return dict.fromkeys(_PER_CLASS, 0.0)
    hits, size, held = int(table[row, column]), int(table[row].sum()), int(table[:, column].sum())
    return dict(zip(_PER_CLASS, (hits / size, hits / held, 2 * hits / (size + held)), strict=True))


def _contingency(y_true: ArrayLike, y_pred: ArrayLike) -> tuple[list[Any], list[Any], NDArray[np.int64]]:
    """Class names, cluster names and the table of counts of shape (n_classes, n_clusters)."""
    classes, true_numbers, clusters, numbers = encode_both(y_true, y_pred)
    return classes, clusters, _table(true_numbers, len(classes), numbers, len(clusters))


def _table(true: NDArray[np.int64], n_classes: int, numbers: NDArray[np.int64], n_clusters: int) -> NDArray[np.int64]:
    flat = np.bincount(true * n_clusters + numbers, minlength=n_classes * n_clusters)
    return flat.reshape(n_classes, n_clusters).astype(np.int64)
