"""Labels as consecutive numbers, and as an indicator matrix."""

from __future__ import annotations

import numpy as np

__all__ = ["consecutive", "one_hot"]


def consecutive(labels: np.ndarray) -> np.ndarray:
    """Labels, whole numbers from 0, without gaps."""
    return ((np.bincount(labels) > 0).cumsum() - 1)[labels]


def one_hot(labels: np.ndarray) -> np.ndarray:
    """Indicator matrix (n, k) of labels (n,), whole numbers from 0, without columns of zeros."""
    numbers = consecutive(labels)
    return np.eye(int(numbers.max()) + 1)[numbers]
