"""Lists in the cells of a table ("red; large") as one column of 0 and 1 an item."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch

from ...storage.schema import TEXT, ListOf, MismatchError, Rule, TensorOf
from .column_block import FARTHEST
from .grouping import row_groups

__all__ = ["ListBlock"]

#: Items of a smaller share of the rows have no column, nor have all beyond so many.
_RARE, _MOST = 0.01, 50


@dataclass(frozen=True)
class ListBlock:
    """One column of 0 and 1 an item, minus the items' shares p, divided by (sum p (1 - p))^1/2: variance 1 in all.

    Attributes
    ----------
    items : tuple of str
        Those in at least 1 % of the cells, the 50 most frequent at most; others say nothing.
    shares : ndarray of shape (m,)
    """

    items: tuple[str, ...]
    shares: np.ndarray

    kind: ClassVar[str] = "list"
    coded: ClassVar[bool] = True
    RULES: ClassVar[Mapping[str, Sequence[Rule]]] = {"items": [ListOf(TEXT)]}
    ARRAYS: ClassVar[Mapping[str, TensorOf]] = {"shares": TensorOf([torch.float64], ("n_levels",), low=0, high=1)}

    @classmethod
    def fit(cls, values: Sequence[Sequence[str]], mass: np.ndarray) -> ListBlock:
        """Choose the items of lists (n,), () missing, weighed by mass (n,)."""
        held: Counter[str] = Counter()
        total = 0.0
        for items, weight in zip(values, mass.tolist(), strict=True):
            total += weight if items else 0.0
            for item in set(items):
                held[item] += weight
        frequent = sorted(held, key=lambda item: (-held[item], item))
        kept = sorted(item for item in frequent[:_MOST] if held[item] >= _RARE * total or item in frequent[:2])
        return cls(tuple(kept), np.array([held[item] / total for item in kept]))

    @property
    def parts(self) -> tuple[int, ...]:
        return (len(self.items),)

    @property
    def scale(self) -> float:
        return float(1 / np.sqrt(max((self.shares * (1 - self.shares)).sum(), 1 / FARTHEST**2)))

    @property
    def emphasis(self) -> float:
        return 1.0

    def names(self, column: str) -> list[str]:
        return [f"{column}={item}" for item in self.items]

    def encode(self, values: Sequence[Sequence[str]]) -> np.ndarray:
        place = {item: position for position, item in enumerate(self.items)}
        held = np.zeros((len(values), len(self.items)))
        for row, items in enumerate(values):
            for item in items:
                if item in place:
                    held[row, place[item]] = 1.0
            if not items:
                held[row] = np.nan
        return (held - self.shares) * self.scale

    def decode(self, numbers: np.ndarray) -> list[tuple[str, ...]]:
        held = numbers / self.scale + self.shares > 0.5
        return [tuple(item for item, here in zip(self.items, row, strict=True) if here) for row in held]

    def groups(self, numbers: np.ndarray, mass: np.ndarray) -> list[np.ndarray]:
        return [row_groups(numbers, mass)]

    def decided(self) -> dict[str, Any]:
        return {"items": len(self.items)}

    def to_parts(self) -> tuple[dict[str, Any], Mapping[str, np.ndarray]]:
        return {"items": list(self.items)}, {"shares": self.shares}

    @classmethod
    def from_parts(cls, document: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> ListBlock:
        items, shares = tuple(document["items"]), arrays["shares"]
        if len(items) != len(shares) or len(set(items)) < len(items):
            raise MismatchError(f"{len(items)} items do not fit {len(shares)} shares of different items")
        return cls(items, shares)
