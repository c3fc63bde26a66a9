"""What distinguishes a cluster, in words: ``income high: typically 82,000 EUR (elsewhere 31,000 EUR)``."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .column_profile import ColumnProfile
from .column_words import column_words
from .conditions import Condition
from .distinction_texts import of_levels, of_missing, of_numbers, short_level
from .formatting import share_text
from .original import OriginalColumn

__all__ = ["Distinction", "distinguish", "is_counted"]


@dataclass(frozen=True)
class Distinction:
    """One thing that sets a cluster apart from all other rows.

    Attributes
    ----------
    column : str
    kind : str
        As in :class:`.original.OriginalColumn`.
    level : str or None
        The level or levels ("Bern or Basel"), the item, or the word.
    levels : tuple of str
        The same, one by one.
    strength : float
        From 0 to 1: the share of the cluster of which it holds, minus the share of the others.
    direction : {"high", "low", "medium", "extreme", "often", "rarely", "missing", "given"}
    inside, outside : float or str
        What is typical: medians of numbers, words of ordered levels and dates; else the shares of which it holds.
    share_inside, share_outside : float
        Shares of the cells that are there of which it holds.
    low, high : float or None
        Of numbers, dates (days) and ranks: what it holds of lies from ``low`` to ``high``, both included; of
        "extreme" it lies at most at ``low`` or at least at ``high``. None is unbounded.
    standardized_difference : float or None
        Of the means of numbers, in standard deviations within.
    text : str
        A line for a person.
    phrase : str
        A few words for a name: "high income", "Bern", "few visits".
    figure : str
        The typical value with what it is of, for names that words do not tell apart: "income 82,000 EUR".
    """

    column: str
    kind: str
    level: str | None
    levels: tuple[str, ...]
    strength: float
    direction: str
    inside: float | str
    outside: float | str
    share_inside: float
    share_outside: float
    low: float | None
    high: float | None
    standardized_difference: float | None
    text: str
    phrase: str
    figure: str


def distinguish(
    column: OriginalColumn, profile: ColumnProfile, condition: Condition, levels: tuple[str, ...], counted: bool,
    ambiguous: frozenset[str] = frozenset(),
) -> Distinction:  # fmt: skip
    """The words for a condition that holds of a cluster.

    ``levels`` are what the condition's are called; the column is ``counted`` if it holds whole numbers from 0;
    ``ambiguous`` are levels that several columns have.
    """
    words = column_words(column.name, measured=column.kind == "number")
    held = tuple(levels[i] for i in condition.levels)
    inside: float | str = condition.inside
    outside: float | str = condition.outside
    if condition.direction in ("missing", "given"):
        text, phrase = of_missing(words, condition)
        figure = phrase
    elif condition.levels:
        names = [short_level(level) for level in held]
        text, phrase = of_levels(column.kind, words, names, condition, ambiguous)
        figure = f"{phrase} {share_text(condition.inside)}"
    else:
        text = of_numbers(column, words, profile, condition)
        figure = f"{words.words} {profile.typical_inside}"
        if column.kind == "date":
            phrase = words.moment(profile.typical_inside, condition.direction)
        else:
            phrase = words.phrase(condition.direction, counted=counted)
        assert profile.inside is not None and profile.outside is not None
        measured = column.kind == "number"
        inside = profile.inside.median if measured else profile.typical_inside
        outside = profile.outside.median if measured else profile.typical_outside
    of_gap = condition.direction in ("missing", "given")
    return Distinction(
        column.name, column.kind, " or ".join(held) or None, held, condition.strength, condition.direction, inside,
        outside, condition.inside, condition.outside,
        condition.low if math.isfinite(condition.low) else None,
        condition.high if math.isfinite(condition.high) else None,
        None if of_gap else profile.standardized_difference, text, phrase, figure,
    )  # fmt: skip


def is_counted(column: OriginalColumn) -> bool:
    """Whether a column holds whole numbers from 0 without a unit: visits, children."""
    if column.kind != "number" or column.unit:
        return False
    values = column.values[~np.isnan(column.values)]
    return bool(len(values) and values.min() >= 0 and values.max() < 1e6 and (values == np.round(values)).all())
