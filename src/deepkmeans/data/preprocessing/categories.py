"""Categories of a table as columns of zeros and ones that together weigh as much as one number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import torch

from ...storage.schema import TEXT, ListOf, MismatchError, Rule, TensorOf
from .column_block import FARTHEST, TWO_VALUED
from .weighted import level_shares

__all__ = ["OTHER", "CategoryBlock", "cell_levels"]

#: Name of the level that stands for rare ones.
OTHER = "(other)"
#: Levels of a smaller share of the rows, or of fewer rows, are pooled, and all beyond so many.
_RARE, _FEWEST, _MOST = 0.005, 4, 50
#: Levels of a smaller share are not moved farther apart, nor is a category of less than so many beside one lighter.
_LEAST_SHARE, _LEAST_LEVELS = 0.02, 0.05


def cell_levels(values: Any) -> tuple[np.ndarray, list[str]]:
    """Numbers (n,) of the levels of cells of text, -1 where missing, and the levels in their alphabetical order."""
    if isinstance(values, pd.Categorical):
        values = values.remove_unused_categories()
        which, levels = np.asarray(values.codes), values.categories
    else:
        which, levels = pd.factorize(pd.Series(np.asarray(values, dtype=object)), sort=False)
    texts = [str(level) for level in levels]
    order = sorted(range(len(texts)), key=texts.__getitem__)
    place = np.empty(len(texts) + 1, dtype=np.int64)
    place[order], place[-1] = np.arange(len(texts)), -1
    return place[which], [texts[i] for i in order]


@dataclass(frozen=True)
class CategoryBlock:
    """One column of 0 and 1 a level, minus the levels' shares p, divided by p^1/4, and all by one number.

    That number makes the variances of the columns one together, those of a number. Dividing by p^1/2 instead is
    the metric of chi-squared, of correspondence analysis: there the scatter between groups is how much the column
    depends on them, but half of all scatter is in the rarest levels. With no division at all, frequent levels have
    it. It is smaller where rare levels would be more than four apart, as where one level has nearly all rows.

    Levels are told apart in as many directions, over which the groups spread: of m = 1 / sum p^2 levels of one
    frequency, groups explain a (m - 1)-th of the scatter that they explain of two. A category weighs as (m - 1)^1/2
    numbers, since of the scatter that is not between groups it has m - 1 directions as well.

    Attributes
    ----------
    levels : tuple of str
        Those with a column of their own.
    shares : ndarray of shape (m,)
        Of the levels, and last of :data:`OTHER`, where rare levels were pooled.
    """

    levels: tuple[str, ...]
    shares: np.ndarray

    kind: ClassVar[str] = "category"
    coded: ClassVar[bool] = True
    RULES: ClassVar[Mapping[str, Sequence[Rule]]] = {"levels": [ListOf(TEXT)]}
    ARRAYS: ClassVar[Mapping[str, TensorOf]] = {"shares": TensorOf([torch.float64], ("n_levels",), low=0, high=1)}

    @classmethod
    def fit(cls, values: Any, mass: np.ndarray, size: float) -> CategoryBlock:
        """Choose the levels of cells (n,), None missing, weighed by mass (n,), and pool the rare ones.

        Rare are levels of less than 0.5 % of the mass, or of less than that of four of the ``size`` different rows,
        and all but the 50 most frequent; the two most frequent never are.
        """
        which, names = cell_levels(values)
        shares = level_shares(which, mass, len(names))
        by_share = np.lexsort((np.arange(len(names)), -shares))
        kept = shares >= max(_RARE, (_FEWEST - 0.5) / size)
        kept[by_share[:2]] = True
        kept[by_share[_MOST:]] = False
        if (~kept).sum() == 1:  # one rare level is no less than a pool of one
            kept[:] = True
        held = shares[kept]
        if not kept.all():
            held = np.append(held, shares[~kept].sum())
        return cls(tuple(name for name, keep in zip(names, kept, strict=True) if keep), held)

    @property
    def parts(self) -> tuple[int, ...]:
        return (len(self.shares),)

    @property
    def pools(self) -> bool:
        """Whether rare levels share a column, which takes new ones too."""
        return len(self.shares) > len(self.levels)

    @property
    def scale(self) -> np.ndarray:
        """What each column (m,) of 0 and 1 is multiplied by."""
        p = np.maximum(self.shares, _LEAST_SHARE)
        scatter = float((p**-0.5 * self.shares * (1 - self.shares)).sum())
        widest = float((np.sort(p)[:2] ** -0.5).sum())  # squared distance of the two rarest levels
        return np.asarray(p**-0.25 / np.sqrt(max(scatter, widest / FARTHEST**2)))

    @property
    def emphasis(self) -> float:
        among = max(1 / float(np.square(self.shares).sum()) - 1, _LEAST_LEVELS)
        return TWO_VALUED * float(among**0.25)

    def names(self, column: str) -> list[str]:
        return [f"{column}={level}" for level in (*self.levels, *([OTHER] if self.pools else []))]

    def encode(self, values: Any) -> np.ndarray:
        """Numbers (n, m); a new level is one of the rare, or where there are none tells nothing."""
        which, names = cell_levels(values)
        position_of = {level: position for position, level in enumerate(self.levels)}
        new = len(self.levels) if self.pools else -1
        place = np.array([*(position_of.get(name, new) for name in names), -1], dtype=np.int64)[which]
        table = np.vstack([np.eye(len(self.shares)) - self.shares, np.full((1, len(self.shares)), np.nan)]) * self.scale
        return np.asarray(table[place])

    def decode(self, numbers: np.ndarray) -> np.ndarray:
        best = (numbers / self.scale + self.shares).argmax(axis=1)
        return np.array([*self.levels, OTHER], dtype=object)[best]

    def groups(self, numbers: np.ndarray, mass: np.ndarray) -> list[np.ndarray]:
        return [np.where(np.isnan(numbers[:, 0]), -1, np.nan_to_num(numbers / self.scale + self.shares).argmax(axis=1))]

    def decided(self) -> dict[str, Any]:
        return {"levels": len(self.levels), "rare_pooled": self.pools}

    def to_parts(self) -> tuple[dict[str, Any], Mapping[str, np.ndarray]]:
        return {"levels": list(self.levels)}, {"shares": self.shares}

    @classmethod
    def from_parts(cls, document: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> CategoryBlock:
        levels, shares = tuple(document["levels"]), arrays["shares"]
        if not 0 <= len(shares) - len(levels) <= 1 or len(set(levels)) < len(levels):
            raise MismatchError(f"{len(levels)} levels do not fit {len(shares)} shares of different levels")
        return cls(levels, shares)
