"""Rows of which only the direction counts, in many columns: texts, and embeddings by pretrained networks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from scipy.sparse import csr_matrix
from torch import Tensor

from ..data.sharding import AllRows
from ..graph import SHARED, shared_candidates, shared_modularity, shared_neighbors
from .context import FitContext

__all__ = ["Directions", "find_directions"]

#: Neighbours that rows without terms may share.
_NEIGHBORS = 30


@dataclass(frozen=True)
class Directions:
    """Projected rows of a fit, and what they have.

    Attributes
    ----------
    rows : Rows or ShardedRows
        In all their components.
    terms : csr_matrix of shape (n, d) or None
        Of texts.
    """

    rows: AllRows
    terms: csr_matrix | None

    def candidates(
        self, index: Tensor, plain: np.ndarray, n_clusters: int, weight: np.ndarray | None, generator: torch.Generator
    ) -> tuple[dict[str, np.ndarray], tuple[str, str] | None]:  # fmt: skip
        """Partitions of the rows at ``index`` (m,); the one that is better than K-Means, ``plain`` (m,), and how.

        None where clusters of K-Means share as much.
        """
        components = self.rows.scaling.components
        assert components is not None
        coordinates = self.rows.take(index)[:, : components.shape[1]].cpu().double().numpy()
        if self.terms is None:
            what, incidence = "neighbours", shared_neighbors(coordinates, _NEIGHBORS)
        else:
            what, incidence = "terms", self.terms[index.cpu().numpy()]
        partitions = shared_candidates(coordinates, incidence, n_clusters, weight=weight, generator=generator)
        gained, had = (shared_modularity(incidence, labels, weight) for labels in (partitions[SHARED], plain))
        if gained <= had:
            return partitions, None
        by = f"modularity {gained:.3f}, {had:.3f}"
        reason = f"rows of one cluster share more {what} than those of K-Means do ({by})"
        return partitions, (SHARED, reason)


def find_directions(context: FitContext) -> Directions | None:
    """Those of a fit whose rows are projected and of length one."""
    scaling = context.rows.network.scaling
    if scaling.kind != "cosine" or scaling.components is None:
        return None
    return Directions(context.all_rows(context.rows.network), context.rows.terms)
