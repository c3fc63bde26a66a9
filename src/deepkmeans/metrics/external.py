"""Figures that compare a clustering with known classes.

The names of clusters mean nothing, so accuracy is taken after the best one-to-one matching of clusters
to classes (the Hungarian method on the contingency table). It never uses the order or the values of the
labels, only which rows are equal.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from ..exceptions import InvalidDataError

__all__ = [
    "adjusted_rand_score",
    "cluster_sizes",
    "clustering_accuracy",
    "evaluate",
    "label_array",
    "match_clusters",
    "missing_labels",
    "normalized_mutual_info_score",
]


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
    names, codes = _encode(labels, "labels")
    return dict(zip(names, np.bincount(codes, minlength=len(names)).tolist(), strict=True))


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
        - ``macro_recall``: mean over classes of ``recall``; every class counts the same, however small,
          so it falls where accuracy hides a lost minority
        - ``imbalance``: rows of the largest class per row of the smallest
        - ``per_class``: one entry per class: ``class``, ``size``, ``cluster`` (the one matched, or None),
          ``recall`` (share of the class in that cluster) and ``precision`` (share of that cluster in the class)
        - ``per_cluster``: one entry per cluster: ``cluster``, ``size``, ``class`` (matched, or None) and
          ``purity`` (share of its most frequent class)

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
    classes, clusters, table = _contingency(y_true, y_pred)
    rows, columns = linear_sum_assignment(table, maximize=True)
    cluster_of, class_of = dict(zip(rows, columns, strict=True)), dict(zip(columns, rows, strict=True))
    class_sizes, sizes = table.sum(axis=1), table.sum(axis=0)

    per_class = []
    for row, name in enumerate(classes):
        column = cluster_of.get(row)
        hits = 0 if column is None else int(table[row, column])
        per_class.append(
            {
                "class": name,
                "size": int(class_sizes[row]),
                "cluster": None if column is None else clusters[column],
                "recall": hits / int(class_sizes[row]),
                "precision": 0.0 if column is None else hits / int(sizes[column]),
            }
        )
    per_cluster = [
        {
            "cluster": name,
            "size": int(sizes[column]),
            "class": classes[class_of[column]] if column in class_of else None,
            "purity": float(table[:, column].max() / sizes[column]),
        }
        for column, name in enumerate(clusters)
    ]
    # scikit-learn is given the integer codes: it would refuse labels of mixed types that are fine here.
    true_codes, codes = _encode(y_true, "y_true")[1], _encode(y_pred, "y_pred")[1]
    return {
        "n_rows": int(table.sum()),
        "n_classes": len(classes),
        "n_clusters": len(clusters),
        "acc": float(table[rows, columns].sum() / table.sum()),
        "nmi": float(normalized_mutual_info_score(true_codes, codes)),
        "ari": float(adjusted_rand_score(true_codes, codes)),
        "macro_recall": float(np.mean([entry["recall"] for entry in per_class])),
        "imbalance": float(class_sizes.max() / class_sizes.min()),
        "per_class": per_class,
        "per_cluster": per_cluster,
    }


def _contingency(y_true: ArrayLike, y_pred: ArrayLike) -> tuple[list[Any], list[Any], NDArray[np.int64]]:
    """Class names, cluster names and the table of counts of shape (n_classes, n_clusters)."""
    classes, true_codes = _encode(y_true, "y_true")
    clusters, codes = _encode(y_pred, "y_pred")
    if len(true_codes) != len(codes):
        raise InvalidDataError(
            f"y_true has {len(true_codes)} labels and y_pred has {len(codes)}; they must be of the same rows in the "
            "same order."
        )
    flat = np.bincount(true_codes * len(clusters) + codes, minlength=len(classes) * len(clusters))
    return classes, clusters, flat.reshape(len(classes), len(clusters)).astype(np.int64)


def _encode(labels: ArrayLike, name: str) -> tuple[list[Any], NDArray[np.int64]]:
    """Distinct labels as plain Python objects, and the position of each row's label among them."""
    values = label_array(labels, name)
    if values.ndim != 1:
        raise InvalidDataError(
            f"{name} must be one-dimensional, one label a row; got shape {values.shape}. Use .ravel() on a column."
        )
    if len(values) == 0:
        raise InvalidDataError(f"{name} is empty; there is nothing to compare.")
    missing = missing_labels(values)
    values = values.data if isinstance(values, np.ma.MaskedArray) else values
    if missing.any():
        raise InvalidDataError(
            f"{name} has {int(missing.sum())} missing label{'s' if missing.sum() > 1 else ''}, the first at row "
            f"{int(missing.argmax())} (from 0); drop these rows from both."
        )
    if values.dtype.kind != "O":
        distinct, codes = np.unique(values, return_inverse=True)
        return [_plain(value) for value in distinct], codes.astype(np.int64)
    positions: dict[Any, int] = {}
    try:
        codes = np.array([positions.setdefault(value, len(positions)) for value in values.tolist()], dtype=np.int64)
    except TypeError as error:
        raise InvalidDataError(f"{name} holds labels that cannot be compared ({error}); use texts.") from error
    names = list(positions)
    try:
        order = sorted(range(len(names)), key=names.__getitem__)
    except TypeError:  # labels of several types have no order: keep that of their first appearance
        order = list(range(len(names)))
    return [_plain(names[position]) for position in order], np.argsort(order)[codes].astype(np.int64)


def label_array(labels: Any, name: str) -> np.ndarray:
    """Labels of any container as an array, with its mask if it has one; InvalidDataError for what is none."""
    torch = sys.modules.get("torch")  # what was never imported cannot have made them
    if torch is not None and isinstance(labels, torch.Tensor):
        from ..runtime import tensor_array

        return tensor_array(labels, name)
    if isinstance(labels, np.ma.MaskedArray):
        return labels
    try:
        values = np.asarray(labels)
        mixed = values.dtype.kind in "US" and isinstance(labels, (list, tuple))
        return np.asarray(labels, dtype=object) if mixed else values  # NumPy would make 1 and "1" the same
    except (ValueError, TypeError, RuntimeError) as error:
        said = " ".join(str(error).split())[:160].rstrip(".")
        raise InvalidDataError(f"{name} is no list of labels: {said}. Give one label a row.") from error


def missing_labels(values: np.ndarray) -> np.ndarray:
    """Which of the labels (n,) are missing: masked, None, NaN, NaT or pandas.NA."""
    if isinstance(values, np.ma.MaskedArray):
        return np.ma.getmaskarray(values)
    if values.dtype.kind == "O":
        return np.array([_is_missing(value) for value in values.tolist()], dtype=bool)
    return np.asarray(values != values)


def _is_missing(value: Any) -> bool:
    """None, NaN, NaT or pandas.NA: the last is asked for by its behaviour, so that pandas need not be imported."""
    try:
        return value is None or not bool(value == value)
    except (TypeError, ValueError):
        return isinstance(value, type(None)) or type(value).__name__ == "NAType"


def _plain(name: Any) -> Any:
    """A Python object that can be written as JSON: NumPy scalars as such, dates and the like as their text."""
    if isinstance(name, np.generic) and name.dtype.kind not in "mM":  # nanoseconds would be bare integers
        name = name.item()
    if isinstance(name, bytes):
        return name.decode("utf-8", "replace")
    return name if isinstance(name, (bool, int, float, str, tuple)) else str(name)
