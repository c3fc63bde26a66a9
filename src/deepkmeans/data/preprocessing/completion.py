"""Missing cells of encoded rows from the cells that are present: a Gaussian with a few common factors.

x = W f + e, f standard normal, e independent with variances psi (factor analysis). W and psi are found by
expectation-maximisation on rows with gaps (Ghahramani and Jordan 1994); a gap is filled with its expectation given the
cells that are there, W_m (I + W_o' psi_o^-1 W_o)^-1 W_o' psi_o^-1 x_o. So a row lies where rows like it lie, not in the
middle of the table; a row without any cell lies there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse.linalg import eigsh

__all__ = ["Completion"]

_ROUNDS, _MOST_FACTORS, _LEAST_NOISE = 30, 8, 0.05
_BLOCK = 4096
#: Columns up to which all eigenvectors are computed.
_ALL = 1000


@dataclass(frozen=True)
class Completion:
    """Fills NaN in centred rows.

    Attributes
    ----------
    loadings : ndarray of shape (p, q)
        W, of columns in units in which each has variance one.
    noise : ndarray of shape (p,)
        psi in these units.
    units : ndarray of shape (p,)
        Deviations of the columns.
    """

    loadings: np.ndarray
    noise: np.ndarray
    units: np.ndarray

    @classmethod
    def fit(cls, X: np.ndarray, mass: np.ndarray, size: float) -> Completion:
        """Fit on centred rows ``X`` (n, p) with NaN, weighed by mass (n,), which stand for ``size`` different rows."""
        present = ~np.isnan(X)
        share = mass / mass.sum()
        held = np.maximum(share @ present, 1e-12)
        units = np.sqrt(share @ np.square(np.where(present, X, 0.0)) / held)
        units = np.where(units > 1e-9, units, 1.0)
        Z = np.where(present, X / units, 0.0)
        loadings, noise = _start(Z, share, size, present)
        for _ in range(_ROUNDS if loadings.shape[1] else 0):
            loadings, noise = _round(Z, present, share, held, loadings, noise)
        return cls(loadings, noise, units)

    def fill(self, X: np.ndarray) -> None:
        """Replace every NaN of centred rows ``X`` (n, p) in place."""
        for start in range(0, len(X), _BLOCK):
            block = X[start : start + _BLOCK]
            rows = np.flatnonzero(np.isnan(block).any(axis=1))
            if not len(rows):
                continue
            part = block[rows].astype(np.float64)
            present = ~np.isnan(part)
            factors, _ = _factors(np.where(present, part / self.units, 0.0), present, self.loadings, self.noise)
            block[rows] = np.where(present, part, (factors @ self.loadings.T) * self.units)


def _start(Z: np.ndarray, share: np.ndarray, size: float, present: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Principal components with a variance that noise of so many rows and columns does not reach (Marchenko-Pastur)."""
    both = np.maximum((present * share[:, None]).T @ present.astype(np.float64), 1e-3)
    covariance = (Z * share[:, None]).T @ Z / both
    variances, vectors = _largest((covariance + covariance.T) / 2)
    rank = np.linalg.matrix_rank(covariance) if len(covariance) < 50 else len(covariance)
    edge = (1 + np.sqrt(len(covariance) / max(size, 1.0))) ** 2
    count = min(int((variances > edge).sum()), _MOST_FACTORS, max(rank - 1, 0))
    kept = slice(len(variances) - count, len(variances))
    loadings = vectors[:, kept] * np.sqrt(np.maximum(variances[kept] - 1, 1e-3))
    return loadings, np.maximum(1 - np.square(loadings).sum(axis=1), _LEAST_NOISE)


def _largest(covariance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues, rising, and eigenvectors of a symmetric matrix; of a large one those that factors may need."""
    if len(covariance) <= _ALL:
        return np.linalg.eigh(covariance)
    variances, vectors = eigsh(covariance, k=_MOST_FACTORS, which="LA", v0=np.ones(len(covariance)))
    order = np.argsort(variances)
    return variances[order], vectors[:, order]


def _factors(
    Z: np.ndarray, present: np.ndarray, loadings: np.ndarray, noise: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Expected factors (n, q) and their covariance (n, q, q), of rows that are 0 where not present."""
    q = loadings.shape[1]
    scaled = loadings / noise[:, None]
    products = np.einsum("pi,pj->pij", scaled, loadings).reshape(len(loadings), q * q)
    precision = (present.astype(np.float64) @ products).reshape(len(Z), q, q) + np.eye(q)
    covariance = np.linalg.inv(precision)
    return np.einsum("nij,nj->ni", covariance, Z @ scaled), covariance


def _round(
    Z: np.ndarray, present: np.ndarray, share: np.ndarray, held: np.ndarray, loadings: np.ndarray, noise: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """One step of expectation-maximisation; each column has its own rows."""
    q = loadings.shape[1]
    factors, covariance = _factors(Z, present, loadings, noise)
    second = (covariance + np.einsum("ni,nj->nij", factors, factors)).reshape(len(Z), q * q)
    weighed = present * share[:, None]
    moments = (weighed.T @ second).reshape(Z.shape[1], q, q) + 1e-6 * np.eye(q)
    cross = (Z * share[:, None]).T @ factors
    loadings = np.linalg.solve(moments, cross[:, :, None])[:, :, 0]
    variance = (share @ np.square(Z)) / held
    noise = np.maximum(variance - (loadings * cross).sum(axis=1) / held, _LEAST_NOISE)
    return loadings, noise
