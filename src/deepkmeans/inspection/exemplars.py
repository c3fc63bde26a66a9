"""Rows that show a cluster: the most typical ones, those at its border, and the cluster on the other side of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ..exceptions import InvalidDataError
from ..runtime import Seeds
from .prototypes import cluster_prototypes
from .spaces import Clusterer, space_of

__all__ = ["ClusterExemplars", "exemplar_rows"]

#: Exemplars are this share of the cluster's typical distance from its centre apart, less if there are too few such.
_APART = 0.5
#: Rows among which one looks for different ones, by those wanted.
_LOOKED_AT = 40


@dataclass(frozen=True)
class ClusterExemplars:
    """Row numbers, from 0.

    Attributes
    ----------
    number : int
        The cluster; -1 of noise.
    exemplars : tuple of int
        Nearest to the centre first, no two of them alike; of noise the farthest from all clusters.
    boundary : tuple of int
        Those that were nearest to be in another cluster; empty where there is one cluster. Of noise, those nearest to
        one.
    boundary_next : tuple of int
        That other cluster, for each of ``boundary``.
    runner_up : int or None
        The cluster that is second for most rows of this one; None for noise, and where there is one cluster.
    """

    number: int
    exemplars: tuple[int, ...]
    boundary: tuple[int, ...]
    boundary_next: tuple[int, ...]
    runner_up: int | None

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def exemplar_rows(
    model: Any, X: Any, labels: Any, *, weight: Any = None, n_exemplars: int = 5, n_boundary: int = 5,
    seeds: Seeds | None = None, space: np.ndarray | None = None,
) -> tuple[ClusterExemplars, ...]:  # fmt: skip
    """Exemplars and boundary rows of every cluster, in the model's embedding, or the scaled rows of other clusterers.

    Parameters
    ----------
    model : fitted clusterer
    X : n rows as the model takes them
    labels : array of shape (n,)
        Rows below 0 are noise: a group of its own, which comes last.
    weight : array of shape (n,) or None
        Rows of weight 0 are not shown.
    n_exemplars, n_boundary : int
        How many at most.
    seeds : Seeds or None
        For clusters that no centre stands for.
    space : ndarray of shape (n, e) or None
        What :func:`deepkmeans.inspection.spaces.space_of` makes of the rows, if it is known already.

    Returns
    -------
    tuple of ClusterExemplars, by number

    Notes
    -----
    O(n k e) time for k clusters in e dimensions.
    """
    clusterer = Clusterer(model)
    space = space_of(clusterer, X) if space is None else space
    labels = np.asarray(labels)
    if len(labels) != len(space):
        raise InvalidDataError(
            f"labels must have one entry for each of the {len(space)} rows; they have {len(labels)}."
        )
    weight = np.ones(len(space)) if weight is None else np.asarray(weight, dtype=np.float64)
    used = (labels >= 0) & (weight > 0)
    noise = np.flatnonzero((labels < 0) & (weight > 0))
    if not used.any():
        return (_of_noise(noise, space, _from_the_middle(space, noise), None, n_exemplars, 0),) if len(noise) else ()
    prototypes = cluster_prototypes(clusterer.model, space, labels, weight, seeds or Seeds(0))
    clusters = prototypes.clusters
    position_of = np.where(used, np.searchsorted(clusters, labels), -1)
    near, far, second = prototypes.nearest(space, position_of)
    shown = []
    for position, number in enumerate(clusters.tolist()):
        rows = np.flatnonzero(position_of == position)
        apart = _APART * float(np.median(near[rows]))
        typical = _different(rows[near[rows].argsort(kind="stable")], space, n_exemplars, apart)
        boundary: list[int] = []
        runner_up = None
        if len(clusters) > 1:
            boundary = _different(rows[(far[rows] - near[rows]).argsort(kind="stable")], space, n_boundary, 0.0)
            runner_up = int(clusters[np.bincount(second[rows], weight[rows]).argmax()])
        following = tuple(clusters[second[boundary]].tolist())
        shown.append(ClusterExemplars(number, tuple(typical), tuple(boundary), following, runner_up))
    if len(noise):
        shown.append(_of_noise(noise, space, far, clusters[second], n_exemplars, n_boundary))
    return tuple(shown)


def _of_noise(
    rows: np.ndarray, space: np.ndarray, far: np.ndarray, nearest: np.ndarray | None, n_exemplars: int, n_boundary: int
) -> ClusterExemplars:
    """Rows (m,) by their distance (n,) from the nearest cluster (n,), or from the middle where there is none."""
    order = rows[far[rows].argsort(kind="stable")]
    exemplars, boundary = _different(order[::-1], space, n_exemplars, 0.0), _different(order, space, n_boundary, 0.0)
    following = () if nearest is None else tuple(nearest[boundary].tolist())
    return ClusterExemplars(-1, tuple(exemplars), tuple(boundary), following, None)


def _different(ordered: np.ndarray, space: np.ndarray, most: int, apart: float) -> list[int]:
    """The first rows of an order that are farther than ``apart`` from those before; less far if these are too few.

    Copies of one row are never shown twice.
    """
    looked_at = ordered[: _LOOKED_AT * most]
    while True:
        chosen: list[int] = []
        for row in looked_at.tolist():
            if len(chosen) == most:
                break
            if not chosen or np.linalg.norm(space[chosen] - space[row], axis=1).min() > apart:
                chosen.append(row)
        if len(chosen) == min(most, len(looked_at)) or apart == 0:
            return chosen
        apart = apart / 2 if apart > 1e-3 * float(np.ptp(space[looked_at], axis=0).max(initial=0.0)) else 0.0


def _from_the_middle(space: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Distance (n,) of all rows from the median of some."""
    return np.asarray(np.linalg.norm(space - np.median(space[rows], axis=0), axis=1))
