"""Which clusters join first: a tree over them, read from the neighbour graph of the rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ..exceptions import InvalidDataError, InvalidParameterError
from ..runtime import Seeds, plain_torch
from .cluster_joins import cluster_joins
from .row_choice import choose_rows
from .spaces import Clusterer, space_of
from .tree_drawing import draw_tree

__all__ = ["ClusterTree", "Merge", "cluster_tree"]

#: Rows of the graph.
_MOST_ROWS = 5000


@dataclass(frozen=True)
class Merge:
    """Two groups that join.

    Attributes
    ----------
    left, right : int
        Positions: of clusters their place in ``ClusterTree.clusters``, of earlier merges their place after these.
    height : float
        From 0 to 1; see :class:`ClusterTree`.
    size : float
        Rows, or weight, of both together.
    """

    left: int
    right: int
    height: float
    size: float


@dataclass(frozen=True)
class ClusterTree:
    """Clusters, and how they join.

    A height below 0.5 is of groups whose rows are neighbours: (1 - a^1/2) / 2, with a the edges of the neighbour graph
    between them over those that chance would put there. A height above is of groups between which there is no edge:
    0.5 + d / 2 (d + r), with d the distance of their means and r the sum of their mean radii; averages over clusters.

    Attributes
    ----------
    clusters : tuple of int
        Their labels.
    sizes : tuple of float
        Rows, or weight, of each.
    merges : tuple of Merge
        In rising height; one less than there are clusters.
    """

    clusters: tuple[int, ...]
    sizes: tuple[float, ...]
    merges: tuple[Merge, ...]

    def cut(self, n: int) -> tuple[tuple[int, ...], ...]:
        """The ``n`` groups of clusters that are left before the last n - 1 merges, the largest first.

        Raises
        ------
        InvalidParameterError
            If there are not so many clusters.
        """
        k = len(self.clusters)
        if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or not 1 <= n <= k:
            raise InvalidParameterError(
                f"The 'n' parameter of cut must be an integer from 1 to {k}, the number of clusters. Got {n!r} instead."
            )
        groups: dict[int, tuple[tuple[int, ...], float]] = {
            position: ((self.clusters[position],), self.sizes[position]) for position in range(k)
        }
        for number, merge in enumerate(self.merges[: k - n], k):
            left, right = groups.pop(merge.left), groups.pop(merge.right)
            groups[number] = (*left[0], *right[0]), left[1] + right[1]
        ordered = sorted(groups.values(), key=lambda group: (-group[1], min(group[0])))
        return tuple(tuple(sorted(members)) for members, _ in ordered)

    def text(self, titles: Mapping[int, str] | None = None, *, width: int = 80) -> str:
        """The tree drawn for a terminal of ``width`` letters: the farther to the right two lines meet, the farther
        apart what they are. ``titles`` : names of clusters; "Cluster 3" by default."""
        names = [(titles or {}).get(cluster) or f"Cluster {cluster}" for cluster in self.clusters]
        return draw_tree(names, self.sizes, [(merge.left, merge.right, merge.height) for merge in self.merges], width)

    def __str__(self) -> str:
        return self.text()

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


@plain_torch()
def cluster_tree(
    model: Any, X: Any, labels: Any, *, weight: Any = None, seeds: Seeds, space: np.ndarray | None = None
) -> ClusterTree:
    """The tree over the clusters of a model.

    Parameters
    ----------
    model : fitted clusterer
    X : n rows as the model takes them
    labels : array of shape (n,)
        Rows below 0 are noise, and in no cluster.
    weight : array of shape (n,) or None
        Rows of weight 0 are left out; the others count once in the graph, with their weight in the sizes.
    seeds : Seeds
    space : ndarray of shape (n, e) or None
        What :func:`deepkmeans.inspection.spaces.space_of` makes of the rows, if it is known already.

    Returns
    -------
    ClusterTree

    Raises
    ------
    InvalidDataError

    Notes
    -----
    The graph joins each of at most 5,000 rows (at least 100 of each cluster, as far as it has them) to its 15 nearest,
    in the embedding or the scaled rows of clusterers without one. Groups merge by average linkage of its edges
    ("paris" of :mod:`deepkmeans.graph.agglomeration`; Bonald et al. 2018), and where none is left by average linkage of
    distances. O(m^2 e) time for m rows in e dimensions.
    """
    space = space_of(Clusterer(model), X) if space is None else space
    labels = np.asarray(labels)
    weight = np.ones(len(space)) if weight is None else np.asarray(weight, dtype=np.float64)
    if not len(labels) == len(weight) == len(space):
        raise InvalidDataError(
            f"labels and weight must have one entry for each of the {len(space)} rows; they have {len(labels)} and "
            f"{len(weight)}."
        )
    rows = choose_rows(labels, weight, _MOST_ROWS, seeds.numpy("cluster tree", "rows"))
    if not len(rows.index):
        raise InvalidDataError("no row is of a cluster: all labels are below 0, or all weights are 0.")
    sizes = np.bincount(rows.labels, rows.weight)
    joins = cluster_joins(space[rows.index], rows.labels)
    merges, size_of = [], sizes.tolist()
    for left, right, height in joins:
        size_of.append(size_of[left] + size_of[right])
        merges.append(Merge(left, right, height, size_of[-1]))
    return ClusterTree(tuple(rows.clusters.tolist()), tuple(sizes.tolist()), tuple(merges))
