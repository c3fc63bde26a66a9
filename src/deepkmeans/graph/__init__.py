"""The neighbour graph of the rows: its embedding, its partitions, and what they say about themselves."""

from .affinity import affinity, diffuse, local_scale, membership
from .agglomeration import CRITERIA, MergeTree, agglomerate, coarsen
from .candidates import KMEANS, Choice, choose, graph_partitions, kmeans_partition, merge_tree, over_partition, vote
from .connection import connect
from .dimension import IntrinsicDimension, intrinsic_dimension
from .few_distinct import FewDistinct
from .gaps_of_levels import without_gaps_of_levels
from .groups_apart import n_groups_apart
from .judge import Verdict, judge
from .low_density import DensityGap, GapTree, density_gaps
from .micro_clustering import micro_clusters
from .missing_cells import partitions_of_missing
from .n_clusters import NClustersChoice, choose_n_clusters
from .n_clusters_levels import Levels
from .neighbors import N_NEIGHBORS, nearest_neighbors
from .partition_quality import conductance, modularity
from .partition_statistics import STATISTICS, partition_statistics
from .pool import Pool, candidate_pool
from .reasons import how_sure
from .selection import (
    default_k_range,
    graph_merge_tree,
    merged_partitions,
    n_clusters_statistics,
    statistics_of_one_row,
)
from .shared_candidates import SHARED, partition_consensus, shared_candidates, shared_neighbors
from .shared_modularity import move_by_shared, shared_modularity
from .shared_words import join_words
from .spectral import spectral_embedding

__all__ = [
    "CRITERIA",
    "KMEANS",
    "N_NEIGHBORS",
    "SHARED",
    "STATISTICS",
    "Choice",
    "DensityGap",
    "FewDistinct",
    "GapTree",
    "IntrinsicDimension",
    "Levels",
    "MergeTree",
    "NClustersChoice",
    "Pool",
    "Verdict",
    "affinity",
    "agglomerate",
    "candidate_pool",
    "choose",
    "choose_n_clusters",
    "coarsen",
    "conductance",
    "connect",
    "default_k_range",
    "density_gaps",
    "diffuse",
    "graph_merge_tree",
    "graph_partitions",
    "how_sure",
    "intrinsic_dimension",
    "join_words",
    "judge",
    "kmeans_partition",
    "local_scale",
    "membership",
    "merge_tree",
    "merged_partitions",
    "micro_clusters",
    "modularity",
    "move_by_shared",
    "n_clusters_statistics",
    "n_groups_apart",
    "nearest_neighbors",
    "over_partition",
    "partition_consensus",
    "partition_statistics",
    "partitions_of_missing",
    "shared_candidates",
    "shared_modularity",
    "shared_neighbors",
    "spectral_embedding",
    "statistics_of_one_row",
    "vote",
    "without_gaps_of_levels",
]  # fmt: skip
