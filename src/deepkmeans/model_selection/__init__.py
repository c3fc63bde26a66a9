"""Choosing sizes with evidence: the bottleneck, and label-free scores for scikit-learn's and Optuna's searches."""

from .embedding_dim import select_embedding_dim
from .embedding_dim_result import EmbeddingDimSelection
from .scoring import LabelFreeScorer, make_label_free_scorer

__all__ = ["EmbeddingDimSelection", "LabelFreeScorer", "make_label_free_scorer", "select_embedding_dim"]
