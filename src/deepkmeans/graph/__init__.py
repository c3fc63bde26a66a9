"""The neighbour graph of the rows: its embedding, its partitions, and what they say about themselves."""

from .affinity import affinity, diffuse, local_scale, membership
from .agglomeration import CRITERIA, MergeTree, agglomerate, coarsen
from .candidates import KMEANS, Choice, choose, graph_partitions, kmeans_partition, merge_tree, over_partition, vote
from .connection import connect
from .curves import CURVES, Partitioner, criteria_curves, inertia, knee, suggestions
from .dimension import IntrinsicDimension, intrinsic_dimension
from .division import division_in_words, useful_division
from .evidence import EVIDENCE, evidence
from .judge import Verdict, judge
from .micro import micro_clusters
from .n_clusters import NClustersChoice, choose_n_clusters
from .neighbors import nearest_neighbors
from .pool import Pool, candidate_pool
from .scores import (
    agreement,
    conductance,
    macro_silhouettes,
    modularity,
    most_agreed,
    predictability,
    sampled_silhouette,
)
from .selection import default_k_range, evidence_of_one_row, graph_merge_tree, merged_partitions, n_clusters_evidence
from .spectral import spectral_embedding
from .valleys import Valley, ValleyTree, density_valleys

__all__ = [
    "CRITERIA", "CURVES", "EVIDENCE", "KMEANS", "Choice", "IntrinsicDimension", "MergeTree", "NClustersChoice",
    "Partitioner", "Pool", "Valley", "ValleyTree", "Verdict", "affinity", "agglomerate", "agreement",
    "candidate_pool", "choose", "choose_n_clusters", "coarsen", "conductance", "connect", "criteria_curves",
    "default_k_range", "density_valleys", "diffuse", "division_in_words", "evidence", "evidence_of_one_row",
    "graph_merge_tree", "graph_partitions", "inertia", "intrinsic_dimension", "judge", "kmeans_partition", "knee",
    "local_scale", "macro_silhouettes", "membership", "merge_tree", "merged_partitions",
    "micro_clusters", "modularity", "most_agreed", "n_clusters_evidence", "nearest_neighbors", "over_partition",
    "predictability", "sampled_silhouette", "spectral_embedding", "suggestions", "useful_division", "vote",
]  # fmt: skip
