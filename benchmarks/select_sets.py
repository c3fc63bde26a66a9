"""The sets of the benchmark of k: some of the quality suite, and sets drawn from the seed with known groups.

``gaussians_K_D`` are K Gaussians in D columns. Shares of rows differ by up to 8, deviations of the groups by up to 3,
and inside a group those of its axes by up to 2, each group turned its own way. The centres are pulled together until
the true centres alone, each row given to the nearest, have a mean recall over the groups of ``RECALL`` and none below
``LEAST``. The Bayes classifier, which knows shapes and shares, is better still: 0.97 to 1 of the rows. (Asked of the
Bayes classifier only, groups in many columns end up inside one another, told apart by their spread and by no gap.)
``blob`` is one such Gaussian, ``noise`` a uniform cube, both in 5 columns.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from sklearn.metrics import euclidean_distances

from . import suite
from .suite import Loaded

__all__ = ["DATASETS", "LEAST", "RECALL", "STRUCTURELESS", "gaussians", "load"]

#: Mean recall over the groups, and the least of one group, of the true centres.
RECALL, LEAST = 0.97, 0.9
_MIXTURES = ((2, 2), (3, 10), (4, 2), (5, 5), (7, 20), (10, 3), (12, 50), (16, 10), (22, 30), (30, 15))
STRUCTURELESS = ("blob", "noise")
DATASETS = (
    "iris", "wine", "digits", "optdigits", "pendigits", "dry_bean", "mnist", "coil20", "sc_mouse_bladder2100",
    "mv_handwritten", "stackoverflow", *(f"gaussians_{k}_{d}" for k, d in _MIXTURES), "moons", "circles",
    *STRUCTURELESS,
)  # fmt: skip


def load(name: str, data: Path | None, *, rows: int | None = None, seed: int = 0) -> Loaded:
    """Rows and classes; generated sets are drawn from ``seed``, those of the suite are the same for every seed."""
    if name.startswith("gaussians_"):
        k, d = (int(part) for part in name.split("_")[1:])
        X, y, _ = gaussians(k, d, seed)
    elif name == "blob":
        X, y, _ = gaussians(1, 5, seed)
    elif name == "noise":
        X = np.random.RandomState(seed).uniform(size=(1500, 5)).astype(np.float32)
        y = np.zeros(1500, dtype=np.int64)
    else:
        return suite.load(name, data, rows=rows)
    return X[:rows], y[:rows]  # drawn in random order


def gaussians(k: int, d: int, seed: int, n: int | None = None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows (n, d) float32, groups (n,), and the groups (n,) that the Bayes classifier gives the rows.

    ``n`` defaults to 1000 + 70 k.
    """
    random = np.random.RandomState([seed, k, d])
    n = 1000 + 70 * k if n is None else n
    share = 8.0 ** random.uniform(-1, 0, k)
    share /= share.sum()
    centers = random.uniform(-1, 1, (k, d))
    axes = 3.0 ** random.uniform(0, 1, (k, 1)) * 2.0 ** random.uniform(0, 1, (k, d))  # deviations
    turns = np.linalg.qr(random.standard_normal((k, d, d)))[0]
    trial = np.repeat(np.arange(k), 500)
    centers = centers * _tightest(centers, _shaped(random.standard_normal((500 * k, d)), trial, axes, turns), trial)
    own = random.choice(k, n, p=share)
    own[:k] = np.arange(k)  # no group without a row
    y = random.permutation(own)
    X = centers[y] + _shaped(random.standard_normal((n, d)), y, axes, turns)
    logs = np.empty((n, k))
    for group, (center, axis, turn) in enumerate(zip(centers, axes, turns, strict=True)):
        gaps = (X - center) @ turn / axis
        logs[:, group] = np.log(share[group]) - np.log(axis).sum() - np.square(gaps).sum(1) / 2
    return X.astype(np.float32), y, logs.argmax(1)


def _shaped(z: np.ndarray, y: np.ndarray, axes: np.ndarray, turns: np.ndarray) -> np.ndarray:
    rows = z * axes[y]
    for group, turn in enumerate(turns):
        rows[y == group] @= turn.T
    return rows


def _tightest(centers: np.ndarray, rows: np.ndarray, y: np.ndarray) -> float:
    """Smallest scale of the centres at which rows (n, d) around their centres have the recalls asked for."""

    def enough(scale: float) -> bool:
        near = euclidean_distances(scale * centers[y] + rows, scale * centers).argmin(1)
        recall = np.bincount(y, near == y, len(centers)) / np.bincount(y, minlength=len(centers))
        return bool(recall.mean() >= RECALL and recall.min() >= LEAST)

    low, high = 0.0, 1.0
    while not enough(high):
        low, high = high, 2 * high
    for _ in range(12):
        middle = (low + high) / 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
