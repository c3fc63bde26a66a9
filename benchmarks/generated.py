"""Generated tables: what ordinary data look like, pleasant and unpleasant, with groups that are known.

``table(number, seed)`` is a pure function; the kinds take turns (``number`` modulo their count), and everything else
of a table (rows, columns, groups, shares, separation, what is done to it) is drawn from a generator seeded by
(seed, number). ``RandomState`` has a frozen stream: a number names the same table with every release of NumPy.

**Kinds and parameters are fixed.** They were written down before any method of this project was measured on them,
and are not to be tuned in the light of what a method does here: a table that is easy or impossible stays. Change
anything, and every figure ever reported about them loses its meaning.

A kind is a way to draw groups (round, unequal, elongated, bent) and what is done to the columns and rows of these.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

__all__ = ["COUNT", "KINDS", "table"]

#: Tables of one seed.
COUNT = 1000
_ROWS, _COLUMNS, _GROUPS = (150, 1500), (2, 30), (2, 15)

Random = np.random.RandomState
Table = tuple[np.ndarray, np.ndarray]
Change = Callable[[Random, np.ndarray, np.ndarray], Table]


def table(number: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, str]:
    """Rows (n, d) float64, groups (n,) of 0 to k - 1 with no empty one, and the kind of the table."""
    if number < 0 or seed < 0:
        raise ValueError(f"number and seed must be integers >= 0, got {number!r} and {seed!r}")
    random, kind = Random([seed, number]), tuple(KINDS)[number % len(KINDS)]
    X, y = KINDS[kind](random)
    order = random.permutation(len(y))
    return np.ascontiguousarray(X[order], dtype=np.float64), y[order].astype(np.int64), kind


def _between(random: Random, low: float, high: float) -> float:
    """Log-uniform: as many tables from 150 to 475 rows as from 475 to 1,500."""
    return float(np.exp(random.uniform(np.log(low), np.log(high))))


def _sizes(random: Random, most: int = _COLUMNS[1]) -> tuple[int, int, int]:
    """Rows, columns (at most ``most``), groups of 20 rows or more on average; few groups are more frequent."""
    n, d = round(_between(random, *_ROWS)), int(_between(random, _COLUMNS[0], most + 1))
    low, high = _GROUPS
    return n, d, min(low + int((high + 1 - low) * random.uniform() ** 1.5), n // 20)


def _members(random: Random, n: int, shares: np.ndarray) -> np.ndarray:
    """Groups (n,), three rows of each at least."""
    k = len(shares)
    drawn = random.choice(k, n - 3 * k, p=shares / shares.sum())
    return np.concatenate([np.repeat(np.arange(k), 3), drawn])


def _centers(random: Random, k: int, d: int) -> np.ndarray:
    """Centres (k, d) whose nearest others are, in the median, 2 (hardly visible) to 8 (clear) deviations away."""
    centers = random.standard_normal((k, d))
    gaps = np.linalg.norm(centers[:, None] - centers, axis=2)
    np.fill_diagonal(gaps, np.inf)
    return np.asarray(centers * (random.uniform(2, 8) / np.median(gaps.min(1))))


# ---- groups


def _round(random: Random, most: int = _COLUMNS[1]) -> Table:
    """Gaussian balls of like size and spread (up to 2 to 1)."""
    n, d, k = _sizes(random, most)
    y = _members(random, n, random.uniform(0.5, 1, k))
    spreads = 2.0 ** random.uniform(-0.5, 0.5, k)
    return _centers(random, k, d)[y] + random.standard_normal((n, d)) * spreads[y, None], y


def _unequal(random: Random, most: int = _COLUMNS[1]) -> Table:
    """Sizes from 1 to 0.03 in even ratios, as 900, 156, 27 rows, or one large group and small ones."""
    n, d, k = _sizes(random, most)
    even = 0.03 ** (np.arange(k) / (k - 1))
    y = _members(random, n, even if random.uniform() < 0.7 else np.r_[1.0, np.full(k - 1, 0.05)])
    spreads = 2.0 ** random.uniform(-1, 1, k)
    return _centers(random, k, d)[y] + random.standard_normal((n, d)) * spreads[y, None], y


def _elongated(random: Random, most: int = _COLUMNS[1]) -> Table:
    """Gaussians of full covariance, axes up to 10 to 1: each turned its own way, or the whole table sheared."""
    n, d, k = _sizes(random, most)
    y, long = _members(random, n, random.uniform(0.3, 1, k)), _between(random, 2, 10)
    X = random.standard_normal((n, d))

    def turned() -> np.ndarray:
        axes = long ** random.uniform(-1, 1, d) if d > 2 else np.array([np.sqrt(long), 1 / np.sqrt(long)])
        return np.asarray(np.linalg.qr(random.standard_normal((d, d)))[0] * axes)

    if random.uniform() < 0.5:
        return (_centers(random, k, d)[y] + X) @ turned().T, y
    for group in range(k):
        X[y == group] @= turned().T
    return 1.5 * _centers(random, k, d)[y] + X, y


def _bent(random: Random, most: int = _COLUMNS[1]) -> Table:
    """Moons, circles, spirals or arcs in the plane, half of them turned into more columns with noise in each."""
    n, d, k = _sizes(random, most)
    shape = random.choice(["moons", "circles", "spirals", "arcs"])
    k = 2 if shape == "moons" else min(k, 4 if shape in ("circles", "spirals") else 6)
    y, t = _members(random, n, random.uniform(0.5, 1, k)), random.uniform(0, 1, n)
    if shape == "moons":
        angle = np.pi * (t + y)
        X = np.c_[np.cos(angle) + y, np.sin(angle) + 0.5 * y]
    elif shape == "circles":
        X = (1.0 + y)[:, None] * np.c_[np.cos(2 * np.pi * t), np.sin(2 * np.pi * t)]
    elif shape == "spirals":
        radius, turn = 0.5 + 2.5 * np.sqrt(t), 2 * np.pi * y / k
        X = radius[:, None] * np.c_[np.cos(2 * radius + turn), np.sin(2 * radius + turn)]
    else:
        start = random.uniform(0, 2 * np.pi, k)[y]
        X = random.uniform(-3, 3, (k, 2))[y] + np.c_[np.cos(start + np.pi * t), np.sin(start + np.pi * t)]
    noise = random.uniform(0.03, 0.2)
    if d > 2 and random.uniform() < 0.5:
        X = X @ np.linalg.qr(random.standard_normal((d, 2)))[0].T
    return X + noise * random.standard_normal(X.shape), y


# ---- what is done to them


def _standardised(X: np.ndarray) -> np.ndarray:
    return np.asarray((X - X.mean(0)) / np.maximum(X.std(0), 1e-12))


def _some(random: Random, d: int, least: float = 0.3) -> np.ndarray:
    """Numbers of a share of d columns: ``least`` to all of them, one at least."""
    return random.permutation(d)[: max(1, round(d * random.uniform(least, 1)))]


def _copied(random: Random, X: np.ndarray, y: np.ndarray) -> Table:
    """Each row 1 to 50 times (or fewer at most), until there are as many rows as before."""
    order = random.permutation(len(y))
    first = np.unique(y[order], return_index=True)[1]  # a row of each group before all others: none gets lost
    order = np.r_[order[first], np.delete(order, first)]
    times, k = random.randint(1, round(_between(random, 2, 50)) + 1, len(y)), len(first)
    times[:k] -= 1
    index = np.r_[order[:k], np.repeat(order, times)][: len(y)]
    return X[index], y[index]


def _tailed(random: Random, X: np.ndarray, y: np.ndarray) -> Table:
    """Some columns with t-distributed deviations (2 degrees of freedom) from their group, or lognormal ones."""
    X = X.copy()
    for column in _some(random, X.shape[1]):
        if random.uniform() < 0.5:
            means = np.bincount(y, X[:, column]) / np.bincount(y)
            own = (X[:, column] - means[y]).std()
            X[:, column] = means[y] + own * random.standard_t(2, len(y))
        else:
            X[:, column] = np.exp(random.uniform(0.5, 1.5) * _standardised(X[:, column]))
    return X, y


def _in_units(random: Random, X: np.ndarray, y: np.ndarray) -> Table:
    """Raw columns, units from 1e-3 to 1e4, some far from 0; in each group each column has a spread of its own."""
    k, d = y.max() + 1, X.shape[1]
    means = np.stack([X[y == group].mean(0) for group in range(k)])
    spreads = random.uniform(1, 4) ** random.uniform(-1, 1, (k, d))
    X = means[y] + (X - means[y]) * spreads[y]
    return (X + random.choice([0, 0, 10], d)) * 10.0 ** random.uniform(-3, 4, d), y


def _in_steps(random: Random, X: np.ndarray, y: np.ndarray) -> Table:
    """Some columns in whole numbers: answers from 1 to 5, or the bins of a number (3 to 20, of like width or count)."""
    X, answers = X.copy(), random.uniform() < 0.5
    for column in _some(random, X.shape[1], 0.5):
        values, steps = _standardised(X[:, column]), 5 if answers else random.randint(3, 21)
        if not answers and random.uniform() < 0.5:
            edges = np.quantile(values, np.linspace(0, 1, steps + 1)[1:-1])
        else:
            edges = np.linspace(-2, 2, steps + 1)[1:-1] + random.uniform(-0.5, 0.5)
        X[:, column] = 1 + np.searchsorted(edges, values)
    return X, y


def _with_outliers(random: Random, X: np.ndarray, y: np.ndarray) -> Table:
    """Single cells (0.1 to 2 % of them), whole rows (0.2 to 3 %) or both, 5 to 100 deviations away."""
    X, scale, which = X.copy(), X.std(0), random.randint(3)
    far = _between(random, 5, 100)
    if which != 0:
        cells = random.permutation(X.size)[: max(1, round(X.size * _between(random, 0.001, 0.02)))]
        X.flat[cells] += far * scale[cells % X.shape[1]] * random.standard_normal(len(cells))
    if which != 1:
        rows = random.permutation(len(y))[: max(1, round(len(y) * _between(random, 0.002, 0.03)))]
        X[rows] += far * scale * random.uniform(-1, 1, (len(rows), X.shape[1]))
    return X, y


def _with_categories(random: Random, X: np.ndarray, y: np.ndarray) -> Table:
    """Standardised numbers, and one-hot columns of 1 to 5 categories of 3 to 8 values: all random, or all telling."""
    X, telling, wanted = _standardised(X), random.uniform() < 0.4, random.randint(1, 6)
    for _ in range(wanted):
        values = random.randint(3, 9)
        if X.shape[1] + values > _COLUMNS[1]:
            break
        chosen = random.randint(values, size=len(y))
        if telling:
            typical = random.randint(values, size=y.max() + 1)[y]
            chosen = np.where(random.uniform(size=len(y)) < random.uniform(0.4, 0.95), typical, chosen)
        X = np.c_[X, np.eye(values)[chosen]]
    return X, y


def _with_noise(random: Random, X: np.ndarray, y: np.ndarray) -> Table:
    """Columns that say nothing, normal or uniform: from one to three times as many as there were."""
    d = X.shape[1]
    extra = min(random.randint(1, 3 * d + 1), _COLUMNS[1] - d)
    draw = random.standard_normal if random.uniform() < 0.5 else random.random_sample
    return np.c_[_standardised(X), draw((len(y), extra))], y


def _with_repeats(random: Random, X: np.ndarray, y: np.ndarray) -> Table:
    """Constant columns, and columns that stand there again, exactly or nearly, once each or one many times."""
    d = X.shape[1]
    extra = min(random.randint(1, 2 * d + 1), _COLUMNS[1] - d)
    source = random.randint(d, size=extra) if random.uniform() < 0.5 else np.full(extra, random.randint(d))
    near = random.choice([0.0, 0.01, 0.1]) * X.std(0)[source]
    again = X[:, source] + near * random.standard_normal((len(y), extra))
    constant = np.full((len(y), min(random.randint(3), _COLUMNS[1] - d - extra)), random.randint(4))
    return np.c_[X, again, constant], y


# ---- kinds


def _copies(random: Random) -> Table:
    """Copies of rows, or scores from 1 to 10 where one group has mostly the lowest and most rows are there again."""
    if random.uniform() < 0.5:
        return _copied(random, *_round(random))
    n, d, k = _sizes(random, 9)
    y = _members(random, n, np.r_[2.0, random.uniform(0.5, 1, k - 1)])
    levels = np.vstack([np.full((1, d), 1.0), random.uniform(2, 10, (k - 1, d))])
    spreads = np.r_[random.uniform(0.3, 0.8), random.uniform(0.8, 2.5, k - 1)]
    return np.clip(np.round(levels[y] + spreads[y, None] * random.standard_normal((n, d))), 1, 10), y


def _mixed(random: Random) -> Table:
    """Groups of any sort, and two to four of the changes, in the order in which a table would get them."""
    X, y = (_round, _unequal, _elongated, _bent)[random.randint(4)](random, 10)
    order: list[Change] = [
        _tailed, _in_units, _in_steps, _with_outliers, _with_categories, _with_noise, _with_repeats, _copied,
    ]  # fmt: skip
    for which in np.sort(random.permutation(len(order))[: random.randint(2, 5)]):
        X, y = order[which](random, X, y)
    return X, y


def _changed(change: Change, most: int = _COLUMNS[1]) -> Callable[[Random], Table]:
    return lambda random: change(random, *_round(random, most))


#: Every kind by name; its place decides which numbers it has.
KINDS: dict[str, Callable[[Random], Table]] = {
    "blobs": _round, "unequal": _unequal, "copies": _copies, "one-hot": _changed(_with_categories, 12),
    "integers": _changed(_in_steps), "outliers": _changed(_with_outliers), "noise": _changed(_with_noise, 10),
    "tails": _changed(_tailed), "repeats": _changed(_with_repeats, 10), "elongated": _elongated, "bent": _bent,
    "units": _changed(_in_units), "mixed": _mixed,
}  # fmt: skip
