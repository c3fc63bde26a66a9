"""What each cluster is, in the user's own columns and words, and what distinguishes it from the others."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ..runtime import Seeds
from .column_contrasts import ColumnContrast, contrast
from .column_profile import ColumnProfile
from .distinctions import Distinction, distinguish, is_counted
from .division import Division, divide
from .headline import headlines
from .original import OriginalRows
from .telling_words import TellingWord, telling_words
from .word_counts import count_words

__all__ = ["ClusterProfile", "column_ranking", "profile_clusters"]


@dataclass(frozen=True)
class ClusterProfile:
    """A cluster.

    Attributes
    ----------
    number : int
        Its label.
    size : float
        Its rows, by their weights.
    share : float
        Of all rows, those of noise among them.
    distinctions : tuple of Distinction
        What sets it apart, the strongest first; none where shuffled labels could have given it.
    headline : tuple of Distinction
        At most four of these that say different things, the most telling first.
    columns : tuple of ColumnProfile
        In the user's order.
    words : tuple of TellingWord
        Of texts and text columns.
    """

    number: int
    size: float
    share: float
    distinctions: tuple[Distinction, ...] = ()
    headline: tuple[Distinction, ...] = ()
    columns: tuple[ColumnProfile, ...] = ()
    words: tuple[TellingWord, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The profile as JSON takes it."""
        return asdict(self)


def profile_clusters(
    rows: OriginalRows, labels: Any, *, weight: np.ndarray | None = None, seeds: Seeds
) -> tuple[ClusterProfile, ...]:  # fmt: skip
    """A profile of each cluster, by number; the label -1 is noise and has none.

    Parameters
    ----------
    rows : OriginalRows
        Of texts only words are counted, of pictures only sizes.
    labels : array of int of shape (n,)
    weight : ndarray of shape (n,) or None
        2 counts as the row twice, 0 as no row.
    seeds : Seeds
        For the sample of each cluster that is looked at if there are more than 200,000 rows.

    Returns
    -------
    tuple of ClusterProfile

    Raises
    ------
    InvalidDataError
        If labels or weights are not one a row.
    """
    division = divide(rows, labels, weight, seeds)
    rows, k = division.rows, division.n_clusters
    family = max(1, len(rows.columns) * k)
    contrasts = [contrast(column, division, family) for column in rows.columns]
    distinctions = _distinctions(contrasts, k)
    headline = headlines(distinctions, contrasts, division)
    words = _words(rows, contrasts, division)
    return tuple(
        ClusterProfile(
            number, float(division.size[i]), float(division.size[i] / division.total), tuple(distinctions[i]),
            headline[i], tuple(one.profiles[i] for one in contrasts), words[i],
        )
        for i, number in enumerate(division.numbers)
    )  # fmt: skip


def column_ranking(profiles: Sequence[ClusterProfile]) -> tuple[tuple[str, float], ...]:
    """Columns by how well they tell clusters apart, the best first, those that do not left out.

    Each cluster counts as much as any other: the number is the mean of the strengths over clusters.
    """
    total: defaultdict[str, float] = defaultdict(float)
    apart: defaultdict[str, float] = defaultdict(float)
    for profile in profiles:
        best: dict[str, Distinction] = {}
        for one in profile.distinctions:
            best.setdefault(one.column, one)
        for name, one in best.items():
            total[name] += one.strength
            apart[name] += abs(one.standardized_difference or 0.0)
    place = {one.column: i for i, one in enumerate(profiles[0].columns)} if profiles else {}
    order = sorted(total, key=lambda name: (-round(total[name], 9), -round(apart[name], 9), place[name]))
    return tuple((name, total[name] / len(profiles)) for name in order)


def _distinctions(contrasts: list[ColumnContrast], k: int) -> list[list[Distinction]]:
    """Of each cluster, the strongest first; of equal ones that whose means are further apart."""
    with_levels = (one for one in contrasts if one.column.kind in ("category", "list", "boolean"))
    seen = Counter(level for one in with_levels for level in {*one.levels})
    ambiguous = frozenset(level for level, n in seen.items() if n > 1)
    counted = {one.column.name: is_counted(one.column) for one in contrasts}
    results = []
    for i in range(k):
        of_cluster = [
            distinguish(one.column, one.profiles[i], condition, one.levels, counted[one.column.name], ambiguous)
            for one in contrasts
            for condition in one.conditions[i]
        ]
        of_cluster.sort(key=_first)
        results.append(of_cluster)
    return results


def _first(one: Distinction) -> tuple[float, float]:
    return -round(one.strength, 9), -round(abs(one.standardized_difference or 0.0), 9)


def _words(rows: OriginalRows, contrasts: list[ColumnContrast], division: Division) -> list[tuple[TellingWord, ...]]:
    """Telling words of texts, or of all text columns together."""
    k = division.n_clusters
    if rows.texts is not None:
        return telling_words(count_words(rows.texts, division.group, division.weight, k))
    counted = [one.words for one in contrasts if one.words is not None]
    if len(counted) == 1:
        return telling_words(counted[0])
    if not counted:
        return [()] * k
    columns = [column.values for column in rows.columns if column.kind == "text"]
    texts = ["\n".join(text for text in cells if text) for cells in zip(*columns, strict=True)]
    return telling_words(count_words(texts, division.group, division.weight, k))
