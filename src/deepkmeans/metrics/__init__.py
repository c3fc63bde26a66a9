"""Figures for a clustering: against known classes, and of its sizes."""

from .external import (
    adjusted_rand_score,
    cluster_sizes,
    clustering_accuracy,
    evaluate,
    match_clusters,
    normalized_mutual_info_score,
)

__all__ = [
    "adjusted_rand_score",
    "cluster_sizes",
    "clustering_accuracy",
    "evaluate",
    "match_clusters",
    "normalized_mutual_info_score",
]


def __dir__() -> list[str]:
    return list(__all__)
