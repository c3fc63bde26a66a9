"""Micro-clusters: many small, pure clusters of a spectral embedding, which merging puts together."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ..kmeans import assign, kmeans_plusplus, lloyd

__all__ = ["micro_clusters"]

#: Rows a centre on which they are found; the others are assigned.
_ROWS_A_CENTER = 8
_ITERATIONS = 12


def micro_clusters(embedding: Tensor, n_clusters: int, generator: torch.Generator) -> np.ndarray:
    """Labels (n,) from 0 without gaps of about ``n_clusters`` small clusters of ``embedding`` (n, m)."""
    n = len(embedding)
    n_clusters = min(n_clusters, n)
    sample = embedding
    if n > _ROWS_A_CENTER * n_clusters:
        sample = embedding[torch.randperm(n, generator=generator)[: _ROWS_A_CENTER * n_clusters].to(embedding.device)]
    centers, _ = kmeans_plusplus(sample, n_clusters, generator=generator, n_local_trials=1)
    centers = lloyd(sample, centers, max_iter=_ITERATIONS).centers
    labels = assign(embedding, centers)[0].cpu().numpy()
    return np.unique(labels, return_inverse=True)[1].reshape(-1)
