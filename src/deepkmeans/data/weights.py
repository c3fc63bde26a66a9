"""Sample weights, and the rows that have some: a weight of 0 is the absence of a row."""

from __future__ import annotations

import numbers
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Any

import numpy as np
import scipy.sparse as sp

from ..exceptions import InvalidDataError
from .magnitudes import check_ratios, normalized_weight
from .validation import as_numbers

__all__ = ["Sample", "as_many_rows", "check_enough_rows", "check_weight", "refuse_impossible", "relative_weight"]


@dataclass(frozen=True)
class Sample:
    """Checked rows of a fit: those that have weight, and those that get a label and nothing else.

    Attributes
    ----------
    given : ndarray or CSR matrix of shape (n, d)
    X : ndarray or CSR matrix of shape (m, d)
        The rows with weight, in their order; often ``given`` itself.
    weight : ndarray of shape (m,) or None
    present : ndarray of bool of shape (n,), or None
        Which rows have weight; None where all do.
    texts : sequence of str of length m, or None
        What a pretrained encoder made the rows with weight of, where their words may help.
    """

    given: Any
    X: Any
    weight: np.ndarray | None = None
    present: np.ndarray | None = None
    texts: Sequence[str] | None = None

    @classmethod
    def of(cls, X: Any, sample_weight: Any = None) -> Sample:
        """Checked rows (n, d) with what a user gives as their weights.

        Raises
        ------
        InvalidDataError
            As :func:`check_weight`.
        """
        weight = check_weight(sample_weight, X)
        if weight is None or weight.all():
            return cls(X, X, weight)
        present = weight > 0
        return cls(X, X[present], weight[present], present)

    @property
    def absent(self) -> Any:
        """The rows without weight, None where there are none."""
        return None if self.present is None else self.given[~self.present]

    def mass(self) -> np.ndarray:
        """The weight (n,) of each row as given; 1 where no weights are given, of rows without content too."""
        if self.weight is None:
            return np.ones(self.given.shape[0])
        mass = np.zeros(self.given.shape[0])
        mass[slice(None) if self.present is None else self.present] = self.weight
        return mass

    def without_zeros(self) -> Sample:
        """The same, in which rows of zeros have no weight, unless no other row has some."""
        filled = np.asarray((self.X != 0).sum(axis=1)).ravel() > 0
        if filled.all() or not filled.any():
            return self
        present = np.ones(self.given.shape[0], dtype=bool) if self.present is None else self.present.copy()
        present[present] = filled
        weight = None if self.weight is None else self.weight[filled]
        texts = None if self.texts is None else list(compress(self.texts, filled))
        return Sample(self.given, self.X[filled], weight, present, texts)

    def merge(self, values: Any, absent: Any) -> Any:
        """What is known of the rows with weight (m, ...), and of those without, in the order of the rows as given."""
        if self.present is None:
            return values
        order = np.argsort(np.r_[np.flatnonzero(self.present), np.flatnonzero(~self.present)])
        if sp.issparse(values):
            return sp.vstack([values, absent], format="csr")[order]
        return np.concatenate([values, absent])[order]


def as_many_rows(rows: Any, weight: np.ndarray | None, n_clusters: int) -> tuple[Any, np.ndarray | None]:
    """Rows and weights with copies of no weight, where there are fewer rows than clusters."""
    n = rows.shape[0]
    if n >= n_clusters:
        return rows, weight
    weight = np.pad(np.ones(n) if weight is None else weight, (0, n_clusters - n))
    return rows[np.arange(n_clusters).clip(max=n - 1)], weight


def relative_weight(weight: np.ndarray | None) -> np.ndarray | None:
    """Weights (n,) brought near one, of which only ratios count; None where all weigh the same."""
    return None if weight is None or (weight == weight[0]).all() else normalized_weight(weight)[0]


def check_enough_rows(X: Any, n_clusters: int, n_given: int | None = None) -> None:
    """Refuse fewer rows than clusters; ``X`` are the rows with weight, of ``n_given``."""
    if X.shape[0] < n_clusters:
        if n_given is not None and n_given > X.shape[0]:
            raise InvalidDataError(
                f"{X.shape[0]} of {n_given} rows of X have weight, fewer than n_clusters={n_clusters}; check "
                "sample_weight (rows of missing cells alone and texts without content have none), or ask for fewer "
                "clusters."
            )
        raise InvalidDataError(
            f"n_samples={X.shape[0]} should be >= n_clusters={n_clusters}: give more rows or ask for fewer clusters."
        )


def refuse_impossible(weight: Any, name: str) -> None:
    """Refuse weights (n,), an array or a tensor, that are missing, infinite or negative."""
    possible = (weight >= 0) & (weight < np.inf)  # NaN is neither
    if not bool(possible.all()):
        wrong = np.flatnonzero(~np.asarray(possible.tolist()))
        row = int(wrong[0])
        value = "NaN" if weight[row] != weight[row] else f"{float(weight[row]):g}"
        raise InvalidDataError(
            f"{name} must be finite numbers, none of them negative. Got {value} in row "
            f"{row} (counted from 0), the first of {len(wrong)}; give such a row weight 0 to leave it out."
        )


def check_weight(sample_weight: Any, X: Any) -> np.ndarray | None:
    """Sample weights as float64 (n,), or None.

    Raises
    ------
    InvalidDataError
        For another number of weights than rows ``X`` (n, d), and for weights that are missing, infinite or negative,
        all zero, too large, or too far apart.
    """
    if sample_weight is None:
        return None
    if isinstance(sample_weight, numbers.Real):
        weight = np.full(X.shape[0], float(sample_weight))
    else:
        weight = as_numbers(sample_weight, "sample_weight")
    if sp.issparse(weight) or weight.shape != (X.shape[0],):
        raise InvalidDataError(
            f"sample_weight must be an array of {X.shape[0]} numbers, one for each row of X. Got shape {weight.shape} "
            "instead."
        )
    refuse_impossible(weight, "sample_weight")
    if not weight.any():
        raise InvalidDataError(
            "Sample weights must contain at least one non-zero number, and sample_weight is 0 for every row."
        )
    return check_ratios(np.array(weight, dtype=np.float64))
