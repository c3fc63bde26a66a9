"""Dates and times of a table as an age and the places in the cycles that they run through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch

from ..._validation import OneOf
from ...storage.schema import ListOf, MismatchError, Record, Rule, TensorOf
from .grouping import quantile_groups
from .numbers import NumberBlock

__all__ = ["CYCLES", "DateBlock"]

#: Cycles by name, and how many days each takes.
CYCLES = {"season": 365.2425, "weekday": 7.0, "hour": 1.0}
_DAY = 86400
#: A column covers a cycle if it runs through it so many times, and stands at so many places in it.
_TIMES, _PLACES = 2.0, 3
#: Into so many sectors a cycle is cut to see whether all of them have as many cells.
_SECTORS = {"season": 12, "weekday": 7, "hour": 12}
#: phi^2 of dates that stand in two thirds of a cycle alike: a gap that a few missing months make, too.
_EVEN = 0.5


@dataclass(frozen=True)
class DateBlock:
    """Days as a number, and each cycle as a point of the circle, centred and of a total variance of one.

    23:30 and 0:30 are near in a circle and far apart in any number of hours. A cycle is a part only where the column
    runs through it at least twice and stands at three places of it at least: dates of one summer have no season, dates
    without a time no hour.

    Attributes
    ----------
    age : NumberBlock
        Of days since 1970.
    cycles : tuple of str
        Of :data:`CYCLES`.
    centers : ndarray of shape (c, 2)
        Mean of cosine and sine of each cycle.
    deviations : ndarray of shape (c,)
        Root of their total variance.
    """

    age: NumberBlock
    cycles: tuple[str, ...]
    centers: np.ndarray
    deviations: np.ndarray

    kind: ClassVar[str] = "date"
    coded: ClassVar[bool] = False
    RULES: ClassVar[Mapping[str, Sequence[Rule]]] = {
        "age": [Record(NumberBlock.RULES)], "cycles": [ListOf([OneOf(*CYCLES)])],
    }  # fmt: skip
    ARRAYS: ClassVar[Mapping[str, TensorOf]] = {
        "centers": TensorOf([torch.float64], ("n_cycles", "n_circle"), low=-1, high=1, may_be_empty=True),
        "deviations": TensorOf([torch.float64], ("n_cycles",), low=0, above=True, may_be_empty=True),
    }

    @classmethod
    def fit(cls, values: np.ndarray, mass: np.ndarray) -> DateBlock:
        """Choose the cycles of datetime64 values (n,), NaT missing, weighed by mass (n,), and scale them."""
        days = _days(values)
        present = ~np.isnan(days)
        days, mass = days[present], mass[present]
        covered = tuple(name for name, period in CYCLES.items() if _covers(days, period))
        circles = [_circle(days, CYCLES[name]) for name in covered]
        share = mass / mass.sum()
        centers = np.array([share @ circle for circle in circles]).reshape(-1, 2)
        variances = [
            float((share @ np.square(circle - center)).sum()) for circle, center in zip(circles, centers, strict=True)
        ]
        return cls(NumberBlock.fit(days, mass, bends=False), covered, centers, np.sqrt(np.maximum(variances, 1e-12)))

    @property
    def parts(self) -> tuple[int, ...]:
        return (1, *(2 for _ in self.cycles))

    @property
    def emphasis(self) -> float:
        return 1.0

    def names(self, column: str) -> list[str]:
        cyclic = [f"{column} ({cycle}, {part})" for cycle in self.cycles for part in ("cos", "sin")]
        return [f"{column} (time)", *cyclic]

    def encode(self, values: np.ndarray) -> np.ndarray:
        days = _days(values)
        circles = [
            (_circle(days, CYCLES[name]) - center) / deviation
            for name, center, deviation in zip(self.cycles, self.centers, self.deviations, strict=True)
        ]
        return np.concatenate([self.age.encode(days), *circles], axis=1)

    def decode(self, numbers: np.ndarray) -> np.ndarray:
        """Dates by their age alone."""
        return (np.round(self.age.decode(numbers[:, :1]) * _DAY)).astype(np.int64).astype("datetime64[s]")

    def groups(self, numbers: np.ndarray, mass: np.ndarray) -> list[np.ndarray]:
        parts = self.age.groups(numbers[:, :1], mass)
        for position, (center, deviation) in enumerate(zip(self.centers, self.deviations, strict=True)):
            circle = numbers[:, 1 + 2 * position : 3 + 2 * position] * deviation + center
            parts.append(quantile_groups(np.arctan2(circle[:, 1], circle[:, 0]), mass))
        return parts

    def uneven(self, numbers: np.ndarray, mass: np.ndarray) -> list[float]:
        """How much each part may tell by itself, 0 to 1: a cycle by Pearson's phi^2 of its sectors from equal shares,
        as far as it is above that of two thirds of the cycle.

        A weekday that all days of the week have alike tells nothing, where no other column says otherwise.
        """
        parts = [1.0]
        present = ~np.isnan(numbers[:, 0])
        for position, name in enumerate(self.cycles):
            circle = numbers[present, 1 + 2 * position : 3 + 2 * position]
            circle = circle * self.deviations[position] + self.centers[position]
            turn = np.arctan2(circle[:, 1], circle[:, 0]) / (2 * np.pi)
            sectors = _SECTORS[name]
            shares = np.bincount(np.round(turn * sectors).astype(np.int64) % sectors, mass[present], sectors)
            phi = sectors * float(np.square(shares / shares.sum()).sum()) - 1
            parts.append(min(1.0, max(0.0, phi - (sectors - 1) / len(circle) - _EVEN)))
        return parts

    def decided(self) -> dict[str, Any]:
        return {"parts": ["time", *self.cycles]}

    def to_parts(self) -> tuple[dict[str, Any], Mapping[str, np.ndarray]]:
        document = {"age": self.age.to_parts()[0], "cycles": list(self.cycles)}
        return document, {"centers": self.centers, "deviations": self.deviations}

    @classmethod
    def from_parts(cls, document: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> DateBlock:
        age = NumberBlock.from_parts(document["age"], {})
        cycles, centers = tuple(document["cycles"]), arrays["centers"]
        if centers.shape != (len(set(cycles)), 2) or len(arrays["deviations"]) != len(cycles):
            raise MismatchError(f"cycles {cycles} do not fit centers of shape {centers.shape}")
        return cls(age, cycles, centers, arrays["deviations"])


def _days(values: np.ndarray) -> np.ndarray:
    """Days since 1970 as float64, NaN where missing."""
    stamps = np.asarray(values, dtype="datetime64[s]")
    days = stamps.astype(np.int64) / _DAY
    return np.where(np.isnat(stamps), np.nan, days)


def _circle(days: np.ndarray, period: float) -> np.ndarray:
    """Cosine and sine (n, 2) of the place in a cycle; seasons are those of the mean year."""
    angle = 2 * np.pi * np.mod(days, period) / period
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def _covers(days: np.ndarray, period: float) -> bool:
    stands = np.unique(np.floor(np.mod(days, period) / period * 24))
    return bool(np.ptp(days) >= _TIMES * period and len(stands) >= _PLACES)
