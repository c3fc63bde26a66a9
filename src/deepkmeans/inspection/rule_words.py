"""Conditions along a path of a tree, in the user's words."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from .design import DesignFeature
from .rule_wording import ENGLISH, RuleWording

__all__ = ["Condition", "conditions_in_words", "joined_with_and", "side_in_words"]


@dataclass(frozen=True)
class Condition:
    """One side of a split: a number above a threshold or at most it, and whether missing values are on this side.

    Attributes
    ----------
    feature : DesignFeature
    threshold : float
        Infinity divides the missing values from all others.
    above, missing : bool
    has_missing : bool
        Whether any row lacks the value.
    whole : bool
        Whether all numbers of the feature are whole, days included.
    levels : tuple of str
        Of a category that no row lacks all levels: who has none of the others has the last.
    """

    feature: DesignFeature
    threshold: float
    above: bool
    missing: bool
    has_missing: bool = False
    whole: bool = False
    levels: tuple[str, ...] = ()


def side_in_words(condition: Condition) -> str:
    """``income above 52,000 EUR``, ``income at most 52,000 EUR or missing``."""
    return _of_feature([condition], ENGLISH)


def conditions_in_words(path: Iterable[Condition], wording: RuleWording = ENGLISH) -> tuple[str, ...]:
    """All conditions of a path, together for each column, in the order in which the columns first come."""
    of_column: dict[str, dict[DesignFeature, list[Condition]]] = {}
    for condition in path:
        of_column.setdefault(condition.feature.column.name, {}).setdefault(condition.feature, []).append(condition)
    return tuple(text for features in of_column.values() for text in _of_column(list(features.values()), wording))


def joined_with_and(conditions: Iterable[str], wording: RuleWording = ENGLISH) -> str:
    """``a, b and c``; "all rows" if there are none."""
    return wording.joined(conditions, "and") or wording("all_rows")


def _of_column(features: list[list[Condition]], wording: RuleWording) -> list[str]:
    first = features[0][0].feature
    if first.level is None:
        return [_of_feature(conditions, wording) for conditions in features]
    held = [conditions[0].feature for conditions in features if conditions[-1].above]
    lacked = [conditions[0].feature for conditions in features if not conditions[-1].above]
    if first.column.kind == "category" and held:
        lacked = []  # a row of this level has no other
    left = [level for level in features[0][0].levels if level not in {feature.level for feature in lacked}]
    if lacked and len(left) == 1:
        return [DesignFeature(first.column, left[0]).condition(0.5, above=True, wording=wording)]
    texts = [feature.condition(0.5, above=True, wording=wording) for feature in held]
    if lacked:
        levels = wording.joined((str(feature.level) for feature in lacked), "or")
        texts.append(first.of_levels(levels, above=False, wording=wording))
    return texts


def _of_feature(conditions: list[Condition], wording: RuleWording) -> str:
    """What all conditions on one feature say together."""
    feature, name = conditions[0].feature, conditions[0].feature.column.name
    low = max((each.threshold for each in conditions if each.above), default=-math.inf)
    high = min((each.threshold for each in conditions if not each.above), default=math.inf)
    missing = conditions[0].has_missing and all(each.missing for each in conditions)
    if low == math.inf:
        return wording("missing", name=name)
    if low == -math.inf and high == math.inf:
        return wording("known", name=name)
    if low > -math.inf and high < math.inf:
        text = _range(feature, low, high, whole=conditions[0].whole, wording=wording)
    else:
        text = feature.condition(low if low > -math.inf else high, above=low > -math.inf, wording=wording)
    return wording("or_missing", text=text) if missing else text


def _range(feature: DesignFeature, low: float, high: float, *, whole: bool, wording: RuleWording) -> str:
    column = feature.column
    ranks = column.kind == "ordinal" or whole
    first, last = (math.floor(low) + 1.0, math.floor(high)) if ranks else (low, high)
    if ranks and first >= last:
        return wording("is", name=column.name, value=wording.shown(column, float(last), False))
    exact = column.kind in ("number", "date")
    shown = [wording.shown(column, float(value), exact) for value in (first, last)]
    return wording("between", name=column.name, value=shown[0], last=shown[1])
