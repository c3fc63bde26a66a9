"""The tree of the clusters as lines and names of an inline picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..inspection.cluster_tree import ClusterTree

__all__ = ["TreePicture", "tree_picture"]

_WIDTH, _LINE = 360, 26


@dataclass(frozen=True)
class TreePicture:
    """Leaves from the top down, merges to the right.

    Attributes
    ----------
    height : int
    leaves : tuple of (int, float)
        The place of a cluster among the summaries, and its height in the picture.
    lines : tuple of str
        Paths, as SVG has them.
    merges : tuple of (tuple of int, tuple of int)
        The clusters on both sides of each merge, the first merge first: the same for those who do not see the picture.
    """

    height: int
    leaves: tuple[tuple[int, float], ...]
    lines: tuple[str, ...]
    merges: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]


def tree_picture(tree: ClusterTree, position: Mapping[int, int]) -> TreePicture | None:
    """Of a tree over clusters; ``position`` is where each stands on the page, by its number. None of fewer than two."""
    merges, n_clusters = tree.merges, len(tree.clusters)
    if not merges:
        return None
    below: dict[int, tuple[int, ...]] = {leaf: (leaf,) for leaf in range(n_clusters)}
    for place, merge in enumerate(merges):
        below[n_clusters + place] = below[merge.left] + below[merge.right]

    def on_page(leaf: int) -> int:
        return position[tree.clusters[leaf]]

    order = below[n_clusters + len(merges) - 1]
    where = {leaf: (0.0, (place + 0.5) * _LINE) for place, leaf in enumerate(order)}
    lines = []
    for place, merge in enumerate(merges):
        (left_x, left_y), (right_x, right_y) = where[merge.left], where[merge.right]
        x = max(merge.height * (_WIDTH - 10), left_x + 2, right_x + 2)
        lines.append(f"M{left_x:.1f} {left_y:.1f}H{x:.1f}V{right_y:.1f}H{right_x:.1f}")
        where[n_clusters + place] = (x, (left_y + right_y) / 2)
    return TreePicture(
        _LINE * n_clusters, tuple((on_page(leaf), where[leaf][1]) for leaf in order), tuple(lines),
        tuple((tuple(map(on_page, below[m.left])), tuple(map(on_page, below[m.right]))) for m in merges),
    )  # fmt: skip
