"""Labels of landmarks, brought to sizes that are as equal as a fit asks."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ..kmeans import SizeBounds, prices_within, squared_distances
from .neighbor_graph import LandmarkGraph

__all__ = ["balanced_labels"]

#: Where the graph says nothing, rows go by their distance to the mean of a cluster, which counts so much beside it.
_DISTANCE, _LEAST = 0.1, 1e-6


def balanced_labels(soft: Tensor, graph: LandmarkGraph, balance: float) -> np.ndarray:
    """Labels (m,) of landmarks whose soft labels are (m, k): likely ones, of which clusters hold as much as they may.

    The cost of a row in a cluster is minus the logarithm of its share there, and a little of its squared distance to
    the mean, in mean squared distances.
    """
    weight = graph.rows.weight
    mass = torch.ones(len(soft), dtype=torch.float64) if weight is None else weight.cpu().double()
    share = soft.cpu().double() * mass[:, None]  # (m, k)
    features = graph.features.cpu().double()
    means = share.T @ features / share.sum(0).clamp_min(1e-300)[:, None]
    squared = squared_distances(features, means)
    cost = _DISTANCE * squared / squared.mean() - soft.cpu().double().clamp_min(_LEAST).log()
    mean = float(mass.sum()) / soft.shape[1]
    bounds = SizeBounds(balance * mean, mean / balance)
    table = cost.T.contiguous().numpy()
    prices = prices_within(table, bounds, None if weight is None else mass.numpy())
    return np.asarray((table + prices[:, None]).argmin(0))
