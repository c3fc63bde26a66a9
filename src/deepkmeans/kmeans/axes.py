"""The rows' main directions of variation: the space in which neighbours, and first clusters, are sought."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
import torch
from sklearn.utils.extmath import randomized_svd
from torch import Tensor

from .rows import is_sparse

__all__ = ["principal_axes"]

#: Up to this many columns all directions are found exactly.
_EXACT = 2048


def principal_axes(
    X: Tensor, n_axes: int, random_state: np.random.RandomState, weight: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Mean (d,) and orthonormal main directions (d, m) of rows X (n, d), m at most ``n_axes``; largest variance first.

    Dense rows may have weights (n,); 2 counts as two rows. Distances below d columns lose little in the 50 largest
    directions and noise is left behind. CSR rows are not centred (their mean is given as zero) and never dense.
    O(n d^2) up to 2,048 columns, O(n d m) above, O(entries m) of CSR rows.
    """
    m = min(n_axes, *X.shape)
    if is_sparse(X):
        mean = torch.zeros(X.shape[1], dtype=X.dtype, device=X.device)
        parts = (part.cpu().numpy() for part in (X.values(), X.col_indices(), X.crow_indices()))
        _, _, rows = randomized_svd(sp.csr_matrix(tuple(parts), X.shape), m, n_iter=1, random_state=random_state)
        axes = torch.from_numpy(np.ascontiguousarray(rows.T)).to(X.device)
    else:
        share = None if weight is None else (weight / weight.sum()).to(X)
        mean = X.mean(0) if share is None else share @ X
        away = X - mean if share is None else (X - mean) * (share[:, None] * len(X)).sqrt()
        if X.shape[1] <= _EXACT:
            _, axes = torch.linalg.eigh((away.T @ away).double() / len(X))
            axes = axes.flip(1)[:, :m]
        else:
            _, _, rows = randomized_svd(away.cpu().numpy(), m, n_iter=3, random_state=random_state)
            axes = torch.from_numpy(np.ascontiguousarray(rows.T)).to(X.device)
    peak = axes.abs().argmax(0)
    axes = axes * axes[peak, torch.arange(axes.shape[1], device=axes.device)].sign()  # one sign for one seed
    return mean, axes.to(X.dtype).contiguous()
