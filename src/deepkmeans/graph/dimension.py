"""How many numbers a row needs: the intrinsic dimension of a cloud of rows, from distances to neighbours alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from ..decomposition import exact_components
from .neighbors import nearest_neighbors

__all__ = ["IntrinsicDimension", "intrinsic_dimension"]

#: Rows looked at; below the fewest, neighbourhoods say nothing about a dimension.
_ROWS, _FEWEST = 2000, 20
_NEIGHBORS = 20
#: Components looked at for signal, and the share of the variance beyond which all else counts as nothing.
_DIRECTIONS, _NOTHING = 100, 1e-6
#: Noise is level within this many standard deviations, over this many directions and from this share of them on.
_DEVIATIONS, _FEWEST_LEVEL, _SIGNAL_SHARE = 3.0, 5, 0.9
#: Rows are thinned out until neighbours are this many times farther apart (squared) than noise alone puts them.
_BEYOND_NOISE, _FEWEST_THINNED = 8.0, 200
#: Distances are never corrected to less than this share of their square.
_LEFT = 1e-2
_TRIMMED = 0.1
#: Columns of z-scores have variances this close to each other, up to this share of them (flags of missing cells).
_ALIKE = 0.2
_REFERENCES = (1, 2, 3, 4, 6, 8, 11, 15, 20, 27, 36, 48, 64)


@dataclass(frozen=True)
class IntrinsicDimension:
    """The result of :func:`intrinsic_dimension`.

    Attributes
    ----------
    value : float
        The estimate to use: ``mle`` freed of its bias.
    mle : float
        Levina & Bickel's maximum likelihood estimate, 20 neighbours; too small in many dimensions.
    two_nn : float
        Facco et al.'s estimate from the two nearest neighbours; too large where there is noise.
    n_components : int
        Principal components above the level of the noise (or, where there is none, beyond which nothing is left): the
        linear dimension.
    noise : float
        Variance of the noise per direction, as a share of the total variance; 0 where no level was found.
    n_samples : int
        Rows that the estimate rests on.
    """

    value: float
    mle: float
    two_nn: float
    n_components: int
    noise: float
    n_samples: int


def intrinsic_dimension(X: Tensor, random_state: np.random.RandomState) -> IntrinsicDimension | None:
    """Dimension of the surface near which the rows lie, however it is bent.

    Parameters
    ----------
    X : Tensor of shape (n, d)
        Dense, scaled, finite rows; at most 2,000 of them are used, equal ones once.
    random_state : RandomState
        Draws the rows.

    Returns
    -------
    IntrinsicDimension or None
        None for fewer than 20 different rows.

    Notes
    -----
    1. Noise. Half of the rows give principal components, the other half the variance that p of them leave, divided by
       the d - p directions left: white noise makes that level from the true p on. If no level is found and the columns
       are z-scores, they are first divided by the deviation that the others do not explain (Guttman, Psychometrika
       1953), for z-scoring gives each column noise of its own size. Rows are projected onto these p directions; while
       neighbours are no farther apart than what is left of the noise puts them, every other row is dropped, and what it
       adds to squared distances across the surface, 2 sigma^2 each direction, is taken off.
    2. With r_j the distance to the j-th of k = 20 neighbours, the estimate is (k - 2) over the mean over rows of
       sum_j log(r_k / r_j) (Levina & Bickel, NIPS 2004; averaged as MacKay & Ghahramani, 2005, propose).
    3. Neighbours of few rows in many dimensions are far away, where the density is no longer flat: the estimate falls
       short. It is compared with the same estimate of Gaussian rows of known dimension and equal number, as
       Camastra & Vinciarelli (IEEE TPAMI 2002) calibrate theirs.

    ``two_nn``: the slope of -log(1 - F) over log(r_2 / r_1), the largest tenth left out (Facco, d'Errico, Rodriguez &
    Laio, Scientific Reports 2017). O(n^2 d): under a second for 2,000 rows, and two seconds the first time, for the
    Gaussian rows.
    """
    rows = np.unique(X.double().cpu().numpy(), axis=0)
    rows = rows[np.sort(random_state.permutation(len(rows))[:_ROWS])]
    if len(rows) < _FEWEST:
        return None
    rows, n_components, noise = _without_noise(rows[random_state.permutation(len(rows))])
    near = _distances(rows)
    while np.median(near[:, -1] ** 2) < _BEYOND_NOISE * 2 * noise * n_components and len(rows) > _FEWEST_THINNED:
        rows = rows[::2]
        near = _distances(rows)
    across = n_components - _calibrated(_maximum_likelihood(near), len(rows), near.shape[1])
    square = near**2
    near = np.sqrt(np.maximum(square - 2 * noise * max(across, 0.0), _LEFT * square))
    mle = _maximum_likelihood(near)
    total = float(rows.var(axis=0).sum())
    return IntrinsicDimension(
        value=min(_calibrated(mle, len(rows), near.shape[1]), float(n_components)),
        mle=mle, two_nn=_two_nearest(near), n_components=n_components, noise=noise / total, n_samples=len(rows),
    )  # fmt: skip


def _without_noise(rows: np.ndarray) -> tuple[np.ndarray, int, float]:
    """Rows (n, d) in their p directions above the noise (n, p), p, and the mean variance of the noise per direction."""
    n, d = rows.shape
    rows = rows - rows.mean(axis=0)
    n_signal, level = _level(rows)
    if n_signal and not level:
        return rows, n_signal, 0.0
    deviation = np.ones(d)
    if not n_signal and _scaled_one_by_one(rows):  # which makes noise of one size into noise of many
        deviation = _unexplained_deviation(rows)
        n_signal, level = _level(rows / deviation)
    if not n_signal or not level:
        return rows, min(d, n - 1), 0.0
    even = rows / deviation
    components = exact_components(even)[:n_signal]  # (p, d)
    turn, stretch, _ = np.linalg.svd(components * deviation, full_matrices=False)  # back to the columns' own sizes
    return (even @ components.T) @ turn * stretch, n_signal, float(level * np.square(stretch).mean())


def _level(rows: np.ndarray) -> tuple[int, float]:
    """Directions beyond which the rows (n, d) vary alike in all, and how much; (0, 0) if that is nowhere so.

    (p, 0): there is nothing at all beyond p.
    """
    n, d = rows.shape
    half, other = rows[: n // 2], rows[n // 2 :]
    components = exact_components(half - half.mean(axis=0))  # (m, d)
    # Fewer components left than the fewest make no level.
    most = min(_DIRECTIONS, n // 4, len(components), d - max(_FEWEST_LEVEL, d // 4))
    if most < 1:
        return 0, 0.0
    away = other - half.mean(axis=0)
    total = float((away**2).sum(axis=1).mean())
    p = np.arange(1, most + 1)
    explained = np.cumsum(((away @ components[:most].T) ** 2).mean(axis=0))
    left = np.maximum(total - explained, 0)  # variance beyond p components
    if left[-1] <= _NOTHING * total:
        return int(p[left <= _NOTHING * total][0]), 0.0
    level = left / (d - p)
    deviation = np.sqrt(2 / (len(other) * (d - p)))  # of the mean of so many squares of white noise
    n_signal = int(p[level <= level.min() * (1 + _DEVIATIONS * deviation)][0])
    return (n_signal, float(level.min())) if n_signal <= _SIGNAL_SHARE * most else (0, 0.0)


def _scaled_one_by_one(rows: np.ndarray) -> bool:
    """Whether nearly all columns that vary at all vary alike, as z-scores do and pixels or flags do not."""
    variance = rows.var(axis=0)
    variance = variance[variance > 0]
    return bool(np.mean(np.abs(variance / np.median(variance) - 1) < _ALIKE) > 1 - _ALIKE)


def _unexplained_deviation(rows: np.ndarray) -> np.ndarray:
    """Of each column (d,) the deviation that the other columns do not explain (linearly); 1 where rows are too few."""
    n, d = rows.shape
    if n < 3 * d:
        return np.ones(d)
    covariance = rows.T @ rows / n
    ridge = _NOTHING * max(float(np.trace(covariance)) / d, np.finfo(np.float64).tiny)
    return np.sqrt(1 / np.linalg.inv(covariance + ridge * np.eye(d)).diagonal())


def _distances(rows: np.ndarray) -> np.ndarray:
    """Distances (n, k) to the nearest other rows."""
    k = min(_NEIGHBORS, len(rows) // 2)
    near = nearest_neighbors(torch.from_numpy(np.ascontiguousarray(rows)), k)[1].numpy()
    return np.maximum(near, np.finfo(np.float64).tiny)


def _maximum_likelihood(near: np.ndarray) -> float:
    k = near.shape[1]
    return float((k - 2) / np.log(near[:, -1:] / near[:, :-1]).sum(axis=1).mean())


def _two_nearest(near: np.ndarray) -> float:
    log = np.sort(np.log(near[:, 1] / near[:, 0]))
    log = log[: int((1 - _TRIMMED) * len(log))]
    exponent = -np.log1p(-np.arange(1, len(log) + 1) / len(near))
    return float((log @ exponent) / (log @ log))


@lru_cache(maxsize=8)
def _references(n_samples: int, n_neighbors: int) -> tuple[float, ...]:
    """The estimate for Gaussian rows of each dimension in ``_REFERENCES``."""
    draw = np.random.RandomState(0)
    estimates = []
    for d in _REFERENCES:
        rows = torch.from_numpy(draw.randn(n_samples, d))
        estimates.append(_maximum_likelihood(nearest_neighbors(rows, n_neighbors)[1].numpy()))
    return tuple(np.maximum.accumulate(estimates))


def _calibrated(mle: float, n_samples: int, n_neighbors: int) -> float:
    """The dimension of Gaussian rows that gives the same estimate."""
    known = _references(n_samples, n_neighbors)
    if mle <= known[0]:
        return mle * _REFERENCES[0] / known[0]
    return float(np.interp(mle, known, _REFERENCES))
