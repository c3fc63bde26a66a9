"""How far clusters come out again, and how far apart they lie, in the space in which they were made."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import silhouette_samples

from ..kmeans import assign, fit_kmeans
from ..runtime import Seeds

__all__ = ["Resampling", "Separation", "resampling_agreement", "separation_of"]

_N_REFITS, _MOST_ROWS, _MOST_SILHOUETTES = 8, 4000, 1500


@dataclass(frozen=True)
class Resampling:
    """What K-Means of halves of the rows says of the clusters.

    Attributes
    ----------
    agreement : float
        Mean share of the rows of a half that keep their cluster, once clusters are matched.
    standard_deviation : float
    of_cluster : dict of int to float
        The same for the rows of each cluster.
    """

    agreement: float
    standard_deviation: float
    of_cluster: dict[int, float]


@dataclass(frozen=True)
class Separation:
    """How far clusters are apart.

    Attributes
    ----------
    silhouette : float
        Mean over the clusters, -1 to 1 (Rousseeuw 1987).
    of_cluster : dict of int to float
    closest : (int, int) or None
        The two clusters that are nearest to each other, by their means and widths.
    """

    silhouette: float
    of_cluster: dict[int, float]
    closest: tuple[int, int] | None


def resampling_agreement(space: np.ndarray, labels: np.ndarray, seeds: Seeds) -> Resampling | None:
    """Fit K-Means on halves of the rows, from new starts, and compare; None of fewer than two clusters or 8 rows.

    Parameters
    ----------
    space : ndarray of shape (n, e)
        The rows where they were clustered.
    labels : ndarray of shape (n,), int
        Rows of -1 (noise) are left out.
    seeds : Seeds

    Notes
    -----
    Eight halves of at most 4,000 rows. O(rows x clusters x iterations).
    """
    rows, numbers, seen = _sample(space, labels, seeds.numpy("resampling"), _MOST_ROWS)
    k = len(numbers)
    if k < 2 or len(rows) < max(8, 2 * k):
        return None
    shares, kept, counted = [], np.zeros(k), np.zeros(k)
    for refit in range(_N_REFITS):
        half = seeds.numpy("half", refit).permutation(len(rows))[: len(rows) // 2]
        X = torch.from_numpy(rows[half])
        made = fit_kmeans(X, k, n_init=3, generator=seeds.generator("refit", refit))
        table = np.zeros((k, k))
        np.add.at(table, (seen[half], assign(X, made.centers)[0].numpy()), 1)
        at, match = linear_sum_assignment(-table)
        shares.append(table[at, match].sum() / len(half))
        kept[at] += table[at, match]
        counted += table.sum(axis=1)
    of_cluster = {int(number): float(kept[i] / counted[i]) for i, number in enumerate(numbers) if counted[i]}
    return Resampling(float(np.mean(shares)), float(np.std(shares)), of_cluster)


def separation_of(space: np.ndarray, labels: np.ndarray, seeds: Seeds) -> Separation | None:
    """Silhouettes of at most 1,500 rows, and the closest two clusters; None of fewer than two clusters."""
    rows, numbers, seen = _sample(space, labels, seeds.numpy("separation"), _MOST_SILHOUETTES)
    if not 2 <= len(numbers) < len(rows):
        return None
    silhouettes = silhouette_samples(rows, seen)
    of_cluster = {int(number): float(silhouettes[seen == i].mean()) for i, number in enumerate(numbers)}
    means = np.stack([rows[seen == i].mean(axis=0) for i in range(len(numbers))])
    widths = np.array([np.square(rows[seen == i] - means[i]).sum(axis=1).mean() for i in range(len(numbers))])
    apart = np.square(means[:, None] - means[None]).sum(axis=2) / (widths[:, None] + widths[None] + 1e-12)
    apart[np.tril_indices(len(numbers))] = np.inf
    first, second = np.unravel_index(int(apart.argmin()), apart.shape)
    closest = (int(numbers[first]), int(numbers[second]))
    return Separation(float(np.mean(list(of_cluster.values()))), of_cluster, closest)


def _sample(
    space: np.ndarray, labels: np.ndarray, random_state: np.random.RandomState, most: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows of clusters, at most so many, their clusters' numbers, and the place of each row among these."""
    index = np.flatnonzero(labels >= 0)
    if len(index) > most:
        index = np.sort(random_state.permutation(index)[:most])
    numbers, seen = np.unique(labels[index], return_inverse=True)
    return np.ascontiguousarray(space[index], dtype=np.float64), numbers, seen
