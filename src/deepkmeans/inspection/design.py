"""The user's columns as numbers that a threshold divides, and what a threshold on them says."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from .original import OriginalColumn, OriginalRows
from .rule_wording import ENGLISH, RuleWording

__all__ = ["Design", "DesignFeature", "design_of"]

#: Levels, items and words that get a feature each, the most frequent ones.
_MOST_LEVELS, _MOST_WORDS = 50, 300
#: Of fewer rows than this share no level is frequent.
_LEAST_SHARE = 0.005
_MOST_READ = 20_000


@dataclass(frozen=True, eq=False)
class DesignFeature:
    """One column of numbers, and what it is to the user.

    Attributes
    ----------
    column : OriginalColumn
        Where it comes from; of texts one named "text".
    level : str or None
        The level, item or word whose presence (0 or 1) it is; None of numbers.
    """

    column: OriginalColumn
    level: str | None = None

    @property
    def name(self) -> str:
        """``city = Bern``, ``income``."""
        return self.column.name if self.level is None else f"{self.column.name} = {self.level}"

    def condition(self, threshold: float, *, above: bool, wording: RuleWording = ENGLISH) -> str:
        """What it says that the number is above ``threshold``, or else at most it: ``income above 52,000 EUR``."""
        name, kind = self.column.name, self.column.kind
        if self.level is not None:
            return self.of_levels(self.level, above=above, wording=wording)
        if kind == "boolean":
            return wording("is", name=name, value=wording.shown(self.column, float(above), False))
        if kind == "ordinal":
            return self._ranks(threshold, above=above, wording=wording)
        value = wording.shown(self.column, threshold, True)
        key = ("by", "after") if kind == "date" else ("at_most", "above")
        return wording(key[above], name=name, value=value)

    def of_levels(self, levels: str, *, above: bool, wording: RuleWording) -> str:
        """That a row has these levels, items or words, or none of them."""
        verb = {"category": "is", "list": "includes", "text": "mentions"}[self.column.kind]
        return wording(verb if above else f"{verb}_not", name=self.column.name, value=levels)

    def _ranks(self, threshold: float, *, above: bool, wording: RuleWording) -> str:
        """Ordered levels on one side of a threshold."""
        last = len(self.column.levels) - 1
        rank = math.floor(threshold) + 1 if above else math.floor(threshold)
        ends = rank >= last if above else rank <= 0
        key = "is" if ends else "or_above" if above else "or_below"
        return wording(key, name=self.column.name, value=wording.shown(self.column, float(rank), False))


@dataclass(frozen=True, eq=False)
class Design:
    """Numbers of the rows for a tree.

    Attributes
    ----------
    values : ndarray of shape (n, p), float64
        NaN where missing.
    features : tuple of DesignFeature of length p
    """

    values: np.ndarray
    features: tuple[DesignFeature, ...]


def design_of(rows: OriginalRows) -> Design:
    """Numbers, yes/no, ordered levels and dates (in days) are one feature each; of categories and lists each frequent
    level is one, of texts each frequent word. Of pictures, recordings and series it is what a person sees or hears of
    them, their ``columns``. O(n p)."""
    parts: list[np.ndarray] = []
    features: list[DesignFeature] = []
    if rows.texts is not None:
        _add_words(OriginalColumn("text", "text", np.array(rows.texts, dtype=object)), parts, features)
    for column in rows.columns:
        numbers = column.numbers
        if numbers is not None:
            parts.append(numbers)
            features.append(DesignFeature(column))
        elif column.kind == "text":
            _add_words(column, parts, features)
        else:
            _add_levels(column, parts, features)
    values = np.stack(parts, axis=1) if parts else np.empty((len(rows), 0))
    return Design(values, tuple(features))


def _add_levels(column: OriginalColumn, parts: list[np.ndarray], features: list[DesignFeature]) -> None:
    lists: Sequence[tuple[str, ...]] = [
        value if column.kind == "list" else () if value is None else (value,) for value in column.values
    ]
    for level in _frequent(lists, _MOST_LEVELS):
        held = np.fromiter((float(level in items) for items in lists), dtype=np.float64, count=len(column))
        parts.append(held)
        features.append(DesignFeature(column, level))


def _add_words(column: OriginalColumn, parts: list[np.ndarray], features: list[DesignFeature]) -> None:
    from ..data.preprocessing.terms import STOP_WORDS, terms_of

    held = [frozenset(terms_of(text or "")) - STOP_WORDS for text in column.values]
    for word in _frequent(held, _MOST_WORDS):
        parts.append(np.fromiter((float(word in terms) for terms in held), dtype=np.float64, count=len(held)))
        features.append(DesignFeature(column, word))


def _frequent(held: Sequence[Iterable[str]], most: int) -> list[str]:
    """Levels of at least one row in two hundred, the most frequent first; those of all rows divide nothing."""
    step = max(1, len(held) // _MOST_READ)
    read = held[::step]
    counts = Counter(level for levels in read for level in set(levels))
    least = max(1, math.ceil(_LEAST_SHARE * len(read)))
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [level for level, count in ordered if least <= count < len(read)][:most]
