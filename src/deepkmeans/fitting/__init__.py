"""How a fit is planned and carried out, between the training loop and the estimators."""

from .context import FitContext
from .labelling import label_rows
from .plan import CODE_STARTS, LANDMARKS, LEARNT, DataFacts, FitPlan, resolve_plan
from .pretrained import Pretrained
from .result import Course, FitResult
from .self_labelling import codes_before_k, keep_rows, landmarks
from .sizing import batch_size_for, embedding_dim_for, resolved_dim, teaching_epochs
from .table_partition import TablePartition

__all__ = [
    "CODE_STARTS", "LANDMARKS", "LEARNT", "Course", "DataFacts", "FitContext", "FitPlan", "FitResult", "Pretrained",
    "TablePartition", "batch_size_for", "codes_before_k", "embedding_dim_for", "keep_rows", "label_rows", "landmarks",
    "resolve_plan", "resolved_dim", "teaching_epochs",
]  # fmt: skip
