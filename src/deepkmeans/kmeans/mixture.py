r"""Gaussian mixtures from given labels: where clusters have shapes and sizes that K-Means cannot have.

Expectation and maximisation (Dempster, Laird, Rubin, JRSS B 1977) of

.. math:: p(x) = \sum_j \pi_j\, N(x;\, m_j, C_j)

with C_j one matrix each ("full"), one for all ("tied") or the variances of the columns alone ("diag"). Starts from
the labels of a K-Means instead of random responsibilities, and ends with the most probable component of each row.
A thousandth of the mean variance of the columns is added to every variance, so that a component never shrinks to a
point. Rows have weights; one of weight 2 counts as two.

Products of the columns are made once: sums of them over a component's rows are its covariance, and sums of them over
the entries of its inverse the distance of a row, so that an iteration is two matrix products for all components
together.
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

    Stops when the mean log likelihood rises by no more than ``tol``. O(iterations n k d^2) time and O(n (d^2 + k))
    memory for "full" and "tied", d instead of d^2 for "diag".
    """
    X = X.double()
    n, d = X.shape
    mass = torch.ones(n, dtype=X.dtype, device=X.device) if weight is None else weight.to(X)
    mass = mass / mass.sum()
    X = X - mass @ X
    ridge = _RIDGE * float((mass @ X**2).mean()) + torch.finfo(X.dtype).tiny
    i, j = torch.arange(d).expand(2, -1) if covariance == "diag" else torch.triu_indices(d, d)
    columns = X.T.contiguous()  # (d, n)
    products = columns[i] * columns[j]  # (q, n)
    shared = covariance == "tied"
    known, whole = (columns, products @ mass) if shared else (torch.cat([products, columns]), None)
    share = torch.nn.functional.one_hot(labels.long(), n_clusters).to(X).T  # (k, n)
    before = -math.inf
    for _ in range(max_iter):
        held = share * mass
        size = held.sum(1).clamp_min(1e-12)
        moments = held @ known.T / size[:, None]
        means = moments[:, -d:]  # (k, d)
        away = means[:, i] * means[:, j]
        second = moments[:, :-d] - away if whole is None else (whole - size @ away)[None]  # (k or 1, q)
        factor, along, level = _log_densities(second, means, i, j, ridge)
        level = (level + size.log())[:, None]
        if shared:
            score = torch.addmm(level, along, columns).add_(factor @ products)  # (k, n)
        else:
            score = torch.addmm(level, torch.cat([factor, along], dim=1), known)
        top = score.amax(0)
        share = score.sub_(top).exp_()
        total = share.sum(0)
        share = share.div_(total)
        likelihood = float(mass @ total.log_().add_(top))
        if likelihood - before <= tol:
            break
        before = likelihood
    return share.argmax(0)


def _log_densities(
    second: Tensor, means: Tensor, i: Tensor, j: Tensor, ridge: float
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    """log N(x; m_j, C_j) less a constant, as a function of the products x_i x_j and of the columns x_i.

    Factors of the products (k or 1, q) and of the columns (k, d), and what is added (k,). ``second`` (k or 1, q) are
    the covariances at the entries ``i``, ``j`` of the upper triangle, or of the diagonal alone.
    """
    d = means.shape[1]
    if len(i) == d:
        variance = second.clamp_min(0) + ridge
        inverse = 1 / variance  # (k, d)
        volume, along = variance.log().sum(1), means * inverse
    else:
        matrix = second.new_zeros(len(second), d, d)
        matrix[:, i, j] = second
        matrix[:, j, i] = second
        matrix.diagonal(dim1=1, dim2=2).add_(ridge)
        cholesky = torch.linalg.cholesky(matrix)
        whole = torch.cholesky_inverse(cholesky)  # (k or 1, d, d)
        volume = 2 * cholesky.diagonal(dim1=1, dim2=2).log().sum(1)
        along = (whole @ means[:, :, None])[:, :, 0]  # (k, d)
        inverse = whole[:, i, j] * torch.where(i == j, 1.0, 2.0)
    return -0.5 * inverse, along, -0.5 * ((means * along).sum(1) + volume)
