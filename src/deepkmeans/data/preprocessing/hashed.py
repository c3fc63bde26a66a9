"""Categories of many levels by their spelling: character n-grams, hashed, in a few directions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import scipy.sparse as sp
import torch
from scipy.linalg import eigh
from sklearn.feature_extraction.text import HashingVectorizer

from ...storage.schema import POSITIVE, MismatchError, Rule, TensorOf
from .categories import cell_levels
from .grouping import row_groups
from .weighted import level_shares

__all__ = ["HashedBlock"]

#: Width of the hashed n-grams and of what is kept of them.
_BUCKETS, _DIRECTIONS = 1024, 16


@dataclass(frozen=True)
class HashedBlock:
    """N-grams of two to four characters in 1,024 buckets, weighed by log(1 / share of the rows with it), onto the 16
    directions in which they vary most; each level of length one before, all directions of variance 1 together after.

    A level that the fit has not seen is placed by its spelling.

    Attributes
    ----------
    rarity : ndarray of shape (1024,)
        Weights of the buckets.
    directions : ndarray of shape (1024, w)
    center : ndarray of shape (w,)
    deviation : float
        Root of the total variance.
    """

    rarity: np.ndarray
    directions: np.ndarray
    center: np.ndarray
    deviation: float

    kind: ClassVar[str] = "hashed"
    coded: ClassVar[bool] = True
    RULES: ClassVar[Mapping[str, Sequence[Rule]]] = {"deviation": POSITIVE}
    ARRAYS: ClassVar[Mapping[str, TensorOf]] = {
        "rarity": TensorOf([torch.float64], ("n_buckets",), low=0),
        "directions": TensorOf([torch.float64], ("n_buckets", "n_directions")),
        "center": TensorOf([torch.float64], ("n_directions",)),
    }

    @classmethod
    def fit(cls, values: Any, mass: np.ndarray) -> HashedBlock:
        """Weigh and reduce the n-grams of cells (n,), None missing, weighed by mass (n,). O(levels)."""
        which, levels = cell_levels(values)
        shares = level_shares(which, mass, len(levels))
        grams = _grams(levels)
        held = np.asarray(grams.sign().T @ shares).ravel()
        rarity = np.where(held > 0, 1 - np.log(np.clip(held, 1e-9, 1)), 0.0)
        rows = _unit_rows(grams @ sp.diags(rarity))
        center = np.asarray(rows.T @ shares).ravel()
        # However many levels there are, their scatter in the buckets is of this width.
        scatter = np.asarray((rows.T @ sp.diags(shares) @ rows).todense()) - np.outer(center, center)
        width = min(_DIRECTIONS, max(1, len(levels) - 1))
        variances, vectors = eigh(scatter, subset_by_index=[_BUCKETS - width, _BUCKETS - 1])
        peak = np.abs(vectors).argmax(axis=0)
        directions = (vectors * np.sign(vectors[peak, np.arange(width)]))[:, ::-1]
        total = float(np.maximum(variances, 0).sum())
        return cls(rarity, directions, center @ directions, float(np.sqrt(total)) if total > 1e-12 else 1.0)

    @property
    def parts(self) -> tuple[int, ...]:
        return (self.directions.shape[1],)

    @property
    def emphasis(self) -> float:
        return 1.0

    def names(self, column: str) -> list[str]:
        return [f"{column} (spelling {number})" for number in range(1, self.directions.shape[1] + 1)]

    def encode(self, values: Any) -> np.ndarray:
        which, levels = cell_levels(values)
        rows = _unit_rows(_grams(levels) @ sp.diags(self.rarity)) @ self.directions
        placed = (rows - self.center) / self.deviation
        return np.asarray(np.vstack([placed, np.full((1, placed.shape[1]), np.nan)])[which])

    def decode(self, numbers: np.ndarray) -> np.ndarray:
        """None of each row: a spelling cannot be made of its directions."""
        return np.full(len(numbers), None, dtype=object)

    def groups(self, numbers: np.ndarray, mass: np.ndarray) -> list[np.ndarray]:
        return [row_groups(numbers, mass)]

    def decided(self) -> dict[str, Any]:
        return {"by": "spelling"}

    def to_parts(self) -> tuple[dict[str, Any], Mapping[str, np.ndarray]]:
        return {"deviation": self.deviation}, {
            "rarity": self.rarity, "directions": self.directions, "center": self.center,
        }  # fmt: skip

    @classmethod
    def from_parts(cls, document: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> HashedBlock:
        if len(arrays["rarity"]) != _BUCKETS:
            raise MismatchError(f"n-grams are hashed into {_BUCKETS} buckets, not {len(arrays['rarity'])}")
        return cls(arrays["rarity"], arrays["directions"], arrays["center"], document["deviation"])


def _grams(levels: list[str]) -> sp.csr_matrix:
    hashing = HashingVectorizer(analyzer="char_wb", ngram_range=(2, 4), n_features=_BUCKETS, norm=None)
    return hashing.transform(levels) if levels else sp.csr_matrix((0, _BUCKETS))


def _unit_rows(rows: Any) -> sp.csr_matrix:
    length = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    return (sp.diags(1 / np.where(length > 0, length, 1.0)) @ rows).tocsr()
