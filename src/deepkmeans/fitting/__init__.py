"""How a fit is planned and carried out, and what a strategy of your own needs for it."""

# What a strategy of one's own uses is in __all__; the other names are for the estimators and the command.
from .context import FitContext
from .doubt import STRANGE as STRANGE
from .doubt import Doubt as Doubt
from .doubt import with_label_ahead as with_label_ahead
from .doubt_fit import fit_doubt as fit_doubt
from .fingerprint import exact_repr as exact_repr
from .neighbor_graph import landmarks as landmarks
from .over_clustering import embedding_before_k as embedding_before_k
from .phases import train_jointly
from .plan import CODE_STARTS as CODE_STARTS
from .plan import DataFacts as DataFacts
from .plan import FitPlan
from .plan import joined_plan as joined_plan
from .plan import resolve_plan as resolve_plan
from .pretrained import pretrain, start_centers
from .refitted_mixtures import RefittedMixtures as RefittedMixtures
from .result import Course, FitResult
from .series_graph import clearest_features as clearest_features
from .sizing import batch_size_for as batch_size_for
from .sizing import embedding_dim_for as embedding_dim_for
from .sizing import resolved_dim as resolved_dim
from .strategies import last_state as last_state
from .strategies import run_strategy as run_strategy

__all__ = ["Course", "FitContext", "FitPlan", "FitResult", "pretrain", "start_centers", "train_jointly"]


def __dir__() -> list[str]:
    return list(__all__)
