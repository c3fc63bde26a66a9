"""Choose the number of clusters and the width of the bottleneck; score other searches without labels."""

from .embedding_dim import select_embedding_dim
from .embedding_dim_result import EmbeddingDimSelection
from .n_clusters import select_n_clusters
from .n_clusters_result import NClustersSelection
from .scoring import LabelFreeScorer, make_label_free_scorer

__all__ = [
    "EmbeddingDimSelection", "LabelFreeScorer", "NClustersSelection", "make_label_free_scorer", "select_embedding_dim",
    "select_n_clusters",
]  # fmt: skip


def __dir__() -> list[str]:
    return list(__all__)
