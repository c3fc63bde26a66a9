"""Labels as consecutive numbers, and as an indicator matrix."""

from __future__ import annotations

import numpy as np

__all__ = ["by_size", "consecutive", "numbered_by_size", "one_hot"]


def by_size(labels: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Clusters (k,) from the largest to the smallest, those of one size by their first row, those without rows last.

    Parameters
    ----------
    labels : ndarray of shape (n,)
        From 0; negative ones belong to no cluster.
    sizes : ndarray of shape (k,)
    """
    first = np.full(len(sizes), len(labels))
    numbers, index = np.unique(labels, return_index=True)
    first[numbers[numbers >= 0]] = index[numbers >= 0]
    return np.lexsort((first, -np.asarray(sizes)))


def numbered_by_size(labels: np.ndarray) -> np.ndarray:
    """Labels (n,), whole numbers from 0, in which 0 is the largest cluster, as :func:`by_size` orders them."""
    return np.argsort(by_size(labels, np.bincount(labels)))[labels].astype(labels.dtype)


def consecutive(labels: np.ndarray) -> np.ndarray:
    """Labels, whole numbers from 0, without gaps."""
    return ((np.bincount(labels) > 0).cumsum() - 1)[labels]


def one_hot(labels: np.ndarray) -> np.ndarray:
    """Indicator matrix (n, k) of labels (n,), whole numbers from 0, without columns of zeros."""
    numbers = consecutive(labels)
    return np.eye(int(numbers.max()) + 1)[numbers]
