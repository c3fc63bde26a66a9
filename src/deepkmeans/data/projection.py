"""Many columns to their principal components, without a dense copy of sparse rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp
import torch
from torch import Tensor

from ..decomposition import randomized_components
from .reach import check_scaled
from .scaling import Scaling

__all__ = ["N_PROJECTED", "fit_projection"]

#: Principal components that stand for many columns.
N_PROJECTED = 128

#: Rows on which the components are found.
_SAMPLE = 10_000


def fit_projection(
    X: Any, scaling: Scaling, n_components: int, random_state: np.random.RandomState, *,
    weight: np.ndarray | None = None, names: Any = None,
) -> Tensor:  # fmt: skip
    """Orthonormal principal components (d, p), float64, of the scaled rows of ``X`` (n, d), largest variance first.

    Weights (n,) count as copies of a row.

    Randomised singular value decomposition (Halko, Martinsson, Tropp, SIAM Review 2011) of at most 10,000 rows; sparse
    rows are not centred for it, as in latent semantic analysis. O(rows d p).
    """
    n = X.shape[0]
    if n > _SAMPLE:
        some = np.sort(random_state.permutation(n)[:_SAMPLE])
        X, weight = X[some], None if weight is None else weight[some]
    if sp.issparse(X):
        with np.errstate(over="ignore"):  # refused in the next line
            rows: Any = scaling.scale_sparse(X).astype(np.float32)
        check_scaled(torch.from_numpy(rows.data), X, scaling, names)
    else:
        whole = scaling.apply(torch.from_numpy(np.require(X, requirements=["C", "W"])))
        narrow = whole[:, : X.shape[1]].float()  # without the flags
        check_scaled(narrow, X, scaling, names)
        rows = narrow.numpy()
    if weight is not None:
        roots = np.sqrt(weight / weight.mean()).astype(np.float32)
        rows = sp.diags(roots) @ rows if sp.issparse(rows) else rows * roots[:, None]
    p = min(n_components, *rows.shape)
    components = randomized_components(rows, p, random_state)
    return torch.from_numpy(np.linalg.qr(components.T.astype(np.float64))[0])
