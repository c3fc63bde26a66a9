"""Generated mixed tables: numbers, categories, ordered categories, dates and free text of groups that are known.

``mixed_table(number, seed)`` is a pure function; everything of a table (rows, groups, columns, how clear they are, what
is missing) is drawn from a generator seeded by (seed, number). A group is a row of hidden positions, one a column, and
a column of every kind is made from these: moved numbers of several shapes, preferred levels, cut positions, a season
or a year, the words of a topic. Columns that say nothing are drawn in the same way with groups of their own, which no
other column shares, or with none. Then come row numbers, constants, empty columns and missing cells, and the columns
are put in any order.

**Kinds and parameters are fixed.** They were written down before any method of this project was measured on them, and
are not to be tuned in the light of what a method does here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["COUNT", "MixedTable", "mixed_table"]

#: Tables of one seed.
COUNT = 60
_ROWS, _GROUPS = (200, 3000), (2, 8)
_SYLLABLES = (
    "ba", "ce", "di", "fo", "gu", "ha", "ki", "lo", "mu", "ne", "pa", "ri", "so", "tu", "ve", "wa", "xi",
    "zo",
)  # fmt: skip
_SCALES = (
    ("low", "medium", "high"), ("S", "M", "L", "XL"), ("never", "rarely", "sometimes", "often", "always"),
    ("very poor", "poor", "fair", "good", "very good"), ("small", "medium", "large"),
)  # fmt: skip

Random = np.random.RandomState
#: A frame, the groups (n,) from 0, and what each column is: its kind, "identifier", "constant" or "empty".
MixedTable = tuple[pd.DataFrame, np.ndarray, dict[str, str]]


def mixed_table(number: int, seed: int = 0) -> MixedTable:
    """Table ``number`` of a seed: 200 to 3,000 rows in 2 to 8 groups of uneven sizes, 4 to about 30 columns."""
    if number < 0 or seed < 0:
        raise ValueError(f"number and seed must be integers >= 0, got {number!r} and {seed!r}")
    random = Random([seed, 1721, number])
    n, y = _groups(random)
    clear = random.uniform(0.5, 1.0)
    columns: dict[str, tuple[str, Any]] = {}

    def add(kind: str, values: Any) -> None:
        columns[f"{kind}_{len(columns)}"] = (kind, values)

    telling = {"number": (1, 6), "category": (1, 4), "ordinal": (0, 2), "date": (0, 2), "text": (0, 1)}
    for kind, (low, high) in telling.items():
        for _ in range(random.randint(low, high + 1)):
            add(kind, _KINDS[kind](random, y, clear * random.uniform(0.5, 1.0)))
    if random.uniform() < 0.75:  # columns that say nothing of the groups
        for _ in range(random.randint(1, 9)):
            kind = random.choice(["number", "number", "category", "category", "ordinal", "date", "text"])
            if kind == "text" and random.uniform() < 0.5:
                kind = "category"
            own = random.randint(random.randint(1, 5), size=n)
            add(kind, _KINDS[kind](random, own, random.uniform(0.3, 1.0)))
    for name in columns:
        columns[name] = (columns[name][0], _with_missing(random, columns[name][1], y))
    for _ in range(random.randint(0, 3)):
        add("identifier", _identifier(random, n))
    if random.uniform() < 0.3:
        add("constant", np.full(n, random.choice(["yes", "EU", "1"]), dtype=object))
    if random.uniform() < 0.15:
        add("empty", np.full(n, None, dtype=object))
    order, names = random.permutation(n), random.permutation(list(columns)).tolist()
    frame = pd.DataFrame({name: pd.Series(columns[name][1]).iloc[order].reset_index(drop=True) for name in names})
    return frame, y[order], {name: columns[name][0] for name in names}


def _groups(random: Random) -> tuple[int, np.ndarray]:
    """Rows, and the group (n,) of each, of 12 rows at least; few groups are more frequent."""
    n = round(float(np.exp(random.uniform(np.log(_ROWS[0]), np.log(_ROWS[1])))))
    k = min(_GROUPS[0] + int((_GROUPS[1] + 1 - _GROUPS[0]) * random.uniform() ** 1.3), n // 40)
    shares = random.uniform(0.25, 1, k) if random.uniform() < 0.7 else 0.6 ** np.arange(k)
    y = np.r_[np.repeat(np.arange(k), 12), random.choice(k, n - 12 * k, p=shares / shares.sum())]
    return n, y.astype(np.int64)


def _positions(random: Random, y: np.ndarray, clear: float, noise: Callable[[int], np.ndarray]) -> np.ndarray:
    """Hidden positions of the groups, up to about four deviations apart, and the deviations from them."""
    return np.asarray(clear * 2.2 * random.standard_normal(y.max() + 1)[y] + noise(len(y)))


def _number(random: Random, y: np.ndarray, clear: float) -> np.ndarray:
    shape = random.choice(["normal", "lognormal", "heavy", "count", "outliers", "integer"])
    if shape == "heavy":
        values = _positions(random, y, clear, lambda n: random.standard_t(2, n))
    else:
        values = _positions(random, y, clear, random.standard_normal)
    if shape == "lognormal":
        values = np.exp(random.uniform(0.4, 1.2) * values)
    elif shape == "count":
        return random.poisson(np.exp(np.clip(random.uniform(0.5, 2.5) + 0.5 * values, -5, 8))).astype(np.float64)
    elif shape == "outliers":
        rows = random.permutation(len(y))[: max(1, round(len(y) * random.uniform(0.002, 0.03)))]
        values[rows] += np.exp(random.uniform(2, 5)) * random.standard_normal(len(rows))
    values = (values + random.choice([0.0, 0.0, 10.0])) * 10.0 ** random.uniform(-2, 4)
    return np.round(values) if shape == "integer" and np.abs(values).max() > 50 else values


def _words(random: Random, count: int, syllables: int = 3) -> list[str]:
    """Different made-up words."""
    found: dict[str, None] = {}
    while len(found) < count:
        found["".join(random.choice(_SYLLABLES, random.randint(2, syllables + 1)))] = None
    return list(found)


def _category(random: Random, y: np.ndarray, clear: float) -> np.ndarray:
    """3 to 12 levels, or up to 200; each group draws from levels of its own with a probability, else from all."""
    few = random.uniform() < 0.7
    count = int(random.randint(3, 13) if few else np.exp(random.uniform(np.log(13), np.log(201))))
    names = np.array([word.capitalize() for word in _words(random, count)], dtype=object)
    base = random.dirichlet(np.full(count, 1.5))
    values = random.choice(count, len(y), p=base)
    for group in range(y.max() + 1):
        rows = np.flatnonzero(y == group)
        own = random.choice(count, max(1, count // (y.max() + 2)), replace=False)
        drawn = random.uniform(size=len(rows)) < clear * random.uniform(0.7, 1.0)
        values[rows[drawn]] = random.choice(own, int(drawn.sum()))
    return np.asarray(names[values], dtype=object)


def _ordinal(random: Random, y: np.ndarray, clear: float) -> np.ndarray:
    levels = np.array(_SCALES[random.randint(len(_SCALES))], dtype=object)
    values = _positions(random, y, clear, random.standard_normal)
    edges = np.quantile(values, np.sort(random.uniform(0.1, 0.9, len(levels) - 1)))
    return np.asarray(levels[np.searchsorted(edges, values)], dtype=object)


def _date(random: Random, y: np.ndarray, clear: float) -> np.ndarray:
    """Groups differ in the year, in the season, or in weekday and hour."""
    n, what = len(y), random.choice(["year", "season", "hour"])
    start = pd.Timestamp(int(random.randint(1990, 2020)), 1, 1)
    place = clear * 2.2 * random.standard_normal(y.max() + 1)[y]
    if what == "year":
        days = 1500 + 500 * (place + random.standard_normal(n))
    elif what == "season":
        days = 365.25 * random.randint(0, 6, n) + (180 + 45 * (place + random.standard_normal(n))) % 365.25
    else:
        days = random.randint(0, 900, n) + ((12 + 3 * (place + random.standard_normal(n))) % 24) / 24
    stamps = start + pd.to_timedelta(np.round(days * 24 * 60), unit="min")
    shown = stamps.strftime("%Y-%m-%d %H:%M" if what == "hour" else "%Y-%m-%d")
    return np.asarray(shown, dtype=object)


def _text(random: Random, y: np.ndarray, clear: float) -> np.ndarray:
    """Five to thirty words: some of the topic's 40, the others of 150 that all topics share, the first ones often."""
    topics = [_words(random, 40, 4) for _ in range(y.max() + 1)]
    shared = np.array(_words(random, 150, 4), dtype=object)
    often = 1 / np.arange(1, 151)
    often /= often.sum()
    least = random.randint(5, 12)
    texts = np.empty(len(y), dtype=object)
    for row, group in enumerate(y):
        count = random.randint(least, least + 19)
        own = random.uniform(size=count) < 0.4 * clear
        words = np.where(own, random.choice(topics[group], count), random.choice(shared, count, p=often))
        texts[row] = " ".join(words)
    return texts


def _with_missing(random: Random, values: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Up to 40 % of the cells missing, at random or by group; two of five columns have all."""
    if random.uniform() < 0.4:
        return values
    share = random.uniform(0, 0.4)
    rates = np.full(y.max() + 1, share)
    if random.uniform() < 0.35:
        rates = np.clip(share * random.uniform(0, 2, y.max() + 1), 0, 0.8)
    gone = random.uniform(size=len(y)) < rates[y]
    values = values.copy()
    values[gone] = np.nan if values.dtype.kind == "f" else None
    return values


def _identifier(random: Random, n: int) -> np.ndarray:
    kind = random.randint(3)
    if kind == 0:
        return np.arange(1, n + 1) + int(random.choice([0, 1000, 100000]))
    if kind == 1:
        return np.array([f"C-{number:06d}" for number in random.permutation(10 * n)[:n]], dtype=object)
    return np.array([bytes(random.randint(0, 256, 8).tolist()).hex() for _ in range(n)], dtype=object)


_KINDS: dict[str, Callable[[Random, np.ndarray, float], np.ndarray]] = {
    "number": _number, "category": _category, "ordinal": _ordinal, "date": _date, "text": _text,
}  # fmt: skip
