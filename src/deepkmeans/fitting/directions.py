"""Rows of which only the direction counts, in many columns: texts, and embeddings by pretrained networks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from scipy.sparse import csr_matrix
from torch import Tensor

from ..data.sharding import AllRows
from ..graph import SHARED, join_words, shared_candidates, shared_modularity, shared_neighbors
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
    words : csr_matrix of shape (n, t) or None
        Of texts whose rows are embeddings.
    """

    rows: AllRows
    terms: csr_matrix | None
    words: csr_matrix | None = None

    def candidates(
        self, index: Tensor, plain: np.ndarray, n_clusters: int, weight: np.ndarray | None, generator: torch.Generator
    ) -> tuple[dict[str, np.ndarray], tuple[str, str] | None]:  # fmt: skip
        """Partitions of the rows at ``index`` (m,); the one that is better than K-Means, ``plain`` (m,), and how.

        None where clusters of K-Means share as much.
        """
        components = self.rows.scaling.components
        assert components is not None
        coordinates = self.rows.take(index)[:, : components.shape[1]].cpu().double().numpy()
        what, incidence = self._shared(index, coordinates, plain, n_clusters, weight)
        partitions = shared_candidates(coordinates, incidence, n_clusters, weight=weight, generator=generator)
        gained, had = (shared_modularity(incidence, labels, weight) for labels in (partitions[SHARED], plain))
        if gained <= had:
            return partitions, None
        by = f"modularity {gained:.3f}, {had:.3f}"
        reason = f"rows of one cluster share more {what} than those of K-Means do ({by})"
        return partitions, (SHARED, reason)

    def _shared(
        self, index: Tensor, coordinates: np.ndarray, plain: np.ndarray, n_clusters: int, weight: np.ndarray | None
    ) -> tuple[str, csr_matrix]:  # fmt: skip
        """What rows may share, by its name: terms, or neighbours, with words where they tell much the same groups."""
        if self.terms is not None:
            return "terms", self.terms[index.cpu().numpy()]
        neighbors = shared_neighbors(coordinates, _NEIGHBORS)
        if self.words is not None:
            joined = join_words(neighbors, self.words[index.cpu().numpy()], plain, n_clusters, weight)
            if joined is not None:
                return "neighbours and words", joined
        return "neighbours", neighbors


def find_directions(context: FitContext) -> Directions | None:
    """Those of a fit whose rows are projected and of length one."""
    scaling = context.rows.network.scaling
    if scaling.kind != "cosine" or scaling.components is None:
        return None
    return Directions(context.all_rows(context.rows.network), context.rows.terms, context.rows.words)
