"""Ordered categories and yes/no columns of a table, by rank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ...storage.schema import COUNT, FINITE, POSITIVE, Rule, TensorOf
from .column_block import FARTHEST, TWO_VALUED
from .weighted import mean_and_deviation

__all__ = ["OrdinalBlock"]


@dataclass(frozen=True)
class OrdinalBlock:
    """Ranks from 0 with mean 0 and variance 1: neighbouring levels are equally far apart, four units in all at most.

    Attributes
    ----------
    mean, deviation : float
    highest : int
        Rank of the highest level; 1 of yes and no.
    """

    mean: float
    deviation: float
    highest: int

    kind: ClassVar[str] = "ordinal"
    coded: ClassVar[bool] = True
    RULES: ClassVar[Mapping[str, Sequence[Rule]]] = {"mean": FINITE, "deviation": POSITIVE, "highest": COUNT}
    ARRAYS: ClassVar[Mapping[str, TensorOf]] = {}

    @classmethod
    def fit(cls, ranks: np.ndarray, mass: np.ndarray) -> OrdinalBlock:
        """Scale ranks (n,), NaN missing, weighed by mass (n,)."""
        present = ~np.isnan(ranks)
        highest = int(ranks[present].max())
        mean, deviation = mean_and_deviation(ranks[present], mass[present])
        return cls(mean, max(deviation, highest / FARTHEST), highest)

    @property
    def parts(self) -> tuple[int, ...]:
        return (1,)

    @property
    def emphasis(self) -> float:
        return TWO_VALUED

    def names(self, column: str) -> list[str]:
        return [column]

    def encode(self, values: np.ndarray) -> np.ndarray:
        return np.asarray((np.asarray(values, dtype=np.float64) - self.mean) / self.deviation)[:, None]

    def decode(self, numbers: np.ndarray) -> np.ndarray:
        return np.asarray(np.clip(np.round(numbers[:, 0] * self.deviation + self.mean), 0, self.highest))

    def groups(self, numbers: np.ndarray, mass: np.ndarray) -> list[np.ndarray]:
        ranks = numbers[:, 0] * self.deviation + self.mean
        return [np.where(np.isnan(ranks), -1, np.nan_to_num(np.round(ranks))).astype(np.int64)]

    def decided(self) -> dict[str, Any]:
        return {}

    def to_parts(self) -> tuple[dict[str, Any], Mapping[str, np.ndarray]]:
        return {"mean": self.mean, "deviation": self.deviation, "highest": self.highest}, {}

    @classmethod
    def from_parts(cls, document: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> OrdinalBlock:
        return cls(document["mean"], document["deviation"], document["highest"])
