"""Time series in their own shape, beside K-Means of their rows and K-Means under soft dynamic time warping.

The second is tslearn's ``TimeSeriesKMeans(metric="softdtw")`` (``pip install 'deepkmeans[bench]'``): a row without it
fails. Its cost grows with the square of the times, so that it sees at most 128 of them; ours sees all.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from .modality import OURS, Modality

__all__ = ["MODALITIES"]

SETS = ("JapaneseVowels", "BasicMotions", "ArrowHead", "OSULeaf", "ItalyPowerDemand", "GunPoint", "ACSF1")
#: Times of series of different lengths for K-Means, and the most for soft-DTW.
_TIMES, _MOST_TIMES = 60, 128

Series = list[np.ndarray]


def _load(name: str) -> Callable[[Path | None, int | None], tuple[Series, np.ndarray]]:
    def load(data: Path | None, limit: int | None) -> tuple[Series, np.ndarray]:
        if data is None:
            raise ValueError(f"{name!r} is read from a folder; name it with --data")
        with np.load(data / "ts_aeon" / f"{name}.npz") as stored:
            X, y = np.moveaxis(stored["X"], 1, 2), stored["y"]  # (n, times, channels), NaN behind the shorter ones
        kept = np.arange(len(y))
        if limit is not None and len(y) > limit:
            kept = np.sort(np.random.RandomState(0).permutation(len(y))[:limit])
        lengths = (~np.isnan(X).all(axis=2)).cumsum(axis=1).argmax(axis=1) + 1
        return [X[row, : lengths[row]] for row in kept], y[kept]

    return load


def _ours(X: Series, k: int, seed: int) -> np.ndarray:
    from deepkmeans import DeepKMeans, InputSpec

    return np.asarray(DeepKMeans(k, preprocessor=InputSpec(kind="series"), random_state=seed).fit_predict(X))


def _standardised(X: Series, times: int) -> np.ndarray:
    """Series (n, times, channels), on lines between their values, each channel with mean 0 and deviation 1."""
    rows = np.stack([
        np.stack([np.interp(np.linspace(0, len(each) - 1, times), np.arange(len(each)), c) for c in each.T], axis=1)
        for each in X
    ])  # fmt: skip
    return (rows - rows.mean(axis=(0, 1))) / np.maximum(rows.std(axis=(0, 1)), 1e-12)


def _times(X: Series) -> int:
    lengths = {len(each) for each in X}
    return lengths.pop() if len(lengths) == 1 else _TIMES


def _kmeans(X: Series, k: int, seed: int) -> np.ndarray:
    from sklearn.cluster import KMeans

    rows = _standardised(X, _times(X)).reshape(len(X), -1)
    return np.asarray(KMeans(k, n_init=10, random_state=seed).fit_predict(rows))


def _soft_dtw(X: Series, k: int, seed: int) -> np.ndarray:
    from tslearn.clustering import TimeSeriesKMeans

    rows = _standardised(X, min(_times(X), _MOST_TIMES))
    options = {"max_iter": 20, "max_iter_barycenter": 20, "random_state": seed}
    return np.asarray(TimeSeriesKMeans(k, metric="softdtw", metric_params={"gamma": 0.01}, **options).fit_predict(rows))


_METHODS = {OURS: _ours, "kmeans": _kmeans, "soft-dtw+kmeans": _soft_dtw}

MODALITIES = {f"series-{name}": Modality(_load(name), _METHODS) for name in SETS}
