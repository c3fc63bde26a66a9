"""Whether clusters look as mixtures of Gaussians suppose: then overlap alone makes errors, and mixtures know how many.

In whitened coordinates a Gaussian cluster has fourth moments three times its squared variance, and variances like the
other clusters' in every direction. Real classes seldom do. What so few rows differ by in any case is subtracted: of 25
Gaussian rows a variance is off by a quarter.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

__all__ = ["gaussianity"]

#: How far the logarithm of the fourth moment, and the deviation of the variances' logarithms, may be from nought.
_KURTOSIS, _UNLIKE = 0.15, 0.3
#: Clusters of less mass tell nothing; directions of less variance, as a share of the largest, are left out.
_FEWEST, _LEAST = 10.0, 1e-6
#: Variance of a third of the fourth moment of Gaussian rows, times their number.
_VARIANCE_OF_FOURTH = 24 / 9


def gaussianity(P: Tensor, share: Tensor, mass: Tensor) -> float:
    """How Gaussian clusters look, from 0 to 1, with coordinates ``P`` (m, q), shares in them (m, k) and mass (m,)."""
    held = share * mass[:, None]
    size = held.sum(0)
    known = size >= _FEWEST
    if not bool(known.any()):
        return 0.0
    means = held.T @ P / size.clamp_min(1e-12)[:, None]
    scatter = (P.T * mass) @ P - (means.T * size) @ means
    values, axes = torch.linalg.eigh(scatter / mass.sum())
    kept = values > _LEAST * float(values.max())
    if not bool(kept.any()):
        return 0.0
    whitened = P @ (axes[:, kept] / values[kept].sqrt())
    middle = held.T @ whitened / size.clamp_min(1e-12)[:, None]
    fourth, unlike, by_chance = 0.0, 0.0, 0.0
    for j in known.nonzero()[:, 0].tolist():
        away = (whitened - middle[j]).square()
        weight = held[:, j] / size[j]
        variance = (weight @ away).clamp_min(1e-9)
        part = float(size[j] / size[known].sum())
        count = float(size[j])
        fourth += part * float((weight @ away.square() / variance.square()).mean()) / 3 * (count + 1) / (count - 1)
        by_chance += part**2 * _VARIANCE_OF_FOURTH / (count * int(kept.sum()))
        apart = float(variance.clamp_min(1e-3).log().var(correction=0)) - 2 / (count - 1)
        unlike += part * math.sqrt(max(0.0, apart))
    peaked = max(0.0, math.log(fourth) ** 2 - by_chance)
    return math.exp(-peaked / _KURTOSIS**2 - (unlike / _UNLIKE) ** 2)
