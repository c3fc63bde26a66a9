"""The parts of one cluster: how many there are, and their centres."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..data import Rows
from ..decomposition import N_COMPONENTS, principal_components
from ..exceptions import InvalidDataError
from ..fitting import landmarks
from ..graph import FewDistinct, default_k_range, n_clusters_statistics
from ..kmeans import fit_kmeans
from ..metrics.label_numbers import by_size
from ..runtime import Seeds
from .choosing import n_clusters_of
from .corrections import Split

__all__ = ["find_parts", "how_many_parts"]

_STARTS = 20
#: Parts at most where their number is found.
_MOST = 12


def how_many_parts(rows: Rows, weight: np.ndarray) -> tuple[int, Mapping[str, Any]]:
    """How many parts rows of these weights (n,) have, 1 where there is no structure, and what was found of them.

    As ``n_clusters="divide"``: by gaps in the neighbour graph, or the most useful division where there is none.
    """
    seeds = Seeds(0)
    index = landmarks(len(rows), seeds)
    sample = rows.take(index.to(rows.device)).float()
    distinct = FewDistinct.of(sample.cpu().numpy(), weight[index.numpy()], coded=False)
    mean, components = principal_components(sample, N_COMPONENTS, seeds.numpy("axes"))
    statistics = n_clusters_statistics(
        ((sample - mean) @ components).float(), [k for k in default_k_range(len(sample)) if k <= _MOST],
        seeds.numpy("n_clusters"), distinct=distinct,
    )  # fmt: skip
    return n_clusters_of(statistics, divide=True), statistics


def find_parts(rows: Rows, z: Tensor, weight: np.ndarray, cluster: int, n_clusters: int) -> Split:
    """K-Means of the rows of a cluster, of at most as many as a graph is made of.

    Parameters
    ----------
    rows : Rows
        As the network takes them.
    z : Tensor of shape (n, e)
        Their embedding.
    weight : ndarray of shape (n,), > 0
    cluster, n_clusters : int

    Raises
    ------
    InvalidDataError
        If there are fewer different rows than parts.
    """
    seeds = Seeds(0)
    index = landmarks(len(rows), seeds)
    sample, mass = rows.take(index.to(rows.device)), weight[index.numpy()]
    result = fit_kmeans(
        sample, n_clusters, n_init=_STARTS, weight=torch.from_numpy(mass).to(sample), generator=seeds.generator("parts")
    )  # fmt: skip
    variance = max(result.inertia / (float(mass.sum()) * sample.shape[1]), float(np.finfo(np.float32).tiny))
    step = Split(cluster, result.centers.float().cpu().numpy(), np.zeros((n_clusters, z.shape[1])), variance)
    labels = step.part_of(rows)
    sizes = np.bincount(labels, weights=weight, minlength=n_clusters)
    held = int((sizes > 0).sum())
    if held < n_clusters:
        raise InvalidDataError(
            f"The rows of cluster {cluster} are too alike for {n_clusters} parts: there are {held} at most; ask for "
            "fewer with n_clusters."
        )
    order = by_size(labels, sizes)
    embedding = z.cpu().double().numpy()
    centers = [np.average(embedding[labels == part], axis=0, weights=weight[labels == part]) for part in order]
    return Split(cluster, step.parts[order], np.array(centers, dtype=np.float32), variance)
