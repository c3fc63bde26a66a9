"""Contributions where centres lie among the rows themselves: the margin is linear in them, and its shares exact."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn.preprocessing import normalize

from ..data import check_input
from .original import OriginalRows
from .runner_up import Sides, center_labels, prices_of, sides_of
from .shares import Shares
from .spaces import Clusterer
from .user_columns import user_columns

__all__ = ["center_shares"]

_BLOCK = 8192


def center_shares(
    clusterer: Clusterer, X: Any, labels: np.ndarray, rows: OriginalRows, index: np.ndarray
) -> Shares | None:  # fmt: skip
    """Shares of the rows at ``index`` (m,) of ``X``, which has these labels (n,), from the centre of the runner-up.

    None where the nearest of ``cluster_centers_`` does not decide.

    With centres c_1 and c_2, column j has the share 2 (c_1 - c_2)_j (x - c_2)_j of the squared margin.
    """
    centers = getattr(clusterer.model, "cluster_centers_", None)
    if clusterer.steps or centers is None or not hasattr(centers, "shape") or clusterer.embedding() is not None:
        return None
    checked = check_input(X, "explain_rows", missing="impute", keep_sparse=True, pictures=True).X
    centers = np.asarray(centers.toarray() if sp.issparse(centers) else centers, dtype=np.float64)
    columns = user_columns(clusterer, rows, checked.shape[1])
    if centers.ndim != 2 or centers.shape[1] != checked.shape[1] or columns is None or _has_gaps(checked):
        return None
    if getattr(clusterer.model, "_metric", "euclidean") == "cosine":
        checked = normalize(checked)
    prices = prices_of(clusterer.model, len(centers))
    sides = _sides(checked, centers, prices, labels)
    if sides is None:
        return None
    near, following = centers[sides.near[index]], centers[sides.next[index]]
    taken = checked[index]
    taken = (taken.toarray() if sp.issparse(taken) else taken).astype(np.float64)
    of_cells = 2 * (near - following) * (taken - following)
    values = np.zeros((len(index), len(columns.names)))
    np.add.at(values.T, columns.owner, of_cells.T)
    base, price = -np.square(near - following).sum(axis=1), (prices[sides.next] - prices[sides.near])[index]
    return Shares(
        "exact", columns.names, values, sides.margin[index], base, sides.first[index], sides.second[index],
        price,
    )  # fmt: skip


def _has_gaps(X: Any) -> bool:
    return not sp.issparse(X) and bool(np.isnan(X).any())


def _sides(X: Any, centers: np.ndarray, prices: np.ndarray, labels: np.ndarray) -> Sides | None:
    """Nearest centres of rows (n, d), dense or sparse; None where they do not decide."""
    parts = []
    for start in range(0, X.shape[0], _BLOCK):
        part = X[start : start + _BLOCK]
        if sp.issparse(part):
            products = np.asarray(part @ centers.T)
            length = np.asarray(part.multiply(part).sum(axis=1)).reshape(-1, 1)
            parts.append(np.maximum(length - 2 * products + np.square(centers).sum(axis=1), 0.0))
        else:
            each = [np.square(part - center).sum(axis=1) for center in centers]
            parts.append(np.stack(each, axis=1))
    squared = np.concatenate(parts) + prices
    numbers = center_labels(squared, labels)
    return None if numbers is None else sides_of(squared, numbers)
