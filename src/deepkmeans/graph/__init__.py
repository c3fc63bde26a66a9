"""The neighbour graph of the rows: its embedding, its partitions, and what they say about themselves."""

from .affinity import affinity, diffuse, membership
from .agglomeration import CRITERIA, MergeTree, agglomerate, coarsen
from .candidates import KMEANS, Choice, choose, graph_partitions, kmeans_partition, over_partition, vote
from .dimension import IntrinsicDimension, intrinsic_dimension
from .micro import micro_clusters
from .neighbors import nearest_neighbors
from .scores import agreement, conductance, macro_silhouettes, modularity, predictability
from .spectral import spectral_embedding

__all__ = [
    "CRITERIA", "KMEANS", "Choice", "IntrinsicDimension", "MergeTree", "affinity", "agglomerate", "agreement", "choose",
    "coarsen", "conductance", "diffuse", "graph_partitions", "intrinsic_dimension", "kmeans_partition",
    "macro_silhouettes", "membership", "micro_clusters", "modularity", "nearest_neighbors", "over_partition",
    "predictability", "spectral_embedding", "vote",
]  # fmt: skip
