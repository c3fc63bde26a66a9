"""How a fit is planned and carried out, between the training loop and the estimators."""

from .context import FitContext
from .neighbor_graph import landmarks
from .over_clustering import codes_before_k
from .phases import train_jointly
from .plan import CODE_STARTS, DataFacts, FitPlan, resolve_plan
from .pretrained import pretrain, start_centers
from .result import Course, FitResult
from .sizing import batch_size_for, embedding_dim_for, resolved_dim
from .strategies import last_state, run_strategy

__all__ = [
    "CODE_STARTS", "Course", "DataFacts", "FitContext", "FitPlan", "FitResult", "batch_size_for",
    "codes_before_k", "embedding_dim_for", "landmarks", "last_state", "pretrain", "resolve_plan", "resolved_dim",
    "run_strategy", "start_centers", "train_jointly",
]  # fmt: skip
