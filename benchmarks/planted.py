"""Generated tables of 40 columns, of which three define the clusters.

Each of the three has k levels, a distance of ``apart`` deviations of the noise within a cluster from one another; which
cluster has which level is drawn for each column, of 50 draws that in which the nearest two clusters are farthest apart.
So any two clusters differ in each of the three. The other 37 are noise: in some tables correlated from column to
column, in others partly categories. All columns have units and offsets of their own, and their order is drawn.
Parameters are fixed and are not to be tuned.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

__all__ = ["COUNT", "planted_table"]

#: Tables of a seed, and of each the clusters, rows, distance of the levels, correlation, categories.
COUNT = 24
_COLUMNS, _PLANTED, _DRAWS = 40, 3, 50
_CLUSTERS, _ROWS, _APART, _CORRELATION, _CATEGORIES = (2, 3, 4, 5), (600, 1500), (5, 7, 9), (0.0, 0.2, 0.4), (0, 8)


def planted_table(number: int, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray, frozenset[str]]:
    """Table ``number`` (from 0 below :data:`COUNT`): rows, clusters (n,), and the names of the three columns."""
    random = np.random.RandomState(1_000 * seed + number)
    k, n, apart = _CLUSTERS[number % 4], _ROWS[number % 2], _APART[number % 3]
    correlation, n_categories = _CORRELATION[number // 2 % 3], _CATEGORIES[number // 4 % 2]
    y = random.randint(k, size=n)
    noise = random.normal(size=(n, _COLUMNS - _PLANTED))
    for column in range(1, noise.shape[1]):
        noise[:, column] = correlation * noise[:, column - 1] + np.sqrt(1 - correlation**2) * noise[:, column]
    X = np.concatenate([_levels(k, random)[y] * apart + random.normal(size=(n, _PLANTED)), noise], axis=1)
    X = X * np.exp(2 * random.normal(size=_COLUMNS)) + 10 * random.normal(size=_COLUMNS)
    frame = pd.DataFrame(X, columns=[f"column {position}" for position in range(_COLUMNS)])
    for position in range(_COLUMNS - n_categories, _COLUMNS):
        cut = pd.qcut(frame.iloc[:, position], 2 + position % 4, labels=False)
        frame.isetitem(position, [f"level {'abcdef'[level]}" for level in cut])
    planted = frozenset(frame.columns[:_PLANTED])
    return frame.iloc[:, random.permutation(_COLUMNS)], y, planted


def _levels(k: int, random: np.random.RandomState) -> np.ndarray:
    """Levels (k, 3) of the clusters: each column has each of 0, ..., k - 1 once."""
    draws = [np.stack([random.permutation(k) for _ in range(_PLANTED)], axis=1) for _ in range(_DRAWS)]
    apart = [min(float(np.square(d[i] - d[j]).sum()) for i in range(k) for j in range(i)) for d in draws]
    return draws[int(np.argmax(apart))].astype(np.float64)
