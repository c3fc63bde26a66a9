"""Numbers of a table on a scale that neither an outlier nor a heavy tail rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ..._validation import OneOf
from ...storage.schema import BOOL, FINITE, POSITIVE, Rule, TensorOf
from .column_block import FARTHEST
from .grouping import quantile_groups
from .weighted import mean_and_deviation, weighted_quantiles

__all__ = ["SHAPES", "NumberBlock"]

#: How numbers are bent before they are scaled.
SHAPES = ("linear", "log", "symlog")
#: Normal deviate of the quartiles, and what lies between the 1 and the 99 % of a normal column in such units.
_QUARTER, _NORMAL_REACH = 0.6745, 4.65
#: Reach from which a tail is heavy, and from which it is longer than those of groups side by side; lopsidedness from
#: which a column is skewed.
_HEAVY, _LONG, _SKEWED = 2.0, 1.2, 0.3
#: Farther out than this is as far: squares of it are still numbers.
_MOST_EXCESS = 1e9


@dataclass(frozen=True)
class NumberBlock:
    """One number: bent by its shape, in units of its middle, then mean 0 and variance 1.

    What is more than four units away is an outlier, and as far as the farthest number that is none: at four units, a
    few in a hundred would have as much of the variance as all others.

    Attributes
    ----------
    shape : {"linear", "log", "symlog"}
        ``"linear"``: x. ``"log"``: log(x + 1) of counts, log(x) of positive numbers: amounts, whose ratios count; of
        others with a long tail to the right the logarithm of their distance from the least.
        ``"symlog"``: asinh((x - median) / unit): heavy tails on both sides.
    offset, stretch : float
        x is read as (x - offset) / stretch before it is bent.
    center, unit : float
        Median and unit of the bent numbers: the wider of the middle half and nine tenths, as of a normal column.
    mean, deviation : float
        Of the numbers after the cut.
    low, high : float
        Least and largest number of the fit that is no outlier: what rows and the inverse stay within.
    whole : bool
        Whether all numbers of the fit are whole.
    """

    shape: str
    offset: float
    stretch: float
    center: float
    unit: float
    mean: float
    deviation: float
    low: float
    high: float
    whole: bool

    kind: ClassVar[str] = "number"
    coded: ClassVar[bool] = False
    RULES: ClassVar[Mapping[str, Sequence[Rule]]] = {
        "shape": [OneOf(*SHAPES)], "offset": FINITE, "stretch": POSITIVE, "center": FINITE, "unit": POSITIVE,
        "mean": FINITE, "deviation": POSITIVE, "low": FINITE, "high": FINITE, "whole": BOOL,
    }  # fmt: skip
    ARRAYS: ClassVar[Mapping[str, TensorOf]] = {}

    @classmethod
    def fit(cls, values: np.ndarray, mass: np.ndarray, *, bends: bool = True) -> NumberBlock:
        """Decide on the shape and the scale of values (n,), NaN missing, weighed by mass (n,). O(n log n)."""
        present = ~np.isnan(values)
        x, mass = values[present].astype(np.float64), mass[present]
        whole = bool((x == np.round(x)).all())
        shape, offset, stretch = _shape(x, mass, whole) if bends else ("linear", 0.0, 1.0)
        bent = _bend(x, shape, offset, stretch)
        center, unit = _middle(bent, mass)
        ordinary = x[np.abs(bent - center) <= FARTHEST * unit]
        low, high = float(ordinary.min()), float(ordinary.max())
        cut = _cut_off(_bend(np.clip(x, low, high), shape, offset, stretch), center, unit)
        mean, deviation = mean_and_deviation(cut, mass)
        return cls(shape, offset, stretch, center, unit, mean, deviation, low, high, whole)

    @property
    def parts(self) -> tuple[int, ...]:
        return (1,)

    @property
    def emphasis(self) -> float:
        return 1.0

    def names(self, column: str) -> list[str]:
        return [column]

    def encode(self, values: np.ndarray) -> np.ndarray:
        ordinary = np.clip(np.asarray(values, dtype=np.float64), self.low, self.high)
        bent = _bend(ordinary, self.shape, self.offset, self.stretch)
        cut = _cut_off(bent, self.center, self.unit)
        return ((cut - self.mean) / self.deviation)[:, None]

    def excess(self, values: np.ndarray) -> np.ndarray:
        """How much farther out numbers (n,) are than :meth:`encode` shows them, in its unit; 0 of missing ones."""
        with np.errstate(over="ignore", invalid="ignore"):
            bent = _bend(np.asarray(values, dtype=np.float64), self.shape, self.offset, self.stretch)
            scaled = ((bent - self.center) / self.unit - self.mean) / self.deviation
        beyond = np.abs(scaled - self.encode(values)[:, 0])
        return np.nan_to_num(np.minimum(beyond, _MOST_EXCESS), nan=0.0)

    def decode(self, numbers: np.ndarray) -> np.ndarray:
        bent = (numbers[:, 0] * self.deviation + self.mean) * self.unit + self.center
        with np.errstate(over="ignore"):
            straight = bent if self.shape == "linear" else np.expm1(bent) if self.shape == "log" else np.sinh(bent)
        values = np.clip(straight * self.stretch + self.offset, self.low, self.high)
        return np.asarray(np.round(values) if self.whole else values)

    def groups(self, numbers: np.ndarray, mass: np.ndarray) -> list[np.ndarray]:
        return [quantile_groups(numbers[:, 0], mass)]

    def decided(self) -> dict[str, Any]:
        return {"scale": self.shape}

    def to_parts(self) -> tuple[dict[str, Any], Mapping[str, np.ndarray]]:
        fields = {name: getattr(self, name) for name in self.RULES}
        return fields, {}

    @classmethod
    def from_parts(cls, document: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> NumberBlock:
        return cls(**{name: document[name] for name in cls.RULES})


def _bend(x: np.ndarray, shape: str, offset: float, stretch: float) -> np.ndarray:
    with np.errstate(over="ignore"):  # what becomes infinite is cut off
        t = (x - offset) / stretch
    if shape == "linear":
        return np.asarray(t)
    return np.asarray(np.log1p(np.maximum(t, -1 + 1e-12)) if shape == "log" else np.arcsinh(t))


def _cut_off(bent: np.ndarray, center: float, unit: float) -> np.ndarray:
    with np.errstate(over="ignore"):
        return np.asarray(np.clip((bent - center) / unit, -FARTHEST, FARTHEST))


def _middle(x: np.ndarray, mass: np.ndarray) -> tuple[float, float]:
    q = weighted_quantiles(x, mass, np.array([0.05, 0.25, 0.5, 0.75, 0.95]))
    unit = max((q[3] - q[1]) / (2 * _QUARTER), (q[4] - q[0]) / (2 * 1.6449))
    return float(q[2]), float(unit) if unit > 0 else mean_and_deviation(x, mass)[1]


def _reach_and_lean(x: np.ndarray, mass: np.ndarray) -> tuple[float, float]:
    """How far the tails reach, 1 of a normal column, and how lopsided they are, from -1 to 1."""
    q = weighted_quantiles(x, mass, np.array([0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]))
    span, middle = q[6] - q[0], (q[4] - q[2]) / (2 * _QUARTER)
    wide = q[5] - q[1]
    lean = (q[5] + q[1] - 2 * q[3]) / wide if wide > 0 else 0.0
    with np.errstate(over="ignore"):
        reach = float(span / middle / _NORMAL_REACH) if middle > 0 else np.inf if span > 0 else 1.0
    return reach, float(lean)


def _shape(x: np.ndarray, mass: np.ndarray, whole: bool) -> tuple[str, float, float]:
    """Shape, offset and stretch: the simplest shape whose tails are those of a normal column."""
    center, unit = _middle(x, mass)
    reach, lean = _reach_and_lean(x, mass)
    low, widest = float(x.min()), float(x.max() - x.min())
    if not widest < 1e100 * unit:  # beyond what a ratio can hold
        return "linear", 0.0, 1.0
    if lean > _SKEWED:
        for offset, stretch in _log_scales(center, low, widest, whole, moved=reach > _LONG):
            _, bent_lean = _reach_and_lean(_bend(x, "log", offset, stretch), mass)
            if abs(bent_lean) < abs(lean):
                return "log", offset, stretch
    if reach > _HEAVY:
        return "symlog", center, unit
    return "linear", 0.0, 1.0


def _log_scales(
    center: float, low: float, widest: float, whole: bool, *, moved: bool
) -> list[tuple[float, float]]:  # fmt: skip
    """Offset and stretch of logarithms of numbers with this median, least number and width, the natural one first.

    Where they are no counts and have no natural zero, or have zeros among amounts, the least number may be the origin,
    if ``moved``.
    """
    if whole and low >= 0:
        return [(0.0, 1.0)]
    # log1p((x - offset) / stretch) is log(x) up to a constant where both are the median.
    scales = [(center, center)] if low > 0 and widest < 1e100 * center else []
    if moved and center > low and widest < 1e100 * (center - low):
        scales.append((low, center - low))
    return scales
