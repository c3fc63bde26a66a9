"""What a fit has at hand when everything is prepared and nothing is trained."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..data import PreparedRows
from ..encoders import SingleInputEncoder
from ..objectives import Objective
from ..runtime import Seeds
from .plan import FitPlan

__all__ = ["FitContext"]


@dataclass(frozen=True)
class FitContext:
    """A prepared fit: its plan, its rows, a network with new weights, an objective that is not set up."""

    plan: FitPlan
    rows: PreparedRows
    encoder: SingleInputEncoder
    objective: Objective
    seeds: Seeds

    @property
    def n_clusters(self) -> int:
        """Clusters to make; 1 until ``"auto"`` has been decided."""
        return 1 if self.plan.n_clusters is None else self.plan.n_clusters

    def with_clusters(self, n_clusters: int) -> FitContext:
        """The same, with the number of clusters decided."""
        return replace(self, plan=self.plan.with_clusters(n_clusters))
