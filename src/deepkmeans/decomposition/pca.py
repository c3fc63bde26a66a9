"""Principal components by every way that rows ask for: exact, randomised, of sparse rows, with weights.

Which one is the fastest that is accurate enough differs: a table of a few thousand rows has its covariance matrix
decomposed, one of very many columns a random projection of it (Halko, Martinsson, Tropp, SIAM Review 2011), and sparse
rows stay sparse. All answers are bit for bit the same for one seed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp
import torch
from sklearn.decomposition import PCA
from sklearn.utils.extmath import randomized_svd
from torch import Tensor

__all__ = ["N_COMPONENTS", "PrincipalComponents", "exact_components", "principal_components", "randomized_components"]

#: Components in which neighbours and first clusters are sought: distances below many columns lose little in so many,
#: and noise is left behind.
N_COMPONENTS = 50
#: Up to this many columns the covariance matrix is decomposed.
_EXACT = 2048
#: Up to this many rows of four times as many columns, the rows are decomposed in place of the columns' covariances.
_FEW = 512
#: Power iterations: of the components of all rows, and of sparse rows.
_POWER_ITERATIONS, _SPARSE_POWER_ITERATIONS = 3, 1
#: Rows projected at a time.
_BLOCK = 8192


def principal_components(
    X: Tensor, n_components: int, random_state: np.random.RandomState, weight: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Mean (d,) and orthonormal components (d, m) of rows X (n, d), m at most ``n_components``, largest variance first.

    Dense rows may have weights (n,); 2 counts as two rows. CSR rows are not centred (their mean is given as zero) and
    never dense. O(n^2 d) of few rows, else O(n d^2) up to 2,048 columns, O(n d m) above, O(entries m) of CSR rows.
    """
    m = min(n_components, *X.shape)
    if X.layout == torch.sparse_csr:
        mean = torch.zeros(X.shape[1], dtype=X.dtype, device=X.device)
        parts = (part.cpu().numpy() for part in (X.values(), X.col_indices(), X.crow_indices()))
        rows = randomized_components(sp.csr_matrix(tuple(parts), X.shape), m, random_state, _SPARSE_POWER_ITERATIONS)
        components = torch.from_numpy(np.ascontiguousarray(rows.T)).to(X.device)
    else:
        share = None if weight is None else (weight / weight.sum()).to(X)
        mean = X.mean(0) if share is None else share @ X
        away = X - mean
        if share is not None:
            away *= (share[:, None] * len(X)).sqrt()
        if len(X) <= _FEW and 4 * len(X) <= X.shape[1]:
            rows = exact_components(away.double().cpu().numpy())[:m]
            components = torch.from_numpy(np.ascontiguousarray(rows.T)).to(X.device)
        elif X.shape[1] <= _EXACT:
            _, components = torch.linalg.eigh((away.T @ away).double() / len(X))
            components = components.flip(1)[:, :m]
        else:
            rows = randomized_components(away.cpu().numpy(), m, random_state)
            components = torch.from_numpy(np.ascontiguousarray(rows.T)).to(X.device)
    peak = components.abs().argmax(0)
    components = components * components[peak, torch.arange(components.shape[1], device=components.device)].sign()
    return mean, components.to(X.dtype).contiguous()  # one sign for one seed


def exact_components(X: np.ndarray) -> np.ndarray:
    """All components (min(n, d), d) of rows X (n, d), centred as they are, by their singular value decomposition."""
    return np.asarray(np.linalg.svd(X, full_matrices=False)[2])


def randomized_components(
    X: Any, n_components: int, random_state: np.random.RandomState, n_iter: int = _POWER_ITERATIONS
) -> np.ndarray:
    """The largest components (m, d) of rows X (n, d), dense or sparse, centred as they are, by random projection."""
    return np.asarray(randomized_svd(X, n_components, n_iter=n_iter, random_state=random_state)[2])


class PrincipalComponents:
    """At most ``n_components`` components of rows (n, d), fitted, to project other rows: scikit-learn's own.

    Sparse rows are centred implicitly, in the products of the decomposition, and stay sparse.

    Parameters
    ----------
    X : ndarray or scipy.sparse matrix of shape (n, d)
    n_components : int
    random_state : int
        For a solver that draws numbers.
    full : bool, default=False
        Whether all components are computed exactly, however many rows there are.

    Attributes
    ----------
    mean : ndarray of shape (d,)
    components : ndarray of shape (m, d)
    shares : ndarray of shape (m,)
        Of the variance.
    """

    def __init__(self, X: Any, n_components: int, random_state: int = 0, *, full: bool = False) -> None:
        self._n_components = n_components
        X = self._narrow(X)
        m = max(1, min(n_components, *X.shape) - (1 if sp.issparse(X) else 0))
        solver = "full" if full else "arpack" if sp.issparse(X) else "auto"
        self._pca = PCA(m, svd_solver=solver, random_state=random_state)
        with np.errstate(invalid="ignore", divide="ignore"):  # shares of no variance at all: equal rows
            self._pca.fit(X)
        self.mean, self.components = self._pca.mean_, self._pca.components_
        self.shares: np.ndarray = np.nan_to_num(self._pca.explained_variance_ratio_)

    def transform(self, X: Any) -> np.ndarray:
        """Coordinates (n, m) of rows (n, d), float64, a block at a time."""
        parts = [self._pca.transform(self._narrow(X[i : i + _BLOCK])) for i in range(0, X.shape[0], _BLOCK)]
        return np.concatenate(parts).astype(np.float64, copy=False)

    def _narrow(self, X: Any) -> Any:
        """Sparse rows of few columns as dense ones: no wider than the components themselves."""
        return X.toarray() if sp.issparse(X) and X.shape[1] <= self._n_components else X
