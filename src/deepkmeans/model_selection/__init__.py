"""Choosing what a clustering needs to be told: how many clusters."""

from .n_clusters import select_n_clusters
from .n_clusters_result import NClustersSelection

__all__ = ["NClustersSelection", "select_n_clusters"]
