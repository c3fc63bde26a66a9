"""The neighbour graph of the rows: its embedding, its partitions, and what they say about themselves."""

from .affinity import affinity, diffuse, local_scale, membership
from .agglomeration import CRITERIA, MergeTree, agglomerate, coarsen
from .candidates import KMEANS, Choice, choose, graph_partitions, kmeans_partition, merge_tree, over_partition, vote
from .connection import connect
from .dimension import IntrinsicDimension, intrinsic_dimension
from .evidence import EVIDENCE, evidence
from .judge import Verdict, judge
from .micro import micro_clusters
from .n_clusters import NClustersChoice, choose_n_clusters
from .neighbors import N_NEIGHBORS, nearest_neighbors
from .partition_quality import conductance, modularity
from .pool import Pool, candidate_pool
from .selection import default_k_range, evidence_of_one_row, graph_merge_tree, merged_partitions, n_clusters_evidence
from .spectral import spectral_embedding
from .valleys import Valley, ValleyTree, density_valleys

__all__ = [
    "CRITERIA",
    "EVIDENCE",
    "KMEANS",
    "N_NEIGHBORS",
    "Choice",
    "IntrinsicDimension",
    "MergeTree",
    "NClustersChoice",
    "Pool",
    "Valley",
    "ValleyTree",
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
    "density_valleys",
    "diffuse",
    "evidence",
    "evidence_of_one_row",
    "graph_merge_tree",
    "graph_partitions",
    "intrinsic_dimension",
    "judge",
    "kmeans_partition",
    "local_scale",
    "membership",
    "merge_tree",
    "merged_partitions",
    "micro_clusters",
    "modularity",
    "n_clusters_evidence",
    "nearest_neighbors",
    "over_partition",
    "spectral_embedding",
    "vote",
]  # fmt: skip
