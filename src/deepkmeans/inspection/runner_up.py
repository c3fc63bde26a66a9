"""The cluster of a row and its runner-up, and how far the row is from the border between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..exceptions import InvalidDataError
from .noise_words import LESS_NOISE

__all__ = ["Sides", "center_labels", "prices_of", "sides_of"]


@dataclass(frozen=True, eq=False)
class Sides:
    """Of each row (n,): the label and the position of the nearest centre, and of the nearest of another label.

    Attributes
    ----------
    first, second : ndarray of shape (n,)
        Labels.
    near, next : ndarray of shape (n,), int64
        Positions of the centres.
    margin : ndarray of shape (n,)
        By how much the squared distance of ``next``, with its price, is larger than that of ``near``.
    """

    first: np.ndarray
    second: np.ndarray
    near: np.ndarray
    next: np.ndarray
    margin: np.ndarray


def prices_of(model: Any, n_centers: int) -> np.ndarray:
    """What a model adds to the squared distances from its centres (k,) before the nearest is taken: 0 where it has no
    ``prices_``, which keep clusters of the sizes that were asked for."""
    prices = np.asarray(getattr(model, "prices_", 0.0), dtype=np.float64)
    return prices if prices.shape == (n_centers,) else np.zeros(n_centers)


def center_labels(squared: np.ndarray, labels: np.ndarray) -> np.ndarray | None:
    """The label of each centre (k,), by the labels (n,) that rows at these distances (n, k) have; None where the
    nearest centre does not decide.

    A model may number its clusters otherwise than its centres, or have several centres of one cluster. Rows of noise,
    -1, do not count. A centre without rows here, whose number another has, gets -1.
    """
    near = squared.argmin(axis=1)
    numbers = np.arange(squared.shape[1])
    taken = set(labels.tolist())
    for center in range(squared.shape[1]):
        held = labels[(near == center) & (labels != -1)]
        if len(held):
            values, counts = np.unique(held, return_counts=True)
            numbers[center] = values[counts.argmax()]
        elif center in taken:
            numbers[center] = -1
    right = (numbers[near] == labels) | (labels == -1)
    return numbers if right.mean() > 0.99 else None


def sides_of(squared: np.ndarray, labels: np.ndarray) -> Sides:
    """Of rows at these squared distances (n, k) from centres of these labels (k,); those of -1 do not count.

    Raises
    ------
    InvalidDataError
        If all centres are of one cluster, or none is of any.
    """
    if not (labels != -1).any():
        raise InvalidDataError(f"Every row is noise, so there is no cluster to compare a row with; try {LESS_NOISE}.")
    if len(np.unique(labels[labels != -1])) < 2:
        raise InvalidDataError(
            "The model has a single cluster, so there is no other to compare a row with; fit it with two or more."
        )
    squared = np.where(labels == -1, np.inf, squared)
    row, near = np.arange(len(squared)), squared.argmin(axis=1)
    others = np.where(labels[None, :] == labels[near][:, None], np.inf, squared)
    second = others.argmin(axis=1)
    return Sides(labels[near], labels[second], near, second, squared[row, second] - squared[row, near])
