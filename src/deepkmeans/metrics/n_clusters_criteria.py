"""The classical criteria over the number of clusters, measured in one space with one way to partition its rows.

Elbow, silhouette, Calinski-Harabasz, Davies-Bouldin, gap statistic and stability compare partitions of the same rows by
the same distances; figures from two spaces say nothing about one another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from sklearn.metrics import adjusted_rand_score, calinski_harabasz_score, davies_bouldin_score

from ..decomposition import exact_components
from .internal import inertia, log_inertia, sampled_silhouette

__all__ = [
    "CURVES", "Partitioner", "criteria_curves", "first_gap", "knee", "principal_box", "suggestions",
]  # fmt: skip

#: (rows (m, d), numbers of clusters, seed) -> labels (m,) for each number that could be made.
Partitioner = Callable[[np.ndarray, Sequence[int], int], dict[int, np.ndarray]]
#: Name of each curve, and whether more is better (None: neither, it is read by its shape).
CURVES: dict[str, bool | None] = {
    "inertia": None, "silhouette": True, "calinski_harabasz": True, "davies_bouldin": False, "gap": None,
    "gap_error": None, "stability": None, "stability_of_chance": None, "merge_gain": None,
}  # fmt: skip
_SAMPLE_SHARE = 0.8


def criteria_curves(
    X: np.ndarray, partition: Partitioner, ks: Sequence[int], random_state: np.random.RandomState, *,
    n_references: int = 5, n_resamples: int = 5,
    references: list[tuple[np.ndarray, dict[int, np.ndarray]]] | None = None,
) -> dict[str, list[float]]:  # fmt: skip
    """Value of every criterion at every k; NaN where it is not defined (most of them at k = 1).

    Parameters
    ----------
    X : ndarray of shape (m, d)
        Rows of the one space; a few thousand are enough, and all costs grow with them.
    partition : callable
    ks : sorted sequence of int
    n_references : int
        Structureless tables for the gap and for the stability of chance: uniform in the box along the principal
        components (Tibshirani, Walther, Hastie 2001, choice b).
    n_resamples : int
        Samples of four fifths of the rows. Stability is the mean adjusted Rand index between the partition of a sample,
        from another seed, and that of all rows.
    references : list or None
        Gets the structureless tables and their partitions, for those who look further.

    Returns
    -------
    dict of name to list of float, aligned with ``ks``
    """
    seeds: list[int] = random_state.randint(2**31 - 1, size=2 * (1 + n_references + n_resamples)).tolist()
    labels = partition(X, ks, seeds[0])
    curves: dict[str, list[float]] = {name: [np.nan] * len(ks) for name in CURVES if name != "merge_gain"}
    for i, k in enumerate(ks):
        if k not in labels:
            continue
        k_labels = labels[k]
        curves["inertia"][i] = inertia(X, k_labels)
        if 1 < len(np.unique(k_labels)) < len(X):
            curves["silhouette"][i] = sampled_silhouette(X, k_labels, np.random.RandomState(seeds[1]))
            curves["calinski_harabasz"][i] = float(calinski_harabasz_score(X, k_labels))
            curves["davies_bouldin"][i] = float(davies_bouldin_score(X, k_labels))
    curves["stability"] = _stability(X, partition, labels, ks, seeds[2 : 2 + n_resamples])
    logs, chance = [], []
    for reference in range(n_references):
        seed = seeds[2 + n_resamples + reference]
        box = principal_box(X, np.random.RandomState(seed))
        plain = partition(box, ks, seed)
        if references is not None:
            references.append((box, plain))
        logs.append([log_inertia(box, plain.get(k)) for k in ks])
        chance.append(_stability(box, partition, plain, ks, seeds[-1 - reference :][:1]))
    if logs:
        error = np.std(logs, axis=0) * np.sqrt(1 + 1 / n_references)
        curves["gap"] = (np.mean(logs, axis=0) - [log_inertia(X, labels.get(k)) for k in ks]).tolist()
        curves["gap_error"] = error.tolist()
        curves["stability_of_chance"] = np.mean(chance, axis=0).tolist()
    return curves


def principal_box(X: np.ndarray, random_state: np.random.RandomState) -> np.ndarray:
    """Rows (m, d) uniform in the smallest box along the principal components that holds ``X``."""
    mean = X.mean(axis=0)
    components = exact_components(X - mean)  # (min(m, d), d)
    along = (X - mean) @ components.T
    drawn = random_state.uniform(along.min(axis=0), along.max(axis=0), along.shape)
    return np.asarray(drawn @ components + mean, dtype=X.dtype)


def _stability(
    X: np.ndarray, partition: Partitioner, labels: dict[int, np.ndarray], ks: Sequence[int], seeds: Sequence[int]
) -> list[float]:
    scores = []
    for seed in seeds:
        rows = np.random.RandomState(seed).permutation(len(X))[: max(2, int(_SAMPLE_SHARE * len(X)))]
        again = partition(X[rows], ks, seed)
        scores.append(
            [
                float(adjusted_rand_score(labels[k][rows], again[k]))
                if k in labels and k in again and k > 1
                else np.nan
                for k in ks
            ]
        )
    return np.mean(scores, axis=0).tolist() if scores else [float("nan")] * len(ks)


def knee(ks: Sequence[int], values: Sequence[float]) -> int | None:
    """The k at which a falling curve bends most: farthest below the line from its first to its last point.

    Kneedle (Satopaa et al. 2011) without smoothing: k and value are brought to [0, 1] first. None for fewer than three
    points or a curve that does not fall.
    """
    x, y = np.asarray(ks, dtype=float), np.asarray(values, dtype=float)
    x, y = x[np.isfinite(y)], y[np.isfinite(y)]
    if len(x) < 3 or not y[0] > y[-1]:
        return None
    below = (1 - (x - x[0]) / (x[-1] - x[0])) - (y - y[-1]) / (y[0] - y[-1])
    return int(x[below.argmax()]) if below.max() > 1e-9 else None


def suggestions(ks: Sequence[int], curves: dict[str, list[float]]) -> dict[str, int | None]:
    """The k that each criterion alone would choose; None where it cannot."""
    suggested: dict[str, int | None] = {"elbow": knee(ks, curves["inertia"])}
    for name, more in CURVES.items():
        if more is None:
            continue
        suggested[name] = _largest(ks, np.asarray(curves[name]) * (1 if more else -1))
    suggested["gap"] = first_gap(ks, curves["gap"], curves["gap_error"])
    suggested["stability"] = _largest(ks, np.asarray(curves["stability"]) - np.asarray(curves["stability_of_chance"]))
    if "merge_gain" in curves:
        gains = [(k, gain) for k, gain in zip(ks, curves["merge_gain"], strict=True) if gain > 0]
        suggested["merge_gain"] = min(gains)[0] if gains else None  # merging on from there loses
    return suggested


def _largest(ks: Sequence[int], values: np.ndarray) -> int | None:
    return None if not np.isfinite(values).any() else int(ks[int(np.nanargmax(values))])


def first_gap(ks: Sequence[int], gap: Sequence[float], error: Sequence[float]) -> int | None:
    """The smallest k whose gap reaches that of the next k less its standard error (Tibshirani et al. 2001)."""
    for i in range(len(ks) - 1):
        if ks[i + 1] == ks[i] + 1 and gap[i] >= gap[i + 1] - error[i + 1]:
            return int(ks[i])
    return None
