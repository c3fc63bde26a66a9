r"""Gaussian mixtures from given labels: where clusters have shapes and sizes that K-Means cannot have.

Expectation and maximisation (Dempster, Laird, Rubin, JRSS B 1977) of

.. math:: p(x) = \sum_j \pi_j\, N(x;\, m_j, C_j)

with C_j one matrix each ("full"), one for all ("tied") or the variances of the columns alone ("diag"). Starts from
the labels of a K-Means instead of random responsibilities, and ends with the most probable component of each row.
A thousandth of the mean variance of the columns is added to every variance, so that a component never shrinks to a
point. Rows have weights; one of weight 2 counts as two.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

__all__ = ["COVARIANCES", "mixture_labels"]

COVARIANCES = ("full", "tied", "diag")
_RIDGE = 1e-3


def mixture_labels(
    X: Tensor, labels: Tensor, n_clusters: int, covariance: str = "full", *, weight: Tensor | None = None,
    max_iter: int = 50, tol: float = 1e-3,
) -> Tensor:  # fmt: skip
    """Most probable component (n,), int64, of each row of ``X`` (n, d) in a mixture that starts from ``labels`` (n,).

    Stops when the mean log likelihood rises by no more than ``tol``. O(rounds n k d^2) for "full" and "tied".
    """
    X = X.double()
    n = len(X)
    mass = torch.ones(n, dtype=X.dtype, device=X.device) if weight is None else weight.to(X)
    mass = mass / mass.sum()
    mean = mass @ X
    X = X - mean
    ridge = _RIDGE * float((mass @ X**2).mean()) + torch.finfo(X.dtype).tiny
    share = torch.nn.functional.one_hot(labels.long(), n_clusters).to(X)  # (n, k)
    before = -math.inf
    for _ in range(max_iter):
        held = share * mass[:, None]  # (n, k)
        size = held.sum(0).clamp_min(1e-12)
        means = held.T @ X / size[:, None]
        score = _log_density(X, held, size, means, covariance, ridge) + size.log()  # (n, k)
        total = torch.logsumexp(score, dim=1)
        share = (score - total[:, None]).exp()
        likelihood = float(mass @ total)
        if likelihood - before <= tol:
            break
        before = likelihood
    return share.argmax(1)


def _log_density(X: Tensor, held: Tensor, size: Tensor, means: Tensor, covariance: str, ridge: float) -> Tensor:
    """log N(x_i; m_j, C_j) less a constant, (n, k)."""
    d = X.shape[1]
    squares = held.T @ X**2 / size[:, None] - means**2  # (k, d)
    if covariance == "diag":
        variance = squares.clamp_min(0) + ridge
        inverse = 1 / variance
        away = X**2 @ inverse.T - 2 * X @ (means * inverse).T + (means**2 * inverse).sum(1)
        return -0.5 * (away + variance.log().sum(1))
    eye = ridge * torch.eye(d, dtype=X.dtype, device=X.device)
    if covariance == "tied":
        whole = (X * held.sum(1)[:, None]).T @ X - (means * size[:, None]).T @ means
        factor = torch.linalg.cholesky((whole + whole.T) / 2 + eye)
        rows = torch.linalg.solve_triangular(factor, X.T, upper=False).T  # whitened (n, d)
        centers = torch.linalg.solve_triangular(factor, means.T, upper=False).T
        away = (rows**2).sum(1, keepdim=True) - 2 * rows @ centers.T + (centers**2).sum(1)
        return -0.5 * away - factor.diagonal().log().sum()
    scores = []
    for own, mass, center in zip(held.T, size, means, strict=True):
        offset = X - center
        factor = torch.linalg.cholesky((offset * own[:, None]).T @ offset / mass + eye)
        rows = torch.linalg.solve_triangular(factor, offset.T, upper=False)  # (d, n)
        scores.append(-0.5 * (rows**2).sum(0) - factor.diagonal().log().sum())
    return torch.stack(scores, dim=1)
